// SPDX-License-Identifier: Apache-2.0
// Host time of the digital core: neuron updates, asleep and awake, per neuron; synaptic events, each; learning per synapse
// and epoch; and a whole chip against RTL, CPU time of the process. Targets stand beside the figures.
#include "core/synapses.hpp"
#include "models/neuron/neuron_model.hpp"
#include "models/plasticity/learning_engine.hpp"
#include "places.hpp"
#include "smoke/process.hpp"

#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <numeric>
#include <vector>

namespace spikefab {
namespace {

constexpr std::size_t neurons = 1024;  // a Loihi core

/// A core of `model` with one parameter row; 5 % of the neurons fire in each step.
class Core {
public:
    Core(std::string_view model, const std::vector<std::string>& columns, const std::vector<double>& row) {
        const NeuronParameters table{columns, {row}, std::vector<std::uint16_t>(neurons, 0)};
        array_ = Registry<NeuronModel>::instance().make(model)->make_integer_array(table);
    }
    /// Every neuron gets `usual`, and one in 20, a different one each step, `firing`.
    void stimulate(std::int32_t usual, std::int32_t firing) {
        for (std::size_t i = 0; i < pattern_.size(); ++i) pattern_[i] = i % 20 == 0 ? firing : usual;
    }
    void step(const std::vector<std::uint64_t>& due) {
        std::copy_n(pattern_.begin() + static_cast<std::ptrdiff_t>(step_ * 7 % 20), neurons, input_.begin());
        spikes_.clear();
        array_->step(++step_, due, input_, spikes_);
        benchmark::DoNotOptimize(spikes_.data());
    }

private:
    std::unique_ptr<NeuronArray<std::int32_t>> array_;
    std::vector<std::int32_t> pattern_ = std::vector<std::int32_t>(neurons + 20);
    std::vector<std::int32_t> input_ = std::vector<std::int32_t>(neurons);
    std::vector<Spike> spikes_;
    std::uint64_t step_ = 0;
};

void report(benchmark::State& state, std::size_t items, const char* target = "") {
    state.SetLabel(target);
    state.counters["each"] = benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(items),
                                                benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void loihi_update(benchmark::State& state) {
    Core core{"loihi_cuba", {"current_decay", "voltage_decay", "threshold"}, {1024, 128, 1000}};
    const std::vector<std::uint64_t> everyone(neurons / 64, ~std::uint64_t{0});
    core.stimulate(3, 4000);
    for (auto _ : state) core.step(everyone);
    report(state, neurons, "each <= 3 ns");
}
BENCHMARK(loihi_update);

void truenorth_update(benchmark::State& state) {
    Core core{"truenorth", {"leak", "threshold"}, {-1, 100}};
    const std::vector<std::uint64_t> everyone(neurons / 64, ~std::uint64_t{0});
    core.stimulate(3, 120);
    for (auto _ : state) core.step(everyone);
    report(state, neurons, "each <= 3 ns");
}
BENCHMARK(truenorth_update);

void dendrites_update(benchmark::State& state) {
    Core core{"loihi_dendrites", {"current_decay", "voltage_decay", "threshold"}, {1024, 128, 1000}};
    const std::vector<std::uint64_t> everyone(neurons / 64, ~std::uint64_t{0});
    core.stimulate(3, 4000);
    for (auto _ : state) core.step(everyone);
    report(state, neurons);
}
BENCHMARK(dendrites_update);

void loihi_asleep(benchmark::State& state) {
    Core core{"loihi_cuba", {"current_decay", "voltage_decay", "threshold"}, {1024, 128, 1000}};
    const std::vector<std::uint64_t> nobody(neurons / 64, 0);
    for (auto _ : state) core.step(nobody);
    report(state, neurons);
}
BENCHMARK(loihi_asleep);

void learning_pair_stdp(benchmark::State& state) {
    constexpr std::size_t sources = 256, targets = 256;
    LearningParameters parameters;
    parameters.dw = "2^-4*x1*y0 - 2^-4*y1*x0";
    parameters.x1_impulse = parameters.y1_impulse = 16.5;
    parameters.x1_tau = parameters.y1_tau = 10.0;
    LearningEngine engine{parameters, sources, targets};
    std::vector<std::uint32_t> target(targets);
    std::iota(target.begin(), target.end(), 0U);
    std::vector<std::vector<std::int16_t>> weight(sources, std::vector<std::int16_t>(targets, 10));
    Rng rng{1, "bench"};
    std::uint64_t step = 0;
    for (auto _ : state) {
        ++step;
        for (std::size_t i = 0; i < sources; ++i) engine.source_spike(i, step);
        for (std::size_t i = step % 2; i < targets; i += 2) engine.target_spike(i, step, 0);
        engine.end_epoch(step, EpochDraws::from(rng));
        for (std::size_t i = 0; i < sources; ++i)
            benchmark::DoNotOptimize(engine.update(i, {.target = target, .weight = weight[i], .delay = {}, .tag = {}}));
        engine.begin_epoch();
    }
    report(state, sources * targets, "each <= 20 ns");
}
BENCHMARK(learning_pair_stdp);

constexpr std::uint32_t axons = 256;
constexpr std::uint32_t events = 256;  // of one spike

/// Spikes on all axons of a core, one after another.
void apply_spikes(benchmark::State& state, const SynapseImage& image) {
    const auto synapses = make_synapses<std::int32_t>(image, neurons);
    Accumulators<std::int32_t> accumulators{neurons, 1};
    std::uint64_t count = 0;
    for (auto _ : state) {
        for (std::uint32_t axon = 0; axon < axons; ++axon) count += synapses->apply(axon, 1, 1, accumulators);
        benchmark::DoNotOptimize(accumulators.sums(1).data());
    }
    if (count != static_cast<std::uint64_t>(state.iterations()) * axons * events) state.SkipWithError("wrong number of events");
    report(state, std::size_t{axons} * events, "each <= 4 ns");
}

/// Lists of 256 synapses: to neighbours (step 1) or to every third neuron.
WeightLists lists(std::uint32_t step) {
    WeightLists image;
    image.offsets.push_back(0);
    for (std::uint32_t axon = 0; axon < axons; ++axon) {
        for (std::uint32_t i = 0; i < events; ++i) {
            image.targets.push_back(static_cast<std::uint16_t>(axon % 200 + i * step));
            image.weights.push_back(static_cast<float>(i % 50) - 20.0F);
        }
        image.offsets.push_back(static_cast<std::uint32_t>(image.targets.size()));
    }
    return image;
}

void synaptic_event_dense(benchmark::State& state) {
    apply_spikes(state, lists(1));
}
BENCHMARK(synaptic_event_dense);

void synaptic_event_scattered(benchmark::State& state) {
    apply_spikes(state, lists(3));
}
BENCHMARK(synaptic_event_scattered);

void synaptic_event_crossbar(benchmark::State& state) {
    BinaryCrossbar image;
    image.words_per_row = neurons / 64;
    for (auto& weights : image.type_weights) weights.assign(neurons, 3);
    for (std::uint32_t axon = 0; axon < axons; ++axon) {
        image.axon_types.push_back(static_cast<std::uint8_t>(axon % 4));
        for (std::uint32_t word = 0; word < image.words_per_row; ++word)
            image.rows.push_back(0x1111111111111111ULL << (axon % 4));
    }
    apply_spikes(state, image);
}
BENCHMARK(synaptic_event_crossbar);

double cpu_seconds_of_children() {
    rusage use{};
    getrusage(RUSAGE_CHILDREN, &use);
    return static_cast<double>(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           1e-6 * static_cast<double>(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

/// Ten digits on RANC's trained network: reading the vector, building the chip, running it with every cycle kept, comparing.
void ranc_mnist_tea256(benchmark::State& state) {
    const std::filesystem::path file = std::filesystem::path{shared_folder()} / "vectors/digital/ranc_rtl/mnist_tea256.json.gz";
    if (!std::filesystem::exists(file)) return state.SkipWithError("the vector is not here");
    for (auto _ : state) {
        const double before = cpu_seconds_of_children();
        const auto outcome = smoke::run({.program = program_file(),
                                         .arguments = {"verify", file.string()},
                                         .folder = {},
                                         .out = {},
                                         .err = {},
                                         .largest_file = {}});
        if (outcome.exit_code != 0) return state.SkipWithError("the vector differs");
        state.SetIterationTime(cpu_seconds_of_children() - before);
    }
    state.SetLabel("CPU of spikefab verify: time <= 150 ms");
}
BENCHMARK(ranc_mnist_tea256)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace spikefab

BENCHMARK_MAIN();
