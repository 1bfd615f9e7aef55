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

const std::vector<std::string> analog_chips{"memristor-crossbar.yaml", "memristor-lif.yaml", "mtj.yaml", "domain-wall.yaml"};

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

}  // namespace
}  // namespace spikefab
