// SPDX-License-Identifier: Apache-2.0
// lava's learning engine: activations, traces, weights and tags of a plastic Dense projection at every step, with the random
// draws that it logged.
#include "base/error.hpp"
#include "models/plasticity/learning_engine.hpp"
#include "verify/kinds.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <numeric>

namespace spikefab::verify {
namespace {

using Json = nlohmann::json;

[[nodiscard]] bool recognises(const Json& vector) {
    return vector.contains("t_epoch") && vector.contains("products");
}

[[nodiscard]] LearningFactor factor_of(const Json& description) {
    constexpr auto names = enum_names(LearningVariable{});
    const auto name = description.at("var").get<std::string>();
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) throw InputError{fmt::format("a learning rule reads '{}', which no engine knows", name)};
    const Json& constant = description.at("const");
    return {.variable = static_cast<LearningVariable>(found - names.begin()),
            .constant = constant.is_null() ? 0 : constant.get<std::int32_t>(),
            .sign_only = description.value("sgn", false)};
}

/// The rule as text: vectors hold products as a parser left them, with the exponent counted from 2^-7.
[[nodiscard]] std::string rule_text(const Json& vector, const char* target) {
    LearningSum sum;
    if (!vector.at("products").contains(target)) return {};
    for (const Json& description : vector.at("products").at(target)) {
        LearningProduct product;
        const auto dependency = description.at("dep").get<std::string>();
        product.dependency = dependency == "x0"   ? LearningDependency::source_spike
                             : dependency == "y0" ? LearningDependency::target_spike
                                                  : LearningDependency::every_epoch;
        product.epoch_exponent = description.value("decimate_exponent", description.value("k", 0U));
        product.mantissa = description.at("mant").get<std::int32_t>();
        product.exponent = description.at("exp").get<std::int32_t>();
        for (const Json& factor : description.at("factors")) product.factors.push_back(factor_of(factor));
        sum.push_back(std::move(product));
    }
    return to_text(sum);
}

[[nodiscard]] SignMode sign_of_name(const std::string& name) {
    constexpr auto names = enum_names(SignMode{});
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) throw InputError{fmt::format("sign mode '{}' is none of mixed, excitatory, inhibitory", name)};
    return static_cast<SignMode>(found - names.begin());
}

[[nodiscard]] LearningParameters parameters_of(const Json& vector) {
    const auto impulse = [&](const char* side, std::size_t i) { return vector.at(side).at(i).get<double>(); };
    LearningParameters parameters;
    parameters.epoch = vector.at("t_epoch").get<std::uint32_t>();
    parameters.dw = rule_text(vector, "dw");
    parameters.dd = rule_text(vector, "dd");
    parameters.dt = rule_text(vector, "dt");
    parameters.x1_impulse = impulse("x_impulse", 0);
    parameters.x2_impulse = impulse("x_impulse", 1);
    parameters.y1_impulse = impulse("y_impulse", 0);
    parameters.y2_impulse = impulse("y_impulse", 1);
    parameters.y3_impulse = impulse("y_impulse", 2);
    parameters.x1_tau = impulse("x_tau", 0);
    parameters.x2_tau = impulse("x_tau", 1);
    parameters.y1_tau = impulse("y_tau", 0);
    parameters.y2_tau = impulse("y_tau", 1);
    parameters.y3_tau = impulse("y_tau", 2);
    parameters.sign = sign_of_name(vector.at("sign_mode").get<std::string>());
    return parameters;
}

/// The plastic projection: row i of the matrices holds the synapses of source i.
struct Projection {
    WeightFormat format;
    std::vector<std::uint32_t> targets;
    std::vector<std::vector<std::int16_t>> weight, delay, tag;

    explicit Projection(const Json& vector) {
        format = {.sign = sign_of_name(vector.at("sign_mode").get<std::string>()),
                  .bits = vector.at("num_weight_bits").get<std::uint32_t>(),
                  .exponent = vector.at("weight_exp").get<std::int32_t>()};
        const auto initial = vector.at("w0").get<std::vector<std::vector<std::int32_t>>>();
        targets.resize(initial.size());
        std::iota(targets.begin(), targets.end(), 0U);
        const std::vector<std::vector<std::int16_t>> zeros(initial.at(0).size(), std::vector<std::int16_t>(initial.size(), 0));
        weight = delay = tag = zeros;
        for (std::size_t target = 0; target < initial.size(); ++target)
            for (std::size_t source = 0; source < initial[target].size(); ++source)
                weight.at(source)[target] = static_cast<std::int16_t>(stored_weight(initial[target][source], format));
    }

