// SPDX-License-Identifier: Apache-2.0
// How long the analog blocks take, beside Eigen's direct solver and, where it is installed, badcrossbar on the same crossbar.
// Use: spikefab_bench_analog [--runs N] [--python PROGRAM]; PROGRAM is a Python that has badcrossbar (or SPIKEFAB_PYTHON;
// python3).
#include "analog/nodal_oracle.hpp"
#include "base/random.hpp"
#include "models/column/column_neuron.hpp"
#include "models/crossbar/effective_matrix.hpp"
#include "models/crossbar/mesh.hpp"
#include "models/spintronic/mtj.hpp"
#include "models/spintronic/switching.hpp"
#include "observe/temporary_folder.hpp"
#include "places.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <fmt/os.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

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

[[nodiscard]] const CellLaw& law(std::string_view name) {
    static const auto linear = Registry<CellLaw>::instance().make("linear");
    static const auto sinh = Registry<CellLaw>::instance().make("sinh");
    return name == "sinh" ? *sinh : *linear;
}

[[nodiscard]] double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// CPU seconds of one piece of work, sorted; each sample repeats it for at least `least` seconds.
[[nodiscard]] std::vector<double> samples_of(std::size_t runs, const std::function<void()>& work, double least = 5e-3) {
    std::size_t repetitions = 1;
    work();  // warms the caches up
    for (double spent = 0.0; spent < least; repetitions *= 2) {
        const double begin = cpu_seconds();
        for (std::size_t k = 0; k < repetitions; ++k) work();
        spent = cpu_seconds() - begin;
        if (spent >= least) break;
    }
    std::vector<double> samples;
    while (samples.size() < runs) {
        const double begin = cpu_seconds();
        for (std::size_t k = 0; k < repetitions; ++k) work();
        samples.push_back((cpu_seconds() - begin) / static_cast<double>(repetitions));
    }
    std::ranges::sort(samples);
    return samples;
}

[[nodiscard]] double median(const std::vector<double>& sorted) {
    return sorted[sorted.size() / 2];
}

enum class Wanted { nothing, at_most, at_least };
struct Target {
    Wanted wanted = Wanted::nothing;
    double value = 0.0;
};

/// One line; `figures` are sorted.
void print(const std::string& what, const std::string& unit, std::vector<double> figures, Target target = {}) {
    std::ranges::sort(figures);
    const double middle = median(figures);
    std::string text;
    if (target.wanted != Wanted::nothing) {
        const bool met = target.wanted == Wanted::at_most ? middle <= target.value : middle >= target.value;
        text = fmt::format("{} {:g} {}", target.wanted == Wanted::at_most ? "<=" : ">=", target.value, met ? "met" : "MISSED");
    }
    fmt::print("{:<58} {:>10.4g} {:<9} {:>10.4g} {:>10.4g}  {}\n", what, middle, unit, figures.front(), figures.back(), text);
    std::fflush(stdout);
}

[[nodiscard]] std::vector<double> scaled(std::vector<double> values, double factor) {
    for (double& value : values) value *= factor;
    return values;
}

[[nodiscard]] std::vector<double> solve(const OracleCase& circuit, std::string_view cell = "linear") {
    Mesh mesh{{circuit.rows, circuit.columns}, circuit.wires};
    mesh.program(circuit.conductance);
    static_cast<void>(mesh.solve(circuit.volts, law(cell), 1e-12));
    return mesh.column_current();
}

/// Largest difference of two results over their largest value.
[[nodiscard]] double difference(const std::vector<double>& a, const std::vector<double>& b) {
    double most = 0.0;
    double scale = 0.0;
    for (std::size_t k = 0; k < a.size(); ++k) {
        most = std::max(most, std::abs(a[k] - b.at(k)));
        scale = std::max(scale, std::abs(a[k]));
    }
    return most / scale;
}

struct Settings {
    std::size_t runs = 9;
    std::string python = "python3";
};

struct External {
    std::vector<double> seconds, current;
};

