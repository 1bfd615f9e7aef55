// SPDX-License-Identifier: Apache-2.0
// The fast engine: one virtual channel, single-flit packets, one route per destination.
#pragma once

#include "noc/engine.hpp"
#include "noc/fabric.hpp"
#include "noc/timing.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace spikefab::noc {

/// Distance and direction from router to router in a mesh routed one dimension after the other.
struct MeshShape {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    bool x_first = true;
    // The ports of every router that lead along the axes.
    std::uint32_t east = 0;
    std::uint32_t west = 1;
    std::uint32_t north = 2;
    std::uint32_t south = 3;
};

struct SingleLanePlan {
    Fabric fabric;
    Timing timing;
    std::uint32_t buffer_depth = 4;  ///< flits per input, 1 to 128
    bool round_robin = true;         ///< otherwise the lowest input wins
    bool count_links = false;
    MeshShape mesh;
};

[[nodiscard]] std::unique_ptr<Engine> make_single_lane_engine(const SingleLanePlan& plan, Sink& sink);

/// A mesh of width x height routers, `cores` endpoints each: ports east, west, north, south, then one per core.
/// Router (x, y) has number y * width + x and north leads to y + 1; endpoints are numbered router by router.
[[nodiscard]] Fabric mesh_fabric(std::uint32_t width, std::uint32_t height, std::uint32_t cores = 1);

}  // namespace spikefab::noc
