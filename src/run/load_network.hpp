// SPDX-License-Identifier: Apache-2.0
// The network of an experiment: read or generated, in the chip's numbers, placed on its cores.
#pragma once

#include "base/quantity.hpp"
#include "models/gpu/gpu.hpp"
#include "plan/chip_plan.hpp"
#include "plan/core_image.hpp"
#include "run/experiment.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace spikefab {

/// The network as placed, with what the report wants to know of it.
struct LoadedNetwork {
    std::string name;
    Placement placement;
    std::vector<DenseLayer> work;
    std::vector<std::string> notes;
    Time dt{};                           ///< what one step stands for
    std::uint64_t clipped = 0;           ///< numbers moved into the chip's range
    std::optional<Placement> unicast{};  ///< the placement before its spikes became multicast packets, where they did
    std::uint32_t inputs = 0;            ///< neurons of the input, without a teacher's lines
    std::uint32_t classes = 0;           ///< 0: nobody answers
};

struct NetworkLoading {
    /// A line about what goes on.
    std::function<void(const std::string& message)> message;
    bool keeps_unicast = false;  ///< also `LoadedNetwork::unicast`, for those who do not know multicast
};

/// InputError with what is wrong in the file, what the chip has no room or no number for, and where.
[[nodiscard]] LoadedNetwork load_network(const Experiment& experiment, const ChipPlan& plan, const NetworkLoading& loading);

}  // namespace spikefab
