// SPDX-License-Identifier: Apache-2.0
// Placement keeps every limit of a core, and says which one a network breaks.
#include "plan/place.hpp"
#include "base/error.hpp"
#include "config/reader.hpp"
#include "places.hpp"
#include "plan/dead_cores.hpp"
#include "plan/generator.hpp"

#include <gmock/gmock.h>

#include <array>
#include <set>

namespace spikefab {
namespace {

using ::testing::HasSubstr;

ChipPlan chip(const std::string& name, const std::vector<std::string>& assignments = {}) {
    config::Tree tree = config::load(source_folder() + "/configs/chips/" + name);
    for (const std::string& assignment : assignments) config::assign(tree, assignment);
    return ChipPlan{config::read<ChipDescription>(std::move(tree))};
}

/// An input of `inputs`, then a fully connected layer of `neurons`, weight 1.
LoweredNetwork dense_network(std::uint32_t inputs, std::uint32_t neurons, std::uint32_t copies = 0) {
    LoweredNetwork network;
    network.name = "dense";
    network.populations.push_back({.name = "pixels", .shape = {inputs}, .size = inputs, .is_input = true, .parameters = {}});
    LoweredPopulation layer{.name = "layer", .shape = {neurons}, .size = neurons, .parameters = {}};
    layer.parameters.columns = {"threshold"};
    layer.parameters.rows = {{1.0}};
    layer.parameters.row_of_neuron.assign(neurons, 0);
    network.populations.push_back(layer);
    LoweredProjection projection{
        .name = "all", .source = PopulationId{0U}, .target = PopulationId{1U}, .weights = {}, .axons = {}};
    projection.weights.rows = neurons;
    projection.weights.columns = inputs;
    for (std::uint32_t n = 0; n < neurons; ++n) {
        for (std::uint32_t i = 0; i < inputs; ++i) projection.weights.sources.push_back(i);
        projection.weights.values.insert(projection.weights.values.end(), inputs, 1.0F);
        projection.weights.offsets.push_back(projection.weights.sources.size());
    }
    projection.axons.copies = copies;
    projection.axons.type_mask.assign(projection.weights.entries(), 1);
    projection.axons.type_weights.assign(neurons, {1, 0, 0, 0});
    network.projections.push_back(projection);
    network.outputs = {PopulationId{1U}};
    return network;
}

std::string refusal(const LoweredNetwork& network, const ChipPlan& plan) {
    try {
        static_cast<void>(place(network, plan));
    } catch (const InputError& error) {
        return error.what();
    }
    return "placed";
}

TEST(ListPlacement, fills_a_core_up_to_its_neurons_and_goes_on_in_the_next) {
    const ChipPlan plan = chip("loihi.yaml");
    EXPECT_EQ(place(dense_network(4, 1024), plan).cores.size(), 1U);
    const Placement two = place(dense_network(4, 1025), plan);
    ASSERT_EQ(two.cores.size(), 2U);
    EXPECT_EQ(two.cores[0].neurons.neurons(), 1024U);
    EXPECT_EQ(two.cores[1].neurons.neurons(), 1U);
    EXPECT_EQ(two.synapses(), 4U * 1025U);
    EXPECT_EQ(two.inputs[0].size(), 2U);  // every input sends to both cores
}

TEST(ListPlacement, never_exceeds_the_synaptic_memory) {
    // 4,000 lists; each may take 1,048,576 / 4,000 = 262 bits: 27 dense synapses of 9 bits and a 10-bit header in 4 words.
    const Placement placement = place(dense_network(4000, 100), chip("loihi.yaml"));
    ASSERT_GE(placement.cores.size(), 2U);
    for (const CoreImage& core : placement.cores)
        EXPECT_LE(4000.0 * static_cast<double>(core.neurons.neurons()) * 9.0, 1048576.0);
}

TEST(ListPlacement, says_which_limit_a_neuron_breaks_and_by_how_much) {
    EXPECT_THAT(refusal(dense_network(5000, 1), chip("loihi.yaml")),
                HasSubstr("layer 'layer' does not fit: neuron 0 alone needs 5000 input axons, core type '"));
    EXPECT_THAT(refusal(dense_network(5000, 1), chip("loihi.yaml")), HasSubstr("904 too many"));
    EXPECT_THAT(refusal(dense_network(100, 1), chip("loihi.yaml", {"cores.neuro.synapses.size=100 B"})),
                HasSubstr("of synaptic memory"));
}

TEST(ListPlacement, says_how_many_cores_are_missing) {
    const ChipPlan small = chip("loihi.yaml", {"noc.topology={model: mesh, width: 1, height: 1, cores_per_router: 1}"});
    EXPECT_THAT(refusal(dense_network(2, 3000), small), HasSubstr("needs 3 cores, chip 'loihi' has 1: 2 too many"));
}

TEST(ListPlacement, keeps_every_neuron_beside_its_compartments_children_first) {
    LoweredNetwork network = dense_network(4, 600);
    for (const char* name : {"inner", "outer"}) {
        network.populations.push_back(network.populations[PopulationId{1U}]);
        LoweredPopulation& compartment = network.populations[PopulationId{network.populations.size() - 1}];
        compartment.name = name;
        compartment.parameters.rows = {{name[0] == 'i' ? 2.0 : 3.0}};
    }
    const PopulationId root{1U}, inner{2U}, outer{3U};
    network.populations[root].compartments = {inner};
    network.populations[inner].parent = root;
    network.populations[inner].compartments = {outer};
    network.populations[outer].parent = inner;
    const Placement placement = place(network, chip("loihi.yaml"));
    ASSERT_EQ(placement.cores.size(), 2U);  // 341 neurons of three compartments fill 1,023 of 1,024 places
    EXPECT_EQ(placement.cores[0].neurons.neurons(), 1023U);
    EXPECT_EQ(placement.cores[1].neurons.neurons(), 3U * (600U - 341U));
    for (const CoreImage& core : placement.cores)
        for (std::size_t at = 0; at < core.slices.size(); ++at) {
            const PopulationSlice& slice = core.slices[at];
            EXPECT_EQ(slice.at, at);
            EXPECT_EQ(slice.population, (std::array{outer, inner, root}[at % 3]));
            EXPECT_EQ(slice.first, core.slices.front().first + at / 3);
            EXPECT_EQ(core.neurons.rows[core.neurons.row_of_neuron[at]].front(), (std::array{3.0, 2.0, 1.0}[at % 3]));
        }
    EXPECT_THAT(refusal(network, chip("loihi.yaml", {"cores.neuro.neurons=2"})),
                HasSubstr("neuron 0 alone has 3 compartments"));
    EXPECT_THAT(refusal(network, chip("truenorth.yaml")), HasSubstr("a crossbar core has none"));
}

/// `network` with a second projection from the same input, which learns.
LoweredNetwork with_plastic_projection(LoweredNetwork network) {
    LoweredProjection plastic = network.projections[0];
    plastic.name = "plastic";
    plastic.learning.emplace();
    plastic.learning->dw = "2^-4*x1*y0";
    plastic.learning->x1_impulse = 16.0;
    network.projections.push_back(plastic);
    return network;
}

TEST(ListPlacement, gives_a_projection_that_learns_axons_of_its_own_behind_the_others) {
    const Placement placement = place(with_plastic_projection(dense_network(4, 8)), chip("loihi.yaml"));
    const auto& lists = std::get<WeightLists>(placement.cores[0].synapses);
    EXPECT_EQ(lists.axons(), 8U);
    EXPECT_EQ(lists.plain_axons(), 4U);
    ASSERT_EQ(lists.groups.size(), 1U);
    EXPECT_EQ(lists.groups[0].sources, (std::vector<std::uint32_t>{0, 1, 2, 3}));
    EXPECT_TRUE(lists.learns());
    EXPECT_EQ(placement.inputs[0].size(), 2U);
}

TEST(ListPlacement, refuses_learning_where_the_chip_cannot) {
    EXPECT_THAT(refusal(with_plastic_projection(dense_network(4, 8)), chip("loihi.yaml", {"cores.neuro.learning="})),
                HasSubstr("projection 'plastic': it is to learn, and cores of kind 'neuro' of chip 'loihi' have no learning"));
    EXPECT_THAT(refusal(with_plastic_projection(dense_network(4, 8)), chip("loihi.yaml", {"synchronisation=tick"})),
                HasSubstr("learning needs a chip with synchronisation: barrier"));
}

TEST(ListPlacement, refuses_a_rule_that_reads_a_trace_to_which_nothing_adds) {
    LoweredNetwork network = with_plastic_projection(dense_network(4, 8));
    network.projections.back().learning->dw = "2^-4*x1*y0 - 2^-4*y1*x0";
    EXPECT_THAT(refusal(network, chip("loihi.yaml")),
                HasSubstr("projection 'plastic': its rule reads trace y1, and y1_impulse is 0"));
    network.projections.back().learning->target_traces_from_outside = true;
    EXPECT_EQ(place(network, chip("loihi.yaml")).cores.size(), 1U);
}

TEST(ListPlacement, keeps_weights_below_the_neurons_unit_whole_and_rounds_their_sum) {
    LoweredNetwork network = dense_network(4, 8);
    network.projections[0].weight_exponent = -3;
    const Placement placement = place(network, chip("loihi.yaml"));
    const auto& lists = std::get<WeightLists>(placement.cores[0].synapses);
    ASSERT_EQ(lists.groups.size(), 1U);
    EXPECT_EQ(lists.groups[0].exponent, -3);
    EXPECT_FALSE(lists.learns());
    EXPECT_EQ(lists.weights[0], 1.0F);
}

TEST(ListPlacement, puts_what_all_synapses_of_a_source_wait_into_its_axon_and_stores_the_rest) {
    LoweredNetwork network = dense_network(2, 4);
    // Per target: source 0 waits 5 each time, source 1 waits 2, 3, 4, 62.
    network.projections[0].delays = {5, 2, 5, 3, 5, 4, 5, 62};
    const Placement placement = place(network, chip("loihi.yaml"));
    EXPECT_EQ(placement.inputs[0][0].delay, 1U + 5U);
    EXPECT_EQ(placement.inputs[1][0].delay, 1U + 2U);
    const auto& lists = std::get<WeightLists>(placement.cores[0].synapses);
    EXPECT_EQ(lists.delays, (std::vector<std::uint8_t>{0, 0, 0, 0, 0, 1, 2, 60}));
    // Dense lists of 4: 9-bit weights and a 10-bit header fit a word; with 6-bit delays 4 * 15 + 10 = 70 bits take two.
    EXPECT_EQ(lists.bits, (std::vector<std::uint32_t>{64, 128}));
}

TEST(ListPlacement, refuses_delays_that_the_chip_does_not_reach_or_store) {
    LoweredNetwork network = dense_network(2, 1);
    network.projections[0].delays = {62, 63};
    EXPECT_THAT(refusal(network, chip("loihi.yaml")), HasSubstr("takes 64 steps to act (1 and a delay of 63), a core's delays "
                                                                "reach 63: 1 too many"));
    network = dense_network(2, 2);
    network.projections[0].delays = {1, 0, 2, 0};
    EXPECT_THAT(refusal(network, chip("loihi.yaml", {"cores.neuro.synapses.delay_bits=0"})),
                HasSubstr("neuron 0 of layer 'pixels' has synapses of different delays"));
}

TEST(ListPlacement, stores_equal_lists_once_where_the_chip_has_population_axons) {
    const LoweredNetwork network = dense_network(100, 8);
    const Placement apart = place(network, chip("loihi.yaml"));
    const Placement shared = place(network, chip("loihi.yaml", {"cores.neuro.synapses.population_axons=true"}));
    // 8 weights of 9 bits and the header take two words.
    EXPECT_EQ(apart.cores[0].synaptic_memory_bit, 100.0 * 128.0);
    EXPECT_EQ(shared.cores[0].synaptic_memory_bit, 128.0);
    EXPECT_EQ(shared.synapses(), apart.synapses());
    // All 5,000 lists begin at the same neuron: one axon of the population.
    EXPECT_THAT(refusal(dense_network(5000, 1), chip("loihi.yaml")), HasSubstr("needs 5000 input axons"));
    EXPECT_EQ(place(dense_network(5000, 1), chip("loihi.yaml", {"cores.neuro.synapses.population_axons=true"})).cores.size(),
              1U);
}

TEST(CrossbarPlacement, keeps_axons_neurons_and_one_destination_per_neuron) {
    LoweredNetwork network = dense_network(100, 300, 2);
    network.projections[0].axons.type_weights.assign(300, {1, -1, 0, 0});
    network.projections[0].axons.type_mask.assign(network.projections[0].axons.type_mask.size(), 3);
    const Placement placement = place(network, chip("truenorth.yaml"));
    ASSERT_EQ(placement.cores.size(), 2U);
    for (const CoreImage& core : placement.cores) {
        EXPECT_LE(core.neurons.neurons(), 256U);
        EXPECT_EQ(std::get<BinaryCrossbar>(core.synapses).axons(), 200U);
        for (std::size_t neuron = 0; neuron < core.neurons.neurons(); ++neuron) EXPECT_EQ(core.destinations[neuron].size(), 1U);
    }
    EXPECT_EQ(placement.inputs[0].size(), 4U);  // two copies in each of two cores; the host may send to many axons
}

TEST(CrossbarPlacement, refuses_a_neuron_with_more_inputs_than_axons) {
    EXPECT_THAT(
        refusal(dense_network(129, 1, 2), chip("truenorth.yaml")),
        HasSubstr("neuron 0 alone needs 258 input axons (2 per source), core type 'neurosynaptic' has 256: 2 too many"));
}

TEST(CrossbarPlacement, says_how_many_neurons_can_wrap_their_potential) {
    // Nine bits hold up to 255: below the threshold of 1 and 255 inputs of weight 1 fit, 256 do not.
    EXPECT_THAT(place(dense_network(255, 4, 1), chip("ranc.yaml")).notes, ::testing::IsEmpty());
    EXPECT_THAT(place(dense_network(256, 4, 1), chip("ranc.yaml")).notes,
                ::testing::ElementsAre(HasSubstr("4 neurons can get sums that do not fit the chip's potential of 9 bits")));
    EXPECT_THAT(place(dense_network(256, 4, 1), chip("truenorth.yaml")).notes, ::testing::IsEmpty());
}

TEST(CrossbarPlacement, gives_every_path_of_a_layer_the_same_delay_through_splitters) {
    // Layer -> second layer of 600 neurons in 3 cores: each of the 50 sources needs 3 destinations, so a relay level.
    LoweredNetwork network = dense_network(10, 50, 1);
    LoweredNetwork second = dense_network(50, 600, 1);
    network.populations.push_back(second.populations[PopulationId{1U}]);
    network.projections.push_back(second.projections[0]);
    network.projections[1].source = PopulationId{1U};
    network.projections[1].target = PopulationId{2U};
    network.outputs = {PopulationId{2U}};
    const Placement placement = place(network, chip("truenorth.yaml"));
    EXPECT_EQ(placement.populations[PopulationId{1U}].steps_from_input, 1U);
    EXPECT_EQ(placement.populations[PopulationId{2U}].steps_from_input, 3U);
    std::set<std::pair<std::uint32_t, std::uint32_t>> fed;
    for (const CoreImage& core : placement.cores)
        for (std::size_t neuron = 0; neuron < core.neurons.neurons(); ++neuron) {
            ASSERT_LE(core.destinations[neuron].size(), 1U);
            for (const Destination& to : core.destinations[neuron]) {
                if (to.core == Destination::host) continue;
                EXPECT_TRUE(fed.emplace(to.core, to.axon).second) << "an axon is fed twice";
            }
        }
    EXPECT_EQ(fed.size(), 50U + 150U);  // one splitter axon per source, one relay per (source, core)
}

TEST(Generators, make_the_load_they_promise) {
    const ChipPlan plan = chip("truenorth.yaml", {"noc.topology={model: mesh, width: 4, height: 4}"});
    const ModelChoice<NetworkGenerator> generator{"random_crossbars"};
    const Placement placement = generator->make(plan, 3);
    EXPECT_EQ(placement.cores.size(), 16U);
    EXPECT_EQ(placement.synapses(), 16U * 256U * 128U);
    const Placement again = generator->make(plan, 3);
    EXPECT_EQ(std::get<BinaryCrossbar>(placement.cores[5].synapses).rows,
              std::get<BinaryCrossbar>(again.cores[5].synapses).rows);
}

TEST(ChipPlan, names_what_contradicts_itself) {
    const auto complaint = [](const std::vector<std::string>& assignments) -> std::string {
        try {
            static_cast<void>(chip("loihi.yaml", assignments));
        } catch (const InputError& error) {
            return error.what();
        }
        return "none";
    };
    EXPECT_THAT(complaint({"host.router=99"}), HasSubstr("there is no router 99; the NoC has 32"));
    EXPECT_THAT(complaint({"cores.neuro.random={generator: shift_register, width: 4, taps: 99}"}),
                HasSubstr("cores.neuro.random: shift register taps 0x63 do not fit 4 bits"));
    EXPECT_THAT(complaint({"cores.neuro.neuron.model=akida", "cores.neuro.processing=by_neuron"}),
                HasSubstr("'akida' sends values"));
    EXPECT_THAT(complaint({"host.router=2", "noc.topology.faults.routers=[2]", "noc.routing=up_down"}), HasSubstr("is dead"));
    EXPECT_THAT(complaint({"barrier_by=messages", "barrier_messages=null"}), HasSubstr("barrier_messages: missing"));
    EXPECT_THAT(complaint({"barrier=[]"}), HasSubstr("needs the time of its barrier"));
    EXPECT_THAT(complaint({"cores.other={from: nothing.yaml}"}), HasSubstr("nothing.yaml"));
    EXPECT_THAT(complaint({"cores={}"}), HasSubstr("at least one kind of core"));
}

TEST(ChipPlan, connects_the_host_to_an_edge_port_or_to_a_port_of_its_own) {
    const ChipPlan edge = chip("loihi.yaml");
    EXPECT_EQ(edge.topology().name(edge.host_endpoint()), "west edge of router 0 (x 0, y 0)");
    const ChipPlan inside = chip("loihi.yaml", {"host.router=9"});
    EXPECT_EQ(inside.topology().name(inside.host_endpoint()), "host port of router 9 (x 1, y 1)");
    EXPECT_EQ(inside.cores(), edge.cores());
    const ChipPlan ring = chip(
        "float-mesh.yaml", {"noc.topology={model: ring, routers: 16}", "noc.routing=torus_dateline", "noc.virtual_channels=2"});
    EXPECT_EQ(ring.topology().name(ring.host_endpoint()), "host port of router 0 (x 0, y 0)");
}

TEST(DeadCores, are_left_out_by_placements_and_counted_when_a_network_does_not_fit) {
    const ChipPlan plan = chip("float-mesh.yaml", {"noc.topology.faults.routers=[1, 6]", "noc.routing=up_down"});
    EXPECT_EQ(plan.usable_cores().size(), 14U);
    Placement placement = place(dense_network(10, 3 * 512), plan);
    avoid_dead_cores(placement, plan);
    ASSERT_EQ(placement.cores.size(), 3U);
    EXPECT_EQ(placement.cores[0].core, CoreId{0U});
    EXPECT_EQ(placement.cores[1].core, CoreId{2U});
    EXPECT_EQ(placement.cores[2].core, CoreId{3U});
    std::set<std::uint32_t> reached;
    for (const Destination& to : placement.inputs[0]) reached.insert(to.core);
    EXPECT_EQ(reached, (std::set<std::uint32_t>{0, 2, 3}));
    EXPECT_THAT(refusal(dense_network(10, 15 * 512), plan), HasSubstr("has 14: 1 too many"));
}

TEST(ChipPlan, looks_up_the_barrier_by_used_tiles) {
    const ChipPlan plan = chip("loihi.yaml");
    EXPECT_EQ(plan.barrier(1), 600'000);
    EXPECT_EQ(plan.barrier(3), 1'000'000);
    EXPECT_EQ(plan.barrier(28), 1'400'000);
    EXPECT_EQ(plan.barrier(32), 1'800'000);
}

}  // namespace
}  // namespace spikefab
