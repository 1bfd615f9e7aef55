// SPDX-License-Identifier: Apache-2.0
// Analog neurons: RC integrators and DPI circuits under constant current, and a crossbar core from raster to spike times.
//
// Held to 1e-9 (RC, against its closed form), 1e-6 (DPI) and 1e-12 s (core).
#include "base/error.hpp"
#include "base/set_fields.hpp"
#include "models/column/dpi_synapse.hpp"
#include "models/column/spike_times.hpp"
#include "models/crossbar/effective_matrix.hpp"
#include "verify/kinds.hpp"
#include "verify/number_table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace spikefab::verify {
namespace {

using Json = nlohmann::json;

[[nodiscard]] std::unique_ptr<ColumnNeuronArray> neurons(std::string_view name, std::size_t count,
                                                         const std::map<std::string, double>& si_values) {
    ModelChoice<ColumnNeuronModel> model{name};
    set_fields(*model.operator->(), si_values);
    return model->make_array(count, 0, "verify");
}

/// The values of `from` under our names; letters that the file does not have keep what `values` says.
void translate(const Json& from, std::initializer_list<std::pair<const char*, const char*>> letters,
               std::map<std::string, double>& values) {
    for (const auto& [theirs, ours] : letters)
        if (from.contains(theirs)) values[ours] = from.at(theirs).get<double>();
}

/// First spike and period at one current; without a rate (0 or NaN) the neuron is silent.
struct Firing {
    double current, first, period;

