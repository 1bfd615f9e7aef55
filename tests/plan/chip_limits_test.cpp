// SPDX-License-Identifier: Apache-2.0
// What a chip cannot hold is refused with layer, neuron, value and range, or clipped and counted: delays, thresholds, biases,
// resets, on each kind of chip.
#include "plan/chip_limits.hpp"

#include "base/error.hpp"
#include "network/lowering.hpp"
#include "network/neuron_overrides.hpp"
#include "reference/recorded_run.hpp"

#include <gmock/gmock.h>

namespace spikefab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing_support::chip_file;

/// Two inputs on two neurons of dt = 1 s, one synapse each.
Network network_of(PopulationKind kind, double weight, double threshold) {
    Network network{.name = "small"};
    network.populations.push_back({.name = "input", .shape = {2}});
    network.populations.push_back(
        {.name = "layer", .shape = {2}, .kind = kind, .tau_mem = {{1.0}}, .r = {{1.0}}, .v_threshold = {{1.0, threshold}}});
    network.projections.push_back({.name = "synapses", .source = PopulationId{0U}, .target = PopulationId{1U}});
    network.projections.front().weights = identity_matrix(2);
    network.projections.front().weights.values[1] = weight;
    network.outputs = {PopulationId{1U}};
    return network;
}
constexpr auto integrate = PopulationKind::integrate_and_fire;

LoweredNetwork lower_to(const std::string& chip, const Network& network, OutOfRange policy = OutOfRange::refuse,
                        const NeuronOverrides& neurons = {}) {
    const ChipPlan plan = chip_file(chip);
    const CoreDescription& type = plan.core_type(CoreId{0U});
    // Without scaling: what is asked for is what the chip would have to hold.
    const LoweringOptions options{.dt = Time::from_si(1.0), .scale = ScalePolicy::exact, .on_out_of_range = policy};
    LoweredNetwork lowered = lower(network, type.firing_model(), options, limits_of(type));
    override_parameters(lowered, neurons, *type.neuron);
    fit_parameters(type, policy, lowered);
    return lowered;
}

std::string refusal(const std::string& chip, const Network& network, const NeuronOverrides& neurons = {}) {
    try {
        static_cast<void>(lower_to(chip, network, OutOfRange::refuse, neurons));
    } catch (const InputError& error) {
        return error.what();
    }
    return "accepted";
}
std::uint64_t clipped(const std::string& chip, const Network& network, const NeuronOverrides& neurons = {}) {
    return lower_to(chip, network, OutOfRange::clip, neurons).report.layers.front().clipped;
}

TEST(ChipLimits, are_the_chips_own) {
    EXPECT_EQ(limits_of(chip_file("loihi.yaml").core_type(CoreId{0U})).longest_delay, 62U);
    EXPECT_EQ(limits_of(chip_file("loihi.yaml").core_type(CoreId{0U})).wrapping_potential, 0U);
    EXPECT_EQ(limits_of(chip_file("ranc.yaml").core_type(CoreId{0U})).longest_delay, 14U);
    EXPECT_EQ(limits_of(chip_file("ranc.yaml").core_type(CoreId{0U})).wrapping_potential, 9U);
}

TEST(ChipLimits, hold_weights_that_are_not_to_be_scaled) {
    EXPECT_EQ(refusal("loihi.yaml", network_of(integrate, 127.0, 100.0)), "accepted");
    EXPECT_EQ(refusal("loihi.yaml", network_of(integrate, 129.0, 100.0)),
              "layer 'layer' (IF): neuron 1: its weight would be 129 on the chip, which holds -127 to 127; rescale the layer, "
              "or allow "
              "clipping (on_out_of_range: clip)");
    EXPECT_EQ(clipped("loihi.yaml", network_of(integrate, 129.0, 100.0)), 1U);
    for (const char* const chip : {"truenorth.yaml", "ranc.yaml"}) {
        EXPECT_EQ(refusal(chip, network_of(integrate, 255.0, 100.0)), "accepted");
        EXPECT_THAT(refusal(chip, network_of(integrate, 256.0, 100.0)),
                    HasSubstr("neuron 1: its weight would be 256 on the chip, which holds -255 to 255"));
        EXPECT_EQ(clipped(chip, network_of(integrate, 256.0, 100.0)), 1U);
        EXPECT_EQ(lower_to(chip, network_of(integrate, -300.0, 100.0), OutOfRange::clip).projections.front().weights.values[1],
                  -255.0F);
    }
}

