// SPDX-License-Identifier: Apache-2.0
// Host time of the digital core's inner loops: neuron updates, asleep and awake; learning per synapse and epoch.
#include "models/neuron/neuron_model.hpp"
#include "models/plasticity/learning_engine.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
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

void report(benchmark::State& state, std::size_t items) {
    state.counters["each"] = benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(items),
                                                benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void loihi_update(benchmark::State& state) {
    Core core{"loihi_cuba", {"current_decay", "voltage_decay", "threshold"}, {1024, 128, 1000}};
    const std::vector<std::uint64_t> everyone(neurons / 64, ~std::uint64_t{0});
    core.stimulate(3, 4000);
    for (auto _ : state) core.step(everyone);
    report(state, neurons);
}
BENCHMARK(loihi_update);

void truenorth_update(benchmark::State& state) {
    Core core{"truenorth", {"leak", "threshold"}, {-1, 100}};
    const std::vector<std::uint64_t> everyone(neurons / 64, ~std::uint64_t{0});
    core.stimulate(3, 120);
    for (auto _ : state) core.step(everyone);
    report(state, neurons);
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
    report(state, sources * targets);
}
BENCHMARK(learning_pair_stdp);

}  // namespace
}  // namespace spikefab

BENCHMARK_MAIN();
