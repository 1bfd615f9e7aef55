// SPDX-License-Identifier: Apache-2.0
// Two-dimensional mesh; with several cores per router it is the concentrated mesh (Balfour and Dally, "Design tradeoffs
// for tiled CMP on-chip networks", ICS 2006). The outward ports of its border are edge ports for links to other chips.
#include "models/routing/topology/grid.hpp"

namespace spikefab {
namespace {

struct Mesh {
    static constexpr std::string_view name = "mesh";
    static constexpr std::string_view summary =
        "two-dimensional mesh; with cores_per_router above 1 a concentrated mesh; its border has ports to other chips";

    struct Params {
        std::uint32_t width = 8;
        std::uint32_t height = 8;
        std::uint32_t cores_per_router = 1;
        Faults faults;
        static constexpr auto fields =
            std::tuple{field("width", &Params::width, grid_side, "routers from west to east").required(),
                       field("height", &Params::height, grid_side, "routers from south to north").required(),
                       field("cores_per_router", &Params::cores_per_router, cores_of_router, "cores that share a router"),
                       field("faults", &Params::faults, "dead links and routers")};
    };

    static Topology build(const Params& params) {
        TopologyBuilder builder{name};
        add_grid(builder, {.width = params.width, .height = params.height}, params.cores_per_router);
        return finish_with_faults(builder, params.faults);
    }
};

[[maybe_unused]] const bool registered = register_topology<Mesh>();

}  // namespace
}  // namespace spikefab
