// SPDX-License-Identifier: Apache-2.0
// Loihi's learning engine for the plastic synapses of one core: spike times per epoch, traces with stochastic rounding, and
// sum-of-products rules on weight, delay and tag. Three factors: a reward trace, or target traces set from outside.
//
// Rules as in lava b6822fb (src/lava/magma/core/model/py/connection.py, LearningConnectionModelBitApproximate), whose
// every trace, weight and tag it reproduces from the logged draws; form of the rules: Davies et al., IEEE Micro 38(1), 2018.
#pragma once

#include "base/field.hpp"
#include "base/random.hpp"
#include "models/plasticity/learning_rule.hpp"
#include "models/synapse/loihi_weights.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spikefab {

struct LearningParameters {
    std::uint32_t epoch = 1;
    std::string dw, dd, dt;
    double x1_impulse = 0.0, x1_tau = 0.0;
    double x2_impulse = 0.0, x2_tau = 0.0;
    double y1_impulse = 0.0, y1_tau = 0.0;
    double y2_impulse = 0.0, y2_tau = 0.0;
    double y3_impulse = 0.0, y3_tau = 0.0;
    double r1_tau = 0.0;
    std::int32_t r1_impulse = 1;
    bool target_traces_from_outside = false;
    SignMode sign = SignMode::mixed;
    std::int32_t weight_lower = -256;
    std::int32_t weight_upper = 255;
    static constexpr auto fields = std::tuple{
        field("epoch", &LearningParameters::epoch, {1, 63}, "steps from one update of the synapses to the next"),
        field("dw", &LearningParameters::dw, "change of the weight, e.g. 2^-4*x1*y0 - 2^-4*y1*x0; empty: none"),
        field("dd", &LearningParameters::dd, "change of the delay; empty: none"),
        field("dt", &LearningParameters::dt, "change of the tag; empty: none"),
        field("x1_impulse", &LearningParameters::x1_impulse, {0, 127}, "added to trace x1 of a source that spikes"),
        field("x1_tau", &LearningParameters::x1_tau, {0, 1e6}, "steps after which x1 is down to 1/e; 0: gone in one"),
        field("x2_impulse", &LearningParameters::x2_impulse, {0, 127}, "as x1_impulse, for x2"),
        field("x2_tau", &LearningParameters::x2_tau, {0, 1e6}, "as x1_tau, for x2"),
        field("y1_impulse", &LearningParameters::y1_impulse, {0, 127}, "added to trace y1 of a target that spikes"),
        field("y1_tau", &LearningParameters::y1_tau, {0, 1e6}, "as x1_tau, for y1"),
        field("y2_impulse", &LearningParameters::y2_impulse, {0, 127}, "as y1_impulse, for y2"),
        field("y2_tau", &LearningParameters::y2_tau, {0, 1e6}, "as x1_tau, for y2"),
        field("y3_impulse", &LearningParameters::y3_impulse, {0, 127}, "as y1_impulse, for y3"),
        field("y3_tau", &LearningParameters::y3_tau, {0, 1e6}, "as x1_tau, for y3"),
        field("r1_tau", &LearningParameters::r1_tau, {0, 1e6}, "as x1_tau, for the reward trace"),
        field("r1_impulse", &LearningParameters::r1_impulse, {-127, 127},
              "added to the reward trace for each unit of a reward"),
        field("target_traces_from_outside", &LearningParameters::target_traces_from_outside,
              "y1 to y3 hold what the modulating neurons set (three factors, as on Loihi 2)"),
        field("sign", &LearningParameters::sign, "sign of the learned weights: mixed, excitatory or inhibitory"),
        field("weight_lower", &LearningParameters::weight_lower, {-256, 255}, "learned weights stay at or above this"),
        field("weight_upper", &LearningParameters::weight_upper, {-256, 255}, "learned weights stay at or below this")};
};

/// True when a product has a factor of `variable`.
[[nodiscard]] bool reads(const LearningParameters& rules, LearningVariable variable);
/// True when a rule reads `variable`, or changes it.
[[nodiscard]] bool uses(const LearningParameters& rules, LearningVariable variable);

/// The name of a trace that the rules read and that stays 0, since no spike adds to it; empty when there is none.
[[nodiscard]] std::string_view silent_trace(const LearningParameters& rules);

/// The random numbers of one epoch's end: one set for all neurons and synapses of the core.
struct EpochDraws {
    double source_decay = 0.0;        ///< uniform in [0, 1)
    std::int32_t source_impulse = 0;  ///< 0..127, against a fraction in 256ths: lava's rounding up is twice as likely
    double target_decay = 0.0;
    std::int32_t target_impulse = 0;
    double synapse_rounding = 0.0;
    [[nodiscard]] static EpochDraws from(Rng& rng);
};

/// What the rules did with the synapses of one source.
struct SynapseUpdates {
    std::size_t visited = 0;
    std::size_t changed = 0;        ///< their weight, delay or tag is another one now
    std::size_t words_changed = 0;  ///< of memory, with PlasticSynapses::per_word synapses each
};

/// The synapses of one source (one input axon), side by side.
struct PlasticSynapses {
    std::span<const std::uint32_t> target;  ///< neuron
    std::span<std::int16_t> weight;
    std::span<std::int16_t> delay;  ///< may be empty when no rule reads or changes delays
    std::span<std::int16_t> tag;    ///< may be empty when no rule reads or changes tags
    std::uint32_t per_word = 1;     ///< synapses in one word of memory, for counting
};

