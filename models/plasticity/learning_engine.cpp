// SPDX-License-Identifier: Apache-2.0
// Replays an epoch's traces and applies the rules, in the integer arithmetic of the learning engine.
#include "models/plasticity/learning_engine.hpp"

#include "base/contract.hpp"
#include "base/error.hpp"
#include "models/fixed_point.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace spikefab {
namespace {

constexpr std::int32_t trace_most = 127;           // 7 bits
constexpr std::int32_t impulse_denominator = 256;  // 8 fraction bits
constexpr std::uint32_t mantissa_bits = 4;         // of a product's scale
constexpr std::uint32_t accumulator_bits = 15;     // and a sign
constexpr std::int32_t accumulator_most = (1 << accumulator_bits) - 1;
constexpr std::int32_t accumulator_least = -(1 << accumulator_bits) - 1;  // lava's bound
constexpr std::int32_t synapse_shift = 7;  // accumulator bits below those of weight, delay and tag
constexpr std::int32_t delay_most = 255;
constexpr WeightRange tag_range{-257, 255};  // lava's bounds

[[nodiscard]] std::int32_t with_impulse(std::int32_t trace, std::int32_t whole, std::int32_t fraction, std::int32_t draw) {
    return std::clamp(trace + whole + (draw < fraction ? 1 : 0), 0, trace_most);
}

[[nodiscard]] std::int32_t decayed(std::int32_t trace, double decay, double draw) {
    const double exact = decay * trace;
    const double whole = std::floor(exact);
    return static_cast<std::int32_t>(whole) + (draw < exact - whole ? 1 : 0);
}

[[nodiscard]] std::int32_t clipped(const LearningFactor& factor, std::int32_t value) {
    value += factor.constant;
    if (factor.sign_only) return sign_of(value);
    const std::int32_t limit = 1 << bits_of(factor.variable);
    return std::clamp(value, -limit, limit - 1);
}

[[nodiscard]] bool belongs_to_target(LearningVariable variable) {
    return variable == LearningVariable::y0 || (variable >= LearningVariable::y1 && variable <= LearningVariable::y3);
}
[[nodiscard]] bool belongs_to_synapse(LearningVariable variable) {
    return variable >= LearningVariable::weight && variable <= LearningVariable::tag;
}

[[nodiscard]] std::int32_t product_of(std::int32_t a, std::int32_t b) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) * static_cast<std::uint32_t>(b));
}

}  // namespace

bool reads(const LearningParameters& rules, LearningVariable variable) {
    const std::array sums{parse_learning_rule(rules.dw, "dw"), parse_learning_rule(rules.dd, "dd"),
                          parse_learning_rule(rules.dt, "dt")};
    return std::any_of(sums.begin(), sums.end(), [variable](const LearningSum& sum) {
        return std::any_of(sum.begin(), sum.end(), [variable](const LearningProduct& product) {
            return std::any_of(product.factors.begin(), product.factors.end(),
                               [variable](const LearningFactor& factor) { return factor.variable == variable; });
        });
    });
}

bool uses(const LearningParameters& rules, LearningVariable variable) {
    const auto changes = [&](LearningVariable what, std::string_view rule, std::string_view name) {
        return variable == what && !parse_learning_rule(rule, name).empty();
    };
    return changes(LearningVariable::weight, rules.dw, "dw") || changes(LearningVariable::delay, rules.dd, "dd") ||
           changes(LearningVariable::tag, rules.dt, "dt") || reads(rules, variable);
}

std::string_view silent_trace(const LearningParameters& rules) {
    const std::array impulses{
        std::pair{LearningVariable::x1, rules.x1_impulse}, std::pair{LearningVariable::x2, rules.x2_impulse},
        std::pair{LearningVariable::y1, rules.y1_impulse}, std::pair{LearningVariable::y2, rules.y2_impulse},
        std::pair{LearningVariable::y3, rules.y3_impulse}};
    for (const auto& [trace, impulse] : impulses) {
        const bool from_outside = rules.target_traces_from_outside && belongs_to_target(trace);
        if (impulse == 0.0 && !from_outside && reads(rules, trace))
            return enum_names(LearningVariable{})[static_cast<std::size_t>(trace)];
    }
    return {};
}

EpochDraws EpochDraws::from(Rng& rng) {
    EpochDraws draws;
    draws.source_decay = rng.uniform();
    draws.source_impulse = static_cast<std::int32_t>(rng.below(trace_most + 1));
    draws.target_decay = rng.uniform();
    draws.target_impulse = static_cast<std::int32_t>(rng.below(trace_most + 1));
    draws.synapse_rounding = rng.uniform();
    return draws;
}

