// SPDX-License-Identifier: Apache-2.0
// TrueNorth's relative addresses: the header says how many hops are left along x and y, as 9-bit signed numbers; every
// router sends it on along x, then along y, and counts down (Merolla et al., "A million spiking-neuron integrated circuit
// with a scalable communication network and interface", Science 345, 2014; Akopyan et al., "TrueNorth: design and tool
// flow of a 65 mW 1 million neuron programmable neurosynaptic chip", IEEE Trans. CAD 34(10), 2015).
#include "models/routing/relative_address.hpp"

#include "models/routing/grid_map.hpp"
#include "models/routing/routing.hpp"

namespace spikefab {
namespace {

class Relative final {
public:
    static constexpr std::string_view name = "relative";
    static constexpr std::string_view summary = "dx, dy in the header, counted down hop by hop, x before y (TrueNorth)";
    static constexpr std::array<std::string_view, 1> families{"mesh"};
    static constexpr RoutingClaims claims{.rewrites_header = true, .families = families};

    struct Params {
        std::uint32_t bits = 9;
        static constexpr auto fields =
            std::tuple{field("bits", &Params::bits, {2, 16}, "width of dx and of dy, sign included (TrueNorth: 9)")};
    };

    Relative(const RoutingSite& site, const Params& params) : map_{mesh_map(site.topology, name)}, vcs_{all_vcs(site.vcs)} {
        const std::uint32_t farthest = (1U << (params.bits - 1)) - 1;
        const auto [width, height, wrap_x, wrap_y] = map_.shape();
        if (std::max(width, height) - 1 > farthest)
            throw InputError{
                fmt::format("routing 'relative' with {} bits reaches {} hops along x or y, but the mesh is {} x {}; "
                            "give it more bits",
                            params.bits, farthest, width, height)};
    }

    [[nodiscard]] Header prepare(Header header) const {
        const Productive to_go = productive(map_.of(header.source), map_.of(header.destination));
        header.tag = pack({static_cast<std::int16_t>(to_go.dx), static_cast<std::int16_t>(to_go.dy)});
        return header;
    }

    void route(const Position&, const Header& header, Route& route) const {
        const RelativeAddress to_go = unpack_relative(header.tag);
        if (to_go.dx != 0) return route.add(to_go.dx > 0 ? grid_port::east : grid_port::west, vcs_);
        if (to_go.dy != 0) return route.add(to_go.dy > 0 ? grid_port::north : grid_port::south, vcs_);
        route.add(map_.exit_port(header.destination), vcs_);
    }

    [[nodiscard]] Header forward(const Position&, Header header, PortIndex out) const {
        RelativeAddress to_go = unpack_relative(header.tag);
        if (out == grid_port::east) --to_go.dx;
        if (out == grid_port::west) ++to_go.dx;
        if (out == grid_port::north) --to_go.dy;
        if (out == grid_port::south) ++to_go.dy;
        header.tag = pack(to_go);
        return header;
    }

private:
    GridMap map_;
    VcMask vcs_;
};

[[maybe_unused]] const bool registered = register_routing<Relative>();

}  // namespace
}  // namespace spikefab