class LearningEngine final {
public:
    static constexpr std::size_t longest_epoch = 63;  // steps; Loihi's epoch counter has 6 bits

    /// InputError for a rule that cannot be parsed.
    LearningEngine(const LearningParameters& parameters, std::size_t sources, std::size_t targets);

    /// A spike of input axon `source` or neuron `target` in `step` (from 1). Of several in an epoch the last one's time is
    /// kept, the others add their impulse at once, rounded with `draw` (0..127).
    void source_spike(std::size_t source, std::uint64_t step);
    void target_spike(std::size_t target, std::uint64_t step, std::int32_t draw);
    /// Adds to the reward trace (three-factor rules); it is seen by the epoch of `step`.
    void reward(std::int32_t amount, std::uint64_t step);
    /// Trace y<index + 1> of `target`, where target traces come from outside: 0..127.
    void set_target_trace(std::size_t target, std::size_t index, std::int32_t value);

    /// True when `step` is the last of an epoch: call `end_epoch`, then `update` for every source, then `begin_epoch`.
    [[nodiscard]] bool epoch_ends(std::uint64_t step) const { return step % parameters_.epoch == 0; }
    /// Returns how many traces had to be brought up to date: those that were not 0, or got an impulse.
    std::size_t end_epoch(std::uint64_t step, const EpochDraws& draws);
    /// Applies the rules to the synapses of `source`. A source whose own factors are all 0 is not visited.
    SynapseUpdates update(std::size_t source, const PlasticSynapses& synapses);
    void begin_epoch();
    /// All traces to 0, and no spike or reward yet in this epoch.
    void forget();

    [[nodiscard]] const LearningParameters& parameters() const { return parameters_; }
    /// True when a rule changes delays.
    [[nodiscard]] bool changes_delays() const { return !dd_.empty(); }

    [[nodiscard]] std::int32_t source_trace(std::size_t source, std::size_t index) const {
        return sources_.traces[index][source];
    }
    [[nodiscard]] std::int32_t target_trace(std::size_t target, std::size_t index) const {
        return targets_.traces[index][target];
    }
    [[nodiscard]] std::int32_t reward_trace() const { return reward_; }

private:
    struct Trace {
        std::int32_t impulse_whole = 0;
        std::int32_t impulse_fraction = 0;  ///< in 256ths
        double decay = 0.0;                 ///< exp(-1 / tau); 0 when tau is 0
    };
    /// All sources or all targets: what happened in this epoch and their traces.
    struct Side {
        std::vector<Trace> rules;
        std::vector<std::vector<std::uint8_t>> traces;   ///< [trace][neuron], at the epoch's begin (plus early impulses)
        std::vector<std::vector<std::uint8_t>> history;  ///< [trace][step of the epoch * neurons + neuron]
        std::vector<std::uint8_t> spike;                 ///< step of the epoch, 1..epoch; 0: none
    };
    using StepsOfEpoch = std::array<std::int32_t, longest_epoch + 1>;
    /// A product with its factors sorted by whom they belong to.
    struct Product {
        LearningProduct rule;
        std::vector<LearningFactor> of_source, of_target, of_synapse;
        std::uint32_t shift = 0;
        bool acts = true;         ///< this epoch is one of every 2^k
        bool source_acts = true;  ///< it can act on synapses of the source at hand: its scale there is not 0
        StepsOfEpoch scale{};     ///< mantissa and the source's factors, by step of evaluation
    };
    using Sum = std::vector<Product>;
    struct Synapse {
        std::size_t target;
        std::int32_t weight, delay, tag;
    };

    [[nodiscard]] static Side make_side(std::size_t neurons, std::vector<Trace> rules, std::size_t epoch);
    [[nodiscard]] static Trace make_trace(double impulse, double tau);
    [[nodiscard]] static Sum make_sum(std::string_view text, std::string_view target);
    void record(Side& side, std::size_t neuron, std::uint64_t step, std::int32_t draw);
    [[nodiscard]] std::size_t replay(Side& side, double decay_draw, std::int32_t impulse_draw) const;
    void hold_target_traces();
    void replay_reward(double decay_draw);
    void prepare(Product& product, std::size_t source) const;
    [[nodiscard]] bool prepare_all(std::size_t source);
    [[nodiscard]] std::int32_t source_factor(const LearningFactor& factor, std::size_t source, std::size_t when) const;
    [[nodiscard]] std::int32_t target_factor(const LearningFactor& factor, std::size_t target, std::size_t when) const;
    [[nodiscard]] std::int32_t accumulated(const Sum& sum, std::int32_t before, const Synapse& synapse) const;
    [[nodiscard]] std::int32_t rounded(std::int32_t accumulator) const;
    [[nodiscard]] bool update_one(const PlasticSynapses& synapses, std::size_t i) const;

    LearningParameters parameters_;
    Sum dw_, dd_, dt_;
    Side sources_, targets_;
    Trace reward_rule_;
    std::int32_t reward_ = 0;
    std::vector<std::uint8_t> reward_history_;
    std::vector<std::int32_t> reward_arrivals_;  ///< per step of the epoch
    double rounding_draw_ = 0.0;
    std::size_t source_spike_ = 0;  ///< of the source at hand: its spike's step of the epoch, or 0
    WeightRange weight_range_;
    bool visits_all_ = false;       ///< a product of this epoch acts whether or not there was a spike
    bool any_target_gate_ = false;  ///< a product acts on spikes of targets
};

}  // namespace spikefab