TEST(ChipLimits, hold_thresholds_of_ranc_to_its_nine_bits) {
    EXPECT_EQ(refusal("ranc.yaml", network_of(integrate, 2.0, 254.0)), "accepted");
    EXPECT_THAT(refusal("ranc.yaml", network_of(integrate, 2.0, 255.0)),
                HasSubstr("neuron 1: its threshold would be 256 on the chip, which holds 1 to 255"));
    EXPECT_EQ(clipped("ranc.yaml", network_of(integrate, 2.0, 1000.0)), 1U);
    EXPECT_EQ(refusal("truenorth.yaml", network_of(integrate, 2.0, 255.0)), "accepted") << "20 bits";
    EXPECT_THAT(refusal("truenorth.yaml", network_of(integrate, 2.0, 262143.0)), HasSubstr("which holds 1 to 262143"));
}

TEST(ChipLimits, hold_resets_and_biases_of_ranc) {
    Network network = network_of(integrate, 2.0, 100.0);
    network.populations[PopulationId{1U}].v_reset = {{0.0, -300.0}};
    EXPECT_THAT(refusal("ranc.yaml", network), AllOf(HasSubstr("neuron 1: its reset potential"), HasSubstr("-256 to 255")));
    EXPECT_EQ(clipped("ranc.yaml", network), 1U);
    network = network_of(integrate, 2.0, 100.0);
    network.projections.front().bias = {0.0, 300.0};
    EXPECT_THAT(refusal("ranc.yaml", network), AllOf(HasSubstr("neuron 1: its leak (bias)"), HasSubstr("-256 to 255")));
    EXPECT_EQ(clipped("ranc.yaml", network), 1U);
}

TEST(ChipLimits, hold_what_an_experiment_sets_by_name) {
    const Network network = network_of(integrate, 2.0, 100.0);
    const NeuronOverrides high{{"layer", {{"threshold", "300"}}}};
    EXPECT_THAT(refusal("ranc.yaml", network, high),
                HasSubstr("layer 'layer': neuron 0: its threshold would be 300 on the chip, which holds -256 to 255"));
    EXPECT_EQ(clipped("ranc.yaml", network, high), 2U);
    const NeuronOverrides low{{"layer", {{"negative_threshold", "257"}}}};
    EXPECT_THAT(refusal("ranc.yaml", network, low), HasSubstr("its negative_threshold would be 257"));
    EXPECT_EQ(refusal("truenorth.yaml", network, high), "accepted");
}

TEST(ChipLimits, hold_thresholds_and_biases_of_loihi) {
    EXPECT_EQ(refusal("loihi.yaml", network_of(integrate, 2.0, 131071.0)), "accepted");
    EXPECT_THAT(refusal("loihi.yaml", network_of(integrate, 2.0, 131072.0)),
                HasSubstr("neuron 1: its threshold would be 131072 on the chip, which holds 0 to 131071"));
    EXPECT_THAT(refusal("loihi.yaml", network_of(integrate, 2.0, -1.0)), HasSubstr("neuron 1: its threshold would be -1"));
    EXPECT_EQ(clipped("loihi.yaml", network_of(integrate, 2.0, 131072.0)), 1U);
    Network network = network_of(integrate, 2.0, 100.0);
    network.projections.front().bias = {0.0, 8191.0};
    EXPECT_THAT(refusal("loihi.yaml", network), HasSubstr("neuron 1: its bias would be"));
    EXPECT_EQ(clipped("loihi.yaml", network), 1U);
}

TEST(ChipLimits, hold_delays_to_the_rows_of_a_schedule) {
    Network network = network_of(integrate, 2.0, 100.0);
    network.projections.front().delays = {0.0, 14.0};
    EXPECT_EQ(refusal("ranc.yaml", network), "accepted");
    network.projections.front().delays = {0.0, 15.0};
    EXPECT_THAT(refusal("ranc.yaml", network),
                HasSubstr("neuron 1: its delay from neuron 1 would be 15 on the chip, which holds "
                          "0 to 14"));
    EXPECT_EQ(clipped("ranc.yaml", network), 1U);
}

}  // namespace
}  // namespace spikefab