LearningEngine::LearningEngine(const LearningParameters& parameters, std::size_t sources, std::size_t targets)
    : parameters_{parameters},
      dw_{make_sum(parameters.dw, "dw")},
      dd_{make_sum(parameters.dd, "dd")},
      dt_{make_sum(parameters.dt, "dt")},
      sources_{make_side(
          sources, {make_trace(parameters.x1_impulse, parameters.x1_tau), make_trace(parameters.x2_impulse, parameters.x2_tau)},
          parameters.epoch)},
      targets_{
          make_side(targets,
                    {make_trace(parameters.y1_impulse, parameters.y1_tau), make_trace(parameters.y2_impulse, parameters.y2_tau),
                     make_trace(parameters.y3_impulse, parameters.y3_tau)},
                    parameters.epoch)},
      reward_rule_{make_trace(0.0, parameters.r1_tau)},
      reward_history_(parameters.epoch + 1, 0),
      reward_arrivals_(parameters.epoch + 1, 0),
      weight_range_{std::max(weight_range(parameters.sign).lower, parameters.weight_lower),
                    std::min(weight_range(parameters.sign).upper, parameters.weight_upper)} {
    if (weight_range_.lower > weight_range_.upper)
        throw InputError{fmt::format("weight_lower = {} and weight_upper = {} leave no weight of sign {}",
                                     parameters.weight_lower, parameters.weight_upper,
                                     enum_names(SignMode{})[static_cast<std::size_t>(parameters.sign)])};
    begin_epoch();
}

LearningEngine::Side LearningEngine::make_side(std::size_t neurons, std::vector<Trace> rules, std::size_t epoch) {
    Side side{.rules = std::move(rules), .traces = {}, .history = {}, .spike = std::vector<std::uint8_t>(neurons, 0)};
    side.traces.assign(side.rules.size(), std::vector<std::uint8_t>(neurons, 0));
    side.history.assign(side.rules.size(), std::vector<std::uint8_t>(neurons * (epoch + 1), 0));
    return side;
}

LearningEngine::Trace LearningEngine::make_trace(double impulse, double tau) {
    const double whole = std::floor(impulse);
    return {.impulse_whole = static_cast<std::int32_t>(whole),
            .impulse_fraction = static_cast<std::int32_t>(std::nearbyint((impulse - whole) * impulse_denominator)),
            .decay = tau == 0.0 ? 0.0 : std::exp(-1.0 / tau)};
}

LearningEngine::Sum LearningEngine::make_sum(std::string_view text, std::string_view target) {
    Sum sum;
    for (const LearningProduct& rule : parse_learning_rule(text, target)) {
        Product product;
        product.rule = rule;
        std::uint32_t bits = mantissa_bits;
        for (const LearningFactor& factor : rule.factors) {
            bits += bits_of(factor.variable);
            auto& owner = belongs_to_target(factor.variable)    ? product.of_target
                          : belongs_to_synapse(factor.variable) ? product.of_synapse
                                                                : product.of_source;
            owner.push_back(factor);
        }
        product.shift = bits > accumulator_bits ? bits - accumulator_bits : 0;
        sum.push_back(std::move(product));
    }
    return sum;
}

void LearningEngine::record(Side& side, std::size_t neuron, std::uint64_t step, std::int32_t draw) {
    if (side.spike[neuron] != 0)
        for (std::size_t i = 0; i < side.rules.size(); ++i) {
            const Trace& rule = side.rules[i];
            std::uint8_t& trace = side.traces[i][neuron];
            trace = static_cast<std::uint8_t>(with_impulse(trace, rule.impulse_whole, rule.impulse_fraction, draw));
        }
    side.spike[neuron] = static_cast<std::uint8_t>((step - 1) % parameters_.epoch + 1);
}

void LearningEngine::source_spike(std::size_t source, std::uint64_t step) {
    record(sources_, source, step, 0);
}

void LearningEngine::target_spike(std::size_t target, std::uint64_t step, std::int32_t draw) {
    record(targets_, target, step, draw);
}

void LearningEngine::reward(std::int32_t amount, std::uint64_t step) {
    reward_arrivals_[(step - 1) % parameters_.epoch + 1] += amount;
}

void LearningEngine::set_target_trace(std::size_t target, std::size_t index, std::int32_t value) {
    expects(value >= 0 && value <= trace_most);
    targets_.traces[index][target] = static_cast<std::uint8_t>(value);
}

void LearningEngine::begin_epoch() {
    std::fill(sources_.spike.begin(), sources_.spike.end(), 0);
    std::fill(targets_.spike.begin(), targets_.spike.end(), 0);
    std::fill(reward_arrivals_.begin(), reward_arrivals_.end(), 0);
}

