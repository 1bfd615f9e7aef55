// SPDX-License-Identifier: Apache-2.0
// Chip files with analog cores: what they refuse and why, that they survive being written and read, how networks are placed.
#include "base/error.hpp"
#include "config/reader.hpp"
#include "config/writer.hpp"
#include "places.hpp"
#include "plan/place.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace spikefab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::vector<std::string> analog_chips{"memristor-crossbar.yaml", "memristor-learning.yaml", "memristor-lif.yaml",
                                            "mtj.yaml", "domain-wall.yaml"};

ChipPlan chip(const std::string& name, const std::vector<std::string>& assignments = {}) {
    config::Tree tree = config::load(source_folder() + "/configs/chips/" + name);
    for (const std::string& assignment : assignments) config::assign(tree, assignment);
    return ChipPlan{config::read<ChipDescription>(std::move(tree))};
}

std::string refusal(const std::string& name, const std::vector<std::string>& assignments) {
    try {
        static_cast<void>(chip(name, assignments));
    } catch (const InputError& error) {
        return error.what();
    }
    return "accepted";
}

TEST(AnalogChips, survive_being_written_and_read) {
    for (const std::string& name : analog_chips) {
        const std::string text = config::to_yaml(chip(name).description());
        const ChipPlan again{config::read<ChipDescription>(config::parse(text, name))};
        EXPECT_EQ(config::to_yaml(again.description()), text) << name;
        EXPECT_THAT(again.describe(), AllOf(HasSubstr("128 x 128 cells"), HasSubstr("columns end in"))) << name;
    }
}

TEST(AnalogChips, without_steps_are_described_by_the_current_of_their_threshold) {
    EXPECT_THAT(chip("dynapse-like.yaml").describe(),
                AllOf(HasSubstr("analog neurons of model dpi, into which a weight sum of their threshold sends 20 nA"),
                      HasSubstr("64 words of memory a neuron")));
}

TEST(AnalogChips, refuse_values_that_no_array_has_and_name_their_path) {
    const std::string array = "cores.xbar.array.";
    EXPECT_THAT(refusal("memristor-crossbar.yaml", {array + "wire.r_wl=-1 ohm"}),
                AllOf(HasSubstr("cores.xbar.array.wire.r_wl"), HasSubstr("too small")));
    EXPECT_THAT(refusal("memristor-crossbar.yaml", {array + "g_min=nan S"}),
                AllOf(HasSubstr("cores.xbar.array.g_min"), HasSubstr("not a quantity")));
    EXPECT_THAT(refusal("memristor-crossbar.yaml", {array + "g_min=-1 uS"}), HasSubstr("cores.xbar.array.g_min"));
    EXPECT_THAT(refusal("memristor-crossbar.yaml", {array + "g_min=40 uS"}), HasSubstr("40 uS is not below g_max, 39 uS"));
    EXPECT_THAT(refusal("memristor-crossbar.yaml", {array + "columns=1"}), HasSubstr("hold no weight"));
    EXPECT_THAT(refusal("memristor-crossbar.yaml", {array + "wire.r_bitline=1 ohm"}), HasSubstr("r_bl"));
    EXPECT_THAT(refusal("mtj.yaml", {"cores.xbar.column.neuron.i_bias=3"}),
                AllOf(HasSubstr("cores.xbar.mtj_stochastic"), HasSubstr("no current")));
    EXPECT_THAT(refusal("mtj.yaml", {"cores.xbar.column.neuron.temperature=0 K"}), HasSubstr("column.neuron.temperature"));
    EXPECT_THAT(refusal("memristor-lif.yaml", {"cores.xbar.column.neuron.v_reset=1 V"}), HasSubstr("v_reset"));
}

TEST(AnalogChips, refuse_parts_that_do_not_go_together) {
    EXPECT_THAT(refusal("memristor-crossbar.yaml", {"cores.xbar.column.neuron={model: rc_lif}"}),
                HasSubstr("cores.xbar.column: give either adc or neuron"));
    EXPECT_THAT(refusal("memristor-lif.yaml", {"synchronisation=barrier", "barrier=[{tiles: 1, time: 1 ns}]"}),
                HasSubstr("they need synchronisation: tick"));
    EXPECT_THAT(refusal("memristor-lif.yaml", {"cores.xbar.neuron={model: lif}"}), HasSubstr("cores.xbar.neuron"));
    EXPECT_THAT(refusal("memristor-lif.yaml", {"cores.xbar.array.input.mode=bit_serial"}), HasSubstr("bit_serial"));
    EXPECT_THAT(refusal("memristor-lif.yaml", {"cores.xbar.array.encoding.weights=offset_digital"}),
                HasSubstr("offset_digital subtracts digitally"));
    EXPECT_THAT(refusal("float-mesh.yaml", {"cores.core.column.adc.bits=4"}), HasSubstr("only a core with arrays has columns"));
}