    Firing(double at, double first_spike, double rate) : current{at}, first{first_spike}, period{1.0 / rate} {}
    [[nodiscard]] bool silent() const { return !std::isfinite(period) || !std::isfinite(first); }
};

/// Lets `array` run: past its third spike, or for `long_time` where none is expected.
void compare_firing(Comparison& comparison, ColumnNeuronArray& array, const Firing& expected, double long_time,
                    double tolerance) {
    constexpr std::size_t wanted = 3;
    const double until = expected.silent() ? long_time : expected.first + 2.5 * expected.period;
    const std::vector<double> times = spike_times(array, expected.current, until);
    if (expected.silent()) {
        if (times.empty()) return comparison.agree(1);
        return comparison.fail(fmt::format("at {} A: a spike at {} s, expected none", expected.current, times.front()));
    }
    if (times.size() < wanted)
        return comparison.fail(fmt::format("at {} A: {} spikes, expected {}", expected.current, times.size(), wanted));
    comparison.check_real("the first spike (s)", "at (A)", expected.current, expected.first, times[0],
                          tolerance * expected.first);
    comparison.check_real("the period (s)", "at (A)", expected.current, expected.period, times[2] - times[1],
                          tolerance * expected.period);
}

constexpr std::array<std::string_view, 3> rc_columns{"I_A", "t_first_s", "f_closed_Hz"};

[[nodiscard]] bool is_rc(const Json& vector) {
    return has_table_with(vector, rc_columns);
}

/// A table alone is of the circuit with 1 pF, 1 Mohm, 0.5 V, a reset through 1 kohm to 50 mV; `params` beside it say otherwise.
[[nodiscard]] Verdict check_rc(const Json& vector) {
    std::map<std::string, double> values{{"c", 1e-12},      {"r_leak", 1e6}, {"v_th", 0.5},
                                         {"v_reset", 0.05}, {"v_init", 0.0}, {"r_reset", 1e3}};
    if (vector.contains("params"))
        translate(vector.at("params"),
                  {{"C", "c"},
                   {"R_leak", "r_leak"},
                   {"V_th", "v_th"},
                   {"V_reset", "v_reset"},
                   {"V_init", "v_init"},
                   {"R_reset", "r_reset"},
                   {"t_ref", "t_ref"}},
                  values);
    Comparison comparison;
    for (const NumberTable& table : tables_with(vector, rc_columns)) {
        for (const auto& row : table.rows) {
            const Firing expected{row[table.column("I_A")], row[table.column("t_first_s")], row[table.column("f_closed_Hz")]};
            const auto array = neurons("rc_lif", 1, values);
            compare_firing(comparison, *array, expected, 100.0 * values["c"] * values["r_leak"], 1e-9);
        }
    }
    return comparison.verdict();
}

constexpr std::array<std::string_view, 2> synapse_columns{"t_s", "I_syn_A"};
constexpr std::array<std::string_view, 3> dpi_columns{"I_in_A", "t_to_threshold_s", "f_Hz"};

[[nodiscard]] bool is_dpi(const Json& vector) {
    return vector.contains("params") && vector["params"].is_object() &&
           (has_table_with(vector, synapse_columns) || has_table_with(vector, dpi_columns));
}

void check_dpi_synapse(Comparison& comparison, const Json& p, const NumberTable& table) {
    const double leak = p.at("Itau_syn").get<double>();
    const DpiFilter filter{.tau = p.at("Ut").get<double>() * p.at("C_syn").get<double>() / (p.at("kappa").get<double>() * leak),
                           .gain = p.at("Igain_syn").get<double>() / leak};
    const auto pulse = p.at("t_pulse").get<double>();
    for (const auto& row : table.rows) {
        const double time = row[table.column("t_s")];
        const double expected = row[table.column("I_syn_A")];
        double output = filter.after(0.0, p.at("Iw").get<double>(), std::min(time, pulse));
        output = filter.after(output, 0.0, std::max(0.0, time - pulse));
        comparison.check_real("the synapse's current (A)", "at (s)", time, expected, output, 1e-6 * expected + 1e-30);
    }
}

void check_dpi_neuron(Comparison& comparison, const Json& p, const NumberTable& table) {
    std::map<std::string, double> values;
    translate(p,
              {{"Ut", "u_t"},
               {"Io", "i_0"},
               {"kappa", "kappa"},
               {"C_mem", "c_mem"},
               {"Itau_mem", "i_tau_mem"},
               {"Igain_mem", "i_gain_mem"},
               {"Ispkthr", "i_spike"},
               {"t_ref", "t_ref"},
               {"Itau_syn", "i_tau_syn"}},
              values);
    // A synapse that is fast and passes its input on: the column's current is the neuron's input.
    values["c_syn"] = 1e-21;
    values["i_gain_syn"] = p.at("Itau_syn").get<double>();
    for (const auto& row : table.rows) {
        const Firing expected{row[table.column("I_in_A")], row[table.column("t_to_threshold_s")], row[table.column("f_Hz")]};
        const auto array = neurons("dpi", 1, values);
        const double membrane = p.at("Ut").get<double>() * p.at("C_mem").get<double>() /
                                (p.at("kappa").get<double>() * p.at("Itau_mem").get<double>());
        compare_firing(comparison, *array, expected, 100.0 * membrane, 1e-6);
    }
}

[[nodiscard]] Verdict check_dpi(const Json& vector) {
    Comparison comparison;
    const Json& p = vector.at("params");
    for (const NumberTable& table : tables_with(vector, synapse_columns)) check_dpi_synapse(comparison, p, table);
    for (const NumberTable& table : tables_with(vector, dpi_columns)) check_dpi_neuron(comparison, p, table);
    return comparison.verdict();
}

[[nodiscard]] bool is_core(const Json& vector) {
    return vector.contains("raster") && vector.contains("G") && vector.contains("spike_times_exact");
}

[[nodiscard]] EffectiveMatrix matrix_of(const Json& vector) {
    Mesh mesh{{vector.at("m").get<std::size_t>(), vector.at("n").get<std::size_t>()},
              {.word_line = Resistance::from_si(vector.at("r_wl").get<double>()),
               .bit_line = Resistance::from_si(vector.at("r_bl").get<double>())}};
    std::vector<double> cells;
    for (const Json& row : vector.at("G")) std::ranges::copy(row.get<std::vector<double>>(), std::back_inserter(cells));
    if (cells.size() != mesh.shape().rows * mesh.shape().columns) throw InputError{"G: does not have m x n values"};
    mesh.program(cells);
    return EffectiveMatrix{mesh, 1e-13};
}

void compare_times(Comparison& comparison, std::size_t column, const std::vector<double>& expected,
                   const std::vector<TimedSpike>& spikes) {
    std::vector<double> actual;
    for (const TimedSpike& spike : spikes)
        if (spike.neuron == column) actual.push_back(spike.time);
    if (actual.size() != expected.size())
        return comparison.fail(fmt::format("column {}: {} spikes, expected {}", column, actual.size(), expected.size()));
    for (std::size_t k = 0; k < actual.size(); ++k)
        comparison.check_real(fmt::format("the time (s) of spike {}", k), "column", static_cast<double>(column), expected[k],
                              actual[k], 1e-12);
}

[[nodiscard]] Verdict check_core(const Json& vector) {
    const EffectiveMatrix matrix = matrix_of(vector);
    const auto columns = vector.at("n").get<std::size_t>();
    std::map<std::string, double> values;
    translate(vector,
              {{"C", "c"},
               {"R_leak", "r_leak"},
               {"V_th", "v_th"},
               {"V_reset", "v_reset"},
               {"V_init", "v_init"},
               {"gain", "gain"},
               {"t_ref", "t_ref"}},
              values);
    const auto array = neurons("rc_lif", columns, values);
    const auto slot = vector.at("slot").get<double>();
    std::vector<TimedSpike> spikes;
    std::vector<double> volts(vector.at("m").get<std::size_t>());
    std::vector<double> current(columns);
    const std::vector<double> off(columns, 0.0);
    Comparison comparison;
    for (std::size_t k = 0; k < vector.at("raster").at(0).size(); ++k) {
        const double start = static_cast<double>(k) * slot;
        for (std::size_t i = 0; i < volts.size(); ++i)
            volts[i] = vector.at("V_pulse").get<double>() * vector.at("raster").at(i).at(k).get<double>();
        matrix.column_current(volts, current);
        array->drive(start, DrivePhase::pulse, current, spikes);
        array->drive(start + vector.at("t_pulse").get<double>(), DrivePhase::rest, off, spikes);
        array->advance(static_cast<double>(k + 1) * slot, spikes);
        if (!vector.contains("v_end_of_slot")) continue;
        for (std::size_t j = 0; j < columns; ++j)
            comparison.check_real("the potential (V)", "slot", static_cast<double>(k),
                                  vector.at("v_end_of_slot").at(k).at(j + 1).get<double>(), array->observable(j), 1e-9);
    }
    for (std::size_t j = 0; j < columns; ++j)
        compare_times(comparison, j, vector.at("spike_times_exact").at(j).get<std::vector<double>>(), spikes);
    return comparison.verdict();
}

}  // namespace

constinit const VectorKind analog_rc{"RC neuron", "first spike and period against the current", is_rc, check_rc, true};
constinit const VectorKind analog_dpi{"DPI", "a synapse's pulse; a neuron's first spike and period", is_dpi, check_dpi, true};
constinit const VectorKind analog_core{"analog core", "potentials and spike times of a crossbar with RC neurons", is_core,
                                       check_core};

}  // namespace spikefab::verify
