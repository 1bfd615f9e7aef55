// SPDX-License-Identifier: Apache-2.0
// Products of CrossSim (sandialabs/cross-sim): weights as conductances, wires, converters' inputs, results.
//
// A case has CrossSim's parameters by their own names, as texts, its input `x`, its result `y`, and the conductances that
// it realised over G_max. Held to 1e-6 of full scale, as CrossSim works in single precision; to 2e-6 where it evaluates
// Milo's cubic law, whose coefficients' digits cancel (in double precision that moves results by up to 1.4e-6).
#include "base/error.hpp"
#include "models/column/dac.hpp"
#include "models/crossbar/mesh.hpp"
#include "models/crossbar/weight_encoding.hpp"
#include "verify/json_place.hpp"
#include "verify/kinds.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <numeric>

namespace spikefab::verify {
namespace {

using Json = nlohmann::json;

/// CrossSim's parameters: texts under dotted names.
class Settings final {
public:
    explicit Settings(const Json& params) : params_{params} {}
    [[nodiscard]] std::string text(const char* name) const { return params_.at(name).get<std::string>(); }
    [[nodiscard]] double number(const char* name) const {
        try {
            return std::stod(text(name));
        } catch (const std::exception&) {
            throw InputError{fmt::format("params.{}: '{}' is no number", name, text(name))};
        }
    }
    [[nodiscard]] bool is_on(const char* name) const { return text(name) == "True"; }

private:
    const Json& params_;
};

struct Setup {
    WeightEncodingParams encoding{};
    ConductanceRange range{};
    double read_voltage = 0.1;
    std::uint32_t dac_bits = 0;
    bool is_signed = true;
    std::uint32_t slice_bits = 0;  ///< of the input; 0: all bits at once
    WireParams wires{.word_line = Resistance{0.0}, .bit_line = Resistance{0.0}};
    const char* law = "linear";
    bool draws_cells = false;  ///< with errors: the realised conductances are used
    bool converts = false;     ///< with converters: what goes into them is compared
};

[[nodiscard]] std::uint32_t bits(const Settings& settings, const char* name) {
    return static_cast<std::uint32_t>(settings.number(name));
}

void read_encoding(const Settings& settings, WeightEncodingParams& encoding) {
    constexpr int balanced = 1;
    constexpr int sliced = 2;
    encoding.placement = CellPlacement::separate_arrays;
    encoding.largest_weight =
        std::max(std::abs(settings.number("core.mapping.weights.min")), std::abs(settings.number("core.mapping.weights.max")));
    encoding.bits_per_cell = bits(settings, "xbar.device.cell_bits");
    auto style = static_cast<int>(settings.number("core.style"));
    if (style == sliced) {
        encoding.slices = bits(settings, "core.bit_sliced.num_slices");
        style = settings.number("core.bit_sliced.style") == 1.0 ? balanced : sliced + 1;
    }
    if (style == balanced) {
        if (settings.number("core.balanced.style") == 2.0) encoding.scheme = WeightScheme::two_sided;
        if (settings.is_on("core.balanced.interleaved_posneg")) encoding.placement = CellPlacement::interleaved_rows;
    } else {
        encoding.scheme =
            settings.number("core.offset.style") == 1.0 ? WeightScheme::offset_digital : WeightScheme::offset_column;
    }
}

/// True for a case that this program has no equal of: rows driven at both ends, a current law or noise of CrossSim's own, or a
/// driver's resistance, which CrossSim 3.2 adds to every segment of the first word line.
[[nodiscard]] bool foreign(const Settings& settings) {
    if (settings.is_on("xbar.array.parasitics.enable") && (!settings.is_on("xbar.array.parasitics.current_from_input") ||
                                                           settings.number("xbar.array.parasitics.Rp_row_terminal") != 0.0))
        return true;
    if (settings.is_on("xbar.device.read_noise.enable")) return true;
    return settings.is_on("xbar.device.nonlinear_IV.enable") && settings.text("xbar.device.nonlinear_IV.model") != "RRAMMilo";
}

[[nodiscard]] Setup setup_of(const Settings& settings) {
    Setup setup;
    read_encoding(settings, setup.encoding);
    setup.range = {1.0 / settings.number("xbar.device.Rmax"), 1.0 / settings.number("xbar.device.Rmin")};
    setup.read_voltage = settings.number("xbar.device.Vread");
    if (settings.text("xbar.dac.mvm.model") != "IdealDAC") setup.dac_bits = bits(settings, "xbar.dac.mvm.bits");
    setup.is_signed = settings.is_on("xbar.dac.mvm.signed");
    if (settings.is_on("xbar.dac.mvm.input_bitslicing")) setup.slice_bits = bits(settings, "xbar.dac.mvm.slice_size");
    if (settings.is_on("xbar.array.parasitics.enable")) {
        setup.wires.word_line = Resistance::from_si(settings.number("xbar.array.parasitics.Rp_row"));
        setup.wires.bit_line = Resistance::from_si(settings.number("xbar.array.parasitics.Rp_col"));
        setup.wires.sense = Resistance::from_si(settings.number("xbar.array.parasitics.Rp_col_terminal"));
    }
    if (settings.is_on("xbar.device.nonlinear_IV.enable")) setup.law = "rram_milo";
    setup.draws_cells =
        settings.is_on("xbar.device.programming_error.enable") || settings.is_on("xbar.device.drift_error.enable");
    setup.converts = settings.text("xbar.adc.mvm.model") != "IdealADC" && settings.number("xbar.adc.mvm.bits") != 0.0;
    return setup;
}

/// CrossSim's names of our arrays, and the row of a node that holds the matrix.
struct MatrixPlace {
    std::string name;
    std::size_t array = 0;
    std::size_t row = 0;
};
[[nodiscard]] std::vector<MatrixPlace> places_of(const EncodedWeights& encoded, std::uint32_t slices) {
    if (encoded.arrays.front().rows_per_node == 2) return {{"core_pos", 0, 0}, {"core_neg", 0, 1}};
    if (encoded.arrays.size() == 1) return {{"core", 0, 0}};
    if (slices == 1) return {{"core_pos", 0, 0}, {"core_neg", 1, 0}};
    std::vector<MatrixPlace> places;
    const std::size_t signs = encoded.arrays.size() / slices;
    for (std::size_t array = 0; array < encoded.arrays.size(); ++array)
        places.push_back({fmt::format("slice{}_{}", array / signs, array % signs), array, 0});
    return places;
}

/// Compares the conductances, or takes CrossSim's.
void settle_conductance(Comparison& comparison, const std::string& name, EncodedWeights& encoded, const Setup& setup,
                        const Json& realised) {
    for (const MatrixPlace& place : places_of(encoded, setup.encoding.slices)) {
        PhysicalArray& array = encoded.arrays[place.array];
        const Json& matrix = realised.at(place.name);
        for (std::size_t j = 0; j < matrix.size(); ++j) {
            for (std::size_t i = 0; i < matrix.at(j).size(); ++i) {
                double& cell = array.conductance.at((i * array.rows_per_node + place.row) * array.columns + j);
                const double expected = matrix.at(j).at(i).get<double>();
                if (setup.draws_cells) {
                    cell = expected * setup.range.high;
                } else {
                    comparison.check_real(name + ": conductance over G_max", "row", static_cast<double>(i), expected,
                                          cell / setup.range.high, 1e-6);
                }
            }
        }
    }
}

[[nodiscard]] std::vector<double> column_values(const PhysicalArray& array, const EncodedWeights& encoded, const Setup& setup,
                                                const std::vector<double>& levels) {
    Mesh mesh{{array.rows, array.columns, array.rows_per_node}, setup.wires};
    mesh.program(array.conductance);
    std::vector<double> volts;
    for (const RowUse& row : encoded.rows) volts.push_back(row.sign * setup.read_voltage * levels[row.input]);
    mesh.solve(volts, *ModelChoice<CellLaw>{setup.law}, 1e-12);
    std::vector<double> values = mesh.column_current();
    for (double& value : values) value /= setup.read_voltage * (setup.range.high - setup.range.low);
    return values;
}

[[nodiscard]] std::vector<double> multiply(const EncodedWeights& encoded, const Setup& setup, const std::vector<double>& x) {
    std::vector<DriveSlice> slices{{.level = {}, .factor = 1.0}};
    if (setup.slice_bits != 0) {
        slices = slice_inputs(x, setup.dac_bits, setup.is_signed, setup.slice_bits);
    } else {
        for (const double input : x) slices[0].level.push_back(dac_level(input, setup.dac_bits, setup.is_signed));
    }
    std::vector<double> y(encoded.outputs, 0.0);
    for (const DriveSlice& slice : slices) {
        std::vector<std::vector<double>> values;
        for (const PhysicalArray& array : encoded.arrays) values.push_back(column_values(array, encoded, setup, slice.level));
        const auto part = encoded.decode(values, std::accumulate(slice.level.begin(), slice.level.end(), 0.0));
        for (std::size_t j = 0; j < y.size(); ++j) y[j] += slice.factor * part[j];
    }
    return y;
}

/// What the columns give: the result, or what goes into the one converter of a balanced pair, which CrossSim normalises
/// by G_max.
[[nodiscard]] std::vector<double> expected_of(const Json& entry, const Setup& setup) {
    if (!setup.converts) return entry.at("y").get<std::vector<double>>();
    auto values = entry.at("adc_log").at(0).at("adc_in").get<std::vector<double>>();
    for (double& value : values)
        value *= setup.range.high / (setup.range.high - setup.range.low) * setup.encoding.largest_weight;
    return values;
}

void check_case(Comparison& comparison, const std::string& name, const Json& matrix, const Json& entry) {
    const Settings settings{entry.at("params")};
    if (foreign(settings)) return;
    const Setup setup = setup_of(settings);
    if (setup.converts && entry.at("adc_log").size() != 1) return;
    const std::size_t outputs = matrix.size();
    const std::size_t inputs = matrix.at(0).size();
    std::vector<double> weights(inputs * outputs);
    for (std::size_t i = 0; i < inputs; ++i)
        for (std::size_t j = 0; j < outputs; ++j) weights[i * outputs + j] = matrix.at(j).at(i).get<double>();
    EncodedWeights encoded = encode_weights(weights, inputs, outputs, setup.encoding, setup.range);
    settle_conductance(comparison, name, encoded, setup, entry.at("normalized_conductance"));
    const auto x = entry.at("x").get<std::vector<double>>();
    if (x.size() != inputs) throw InputError{fmt::format("cases.{}.x: has {} values, expected {}", name, x.size(), inputs)};
    const std::vector<double> actual = multiply(encoded, setup, x);
    const std::vector<double> expected = expected_of(entry, setup);
    double scale = 0.0;
    for (const double value : expected) scale = std::max(scale, std::abs(value));
    const double tolerance = std::string_view{setup.law} == "linear" ? 1e-6 : 2e-6;
    for (std::size_t j = 0; j < outputs; ++j)
        comparison.check_real(name + ": result", "column", static_cast<double>(j), expected.at(j), actual[j],
                              tolerance * scale);
}

[[nodiscard]] bool recognises(const Json& vector) {
    return vector.contains("W") && vector.contains("cases") && vector["cases"].is_object() && vector.contains("tool") &&
           vector["tool"].is_string() && vector["tool"].get<std::string>().starts_with("CrossSim");
}

[[nodiscard]] Verdict check(const Json& vector) {
    Comparison comparison;
    for (const auto& [name, entry] : vector.at("cases").items())
        check_case(comparison, name, entry.contains("W") ? entry.at("W") : vector.at("W"), entry);
    return comparison.verdict();
}

}  // namespace

constinit const VectorKind analog_crosssim{"CrossSim", "conductances and products of CrossSim's analog cores", recognises,
                                           check};

}  // namespace spikefab::verify
