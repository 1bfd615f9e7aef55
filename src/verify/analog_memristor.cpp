// SPDX-License-Identifier: Apache-2.0
// Memristors: trajectories under a sine (HP, VTEAM, Yakopcic), pulses (Stanford-PKU), moments of phase-change cells.
//
// Trajectories: `model` names the model in words, `params` its constants by the letters of its paper, `drive` is a text
// "v = A*sin(2*pi*F*t)", with " + B" or as "v = A" a constant; a table has t_s, v_V, the state (x or w_m) and i_A. Held to 1e-6
// of the state's range and of the largest current; gaps to 1e-5 nm; moments to 1e-12 uS and the rounding of 12 digits.
#include "base/error.hpp"
#include "base/set_fields.hpp"
#include "models/device/conductance_statistics.hpp"
#include "models/device/memristor.hpp"
#include "verify/kinds.hpp"
#include "verify/number_table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <regex>

namespace spikefab::verify {
namespace {

using Json = nlohmann::json;

/// A file's letter for one of our parameters.
struct Translation {
    std::string_view theirs;
    const char* ours;
};

/// A model as such files call it.
struct Dialect {
    std::string_view word;  ///< in `model`
    const char* model;
    std::string_view state;  ///< column
    std::vector<Translation> parameters;
};

[[nodiscard]] const std::vector<Dialect>& dialects() {
    static const std::vector<Dialect> all{
        {"HP linear",
         "hp_linear_drift",
         "x",
         {{"Ron", "r_on"}, {"Roff", "r_off"}, {"D", "thickness"}, {"mu", "mobility"}, {"p", "p"}, {"j", "j"}}},
        {"VTEAM",
         "vteam",
         "w_m",
         {{"k_on", "k_on"},
          {"k_off", "k_off"},
          {"alpha_on", "alpha_on"},
          {"alpha_off", "alpha_off"},
          {"v_on", "v_on"},
          {"v_off", "v_off"},
          {"w_on", "w_on"},
          {"w_off", "w_off"},
          {"R_on", "r_on"},
          {"R_off", "r_off"}}},
        {"Yakopcic",
         "yakopcic",
         "x",
         {{"a1", "a1"},
          {"a2", "a2"},
          {"b", "b"},
          {"Vp", "v_p"},
          {"Vn", "v_n"},
          {"Ap", "a_p"},
          {"An", "a_n"},
          {"xp", "x_p"},
          {"xn", "x_n"},
          {"alphap", "alpha_p"},
          {"alphan", "alpha_n"},
          {"eta", "eta"}}},
        {"Stanford",
         "stanford_pku",
         "gap_m",
         {{"I0", "i0"},
          {"g0", "g0"},
          {"V0", "v0"},
          {"vel0", "velocity"},
          {"Ea", "activation_energy"},
          {"gamma0", "gamma0"},
          {"beta", "beta"},
          {"a0", "a0"},
          {"tox", "t_ox"},
          {"Fmin", "f_min"},
          {"T0", "temperature"},
          {"Rth", "r_th"},
          {"gap_min", "gap_min"},
          {"gap_max", "gap_max"},
          {"R_series", "r_series"}}}};
    return all;
}

[[nodiscard]] const Dialect* dialect_of(const Json& vector) {
    if (!vector.contains("model") || !vector["model"].is_string() || !vector.contains("params")) return nullptr;
    const auto text = vector["model"].get<std::string>();
    for (const Dialect& dialect : dialects())
        if (text.find(dialect.word) != std::string::npos) return &dialect;
    return nullptr;
}

/// What a file says in words: the HP model's window, VTEAM's resistance.
[[nodiscard]] std::map<std::string, std::string> choices_of(const Dialect& dialect, const std::string& text) {
    if (dialect.word == "HP linear") {
        for (const auto& [word, window] :
             {std::pair{"Joglekar", "joglekar"}, std::pair{"Biolek", "biolek"}, std::pair{"Prodromakis", "prodromakis"}})
            if (text.find(word) != std::string::npos) return {{"window", window}};
        return {{"window", "none"}};
    }
    if (dialect.word == "VTEAM" && text.find("exponential") != std::string::npos) return {{"resistance", "exponential"}};
    return {};
}

[[nodiscard]] ModelChoice<Memristor> device_of(const Json& vector, const Dialect& dialect) {
    std::map<std::string, double> values;
    for (const auto& [theirs, ours] : dialect.parameters)
        if (vector.at("params").contains(theirs)) values[ours] = vector.at("params").at(std::string{theirs}).get<double>();
    ModelChoice<Memristor> device{dialect.model};
    set_fields(*device.operator->(), values, choices_of(dialect, vector.at("model").get<std::string>()));
    device->check();
    return device;
}

[[nodiscard]] Waveform drive_of(const Json& vector) {
    static const std::string number = R"([0-9]*\.?[0-9]+\.?(?:[eE][-+]?[0-9]+)?)";
    static const std::regex form{fmt::format(
        R"(v\s*=\s*([-+]?{0})(?:\s*\*\s*sin\(\s*2\s*\*\s*pi\s*\*\s*({0})\s*\*\s*t\s*\)(?:\s*([-+])\s*([-+]?{0}))?)?)", number)};
    const auto text = vector.at("drive").get<std::string>();
    std::smatch found;
    if (!std::regex_match(text, found, form))
        throw InputError{
            fmt::format("drive: '{}' is no sine; expected v = A*sin(2*pi*F*t), v = A*sin(2*pi*F*t) + B or v = A", text)};
    if (!found[2].matched) return Waveform::constant(std::stod(found[1]));
    const double offset = found[4].matched ? std::stod(found[4]) : 0.0;
    return {.shape = WaveShape::sine,
            .amplitude = std::stod(found[1]),
            .frequency = std::stod(found[2]),
            .offset = found[3] == "-" ? -offset : offset};
}

[[nodiscard]] Verdict check_trajectory(const Json& vector) {
    const Dialect& dialect = *dialect_of(vector);
    const ModelChoice<Memristor> device = device_of(vector, dialect);
    const Waveform drive = drive_of(vector);
    const NumberTable table = table_with(vector, std::array<std::string_view, 3>{"t_s", "i_A", dialect.state});
    const std::vector<double> times = table.values("t_s");
    const std::vector<double> states = table.values(dialect.state);
    const std::vector<double> currents = table.values("i_A");
    const double span = device->range().high - device->range().low;
    const double most = table.largest("i_A");
    Comparison comparison;
    double state = states.empty() ? 0.0 : states.front();
    for (std::size_t k = 0; k < times.size(); ++k) {
        if (k > 0) state = device->advance(state, drive, times[k - 1], times[k]);
        comparison.check_real("the state", "at (s)", times[k], states[k], state, 1e-6 * span);
        comparison.check_real("the current (A)", "at (s)", times[k], currents[k], device->current(state, drive.value(times[k])),
                              1e-6 * most);
    }
    return comparison.verdict();
}

[[nodiscard]] bool is_trajectory(const Json& vector) {
    const Dialect* dialect = dialect_of(vector);
    return dialect != nullptr && vector.contains("drive") && vector["drive"].is_string();
}

constexpr double gap_tolerance = 1e-5 * 1e-9;

/// When a pulse has moved the gap for the last time: at `t_stop`, and not two millionths earlier.
void check_stop(Comparison& comparison, const Memristor& device, const Json& entry) {
    const auto number = static_cast<double>(entry.at("case").get<int>());
    const Waveform drive = Waveform::constant(entry.at("V").get<double>());
    const auto start = entry.at("gap_init").get<double>();
    const double last = device.advance(start, drive, 0.0, entry.at("t_end").get<double>());
    comparison.check_real("the final gap (m)", "case", number, entry.at("gap_final").get<double>(), last, gap_tolerance);
    if (!has_value(entry, "t_stop")) return;
    const auto stop = entry.at("t_stop").get<double>();
    comparison.check_real("the gap just after t_stop (m)", "case", number, last,
                          device.advance(start, drive, 0.0, stop * (1.0 + 1e-6)), 1e-16);
    if (stop > 0.0 && device.advance(start, drive, 0.0, stop * (1.0 - 2e-6)) == last)
        comparison.fail(fmt::format("case {}: the gap stops before t_stop", number));
}

constexpr std::array<std::string_view, 4> pulse_columns{"case", "V_V", "t_s", "gap_m"};

[[nodiscard]] Verdict check_pulses(const Json& vector) {
    const ModelChoice<Memristor> device = device_of(vector, *dialect_of(vector));
    const NumberTable table = table_with(vector, pulse_columns);
    std::map<int, double> start;
    Comparison comparison;
    for (const Json& entry : vector.at("cases")) {
        start[entry.at("case").get<int>()] = entry.at("gap_init").get<double>();
        check_stop(comparison, *device, entry);
    }
    const bool reads = table.has("Gread0p1V_S");
    for (const auto& row : table.rows) {
        const Waveform drive = Waveform::constant(row[table.column("V_V")]);
        const double time = row[table.column("t_s")];
        const double gap = device->advance(start.at(static_cast<int>(row[table.column("case")])), drive, 0.0, time);
        comparison.check_real("the gap (m)", "at (s)", time, row[table.column("gap_m")], gap, gap_tolerance);
        if (!reads) continue;
        const double read = row[table.column("Gread0p1V_S")];
        comparison.check_real("the read conductance (S)", "at (s)", time, read, device->conductance(gap, 0.1), 1e-4 * read);
    }
    return comparison.verdict();
}

[[nodiscard]] bool is_pulses(const Json& vector) {
    const Dialect* dialect = dialect_of(vector);
    return dialect != nullptr && dialect->word == "Stanford" && vector.contains("cases") && vector["cases"].is_array();
}

constexpr std::array<std::string_view, 7> moment_columns{"g_target_uS",   "sigma_prog_uS",     "nu_mean",      "nu_std",
                                                         "t_inference_s", "g_mean_drifted_uS", "sigma_read_uS"};

[[nodiscard]] bool is_moments(const Json& vector) {
    return has_table_with(vector, moment_columns);
}

[[nodiscard]] Verdict check_moments(const Json& vector) {
    constexpr double rounding = 5.5e-12;  // of 12 digits
    const ModelChoice<ConductanceStatistics> pcm{"pcm"};
    Comparison comparison;
    for (const NumberTable& table : tables_with(vector, moment_columns)) {
        for (const auto& row : table.rows) {
            const auto value = [&](std::string_view name) { return row[table.column(name)]; };
            const double target = value("g_target_uS");
            const double g = 1e-6 * target;
            const DriftMoments drift = pcm->drift_moments(g);
            const double drifted = pcm->drifted(g, drift.mean, value("t_inference_s"));
            const auto compare = [&](std::string_view name, double actual, double tolerance) {
                comparison.check_real(name, "at (uS)", target, value(name), actual, tolerance);
            };
            compare("sigma_prog_uS", 1e6 * pcm->programming_sigma(g), 1e-12);
            compare("nu_mean", drift.mean, 1e-12);
            compare("nu_std", drift.sigma, 1e-12);
            compare("g_mean_drifted_uS", 1e6 * drifted, rounding * value("g_mean_drifted_uS"));
            compare("sigma_read_uS", 1e6 * pcm->read_sigma(g, drifted, value("t_inference_s")),
                    rounding * value("sigma_read_uS"));
        }
    }
    return comparison.verdict();
}

}  // namespace

constinit const VectorKind analog_memristor{"memristor", "state and current under a sine: HP, VTEAM, Yakopcic", is_trajectory,
                                            check_trajectory, true};
constinit const VectorKind analog_pulses{"Stanford-PKU", "gap and read conductance under pulses, and when they stop moving it",
                                         is_pulses, check_pulses, true};
constinit const VectorKind analog_moments{"phase-change cells", "moments of programming, drift and reads", is_moments,
                                          check_moments, true};

}  // namespace spikefab::verify
