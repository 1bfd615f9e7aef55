// SPDX-License-Identifier: Apache-2.0
// How long the analog blocks take, beside Eigen's direct solver on the same crossbar in the same run.
#include "analog/nodal_oracle.hpp"
#include "base/random.hpp"
#include "models/column/column_neuron.hpp"
#include "models/crossbar/effective_matrix.hpp"
#include "models/crossbar/mesh.hpp"
#include "models/spintronic/mtj.hpp"
#include "models/spintronic/switching.hpp"

#include <benchmark/benchmark.h>

namespace spikefab {
namespace {

using test::NodalOracle;
using test::OracleCase;

/// The crossbar of the project's targets: square, r = 1 ohm, cells uniform in 1 to 100 uS, drivers in 0 to 0.2 V.
[[nodiscard]] OracleCase target_crossbar(std::size_t size) {
    OracleCase circuit{.rows = size, .columns = size};
    Rng rng{1, "bench.crossbar"};
    circuit.conductance.resize(size * size);
    for (double& cell : circuit.conductance) cell = 1e-6 + 99e-6 * rng.uniform();
    for (std::size_t i = 0; i < size; ++i) circuit.volts.push_back(0.2 * rng.uniform());
    return circuit;
}

[[nodiscard]] const CellLaw& law(const char* name) {
    static const auto linear = Registry<CellLaw>::instance().make("linear");
    static const auto sinh = Registry<CellLaw>::instance().make("sinh");
    return std::string_view{name} == "sinh" ? *sinh : *linear;
}

void solve_mesh_with_setup(benchmark::State& state) {
    const OracleCase circuit = target_crossbar(static_cast<std::size_t>(state.range(0)));
    Convergence reached;
    for (auto _ : state) {
        Mesh mesh{{circuit.rows, circuit.columns}, circuit.wires};
        mesh.program(circuit.conductance);
        reached = mesh.solve(circuit.volts, law("linear"), 1e-12);
        benchmark::DoNotOptimize(mesh.column_current());
    }
    state.counters["iterations_to_1e-12"] = reached.iterations;
}
BENCHMARK(solve_mesh_with_setup)->Arg(64)->Arg(128)->Arg(256)->Arg(1024)->Unit(benchmark::kMillisecond);

void solve_mesh_with_eigen_simplicial_ldlt(benchmark::State& state) {
    const OracleCase circuit = target_crossbar(static_cast<std::size_t>(state.range(0)));
    NodalOracle oracle{circuit};
    for (auto _ : state) {
        oracle.factor();
        benchmark::DoNotOptimize(oracle.column_current());
    }
}
BENCHMARK(solve_mesh_with_eigen_simplicial_ldlt)->Arg(64)->Arg(128)->Unit(benchmark::kMillisecond);

void solve_nonlinear_mesh(benchmark::State& state) {
    const OracleCase circuit = target_crossbar(static_cast<std::size_t>(state.range(0)));
    Mesh mesh{{circuit.rows, circuit.columns}, circuit.wires};
    mesh.program(circuit.conductance);
    for (auto _ : state) mesh.solve(circuit.volts, law("sinh"), 1e-12);
}
BENCHMARK(solve_nonlinear_mesh)->Arg(128)->Unit(benchmark::kMillisecond);

void build_effective_matrix(benchmark::State& state) {
    const OracleCase circuit = target_crossbar(static_cast<std::size_t>(state.range(0)));
    Mesh mesh{{circuit.rows, circuit.columns}, circuit.wires};
    mesh.program(circuit.conductance);
    for (auto _ : state) benchmark::DoNotOptimize(EffectiveMatrix{mesh, 1e-9});
}
BENCHMARK(build_effective_matrix)->Arg(128)->Unit(benchmark::kMillisecond);

void multiply_effective_matrix(benchmark::State& state) {
    const OracleCase circuit = target_crossbar(static_cast<std::size_t>(state.range(0)));
    Mesh mesh{{circuit.rows, circuit.columns}, circuit.wires};
    mesh.program(circuit.conductance);
    const EffectiveMatrix matrix{mesh, 1e-6};
    std::vector<double> current(circuit.columns);
    for (auto _ : state) {
        matrix.column_current(circuit.volts, current);
        benchmark::DoNotOptimize(current.data());
    }
}
BENCHMARK(multiply_effective_matrix)->Arg(128)->Unit(benchmark::kMicrosecond);

void drive_rc_lif_neurons(benchmark::State& state) {
    constexpr std::size_t neurons = 128;
    const auto array = Registry<ColumnNeuronModel>::instance().make("rc_lif")->make_array(neurons, 1, "bench");
    Rng rng{1, "bench.lif"};
    std::vector<std::vector<double>> currents(64, std::vector<double>(neurons));
    for (auto& slot : currents)
        for (double& current : slot) current = 1.5e-6 * rng.uniform();
    std::vector<TimedSpike> spikes;
    double time = 0.0;
    std::size_t slot = 0;
    for (auto _ : state) {
        array->drive(time, DrivePhase::pulse, currents[slot++ % currents.size()], spikes);
        time += 100e-9;
        spikes.clear();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(neurons));  // input events
}
BENCHMARK(drive_rc_lif_neurons);

void step_stochastic_macrospin(benchmark::State& state) {
    const Macrospin spin = MtjParams{}.macrospin(1.2);
    constexpr std::uint64_t steps = 1000;
    ThermalStream stream{.key = 1};
    Vector3 m{0.1, 0.0, -0.995};
    for (auto _ : state) benchmark::DoNotOptimize(m = advance_macrospin_stochastic(spin, m, 1e-12, steps, stream));
    state.counters["per_step"] = benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(steps),
                                                    benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(step_stochastic_macrospin);

void build_switching_table(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(SwitchingTable{5.0, 40.0, 40.0});
}
BENCHMARK(build_switching_table)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace spikefab

BENCHMARK_MAIN();
