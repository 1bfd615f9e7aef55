// SPDX-License-Identifier: Apache-2.0
// Crossbars with their wires: column currents and, where given, every node's voltage.
//
// A case: word lines `m`, bit lines `n`, `r_wl`, `r_bl`, `rsrc` (driver), `rterm` (sense), `G` and `V` (lists, or a hash's seed
// and range), `float_rows`, `float_columns`, `nonlin_v0` (i = G v0 sinh(v / v0)), `I`, `V_wl`, `V_bl`. Held to 1e-9.
#include "base/error.hpp"
#include "base/set_fields.hpp"
#include "models/crossbar/mesh.hpp"
#include "verify/json_place.hpp"
#include "verify/kinds.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace spikefab::verify {
namespace {

using Json = nlohmann::json;

constexpr double tolerance = 1e-9;
constexpr double residual = 1e-13;
constexpr std::int64_t most_lines = 4096;

[[nodiscard]] std::uint64_t splitmix64(std::uint64_t x) {
    std::uint64_t z = x + 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
}
/// Uniform in [0, 1): the hash that such files generate matrices with.
[[nodiscard]] double hashed(std::uint64_t seed, std::uint64_t i, std::uint64_t j) {
    return static_cast<double>(splitmix64((seed << 40U) + (i << 20U) + j) >> 11U) * 0x1.0p-53;
}

struct Circuit {
    std::size_t rows, columns;
    std::vector<double> cells, volts;
};

void check_count(const JsonPlace& place, std::size_t found, std::size_t expected) {
    if (found != expected) place.fail(fmt::format("holds {} values, expected {}", found, expected));
}

[[nodiscard]] std::vector<double> reals(const JsonPlace& list) {
    std::vector<double> values;
    for (std::size_t k = 0; k < list.size(); ++k) values.push_back(list[k].real());
    return values;
}

[[nodiscard]] std::vector<double> matrix(const JsonPlace& rows) {
    std::vector<double> values;
    for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(reals(rows[i]), std::back_inserter(values));
    return values;
}

[[nodiscard]] Circuit circuit_of(const JsonPlace& entry) {
    Circuit circuit{static_cast<std::size_t>(entry["m"].whole(1, most_lines)),
                    static_cast<std::size_t>(entry["n"].whole(1, most_lines)),
                    {},
                    {}};
    const JsonPlace cells = entry["G"];
    if (cells.is_list()) {
        circuit.cells = matrix(cells);
    } else {
        const double low = cells["Gmin"].real();
        const double span = cells["Gmax"].real() - low;
        for (std::size_t i = 0; i < circuit.rows; ++i)
            for (std::size_t j = 0; j < circuit.columns; ++j)
                circuit.cells.push_back(low + span * hashed(cells["hash_seed"].natural(), i, j));
    }
    const JsonPlace volts = entry["V"];
    if (volts.is_list()) {
        circuit.volts = reals(volts);
    } else {
        for (std::size_t i = 0; i < circuit.rows; ++i)
            circuit.volts.push_back(volts["Vmax"].real() * hashed(volts["hash_seed"].natural(), i, 0xFFFFF));
    }
    check_count(cells, circuit.cells.size(), circuit.rows * circuit.columns);
    check_count(volts, circuit.volts.size(), circuit.rows);
    return circuit;
}

[[nodiscard]] WireParams wires_of(const JsonPlace& entry) {
    const auto ohms = [&](std::string_view key) {
        const auto place = entry.find(key);
        return Resistance::from_si(place ? place->real() : 0.0);
    };
    return {.word_line = ohms("r_wl"), .bit_line = ohms("r_bl"), .driver = ohms("rsrc"), .sense = ohms("rterm")};
}

template <class State>
[[nodiscard]] std::vector<State> states(const JsonPlace& entry, std::string_view key, std::size_t count, State usual) {
    std::vector<State> all(count, usual);
    if (const auto list = entry.find(key))
        for (const std::int64_t line : list->wholes(0, static_cast<std::int64_t>(count) - 1))
            all[static_cast<std::size_t>(line)] = State::floating;
    return all;
}

[[nodiscard]] ModelChoice<CellLaw> law_of(const JsonPlace& entry) {
    const auto scale = entry.find("nonlin_v0");
    if (!scale) return ModelChoice<CellLaw>{"linear"};
    ModelChoice<CellLaw> law{"sinh"};
    set_fields(*law.operator->(), {{"v0", scale->real()}});
    return law;
}

void compare(Comparison& comparison, const std::string& what, const JsonPlace& expected, std::span<const double> actual,
             double scale) {
    const std::vector<double> values =
        expected.is_list() && expected.size() > 0 && expected[0].is_list() ? matrix(expected) : reals(expected);
    check_count(expected, values.size(), actual.size());
    for (const double value : values) scale = std::max(scale, std::abs(value));
    for (std::size_t k = 0; k < values.size(); ++k)
        comparison.check_real(what, "number", static_cast<double>(k), values[k], actual[k], tolerance * scale);
}

void check_case(Comparison& comparison, const JsonPlace& entry) {
    const auto id = entry.find("id");
    const std::string name = id ? id->text() : "a case";
    const Circuit circuit = circuit_of(entry);
    Mesh mesh{{circuit.rows, circuit.columns}, wires_of(entry)};
    mesh.connect(states(entry, "float_rows", circuit.rows, RowState::driven),
                 states(entry, "float_columns", circuit.columns, ColumnState::sensed));
    mesh.program(circuit.cells);
    mesh.solve(circuit.volts, *law_of(entry), residual);
    compare(comparison, name + ": column current (A)", entry["I"], mesh.column_current(), 0.0);
    if (const auto word = entry.find("V_wl")) compare(comparison, name + ": word line (V)", *word, mesh.word_voltage(), 1.0);
    if (const auto bit = entry.find("V_bl")) compare(comparison, name + ": bit line (V)", *bit, mesh.bit_voltage(), 1.0);
}

[[nodiscard]] bool recognises(const Json& vector) {
    return vector.contains("cases") && vector["cases"].is_array() && !vector["cases"].empty() &&
           vector["cases"][0].is_object() && vector["cases"][0].contains("r_wl") && vector["cases"][0].contains("G");
}

[[nodiscard]] Verdict check(const Json& vector) {
    Comparison comparison;
    const JsonPlace cases = JsonPlace{vector}["cases"];
    for (std::size_t k = 0; k < cases.size(); ++k) check_case(comparison, cases[k]);
    return comparison.verdict();
}

}  // namespace

constinit const VectorKind analog_crossbar{"crossbar", "column currents and node voltages of crossbars with wires", recognises,
                                           check};

}  // namespace spikefab::verify