/// `maps` maps of neurons that each see 3 of 40 pixels, two further on from neuron to neuron: a convolution in one dimension.
LoweredNetwork convolution(std::uint32_t maps) {
    LoweredNetwork network;
    network.name = "convolution";
    network.populations.push_back({.name = "pixels", .shape = {40}, .size = 40, .is_input = true, .parameters = {}});
    LoweredPopulation layer{.name = "layer", .shape = {maps, 19}, .size = maps * 19, .parameters = {}};
    layer.parameters.columns = {"threshold"};
    layer.parameters.rows = {{1.0}};
    layer.parameters.row_of_neuron.assign(layer.size, 0);
    network.populations.push_back(layer);
    LoweredProjection projection{
        .name = "all", .source = PopulationId{0U}, .target = PopulationId{1U}, .weights = {}, .axons = {}};
    projection.weights.rows = maps * 19;
    projection.weights.columns = 40;
    for (std::uint32_t n = 0; n < maps * 19; ++n) {
        for (std::uint32_t i = 0; i < 3; ++i) {
            projection.weights.sources.push_back(n % 19 * 2 + i);
            projection.weights.values.push_back(static_cast<float>(i + 1));
        }
        projection.weights.offsets.push_back(projection.weights.sources.size());
    }
    network.projections.push_back(projection);
    network.outputs = {PopulationId{1U}};
    return network;
}

TEST(ArrayPlacement, keeps_neurons_that_share_inputs_together) {
    // With 11 rows, five neurons side by side fill a group (2 x 5 + 1 pixels), in all maps.
    const Placement placement = place(convolution(6), chip("memristor-crossbar.yaml", {"cores.xbar.array.rows=11"}));
    EXPECT_EQ(placement.cores.size(), 4U);
    EXPECT_EQ(placement.neurons(), 6U * 19U);
    EXPECT_EQ(placement.synapses(), 6U * 19U * 3U);
    for (const CoreImage& core : placement.cores) EXPECT_LE(std::get<WeightLists>(core.synapses).axons(), 11U);
}

TEST(ArrayPlacement, says_which_limit_is_broken_and_by_how_much) {
    const auto message = [](const std::vector<std::string>& assignments) {
        try {
            static_cast<void>(place(convolution(6), chip("memristor-crossbar.yaml", assignments)));
        } catch (const InputError& error) {
            return std::string{error.what()};
        }
        return std::string{"placed"};
    };
    EXPECT_THAT(message({"cores.xbar.input_axons=2"}), HasSubstr("needs 3 input axons, core type 'xbar' has 2: 1 too many"));
    EXPECT_THAT(message({"cores.xbar.neurons=1"}), HasSubstr("needs 114 cores, chip 'memristor-crossbar' has 64: 50 too many"));
}

std::string placed(const LoweredNetwork& network, const std::string& name, const std::vector<std::string>& assignments = {}) {
    try {
        static_cast<void>(place(network, chip(name, assignments)));
    } catch (const InputError& error) {
        return error.what();
    }
    return "placed";
}

/// The convolution with a rule of its own.
LoweredNetwork learning(const std::string& dw = "2^-4*x1*y0 - 2^-4*y1*x0") {
    LoweredNetwork network = convolution(1);
    LearningParameters rule;
    rule.dw = dw;
    rule.x1_impulse = rule.y1_impulse = 16.0;
    network.projections.front().learning = rule;
    return network;
}

TEST(LearningArrays, keep_what_learns_on_axons_of_its_own) {
    LoweredNetwork network = learning();
    LoweredProjection fixed = network.projections.front();
    fixed.name = "fixed";
    fixed.learning.reset();
    network.projections.push_back(fixed);
    const Placement placement = place(network, chip("memristor-learning.yaml"));
    ASSERT_EQ(placement.cores.size(), 1U);
    const auto& lists = std::get<WeightLists>(placement.cores.front().synapses);
    EXPECT_EQ(lists.axons(), 2U * 39U);  // the last pixel is in no window
    EXPECT_EQ(lists.plain_axons(), 39U);
    ASSERT_EQ(lists.groups.size(), 1U);
    EXPECT_EQ(lists.groups.front().projection, "all");
    EXPECT_EQ(lists.groups.front().sources.size(), 39U);
    EXPECT_TRUE(lists.learns());
}

