// SPDX-License-Identifier: Apache-2.0
// Whole networks on real images, functionally: lowering must not change what training measured.
//
// The expected figures come from other programs: scripts/train/reference.py (NumPy, written without this code) for the
// Fashion-MNIST networks, and lava-dl's MNIST network in NumPy for the digits (README of the shared data).
#include "network/dataset.hpp"
#include "network/layer_simulation.hpp"
#include "network/lowering.hpp"
#include "network/nir.hpp"
#include "network/shared_data.hpp"
#include "places.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace spikefab {
namespace {

struct Show {
    std::string encoder;
    std::uint32_t steps;
    std::size_t images;
    std::size_t votes_per_class;
    Arrival arrival;
};

struct Totals {
    std::size_t right = 0;
    std::uint64_t input_spikes = 0;
    std::uint64_t neuron_spikes = 0;
    std::uint64_t synaptic_events = 0;
    std::uint64_t dense_events = 0;  ///< as if no weight were 0
};

std::size_t most_voted(const std::vector<std::uint32_t>& counts, std::size_t votes_per_class) {
    std::vector<std::uint32_t> classes(counts.size() / votes_per_class, 0);
    for (std::size_t i = 0; i < counts.size(); ++i) classes[i / votes_per_class] += counts[i];
    return static_cast<std::size_t>(std::max_element(classes.begin(), classes.end()) - classes.begin());
}

Totals run(const LoweredNetwork& network, const Dataset& data, const Show& show) {
    const auto encoder = Registry<Encoder>::instance().make(show.encoder);
    const std::size_t output = network.outputs.front().value();
    LayerSimulation simulation{network, show.arrival};
    Totals totals;
    SpikeTrain train;
    for (std::size_t image = 0; image < show.images; ++image) {
        const auto inputs = static_cast<std::uint32_t>(network.populations[PopulationId{std::uint32_t{0}}].size);
        data.encode(*encoder, {.steps = show.steps, .neurons = inputs, .image = image}, train);
        simulation.reset();
        std::vector<std::uint32_t> counts(network.populations[network.outputs.front()].size, 0);
        for (std::uint32_t step = 0; step < show.steps; ++step) {
            const auto spikes = simulation.step({train.at(step).begin(), train.at(step).end()});
            totals.input_spikes += spikes[0].size();
            for (std::size_t i = 1; i < spikes.size(); ++i) totals.neuron_spikes += spikes[i].size();
            for (const LoweredProjection& projection : network.projections)
                totals.dense_events += spikes[projection.source.value()].size() * projection.weights.rows;
            for (const std::uint32_t neuron : spikes[output]) ++counts[neuron];
        }
        totals.right += most_voted(counts, show.votes_per_class) == data.labels()[image] ? 1U : 0U;
    }
    totals.synaptic_events = simulation.synaptic_events();
    return totals;
}

std::filesystem::path fashion(const std::string& file) {
    return std::filesystem::path{"/usr/share/datasets/fashion-mnist"} / file;
}

Dataset fashion_test_images() {
    return read_dataset(fashion("t10k-images-idx3-ubyte.gz"), fashion("t10k-labels-idx1-ubyte.gz"), Time::from_si(1e-3));
}

Network fashion_network(const std::string& chip) {
    return read_nir(std::filesystem::path{source_folder()} / "configs/networks" / ("fashion-" + chip + ".nir"));
}

/// As the metadata of the network says.
Show as_trained(const Network& network) {
    return {.encoder = network.metadata.at("encoding"),
            .steps = static_cast<std::uint32_t>(std::stoul(network.metadata.at("steps"))),
            .images = 1000,
            .votes_per_class = std::stoul(network.metadata.at("votes_per_class")),
            .arrival = Arrival::next_step};
}

TEST(ImageNetworks, fashion_on_loihi_equals_the_reference_to_the_last_spike) {
    SKIP_WITHOUT(fashion("t10k-images-idx3-ubyte.gz"));
    const Network network = fashion_network("loihi");
    const LoweredNetwork lowered = lower(network, "loihi_cuba");
    for (const LayerLoweringReport& layer : lowered.report.layers) EXPECT_TRUE(layer.exact()) << layer.layer;
    const Totals totals = run(lowered, fashion_test_images(), as_trained(network));
    EXPECT_EQ(totals.right, 890U);
    EXPECT_EQ(totals.input_spikes, 3'445'074U);
    EXPECT_EQ(totals.neuron_spikes, 2'512'359U);
    EXPECT_EQ(totals.synaptic_events, 426'141'533U);
}

TEST(ImageNetworks, fashion_on_truenorth_equals_the_reference_to_the_last_spike) {
    SKIP_WITHOUT(fashion("t10k-images-idx3-ubyte.gz"));
    const Network network = fashion_network("truenorth");
    const LoweredNetwork lowered = lower(network, "truenorth");
    for (const LayerLoweringReport& layer : lowered.report.layers) EXPECT_TRUE(layer.exact()) << layer.layer;
    const Totals totals = run(lowered, fashion_test_images(), as_trained(network));
    EXPECT_EQ(totals.right, 894U);
    EXPECT_EQ(totals.input_spikes, 3'636'606U);
    EXPECT_EQ(totals.neuron_spikes, 5'082'037U);
    EXPECT_EQ(totals.synaptic_events, 459'135'449U);
}

TEST(ImageNetworks, intels_mnist_network_answers_as_in_numpy) {
    const auto digits = shared_data("mnist/mnist_test1000_uint8.npz");
    const auto file = shared_data("nir/derived/mnist_mlp_lavadl.nir");
    SKIP_WITHOUT(digits);
    SKIP_WITHOUT(file);
    const LoweredNetwork lowered = lower(read_nir(file), "loihi_cuba");
    EXPECT_EQ(lowered.projections.front().weight_exponent, 1);  // its weights are even, up to +-254
    const Totals totals =
        run(lowered, read_dataset(digits, digits, Time::from_si(1e-3)),
            {.encoder = "integrate", .steps = 32, .images = 1000, .votes_per_class = 1, .arrival = Arrival::same_step});
    EXPECT_EQ(totals.right, 973U);
    EXPECT_EQ((totals.input_spikes + 500) / 1000, 1881U);
    EXPECT_EQ((totals.neuron_spikes + 500) / 1000, 1604U);
    EXPECT_NEAR(static_cast<double>(totals.dense_events) / 1e6, 300.8, 0.05);  // NumPy counts weights of 0 too
}

}  // namespace
}  // namespace spikefab
