// SPDX-License-Identifier: Apache-2.0
// Ring: one closed row of routers with links both ways.
#include "models/routing/topology/grid.hpp"

namespace spikefab {
namespace {

struct Ring {
    static constexpr std::string_view name = "ring";
    static constexpr std::string_view summary = "one closed row of routers with links both ways; needs a dateline";

    struct Params {
        std::uint32_t routers = 8;
        std::uint32_t cores_per_router = 1;
        Faults faults;
        static constexpr auto fields =
            std::tuple{field("routers", &Params::routers, {2, 32768}, "routers of the ring").required(),
                       field("cores_per_router", &Params::cores_per_router, cores_of_router, "cores that share a router"),
                       field("faults", &Params::faults, "dead links and routers")};
    };

    static Topology build(const Params& params) {
        TopologyBuilder builder{name};
        add_grid(builder, {.width = params.routers, .height = 1, .wrap_x = true}, params.cores_per_router);
        return finish_with_faults(builder, params.faults);
    }
};

[[maybe_unused]] const bool registered = register_topology<Ring>();

}  // namespace
}  // namespace spikefab
