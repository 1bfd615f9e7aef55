// SPDX-License-Identifier: Apache-2.0
// Tree of routers, or several trees whose roots form a mesh: the hierarchy of DYNAP-SE, with a router per core (level 0),
// one per chip (level 1) and a mesh between the chips (Moradi, Qiao, Stefanini, Indiveri, "A scalable multicore architecture
// with heterogeneous memory structures for dynamic neuromorphic asynchronous processors (DYNAPs)", IEEE Trans. Biomed.
// Circuits Syst. 12(1), 2018).
//
// Ports: at level 0 the parent is port 0; above, children are ports 0, 1, ... and the parent comes after them; roots have
// east, west, north, south after their children, which are edge ports where the mesh of roots ends.
#include "models/routing/tree_map.hpp"

#include "models/routing/topology_model.hpp"

namespace spikefab {
namespace {

struct Tree {
    static constexpr std::string_view name = "tree";
    static constexpr std::string_view summary = "tree of routers, or a mesh of trees (DYNAP-SE: core, chip, mesh of chips)";

    struct Params {
        std::vector<std::uint32_t> children{4};
        std::uint32_t cores_per_router = 1;
        std::uint32_t mesh_width = 1;
        std::uint32_t mesh_height = 1;
        Faults faults;
        static constexpr auto fields = std::tuple{
            field("children", &Params::children, {1, 32}, "children of a router of level 1, 2, ...: the last are the roots")
                .required(),
            field("cores_per_router", &Params::cores_per_router, {1, 60}, "cores at each router of level 0"),
            field("mesh_width", &Params::mesh_width, {1, 64}, "roots from west to east"),
            field("mesh_height", &Params::mesh_height, {1, 64}, "roots from south to north"),
            field("faults", &Params::faults, "dead links and routers")};
    };

    static Topology build(const Params& params) {
        const TreeShape shape{.kind = TreeShape::Kind::tree,
                              .arity = params.children,
                              .roots_x = params.mesh_width,
                              .roots_y = params.mesh_height};
        require_room(params);
        const TreeMap map{shape};
        TopologyBuilder builder{name};
        builder.tree(shape);
        add_routers(builder, map, params.cores_per_router);
        for (std::uint32_t level = 1; level <= map.top(); ++level) link_level(builder, map, level);
        link_roots(builder, map);
        return finish_with_faults(builder, params.faults);
    }

private:
    static void require_room(const Params& params) {
        if (params.children.empty()) throw InputError{"children is empty: give at least one level, such as [4]"};
        double leaves = params.mesh_width * params.mesh_height;
        for (const std::uint32_t children : params.children) leaves *= children;
        if (leaves > 32768.0)
            throw InputError{fmt::format("the tree would have {} leaves; at most 32768 are possible", leaves)};
    }

    static void add_routers(TopologyBuilder& builder, const TreeMap& map, std::uint32_t cores) {
        for (std::uint32_t level = 0; level <= map.top(); ++level)
            for (std::uint32_t place = 0; place < map.width(level); ++place)
                builder.add_router(map.children(level) + (level == map.top() ? 4 : 1), level == 0 ? cores : 0,
                                   static_cast<std::int32_t>(place), 0, static_cast<std::int32_t>(level));
    }

    static void link_level(TopologyBuilder& builder, const TreeMap& map, std::uint32_t level) {
        for (std::uint32_t place = 0; place < map.width(level - 1); ++place)
            builder.link(map.id(level - 1, place), map.parent_port(level - 1), map.id(level, place / map.children(level)),
                         static_cast<PortIndex>(place % map.children(level)), Direction::other, Direction::other);
    }

    static void link_roots(TopologyBuilder& builder, const TreeMap& map) {
        const auto [columns, rows] = map.roots();
        const std::uint32_t top = map.top();
        const auto port = [&](PortIndex side) { return static_cast<PortIndex>(map.children(top) + side); };
        for (std::uint32_t root = 0; root < columns * rows; ++root) {
            if (root % columns + 1 < columns)
                builder.link(map.id(top, root), port(grid_port::east), map.id(top, root + 1), port(grid_port::west),
                             Direction::east, Direction::west);
            if (root / columns + 1 < rows)
                builder.link(map.id(top, root), port(grid_port::north), map.id(top, root + columns), port(grid_port::south),
                             Direction::north, Direction::south);
        }
    }
};

[[maybe_unused]] const bool registered = register_topology<Tree>();

}  // namespace
}  // namespace spikefab