void LearningEngine::forget() {
    for (Side* side : {&sources_, &targets_})
        for (std::vector<std::uint8_t>& traces : side->traces) std::fill(traces.begin(), traces.end(), 0);
    reward_ = 0;
    begin_epoch();
}

std::size_t LearningEngine::replay(Side& side, double decay_draw, std::int32_t impulse_draw) const {
    const std::size_t neurons = side.spike.size();
    std::size_t replayed = 0;
    for (std::size_t i = 0; i < side.rules.size(); ++i) {
        const Trace& rule = side.rules[i];
        if (rule.impulse_whole == 0 && rule.impulse_fraction == 0) continue;  // always 0
        for (std::size_t neuron = 0; neuron < neurons; ++neuron) {
            std::int32_t trace = side.traces[i][neuron];
            const std::size_t spike = side.spike[neuron];
            replayed += trace != 0 || spike != 0 ? 1U : 0U;
            side.history[i][neuron] = static_cast<std::uint8_t>(trace);
            for (std::size_t when = 1; when <= parameters_.epoch; ++when) {
                if (trace != 0) trace = decayed(trace, rule.decay, decay_draw);
                if (spike == when) trace = with_impulse(trace, rule.impulse_whole, rule.impulse_fraction, impulse_draw);
                side.history[i][when * neurons + neuron] = static_cast<std::uint8_t>(trace);
            }
            side.traces[i][neuron] = static_cast<std::uint8_t>(trace);
        }
    }
    return replayed;
}

void LearningEngine::hold_target_traces() {
    const std::size_t neurons = targets_.spike.size();
    for (std::size_t i = 0; i < targets_.rules.size(); ++i)
        for (std::size_t when = 0; when <= parameters_.epoch; ++when)
            std::copy_n(targets_.traces[i].begin(), neurons,
                        targets_.history[i].begin() + static_cast<std::ptrdiff_t>(when * neurons));
}

void LearningEngine::replay_reward(double decay_draw) {
    for (std::size_t when = 1; when < reward_history_.size(); ++when) {
        reward_ = decayed(reward_, reward_rule_.decay, decay_draw);
        reward_ = std::clamp(reward_ + reward_arrivals_[when], 0, trace_most);
        reward_history_[when] = static_cast<std::uint8_t>(reward_);
    }
}

std::size_t LearningEngine::end_epoch(std::uint64_t step, const EpochDraws& draws) {
    std::size_t traces = replay(sources_, draws.source_decay, draws.source_impulse);
    if (parameters_.target_traces_from_outside) {
        hold_target_traces();
    } else {
        traces += replay(targets_, draws.target_decay, draws.target_impulse);
    }
    replay_reward(draws.target_decay);
    rounding_draw_ = draws.synapse_rounding;
    const std::uint64_t number = step / parameters_.epoch;
    visits_all_ = any_target_gate_ = false;
    for (Sum* sum : {&dw_, &dd_, &dt_})
        for (Product& product : *sum) {
            const auto dependency = product.rule.dependency;
            product.acts = dependency != LearningDependency::every_epoch ||
                           number % (std::uint64_t{1} << product.rule.epoch_exponent) == 0;
            visits_all_ |= dependency == LearningDependency::every_epoch && product.acts;
            any_target_gate_ |= dependency == LearningDependency::target_spike;
        }
    return traces;
}

std::int32_t LearningEngine::source_factor(const LearningFactor& factor, std::size_t source, std::size_t when) const {
    const auto trace = [&](std::size_t index) { return sources_.history[index][when * sources_.spike.size() + source]; };
    std::int32_t value = 0;
    if (factor.variable == LearningVariable::x0) value = sources_.spike[source] != 0 ? 1 : 0;
    if (factor.variable == LearningVariable::r0) value = reward_arrivals_[when] != 0 ? 1 : 0;
    if (factor.variable == LearningVariable::r1) value = reward_history_[when];
    if (factor.variable == LearningVariable::x1) value = trace(0);
    if (factor.variable == LearningVariable::x2) value = trace(1);
    return clipped(factor, value);
}

std::int32_t LearningEngine::target_factor(const LearningFactor& factor, std::size_t target, std::size_t when) const {
    if (factor.variable == LearningVariable::y0) return clipped(factor, targets_.spike[target] != 0 ? 1 : 0);
    const auto index = static_cast<std::size_t>(factor.variable) - static_cast<std::size_t>(LearningVariable::y1);
    return clipped(factor, targets_.history[index][when * targets_.spike.size() + target]);
}

