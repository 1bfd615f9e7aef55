// SPDX-License-Identifier: Apache-2.0
// lava's learning engine, through a simulated core: activations, traces, weights and tags of a plastic Dense projection at
// every step, with the random draws that it logged.
#include "base/error.hpp"
#include "core/core_function.hpp"
#include "core/learner.hpp"
#include "models/plasticity/learning_engine.hpp"
#include "verify/kinds.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <vector>

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

/// Neurons that fire when the vector says so, and keep what reached them.
struct Script {
    std::vector<std::vector<std::uint32_t>> fires;  ///< by step, from 1
    std::vector<std::int32_t> sums;                 ///< of the last step
};

class ScriptedArray final : public NeuronArray<std::int32_t> {
public:
    explicit ScriptedArray(Script& script) : script_{script} {}
    [[nodiscard]] std::size_t size() const override { return script_.sums.size(); }
    void step(std::uint64_t step, std::span<const std::uint64_t> /*due*/, std::span<std::int32_t> input,
              std::vector<Spike>& spikes) override {
        std::copy(input.begin(), input.end(), script_.sums.begin());
        std::fill(input.begin(), input.end(), 0);
        for (const std::uint32_t neuron : script_.fires.at(step - 1)) spikes.push_back({neuron, 1});
    }
    [[nodiscard]] bool awake() const override { return true; }
    void reset(std::uint64_t /*step*/) override {}
    void draw_from(DrawSource /*source*/) override {}
    void visit_state(std::size_t /*neuron*/, std::uint64_t /*step*/, FieldVisitor& /*visitor*/) override {}

private:
    Script& script_;
};

class ScriptedModel final : public NeuronModel {
public:
    explicit ScriptedModel(Script& script) : script_{script} {}
    [[nodiscard]] std::unique_ptr<NeuronModel> clone() const override { return std::make_unique<ScriptedModel>(*this); }
    void visit(FieldVisitor& /*visitor*/) override {}
    [[nodiscard]] bool integer() const override { return true; }
    [[nodiscard]] bool graded() const override { return false; }
    [[nodiscard]] std::vector<std::uint8_t> stochastic_types(const NeuronParameters& /*table*/) const override { return {}; }
    [[nodiscard]] std::unique_ptr<NeuronArray<std::int32_t>> make_integer_array(
        const NeuronParameters& /*table*/) const override {
        return std::make_unique<ScriptedArray>(script_);
    }
    [[nodiscard]] std::unique_ptr<NeuronArray<double>> make_real_array(const NeuronParameters& /*table*/) const override {
        return nullptr;
    }

private:
    Script& script_;
};

[[nodiscard]] Script script_of(const Json& vector, std::size_t targets) {
    Script script{.fires = {}, .sums = std::vector<std::int32_t>(targets, 0)};
    for (const Json& row : vector.at("post")) script.fires.push_back(row.get<std::vector<std::uint32_t>>());
    return script;
}

/// A core with the plastic projection alone: axon i holds the synapses of source i, onto every target.
[[nodiscard]] CoreImage image_of(const Json& vector) {
    const WeightFormat format{.sign = sign_of_name(vector.at("sign_mode").get<std::string>()),
                              .bits = vector.at("num_weight_bits").get<std::uint32_t>(),
                              .exponent = vector.at("weight_exp").get<std::int32_t>()};
    const auto initial = vector.at("w0").get<std::vector<std::vector<std::int32_t>>>();
    WeightLists lists;
    lists.offsets = {0};
    AxonGroup group{
        .projection = "plastic", .first_axon = 0, .sources = {}, .exponent = format.exponent, .rule = parameters_of(vector)};
    for (std::uint32_t source = 0; source < initial.at(0).size(); ++source) {
        group.sources.push_back(source);
        for (std::size_t target = 0; target < initial.size(); ++target) {
            lists.targets.push_back(static_cast<std::uint16_t>(target));
            lists.weights.push_back(static_cast<float>(stored_weight(initial[target].at(source), format)));
        }
        lists.offsets.push_back(static_cast<std::uint32_t>(lists.targets.size()));
    }
    lists.groups = {group};
    CoreImage image;
    image.core = CoreId{0U};
    image.neurons.row_of_neuron.assign(initial.size(), 0);
    image.synapses = std::move(lists);
    return image;
}

