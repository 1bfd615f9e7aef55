// SPDX-License-Identifier: Apache-2.0
// The shipped networks on the simulated chips against a plain functional simulation, written here without the chip's
// code: every neuron, every step.
#include "base/random.hpp"
#include "network/lowering.hpp"
#include "network/nir.hpp"
#include "places.hpp"
#include "reference/recorded_run.hpp"

#include <cstdlib>

namespace spikefab {
namespace {

using testing_support::FixedSource;
using testing_support::InputSpikes;
using testing_support::SpikeKeeper;
using testing_support::SpikeRecord;
using testing_support::SpikeSet;

constexpr std::uint32_t images = 3;
constexpr std::uint32_t steps_per_image = 20;

/// Random input: patches of an image fire at random rates, so that layers are neither silent nor saturated.
InputSpikes random_input(std::size_t inputs) {
    InputSpikes spikes(images * steps_per_image);
    for (std::uint32_t image = 0; image < images; ++image) {
        for (std::uint32_t step = 0; step < steps_per_image - 4; ++step) {
            for (std::uint32_t i = 0; i < inputs; ++i) {
                const double rate = Rng{1, "test.rate", i / 28 / 7 * 4 + i % 28 / 7, image}.uniform();
                if (Rng{1, "test.input", i, image * steps_per_image + step}.uniform() < rate)
                    spikes[image * steps_per_image + step].push_back(i);
            }
        }
    }
    return spikes;
}

Network load(const std::string& name) {
    return read_nir(source_folder() + "/configs/networks/" + name);
}

/// The spikes of `population` that arrive `delay` steps after they fired, in step index `step`; none from another image.
const SpikeSet& arriving(const SpikeRecord& record, std::size_t population, std::size_t step, std::size_t delay) {
    static const SpikeSet none;
    return step % steps_per_image < delay ? none : record[step - delay][population];
}

double weighted_sum(const Projection& projection, std::size_t neuron, const SpikeSet& spikes) {
    double sum = 0.0;
    const auto sources = projection.weights.sources_of(neuron);
    for (std::size_t i = 0; i < sources.size(); ++i)
        if (spikes.contains(sources[i])) sum += projection.weights.values_of(neuron)[i];
    return sum;
}

/// Steps every layer; `fires(population, neuron, sum, step)` is the neuron, `delay(projection)` its path in steps.
template <class Delay, class Fires>
SpikeRecord simulate(const Network& network, const InputSpikes& input, Delay delay, Fires fires) {
    SpikeRecord record(input.size(), std::vector<SpikeSet>(network.populations.size()));
    for (std::size_t step = 0; step < input.size(); ++step) {
        record[step][0] = {input[step].begin(), input[step].end()};
        for (const Projection& projection : network.projections) {
            const SpikeSet& spikes = arriving(record, projection.source.value(), step, delay(projection));
            const std::uint32_t target = projection.target.value();
            for (std::uint32_t neuron = 0; neuron < network.populations[projection.target].size(); ++neuron)
                if (fires(target, neuron, weighted_sum(projection, neuron, spikes), step)) record[step][target].insert(neuron);
        }
    }
    return record;
}

void expect_equal(const SpikeRecord& chip, const SpikeRecord& reference, const Network& network) {
    std::size_t spikes = 0;
    for (std::size_t step = 0; step < reference.size(); ++step) {
        for (std::uint32_t p = 1; p < network.populations.size(); ++p) {
            ASSERT_EQ(chip[step][p], reference[step][p])
                << "layer " << network.populations[PopulationId{p}].name << ", step " << step + 1;
            spikes += reference[step][p].size();
        }
    }
    EXPECT_GT(spikes, 1000U) << "the input is too weak to compare anything";
}

TEST(FashionOnLoihi, spikes_equal_a_functional_simulation_neuron_for_neuron) {
    const Network network = load("fashion-loihi.nir");
    const InputSpikes input = random_input(network.populations[PopulationId{0U}].size());
    // Weights and thresholds of this network are integers; an eighth of the potential leaks per step (512/4096).
    std::vector<std::vector<std::int64_t>> potential;
    for (const Population& population : network.populations) potential.emplace_back(population.size(), 0);
    const auto fires = [&](std::uint32_t target, std::uint32_t neuron, double sum, std::size_t step) {
        std::int64_t& v = potential[target][neuron];
        if (step % steps_per_image == 0) v = 0;
        const std::int64_t kept = std::abs(v) * (4096 - 512) / 4096;
        v = (v < 0 ? -kept : kept) + 64 * static_cast<std::int64_t>(sum);
        if (v <= 64 * static_cast<std::int64_t>(network.populations[PopulationId{target}].v_threshold[neuron])) return false;
        v = 0;
        return true;
    };
    const SpikeRecord reference = simulate(
        network, input, [](const Projection&) { return std::size_t{1}; }, fires);

    const ChipPlan plan = testing_support::chip_file("loihi.yaml");
    const Placement placement = place(lower(network, "loihi_cuba"), plan);
    FixedSource source{input, steps_per_image};
    SpikeKeeper keeper{input.size(), network.populations.size()};
    Chip chip{plan, placement, source, keeper, 1};
    chip.run(input.size());
    expect_equal(keeper.record, reference, network);
    EXPECT_EQ(chip.totals().late_spikes, 0U);
}

/// The network of gates on a chip with one-bit crossbars.
void expect_gates_equal_a_functional_simulation(const ChipPlan& plan) {
    const Network network = load("fashion-truenorth.nir");
    const InputSpikes input = random_input(network.populations[PopulationId{0U}].size());
    const Placement placement = place(lower(network, "truenorth"), plan);
    // Relay neurons lengthen paths; what they add is the placement's promise and is compared with.
    const auto delay = [&](const Projection& projection) -> std::size_t {
        return placement.populations[projection.target].steps_from_input -
               placement.populations[projection.source].steps_from_input;
    };
    const auto fires = [&](std::uint32_t target, std::uint32_t neuron, double sum, std::size_t) {
        return sum > network.populations[PopulationId{target}].v_threshold[neuron];
    };
    const SpikeRecord reference = simulate(network, input, delay, fires);

    FixedSource source{input, steps_per_image};
    SpikeKeeper keeper{input.size(), network.populations.size()};
    Chip chip{plan, placement, source, keeper, 1};
    chip.run(input.size());
    expect_equal(keeper.record, reference, network);
    EXPECT_EQ(chip.totals().late_spikes, 0U);
    EXPECT_EQ(chip.totals().lost_spikes, 0U);
    EXPECT_EQ(chip.totals().noc.in_flight(), 0U);
    EXPECT_FALSE(keeper.answers.empty());
}

TEST(FashionOnTrueNorth, spikes_equal_a_functional_simulation_neuron_for_neuron) {
    expect_gates_equal_a_functional_simulation(testing_support::chip_file("truenorth.yaml"));
}

TEST(FashionOnRanc, spikes_equal_a_functional_simulation_though_its_potentials_have_nine_bits_that_wrap) {
    expect_gates_equal_a_functional_simulation(testing_support::chip_file(
        "ranc.yaml", {"noc.topology.width=12", "noc.topology.height=12", "input_before_first_tick=false"}));
}

}  // namespace
}  // namespace spikefab