    [[nodiscard]] std::vector<std::int32_t> activation(const Json& sources) const {
        std::vector<std::int64_t> sums(targets.size(), 0);
        for (const Json& source : sources)
            for (std::size_t target = 0; target < sums.size(); ++target)
                sums[target] += weight.at(source.get<std::size_t>())[target];
        std::vector<std::int32_t> scaled;
        for (const std::int64_t sum : sums) scaled.push_back(scaled_sum(sum, format));
        return scaled;
    }
    [[nodiscard]] PlasticSynapses of(std::size_t source) {
        return {.target = targets, .weight = weight[source], .delay = delay[source], .tag = tag[source]};
    }
};

void compare_synapses(Comparison& comparison, const Json& expected, std::size_t row, const char* key,
                      const std::vector<std::vector<std::int16_t>>& actual) {
    if (!expected.contains(key)) return;
    for (std::size_t source = 0; source < actual.size(); ++source)
        for (std::size_t target = 0; target < actual[source].size(); ++target)
            comparison.check(key, "step", row, "synapse from " + std::to_string(source) + " to", target,
                             expected.at(key).at(row).at(target).at(source).get<std::int64_t>(), actual[source][target]);
}

void compare_traces(Comparison& comparison, const Json& expected, std::size_t row, const LearningEngine& engine) {
    constexpr std::array<const char*, 2> of_sources{"x1", "x2"};
    constexpr std::array<const char*, 3> of_targets{"y1", "y2", "y3"};
    for (std::size_t i = 0; i < of_sources.size(); ++i) {
        const Json& values = expected.at(of_sources[i]).at(row);
        for (std::size_t source = 0; source < values.size(); ++source)
            comparison.check(of_sources[i], "step", row, "source", source, values[source].get<std::int64_t>(),
                             engine.source_trace(source, i));
    }
    for (std::size_t i = 0; i < of_targets.size(); ++i) {
        const Json& values = expected.at(of_targets[i]).at(row);
        for (std::size_t target = 0; target < values.size(); ++target)
            comparison.check(of_targets[i], "step", row, "target", target, values[target].get<std::int64_t>(),
                             engine.target_trace(target, i));
    }
}

[[nodiscard]] EpochDraws draws_of(const Json& log) {
    return {.source_decay = log.at("x_decay").get<double>(),
            .source_impulse = log.at("x_imp").get<std::int32_t>(),
            .target_decay = log.at("y_decay").get<double>(),
            .target_impulse = log.at("y_imp").get<std::int32_t>(),
            .synapse_rounding = log.at("conn_round").get<double>()};
}

void learn(LearningEngine& engine, Projection& projection, std::uint64_t step, const Json& log) {
    engine.end_epoch(step, draws_of(log));
    for (std::size_t source = 0; source < projection.weight.size(); ++source) engine.update(source, projection.of(source));
    engine.begin_epoch();
}

[[nodiscard]] Verdict check(const Json& vector) {
    Projection projection{vector};
    LearningEngine engine{parameters_of(vector), projection.weight.size(), projection.targets.size()};
    const Json& expected = vector.at("expected");
    std::vector<std::int32_t> activation(projection.targets.size(), 0);
    Comparison comparison;
    for (std::size_t row = 0; row < vector.at("steps").get<std::size_t>(); ++row) {
        const Json& log = vector.at("random").at(row);
        for (std::size_t target = 0; target < activation.size(); ++target)
            comparison.check("a_out", "step", row, "target", target,
                             expected.at("a_out").at(row).at(target).get<std::int64_t>(), activation[target]);
        activation = projection.activation(vector.at("pre").at(row));
        for (const Json& source : vector.at("pre").at(row)) engine.source_spike(source.get<std::size_t>(), row + 1);
        for (const Json& target : vector.at("post").at(row))
            engine.target_spike(target.get<std::size_t>(), row + 1, log.at("y_imp_in_step").get<std::int32_t>());
        if (engine.epoch_ends(row + 1)) learn(engine, projection, row + 1, log);
        compare_traces(comparison, expected, row, engine);
        compare_synapses(comparison, expected, row, "w", projection.weight);
        compare_synapses(comparison, expected, row, "tag1", projection.tag);
        compare_synapses(comparison, expected, row, "tag2", projection.delay);
    }
    return comparison.verdict();
}

}  // namespace

constinit const VectorKind lava_learning{"lava learning", "activations, traces, weights and tags at every step", recognises,
                                         check};

}  // namespace spikefab::verify