/// badcrossbar on the same matrix; nothing when Python or badcrossbar is not there.
[[nodiscard]] std::optional<External> run_badcrossbar(const OracleCase& circuit, const Settings& settings) {
    const TemporaryFolder folder;
    {
        auto out = fmt::output_file((folder / "crossbar.txt").string());
        out.print("{}\n{}\n{:.17g}\n", circuit.rows, circuit.columns, circuit.wires.word_line.si());
        for (const double volts : circuit.volts) out.print("{:.17g}\n", volts);
        for (const double cell : circuit.conductance) out.print("{:.17g}\n", cell);
    }
    const std::string command =
        fmt::format("'{}' '{}/tests/bench/run_badcrossbar.py' '{}' {} > '{}' 2> /dev/null", settings.python, source_folder(),
                    (folder / "crossbar.txt").string(), settings.runs, (folder / "out.txt").string());
    if (std::system(command.c_str()) != 0) return std::nullopt;
    External result;
    std::ifstream file{folder / "out.txt"};
    for (std::string line; std::getline(file, line);) {
        std::istringstream words{line};
        std::string name;
        words >> name;
        std::vector<double>& values = name == "seconds" ? result.seconds : result.current;
        for (double value = 0.0; words >> value;) values.push_back(value);
    }
    if (result.seconds.empty() || result.current.size() != circuit.columns) return std::nullopt;
    return result;
}

void bench_mesh_beside_others(const Settings& settings) {
    constexpr std::size_t size = 128;
    const OracleCase circuit = target_crossbar(size);
    const std::vector<double> current = solve(circuit);
    const auto ours = samples_of(settings.runs, [&] { benchmark::DoNotOptimize(solve(circuit)); });
    print("mesh 128 x 128, setup and solution to 1e-12", "ms", scaled(ours, 1e3), {Wanted::at_most, 2.0});
    NodalOracle oracle{circuit};
    std::vector<double> direct;
    const auto eigen = samples_of(settings.runs, [&] {
        oracle.factor();
        direct = oracle.column_current();
    });
    print(fmt::format("  Eigen SimplicialLDLT, factor and solve (differs by {:.1e})", difference(current, direct)), "ms",
          scaled(eigen, 1e3));
    print("  times faster than Eigen", "", {median(eigen) / median(ours)}, {Wanted::at_least, 40.0});
    if (const auto other = run_badcrossbar(circuit, settings)) {
        std::vector<double> seconds = other->seconds;
        std::ranges::sort(seconds);
        print(fmt::format("  badcrossbar (differs by {:.1e})", difference(current, other->current)), "ms",
              scaled(seconds, 1e3));
        print("  times faster than badcrossbar", "", {median(seconds) / median(ours)});
    } else {
        fmt::print(
            "  badcrossbar is not installed for {} (pip install --no-deps badcrossbar, with numpy, scipy, pathvalidate; "
            "--python PROGRAM)\n",
            settings.python);
    }
}

void bench_meshes(const Settings& settings) {
    for (const std::size_t size : {64U, 256U, 1024U}) {
        const OracleCase circuit = target_crossbar(size);
        const auto samples = samples_of(size < 1000 ? settings.runs : std::min<std::size_t>(settings.runs, 5),
                                        [&] { benchmark::DoNotOptimize(solve(circuit)); });
        print(fmt::format("mesh {0} x {0}, setup and solution to 1e-12", size), "ms", scaled(samples, 1e3),
              size == 1024 ? Target{Wanted::at_most, 500.0} : Target{});
    }
    const OracleCase circuit = target_crossbar(128);
    print("mesh 128 x 128 of sinh cells", "ms",
          scaled(samples_of(settings.runs, [&] { benchmark::DoNotOptimize(solve(circuit, "sinh")); }), 1e3));
}