/// Everything that all synapses of `source` share. Products multiply modulo 2^32, so their order is free.
void LearningEngine::prepare(Product& product, std::size_t source) const {
    const LearningProduct& rule = product.rule;
    const std::size_t spike = sources_.spike[source];
    const bool source_gate = rule.dependency == LearningDependency::source_spike;
    product.source_acts = product.acts && (!source_gate || spike != 0);
    if (!product.source_acts) return;
    std::size_t first = source_gate ? spike : parameters_.epoch;
    const std::size_t last = first;
    if (rule.dependency == LearningDependency::target_spike) first = 1;
    product.source_acts = false;
    for (std::size_t when = first; when <= last; ++when) {
        std::int32_t value = rule.mantissa;
        for (const LearningFactor& factor : product.of_source) value = product_of(value, source_factor(factor, source, when));
        product.scale[when] = value;
        product.source_acts |= value != 0;
    }
}

/// True when a product can change synapses of `source`.
bool LearningEngine::prepare_all(std::size_t source) {
    bool acts = false;
    for (Sum* sum : {&dw_, &dd_, &dt_})
        for (Product& product : *sum) {
            prepare(product, source);
            acts |= product.source_acts;
        }
    return acts;
}

std::int32_t LearningEngine::accumulated(const Sum& sum, std::int32_t before, const Synapse& synapse) const {
    const std::size_t target_spike = targets_.spike[synapse.target];
    std::int32_t total = shifted(before, synapse_shift);
    for (const Product& product : sum) {
        if (!product.source_acts) continue;
        std::size_t when = parameters_.epoch;
        if (product.rule.dependency == LearningDependency::source_spike) when = source_spike_;
        if (product.rule.dependency == LearningDependency::target_spike) when = target_spike;
        if (when == 0) continue;  // no spike gates it
        std::int32_t value = product.scale[when];
        for (const LearningFactor& each : product.of_target)
            value = product_of(value, target_factor(each, synapse.target, when));
        for (const LearningFactor& each : product.of_synapse) {
            const std::int32_t held = each.variable == LearningVariable::weight  ? synapse.weight
                                      : each.variable == LearningVariable::delay ? synapse.delay
                                                                                 : synapse.tag;
            value = product_of(value, clipped(each, held));
        }
        value = shifted(value >> product.shift, product.rule.exponent);
        total = std::clamp(total + std::clamp(value, accumulator_least, accumulator_most), accumulator_least, accumulator_most);
    }
    return total;
}

std::int32_t LearningEngine::rounded(std::int32_t accumulator) const {
    const double fraction = static_cast<double>(accumulator & ((1 << synapse_shift) - 1)) / (1 << synapse_shift);
    return (accumulator >> synapse_shift) + (rounding_draw_ < fraction ? 1 : 0);
}

bool LearningEngine::update_one(const PlasticSynapses& synapses, std::size_t i) const {
    const Synapse synapse{.target = synapses.target[i],
                          .weight = synapses.weight[i],
                          .delay = synapses.delay.empty() ? std::int16_t{0} : synapses.delay[i],
                          .tag = synapses.tag.empty() ? std::int16_t{0} : synapses.tag[i]};
    bool changed = false;
    const auto write = [&changed](std::int16_t& place, std::int32_t value) {
        changed |= place != value;
        place = static_cast<std::int16_t>(value);
    };
    if (!dw_.empty()) {
        std::int32_t sum = accumulated(dw_, synapse.weight, synapse);
        if (parameters_.sign == SignMode::excitatory) sum = std::max(sum, 0);
        if (parameters_.sign == SignMode::inhibitory) sum = std::min(sum, 0);
        write(synapses.weight[i], std::clamp(rounded(sum), weight_range_.lower, weight_range_.upper));
    }
    if (!dd_.empty() && !synapses.delay.empty())
        write(synapses.delay[i], std::min(rounded(std::max(accumulated(dd_, synapse.delay, synapse), 0)), delay_most));
    if (!dt_.empty() && !synapses.tag.empty())
        write(synapses.tag[i], std::clamp(rounded(accumulated(dt_, synapse.tag, synapse)), tag_range.lower, tag_range.upper));
    return changed;
}

SynapseUpdates LearningEngine::update(std::size_t source, const PlasticSynapses& synapses) {
    SynapseUpdates updates;
    source_spike_ = sources_.spike[source];
    const bool all = visits_all_ || source_spike_ != 0;
    if ((!all && !any_target_gate_) || !prepare_all(source)) return updates;
    std::size_t counted_to = 0;  // synapses up to here lie in words that are counted
    for (std::size_t i = 0; i < synapses.target.size(); ++i) {
        if (!all && targets_.spike[synapses.target[i]] == 0) continue;
        ++updates.visited;
        if (!update_one(synapses, i)) continue;
        ++updates.changed;
        if (i < counted_to) continue;
        ++updates.words_changed;
        counted_to = (i / synapses.per_word + 1) * synapses.per_word;
    }
    return updates;
}

}  // namespace spikefab
