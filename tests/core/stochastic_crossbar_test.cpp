// SPDX-License-Identifier: Apache-2.0
// TrueNorth's stochastic synapse in a core: which synapses draw, how often they act, and on what the draws depend.
#include "base/error.hpp"
#include "core/core_function.hpp"

#include "base/partial_visitor.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

namespace spikefab {
namespace {

constexpr std::uint32_t size = 256;  // axons, and neurons

/// A full crossbar: even axons are of type 0 with weight `chance`, which acts by chance, odd ones of type 1 with weight 2.
CoreImage full_core(std::int16_t chance) {
    CoreImage image;
    image.core = CoreId{0U};
    image.neurons.columns = {"stochastic_types", "threshold", "negative_threshold"};
    image.neurons.rows = {{1, 262143, 262143}};
    image.neurons.row_of_neuron.assign(size, 0);
    BinaryCrossbar crossbar;
    crossbar.words_per_row = size / 64;
    for (std::uint32_t axon = 0; axon < size; ++axon) crossbar.axon_types.push_back(static_cast<std::uint8_t>(axon % 2));
    crossbar.rows.assign(std::size_t{size} * crossbar.words_per_row, ~std::uint64_t{0});
    for (auto& weights : crossbar.type_weights) weights.assign(size, 2);
    crossbar.type_weights[0].assign(size, chance);
    image.synapses = std::move(crossbar);
    image.destinations = DestinationTable{size};
    return image;
}

class PotentialReader final : public PartialVisitor {
public:
    void integer(const FieldInfo& info, std::int64_t& value) override {
        if (info.key == "potential") potential = value;
    }
    std::int64_t potential = 0;
};

std::vector<std::int64_t> potentials(CoreFunction& function, std::uint64_t step) {
    std::vector<std::int64_t> all;
    for (std::size_t neuron = 0; neuron < size; ++neuron) {
        PotentialReader reader;
        function.visit_state(neuron, step, reader);
        all.push_back(reader.potential);
    }
    return all;
}

std::unique_ptr<CoreFunction> scanning_core(const CoreImage& image, const DrawSource& draws) {
    auto function = make_core_function(image, *Registry<NeuronModel>::instance().make("truenorth"),
                                       {.longest_axon_delay = 1, .scan_by_neuron = true});
    function->draw_from(draws);
    return function;
}

/// Potentials after `steps` steps with spikes on every axon of `axons`.
std::vector<std::int64_t> run(const CoreImage& image, const DrawSource& draws, std::uint64_t steps,
                              const std::vector<std::uint32_t>& axons) {
    const auto function = scanning_core(image, draws);
    for (std::uint64_t step = 1; step <= steps; ++step) {
        for (const std::uint32_t axon : axons) static_cast<void>(function->receive(axon, 1, step));
        const PassResult result = function->run(step);
        EXPECT_EQ(result.synaptic_events, axons.size() * size) << "events that do not act count too";
    }
    return potentials(*function, steps);
}

std::vector<std::uint32_t> axons_of_type(std::uint32_t type) {
    std::vector<std::uint32_t> axons;
    for (std::uint32_t axon = type; axon < size; axon += 2) axons.push_back(axon);
    return axons;
}

TEST(StochasticSynapse, acts_with_its_sign_in_weight_plus_one_of_256_events) {
    constexpr std::uint64_t steps = 32;  // 32 x 128 axons x 256 neurons: 1,048,576 draws
    constexpr double draws = steps * 128.0 * size;
    for (const DrawSource& source :
         {DrawSource{5}, DrawSource{std::make_shared<ShiftRegister>(ShiftRegister::Params{.seed = 0xBEEF})}})
        for (const std::int16_t weight :
             {std::int16_t{0}, std::int16_t{1}, std::int16_t{-60}, std::int16_t{254}, std::int16_t{-255}}) {
            std::int64_t sum = 0;
            for (const std::int64_t potential : run(full_core(weight), source, steps, axons_of_type(0))) sum += potential;
            const double p = weight == 0 ? 0.0 : (std::abs(weight) + 1.0) / 256.0;
            const double sign = weight < 0 ? -1.0 : 1.0;
            EXPECT_NEAR(sign * static_cast<double>(sum) / draws, p, 4.0 * std::sqrt(p * (1.0 - p) / draws)) << weight;
        }
}

TEST(StochasticSynapse, leaves_other_axon_types_their_whole_weight) {
    for (const std::int64_t potential : run(full_core(-60), DrawSource{5}, 3, axons_of_type(1)))
        EXPECT_EQ(potential, 3 * 128 * 2);
}

TEST(StochasticSynapse, draws_by_neuron_axon_and_step_whatever_else_happens) {
    const CoreImage image = full_core(-60);
    const auto alone = run(image, DrawSource{5}, 1, {4});
    const auto other = run(image, DrawSource{5}, 1, {6});
    const auto both = run(image, DrawSource{5}, 1, {6, 4});
    EXPECT_NE(alone, other);
    for (std::size_t i = 0; i < size; ++i) EXPECT_EQ(both[i], alone[i] + other[i]);
}

TEST(StochasticSynapse, follows_the_register_through_axons_then_neurons) {
    const CoreImage image = full_core(-60);
    const auto potential =
        run(image, DrawSource{std::make_shared<ShiftRegister>(ShiftRegister::Params{.seed = 77})}, 1, {2, 8});
    ShiftRegister by_hand{{.seed = 77}};
    std::vector<std::int64_t> expected(size, 0);
    for (int axon = 0; axon < 2; ++axon)
        for (std::int64_t& value : expected) value -= by_hand.bits(8) <= 60 ? 1 : 0;
    EXPECT_EQ(potential, expected);
}

TEST(StochasticSynapse, is_refused_for_lists_of_weights) {
    CoreImage image = full_core(1);
    image.synapses = WeightLists{.offsets = {0}, .targets = {}, .weights = {}, .delays = {}, .bits = {}, .groups = {}};
    EXPECT_THROW(static_cast<void>(scanning_core(image, DrawSource{1})), InputError);
}

}  // namespace
}  // namespace spikefab
