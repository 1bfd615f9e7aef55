// SPDX-License-Identifier: Apache-2.0
// Placements on chips with multicast reach the same axons as before, with fewer packets.
#include "plan/multicast.hpp"

#include "base/error.hpp"
#include "base/random.hpp"
#include "config/reader.hpp"
#include "places.hpp"

#include <gmock/gmock.h>

#include <set>
#include <tuple>

namespace spikefab {
namespace {

ChipPlan chip(const std::vector<std::string>& assignments) {
    config::Tree tree = config::load(source_folder() + "/configs/chips/float-mesh.yaml");
    for (const std::string& assignment : assignments) config::assign(tree, assignment);
    return ChipPlan{config::read<ChipDescription>(std::move(tree))};
}

/// Neurons of every core send to random cores, some to several axons of one, some to the host.
Placement random_placement(std::uint32_t cores, std::uint32_t neurons) {
    Placement placement;
    Rng rng{4, "placement"};
    const auto random_list = [&] {
        std::vector<Destination> list;
        for (std::uint32_t count = rng.below(6); count > 0; --count)
            list.push_back({.core = rng.below(cores), .axon = rng.below(100), .delay = 1 + rng.below(3)});
        if (rng.below(4) == 0) list.push_back({.core = Destination::host, .axon = rng.below(10), .delay = 1});
        return list;
    };
    for (std::uint32_t core = 0; core < cores; ++core) {
        std::vector<std::vector<Destination>> lists;
        for (std::uint32_t neuron = 0; neuron < neurons; ++neuron) lists.push_back(random_list());
        CoreImage image;
        image.core = CoreId{core};
        image.destinations = DestinationTable{lists};
        placement.cores.push_back(std::move(image));
    }
    placement.inputs = DestinationTable{{{{.core = 1, .axon = 7, .delay = 1}, {.core = 2, .axon = 8, .delay = 2}}}};
    return placement;
}

using Reached = std::multiset<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>>;  // core, axon, delay

/// What a spike of `neuron` comes to at its receivers.
Reached reached(const Placement& placement, std::uint32_t source, std::span<const Destination> destinations) {
    Reached all;
    const auto look_up = [&](std::uint32_t core, std::uint32_t key) {
        const KeyTable& keys = placement.cores[core].keys;
        keys.for_each(source, key, [&](const KeyTable::Target& to) { all.emplace(core, to.axon, to.delay); });
    };
    for (const Destination& to : destinations) {
        if (to.is_group()) {
            for (const EndpointId core : placement.groups[to.group()].destinations) look_up(core.value(), to.axon);
        } else if (to.core != Destination::host && !placement.cores[to.core].keys.empty()) {
            look_up(to.core, to.axon);
        } else {
            all.emplace(to.core, to.axon, to.delay);
        }
    }
    return all;
}

struct Scheme {
    std::string name;
    std::vector<std::string> assignments;
};

class MulticastPlacement : public testing::TestWithParam<Scheme> {};

TEST_P(MulticastPlacement, reaches_the_same_axons_with_fewer_packets) {
    const ChipPlan plan = chip(GetParam().assignments);
    const Placement before = random_placement(16, 20);
    Placement after = before;
    use_multicast(after, plan);
    EXPECT_FALSE(after.groups.empty());
    std::size_t packets_before = 0;
    std::size_t packets_after = 0;
    for (std::uint32_t core = 0; core < 16; ++core) {
        for (std::uint32_t neuron = 0; neuron < 20; ++neuron) {
            EXPECT_EQ(reached(after, core, after.cores[core].destinations[neuron]),
                      reached(before, core, before.cores[core].destinations[neuron]));
            packets_before += before.cores[core].destinations[neuron].size();
            packets_after += after.cores[core].destinations[neuron].size();
        }
    }
    EXPECT_LT(packets_after, packets_before);
    EXPECT_EQ(reached(after, plan.host_endpoint().value(), after.inputs[0]), reached(before, 0, before.inputs[0]));
}

INSTANTIATE_TEST_SUITE_P(
    Schemes, MulticastPlacement,
    testing::Values(Scheme{"tree", {"noc.routing=multicast_tree"}}, Scheme{"table", {"noc.routing=multicast_table"}},
                    Scheme{
                        "tags_of_chips",
                        {"noc.routing=tree_tag", "noc.topology={model: tree, children: [4], mesh_width: 2, mesh_height: 2}"}},
                    Scheme{"tags_of_leaves",
                           {"noc.routing=tree_tag", "noc.topology={model: tree, children: [2, 2], cores_per_router: 4}"}}),
    [](const auto& test) { return test.param.name; });

TEST(Multicast, leaves_placements_alone_where_the_routing_knows_none) {
    Placement placement = random_placement(16, 5);
    use_multicast(placement, chip({}));
    EXPECT_TRUE(placement.groups.empty());
    EXPECT_TRUE(placement.cores[0].keys.empty());
}

TEST(Multicast, names_the_router_whose_table_is_too_small) {
    Placement placement = random_placement(16, 20);
    try {
        use_multicast(placement, chip({"noc.routing={model: multicast_table, entries: 2}"}));
        FAIL() << "two entries cannot hold all groups";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("table entries for"));
    }
}

}  // namespace
}  // namespace spikefab
