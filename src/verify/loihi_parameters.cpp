// SPDX-License-Identifier: Apache-2.0
// Tables of parameter names, and how a plain bias is split into mantissa and exponent.
#include "verify/loihi_parameters.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cstdlib>

namespace spikefab::verify {
namespace {

using Json = nlohmann::json;

/// Collects columns of a parameter table, one value per neuron.
class ParameterTable final {
public:
    explicit ParameterTable(std::size_t neurons) : rows_(checked(neurons)) {}

    /// Takes `values`: a number for all neurons or an array with one each.
    void add(const char* key, const Json& values) {
        add(key, values, [](const Json& value) { return value.get<double>(); });
    }
    /// The same with what `meaning` makes of each value.
    template <class Meaning>
    void add(const char* key, const Json& values, Meaning meaning) {
        if (values.is_array() && values.size() != rows_.size())
            throw InputError{fmt::format("'{}' has {} values for {} neurons", key, values.size(), rows_.size())};
        add(key, [&](std::size_t neuron) { return meaning(values.is_array() ? values.at(neuron) : values); });
    }
    template <class ValueOfNeuron>
    void add(const char* key, ValueOfNeuron value) requires std::is_invocable_r_v<double, ValueOfNeuron, std::size_t> {
        columns_.emplace_back(key);
        for (std::size_t neuron = 0; neuron < rows_.size(); ++neuron) rows_[neuron].push_back(value(neuron));
    }
    [[nodiscard]] NeuronTable neurons(std::string_view model) {
        return {.model = std::string{model}, .columns = std::move(columns_), .rows = std::move(rows_)};
    }

private:
    [[nodiscard]] static std::size_t checked(std::size_t neurons) {
        constexpr std::size_t most = 65536;  // rows of parameters of one array
        if (neurons > most) throw InputError{fmt::format("{} neurons are more than {}", neurons, most)};
        return neurons;
    }

    std::vector<std::string> columns_;
    std::vector<std::vector<double>> rows_;
};

struct Name {
    const char* theirs;
    const char* ours;
};
constexpr std::array lava_names{Name{"du", "current_decay"},
                                Name{"dv", "voltage_decay"},
                                Name{"vth", "threshold"},
                                Name{"vth_lo", "lower_threshold"},
                                Name{"vth_hi", "upper_threshold"},
                                Name{"bias_mant", "bias_mantissa"},
                                Name{"bias_exp", "bias_exponent"},
                                Name{"reset_interval", "reset_interval"},
                                Name{"reset_offset", "reset_offset"}};

/// lava takes the offset of a reset modulo its interval; it may be negative.
[[nodiscard]] Json within_interval(const Json& section) {
    const Json& offset = section.at("reset_offset");
    const Json interval = section.value("reset_interval", Json(0));
    if (!offset.is_number_integer() || !interval.is_number_integer() || interval.get<std::int64_t>() <= 0) return offset;
    const std::int64_t period = interval.get<std::int64_t>();
    return (offset.get<std::int64_t>() % period + period) % period;
}

[[nodiscard]] bool add_lava_names(ParameterTable& table, const Json& section) {
    bool ternary = false;
    for (const Name& name : lava_names) {
        if (!section.contains(name.theirs)) continue;
        if (std::string_view{name.ours} == "reset_offset") {
            table.add(name.ours, within_interval(section));
        } else {
            table.add(name.ours, section[name.theirs]);
        }
        ternary |= std::string_view{name.theirs} == "vth_lo";
    }
    return ternary;
}

struct Bias {
    std::int64_t mantissa;
    int exponent;
};

/// A plain bias as Loihi holds it: a 12-bit mantissa and its sign, times a power of two.
[[nodiscard]] Bias split_bias(std::int64_t bias) {
    int exponent = 0;
    while (std::abs(bias) > 4095 && bias % 2 == 0) {
        bias /= 2;
        ++exponent;
    }
    if (std::abs(bias) > 4095) throw InputError{fmt::format("a bias with mantissa {} does not fit 12 bits and a sign", bias)};
    return {bias, exponent};
}

[[nodiscard]] double exact_threshold(std::int64_t threshold) {
    if (threshold % 64 != 0) throw InputError{fmt::format("a threshold of {} is not a multiple of 64", threshold)};
    return static_cast<double>(threshold / 64);
}

}  // namespace

NeuronTable lava_neurons(const Json& vector) {
    ParameterTable table{vector.at("neurons").get<std::size_t>()};
    bool ternary = add_lava_names(table, vector.at("params"));
    if (vector.contains("extra") && vector.at("extra").is_object()) ternary |= add_lava_names(table, vector.at("extra"));
    if (vector.contains("u0")) table.add("initial_current", vector.at("u0"));
    if (vector.contains("v0")) table.add("initial_potential", vector.at("v0"));
    return table.neurons(ternary ? "loihi_ternary" : "loihi_cuba");
}

NeuronTable lava_network_neurons(const Json& population) {
    ParameterTable table{population.at("n").get<std::size_t>()};
    const bool ternary = add_lava_names(table, population);
    return table.neurons(ternary ? "loihi_ternary" : "loihi_cuba");
}

NeuronTable nengo_neurons(const Json& vector) {
    const Json& params = vector.at("params");
    ParameterTable table{vector.at("n").get<std::size_t>()};
    table.add("current_decay", params.at("decay_u"));
    table.add("voltage_decay", params.at("decay_v"));
    table.add("threshold", params.at("vth"), [](const Json& vth) { return exact_threshold(vth.get<std::int64_t>()); });
    const auto split = [](const Json& bias) { return split_bias(bias.get<std::int64_t>()); };
    table.add("bias_mantissa", params.at("bias"), [&](const Json& bias) { return static_cast<double>(split(bias).mantissa); });
    table.add("bias_exponent", params.at("bias"), [&](const Json& bias) { return static_cast<double>(split(bias).exponent); });
    table.add("refractory", params.at("refract"), [](const Json& steps) { return std::max(1.0, steps.get<double>()); });
    table.add("v_min", params.at("vmin"));
    table.add("v_max", params.at("vmax"));
    table.add("overflow", [](std::size_t) { return 1.0; });
    table.add("input_shift", [](std::size_t) { return 0.0; });
    if (vector.contains("noise") && vector.at("noise").is_object()) {
        const Json& noise = vector.at("noise");
        const auto per_neuron = [](const Json& values, std::size_t i) {
            return (values.is_array() ? values.at(i) : values).get<double>();
        };
        table.add("noise", [&](std::size_t i) {
            if (per_neuron(noise.at("enable"), i) == 0.0) return 0.0;
            return per_neuron(noise.at("at_membrane"), i) != 0.0 ? 2.0 : 1.0;
        });
        table.add("noise_exponent", noise.at("exp"));
        table.add("noise_offset", noise.at("offset"));
    }
    return table.neurons("loihi_cuba");
}

}  // namespace spikefab::verify
