// SPDX-License-Identifier: Apache-2.0
// Two-dimensional torus: a mesh whose rows and columns close into rings (folded, so that all links are equally long).
#include "models/routing/topology/grid.hpp"

namespace spikefab {
namespace {

struct Torus {
    static constexpr std::string_view name = "torus";
    static constexpr std::string_view summary = "two-dimensional torus: rows and columns close into rings; needs datelines";

    struct Params {
        std::uint32_t width = 8;
        std::uint32_t height = 8;
        std::uint32_t cores_per_router = 1;
        Faults faults;
        static constexpr auto fields =
            std::tuple{field("width", &Params::width, grid_side, "routers in a row").required(),
                       field("height", &Params::height, grid_side, "routers in a column").required(),
                       field("cores_per_router", &Params::cores_per_router, cores_of_router, "cores that share a router"),
                       field("faults", &Params::faults, "dead links and routers")};
    };

    static Topology build(const Params& params) {
        TopologyBuilder builder{name};
        add_grid(builder, {.width = params.width, .height = params.height, .wrap_x = true, .wrap_y = true},
                 params.cores_per_router);
        return finish_with_faults(builder, params.faults);
    }
};

[[maybe_unused]] const bool registered = register_topology<Torus>();

}  // namespace
}  // namespace spikefab