TEST(LearningArrays, refuse_what_cannot_be_pulsed_and_say_what_to_do) {
    const std::string name = "memristor-learning.yaml";
    EXPECT_EQ(placed(learning(), name), "placed");
    EXPECT_THAT(placed(learning(), "memristor-crossbar.yaml"), HasSubstr("no learning engine (cores.xbar.learning)"));
    EXPECT_THAT(placed(learning(), "memristor-crossbar.yaml", {"cores.xbar.learning={}"}),
                AllOf(HasSubstr("projection 'all'"), HasSubstr("give cores.xbar.array.memristor"), HasSubstr("vteam")));
    EXPECT_THAT(
        placed(learning(), "memristor-crossbar.yaml", {"cores.xbar.learning={}", "cores.xbar.array.memristor={model: vteam}"}),
        HasSubstr("cores.xbar.array.update does not say by which pulses"));
    EXPECT_THAT(placed(learning(), "memristor-lif.yaml", {"cores.xbar.learning={}"}), HasSubstr("synchronisation: barrier"));
    EXPECT_THAT(placed(learning(), name, {"cores.xbar.array.mode=geff"}), HasSubstr("geff builds its matrix once"));
    EXPECT_THAT(placed(learning(), name, {"cores.xbar.array.encoding.bits_per_cell=4"}), HasSubstr("bits_per_cell"));
    EXPECT_THAT(placed(learning(), name, {"cores.xbar.array.drift_time=1 s"}), HasSubstr("drift_time"));
    EXPECT_THAT(placed(learning("2^-4*x1*y0*w"), name), HasSubstr("conductances that their engine does not know"));
    EXPECT_THAT(placed(learning("2^-4*x2*y0"), name), HasSubstr("reads trace x2, and x2_impulse is 0"));
    LoweredNetwork heavy = learning();
    heavy.projections.front().learning->weight_upper = 2;
    EXPECT_THAT(placed(heavy, name),
                HasSubstr("its first weights include 3, and its rule's weight_lower and weight_upper, -256 and 2"));
}

TEST(LearningArrays, refuse_pulses_that_nobody_has) {
    const std::string update = "cores.xbar.array.update.";
    EXPECT_THAT(refusal("memristor-learning.yaml", {update + "t_pulse=0 s"}), HasSubstr("cores.xbar.array.update.t_pulse"));
    EXPECT_THAT(refusal("memristor-learning.yaml", {update + "v_set=nan V"}), HasSubstr("cores.xbar.array.update.v_set"));
    EXPECT_THAT(refusal("memristor-learning.yaml", {update + "c2c=nan"}), HasSubstr("cores.xbar.array.update.c2c"));
    EXPECT_THAT(refusal("memristor-learning.yaml", {"cores.xbar.array.memristor={model: vteam, w_off: 0 m}"}),
                HasSubstr("w_off"));
    EXPECT_THAT(refusal("memristor-lif.yaml", {"cores.xbar.array.memristor={model: vteam}",
                                               "cores.xbar.array.update={v_set: -1 V, v_reset: 1 V, t_pulse: 1 ns}"}),
                HasSubstr("needs synchronisation: barrier"));
    EXPECT_THAT(refusal("memristor-crossbar.yaml", {"cores.xbar.array.update={v_set: -1 V, v_reset: 1 V, t_pulse: 1 ns}"}),
                HasSubstr("give array.memristor"));
}

TEST(CamWords, are_counted_for_every_neuron) {
    LoweredNetwork network = convolution(1);  // weights 1, 2 and 3
    EXPECT_EQ(placed(network, "dynapse-like.yaml", {"cores.dynap.cam_words=6"}), "placed");
    EXPECT_THAT(
        placed(network, "dynapse-like.yaml", {"cores.dynap.cam_words=5"}),
        HasSubstr("neuron 0 needs 6 words of memory for its synapses, a neuron has 5: 1 too many (cores.dynap.cam_words)"));
    network.projections.front().weights.values.front() = -3.0F;
    EXPECT_THAT(placed(network, "dynapse-like.yaml", {"cores.dynap.cam_words=7"}), HasSubstr("needs 8 words"));
    network.projections.front().weights.values.front() = 0.5F;
    EXPECT_THAT(placed(network, "dynapse-like.yaml"), HasSubstr("a weight is a whole number of words"));
    EXPECT_THAT(refusal("float-mesh.yaml", {"cores.core.cam_words=4"}), HasSubstr("only a core with arrays"));
}

TEST(LiveArrays, have_no_delays) {
    LoweredNetwork network = convolution(1);
    network.projections.front().delay = 2;
    EXPECT_THAT(placed(network, "dynapse-like.yaml"), HasSubstr("a chip without steps has no delays"));
}

TEST(MixedKinds, are_refused_by_name) {
    EXPECT_THAT(
        placed(convolution(1), "memristor-crossbar.yaml",
               {"cores.other={neurons: 4, input_axons: 4, output_axons: 4, neuron: {model: lif}, synapses: {size: 1 kB}}",
                "layout=[xbar, other]"}),
        AllOf(HasSubstr("mixes kinds of core (other, xbar)"), HasSubstr("layout")));
}

}  // namespace
}  // namespace spikefab