void bench_effective_matrix(const Settings& settings) {
    const OracleCase circuit = target_crossbar(128);
    Mesh mesh{{circuit.rows, circuit.columns}, circuit.wires};
    mesh.program(circuit.conductance);
    print("effective matrix 128 x 128, built once a programming", "ms",
          scaled(samples_of(std::min<std::size_t>(settings.runs, 5),
                            [&] {
                                benchmark::DoNotOptimize(EffectiveMatrix{mesh, 1e-12});
                            }),
                 1e3));
    const EffectiveMatrix matrix{mesh, 1e-12};
    std::vector<double> current(circuit.columns);
    print("product through the effective matrix 128 x 128", "us",
          scaled(samples_of(settings.runs,
                            [&] {
                                matrix.column_current(circuit.volts, current);
                                benchmark::DoNotOptimize(current.data());
                            }),
                 1e6),
          {Wanted::at_most, 10.0});
}

void bench_rc_lif(const Settings& settings) {
    constexpr std::size_t neurons = 128;
    const auto array = Registry<ColumnNeuronModel>::instance().make("rc_lif")->make_array(neurons, 1, "bench");
    Rng rng{1, "bench.lif"};
    std::vector<std::vector<double>> currents(64, std::vector<double>(neurons));
    for (auto& slot : currents)
        for (double& current : slot) current = 1.5e-6 * rng.uniform();
    std::vector<TimedSpike> spikes;
    double time = 0.0;
    std::size_t slot = 0;
    auto rates = samples_of(settings.runs, [&] {
        array->drive(time, DrivePhase::pulse, currents[slot++ % currents.size()], spikes);
        time += 100e-9;
        spikes.clear();
    });
    for (double& rate : rates) rate = 1e-6 * neurons / rate;
    print("RC-LIF neurons, a new current each 0.1 tau", "M events/s", rates, {Wanted::at_least, 2.0});
}

void bench_spintronics(const Settings& settings) {
    const Macrospin spin = MtjParams{}.macrospin(1.2);
    constexpr std::uint64_t steps = 1000;
    ThermalStream stream{.key = 1};
    Vector3 m{0.1, 0.0, -0.995};
    const auto samples = samples_of(
        settings.runs, [&] { benchmark::DoNotOptimize(m = advance_macrospin_stochastic(spin, m, 1e-12, steps, stream)); });
    print("stochastic LLG, a Heun step with Philox", "ns", scaled(samples, 1e9 / steps), {Wanted::at_most, 120.0});
    print("switching table of a junction, built once", "ms",
          scaled(samples_of(std::min<std::size_t>(settings.runs, 5),
                            [] {
                                benchmark::DoNotOptimize(SwitchingTable{5.0, 40.0, 40.0});
                            }),
                 1e3));
}

void print_table(const Settings& settings) {
    fmt::print("Analog blocks, CPU time of one thread, medians of {} samples; crossbars of r = 1 ohm, 1 to 100 uS.\n\n",
               settings.runs);
    fmt::print("{:<58} {:>10} {:<9} {:>10} {:>10}  {}\n", "what", "median", "", "lowest", "highest", "target");
    bench_mesh_beside_others(settings);
    bench_meshes(settings);
    bench_effective_matrix(settings);
    bench_rc_lif(settings);
    bench_spintronics(settings);
}

[[nodiscard]] Settings parse(int argc, char** argv) {
    Settings settings;
    if (const char* python = std::getenv("SPIKEFAB_PYTHON")) settings.python = python;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string option = argv[i];
        if (option == "--runs")
            settings.runs = std::stoul(argv[i + 1]);
        else if (option == "--python")
            settings.python = argv[i + 1];
        else
            throw std::invalid_argument{option};
    }
    if (argc % 2 == 0 || settings.runs == 0) throw std::invalid_argument{"arguments"};
    return settings;
}

}  // namespace
}  // namespace spikefab

int main(int argc, char** argv) {
    spikefab::Settings settings;
    try {
        settings = spikefab::parse(argc, argv);
    } catch (const std::exception&) {
        fmt::print(stderr, "use: {} [--runs N] [--python PROGRAM]\n", argv[0]);
        return 2;
    }
    try {
        spikefab::print_table(settings);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
    return 0;
}