/// `values` of the projection's synapses; none: all are 0.
void compare_synapses(Comparison& comparison, const Json& expected, std::size_t row, const char* key,
                      const std::vector<std::int16_t>& values) {
    if (!expected.contains(key)) return;
    const Json& matrix = expected.at(key).at(row);
    for (std::size_t target = 0; target < matrix.size(); ++target)
        for (std::size_t source = 0; source < matrix[target].size(); ++source)
            comparison.check(key, "step", row, "synapse from " + std::to_string(source) + " to", target,
                             matrix.at(target).at(source).get<std::int64_t>(),
                             values.empty() ? 0 : values[source * matrix.size() + target]);
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

/// The draws that lava logged.
class LoggedDraws final : public LearningDraws {
public:
    explicit LoggedDraws(const Json& log) : log_{log} {}
    [[nodiscard]] EpochDraws epoch(std::uint32_t /*group*/, std::uint64_t step) override { return draws_of(log_.at(step - 1)); }
    [[nodiscard]] std::int32_t impulse(std::uint32_t /*group*/, std::uint64_t step) override {
        return log_.at(step - 1).at("y_imp_in_step").get<std::int32_t>();
    }

private:
    const Json& log_;
};

/// What spikes of `sources` send to each target. lava learns delays (tag_2) but does not wait for them, the core does.
[[nodiscard]] std::vector<std::int32_t> undelayed_sums(const SynapseGroup& synapses, const Json& sources, std::size_t targets,
                                                       const WeightFormat& format) {
    std::vector<std::int64_t> sums(targets, 0);
    for (const Json& source : sources) {
        const auto axon = source.get<std::size_t>();
        for (std::uint32_t i = synapses.offsets.at(axon); i < synapses.offsets.at(axon + 1); ++i)
            sums[synapses.targets[i]] += synapses.weights[i];
    }
    std::vector<std::int32_t> scaled;
    for (const std::int64_t sum : sums) scaled.push_back(scaled_sum(sum, format));
    return scaled;
}

/// lava's spikes of a row act on synapses in that row and on neurons in the next: the core's messages do the same.
[[nodiscard]] Verdict check(const Json& vector) {
    const CoreImage image = image_of(vector);
    Script script = script_of(vector, image.neurons.neurons());
    const auto function = make_core_function(image, ScriptedModel{script}, {});
    Learner& learner = *function->learner();
    learner.draw_from(std::make_unique<LoggedDraws>(vector.at("random")));
    const Json& expected = vector.at("expected");
    const WeightFormat format{.exponent = vector.at("weight_exp").get<std::int32_t>()};
    const bool learns_delays = vector.at("products").contains("dd");
    std::vector<std::int32_t> undelayed(script.sums.size(), 0);
    Comparison comparison;
    for (std::size_t row = 0; row < vector.at("steps").get<std::size_t>(); ++row) {
        const std::uint64_t step = row + 1;
        static_cast<void>(function->run(step));
        for (std::size_t target = 0; target < script.sums.size(); ++target)
            comparison.check("a_out", "step", row, "target", target,
                             expected.at("a_out").at(row).at(target).get<std::int64_t>(),
                             learns_delays ? undelayed[target] : script.sums[target]);
        for (const Json& source : vector.at("pre").at(row)) {
            learner.source_spike(source.get<std::uint32_t>(), step);
            static_cast<void>(function->receive(source.get<std::uint32_t>(), 1, step + 1));
        }
        const SynapseGroup& synapses = function->groups().front();
        undelayed = undelayed_sums(synapses, vector.at("pre").at(row), script.sums.size(), format);
        static_cast<void>(learner.end_step(step));
        compare_traces(comparison, expected, row, *learner.engine(0));
        compare_synapses(comparison, expected, row, "w", synapses.weights);
        compare_synapses(comparison, expected, row, "tag1", synapses.tags);
        compare_synapses(comparison, expected, row, "tag2", synapses.delays);
    }
    return comparison.verdict();
}

}  // namespace

constinit const VectorKind lava_learning{"lava learning", "activations, traces, weights and tags at every step", recognises,
                                         check};

}  // namespace spikefab::verify
