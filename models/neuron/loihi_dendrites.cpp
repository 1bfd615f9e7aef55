// SPDX-License-Identifier: Apache-2.0
// Loihi's multi-compartment neurons: compartments next to each other in a core pass u, v or a spike on, over a stack, to the
// compartment that joins them with its own current.
//
// Compartments are updated in their order, children before parents. One that `takes` 1 or 2 values has them from the stack:
// A, and B that was passed after A. With u its own synaptic current, what it integrates is
//   add: u + A + B     max, min: of u, A, B     or, and: bitwise of u, A, B
//   pass: u + B if A is not 0, else 0           block: u + B if A is 0, else 0
// then v = decay(v) + that + bias. At v > vth * 64 it spikes and resets v, or spikes and keeps v, or (silent) does neither. It
// then passes on nothing, what it integrated, v (before a reset), v where it is above the threshold and else 0, or its spike
// (64, which is 1 in units of a weight, or 0).
//
// Sources: Davies et al., IEEE Micro 38(1), 2018 (10.1109/MM.2018.112130359): dendritic trees of compartments whose state
// variables are joined. Names of the operations, of the stack's ends (POP_A, POP_A_AND_B, PUSH) and of the thresholds that pass
// v to the parent: public programs for Intel's NxSDK and SANA-FE's Loihi model. Their arithmetic is not published to the bit:
// what pass, block, and, or do with two values is our reading, and no silicon or emulator stands behind it.
#include "models/neuron/loihi_compartment.hpp"

namespace spikefab {
namespace {

enum class Join { add, max, min, pass, block, bitwise_or, bitwise_and };
constexpr auto enum_names(Join) {
    return std::array<std::string_view, 7>{"add", "max", "min", "pass", "block", "or", "and"};
}
enum class Passed { nothing, current, voltage, voltage_above_threshold, spike };
constexpr auto enum_names(Passed) {
    return std::array<std::string_view, 5>{"nothing", "current", "voltage", "voltage_above_threshold", "spike"};
}
enum class AtThreshold { spike_and_reset, spike_and_keep, silent };
constexpr auto enum_names(AtThreshold) {
    return std::array<std::string_view, 3>{"spike_and_reset", "spike_and_keep", "silent"};
}

struct DendriteParams : loihi::Params {
    std::int32_t threshold = 100;
    AtThreshold at_threshold = AtThreshold::spike_and_reset;
    std::uint32_t takes = 0;
    Join join = Join::add;
    Passed passes = Passed::nothing;
    static constexpr auto fields = std::tuple_cat(
        std::tuple{field("threshold", &DendriteParams::threshold, {0, 131071}, "vth: it is crossed when v > vth * 64"),
                   field("at_threshold", &DendriteParams::at_threshold, "what happens there"),
                   field("takes", &DendriteParams::takes, {0, 2}, "values that it takes from the compartments before it"),
                   field("join", &DendriteParams::join, "how they join its own current; pass and block: the first is the gate"),
                   field("passes", &DendriteParams::passes, "what it passes on to the compartment that takes it")},
        loihi::Params::fields);
};

struct CompartmentConstants : loihi::Constants {
    explicit CompartmentConstants(const DendriteParams& params)
        : loihi::Constants{params},
          threshold{params.threshold * loihi::state_unit},
          at_threshold{params.at_threshold},
          takes{params.takes},
          join{params.join},
          passes{params.passes} {}

    [[nodiscard]] bool settles() const { return written.noise == loihi::Noise::none && written.reset_interval == 0; }

    std::int32_t threshold;
    AtThreshold at_threshold;
    std::uint32_t takes;
    Join join;
    Passed passes;
};

/// What `count` (1 or 2) values, A and B, make of `current`.
[[nodiscard]] std::int32_t joined(Join join, std::int32_t current, std::int32_t a, std::int32_t b, std::uint32_t count) {
    switch (join) {
        case Join::add:
            return loihi::add(loihi::add(current, a), b);
        case Join::max:
            return count == 1 ? std::max(current, a) : std::max({current, a, b});
        case Join::min:
            return count == 1 ? std::min(current, a) : std::min({current, a, b});
        case Join::pass:
            return a != 0 ? loihi::add(current, b) : 0;
        case Join::block:
            return a == 0 ? loihi::add(current, b) : 0;
        case Join::bitwise_or:
            return current | a | b;
        case Join::bitwise_and:
            return current & a & (count == 1 ? -1 : b);
    }
    return current;
}

/// Compartments in their order, cut into trees: a tree ends where nothing passed on is left to take. A tree sleeps once a step
/// without input has left all of it as it was; so a sleeping tree need not be caught up.
class DendriteArray final : public NeuronArray<std::int32_t> {
public:
    DendriteArray(const std::vector<DendriteParams>& params, std::vector<std::uint16_t> row_of_compartment)
        : constants_(params.begin(), params.end()),
          row_{std::move(row_of_compartment)},
          state_(row_.size()),
          tree_(row_.size()),
          awake_((row_.size() + 63) / 64, 0) {
        for (const std::uint16_t row : row_)
            if (row >= constants_.size()) throw InputError{"a neuron names a parameter row that the table does not have"};
        find_trees();
        reset(0);
    }

    [[nodiscard]] std::size_t size() const override { return state_.size(); }
    [[nodiscard]] bool awake() const override { return any_awake_; }
    void draw_from(DrawSource source) override { draws_ = std::move(source); }
    void visit_state(std::size_t neuron, std::uint64_t /*step*/, FieldVisitor& visitor) override {
        visit_fields(visitor, state_[neuron]);
    }

    void step(std::uint64_t step, std::span<const std::uint64_t> due, std::span<std::int32_t> input,
              std::vector<Spike>& spikes) override {
        any_awake_ = false;
        for (std::size_t at = next_pending(0, due); at < size(); at = next_pending(at, due)) {
            const std::uint32_t tree = tree_[at];
            const bool stays_awake = step_tree(first_[tree], first_[tree + 1], step, input, spikes);
            set_awake(tree, stays_awake);
            any_awake_ |= stays_awake;
            at = first_[tree + 1];
        }
    }

    void reset(std::uint64_t /*step*/) override {
        for (std::size_t i = 0; i < size(); ++i) state_[i] = loihi::initial_state(constants_[row_[i]]);
        for (std::uint32_t tree = 0; tree + 1 < first_.size(); ++tree) set_awake(tree, true);
        any_awake_ = size() > 0;
    }

private:
    void find_trees() {
        std::size_t deepest = 0;
        std::size_t depth = 0;
        for (std::size_t i = 0; i < size(); ++i) {
            if (depth == 0) first_.push_back(static_cast<std::uint32_t>(i));
            tree_[i] = static_cast<std::uint32_t>(first_.size() - 1);
            const CompartmentConstants& constants = constants_[row_[i]];
            depth -= std::min<std::size_t>(constants.takes, depth);
            depth += constants.passes != Passed::nothing ? 1U : 0U;
            deepest = std::max(deepest, depth);
        }
        first_.push_back(static_cast<std::uint32_t>(size()));
        stack_.reserve(deepest);
    }

    /// The first compartment from `at` on that has input or begins a tree that is awake.
    [[nodiscard]] std::size_t next_pending(std::size_t at, std::span<const std::uint64_t> due) const {
        for (std::size_t word = at / 64; word < awake_.size(); ++word) {
            std::uint64_t pending = due[word] | awake_[word];
            if (word == at / 64) pending &= ~std::uint64_t{0} << (at % 64);
            if (pending != 0) return word * 64 + static_cast<unsigned>(std::countr_zero(pending));
        }
        return size();
    }

    void set_awake(std::uint32_t tree, bool value) {
        const std::uint32_t first = first_[tree];
        const std::uint64_t bit = std::uint64_t{1} << (first % 64);
        awake_[first / 64] = value ? awake_[first / 64] | bit : awake_[first / 64] & ~bit;
    }

    /// Steps compartments `first` to `last - 1`; true when the tree may change without input.
    [[nodiscard]] bool step_tree(std::size_t first, std::size_t last, std::uint64_t step, std::span<std::int32_t> input,
                                 std::vector<Spike>& spikes) {
        bool changes = false;
        stack_.clear();
        for (std::size_t i = first; i < last; ++i) {
            const CompartmentConstants& constants = constants_[row_[i]];
            const loihi::State before = state_[i];
            const bool spiked = step_compartment(i, constants, step, input[i]);
            if (spiked) spikes.push_back({static_cast<std::uint32_t>(i), 1});
            changes |= spiked || input[i] != 0 || !constants.settles() || !(state_[i] == before);
            input[i] = 0;
        }
        return changes;
    }

    [[nodiscard]] bool step_compartment(std::size_t i, const CompartmentConstants& constants, std::uint64_t step,
                                        std::int32_t sum) {
        loihi::State& state = state_[i];
        const std::int32_t bias = update_current(i, constants, step, sum);
        const std::int32_t current = join_children(constants, state.current);
        loihi::integrate(state, constants, loihi::drive(current, bias, constants));
        const std::int32_t voltage = state.potential;
        const bool above = voltage > constants.threshold;
        if (above && constants.at_threshold == AtThreshold::spike_and_reset) loihi::reset_after_spike(state, constants);
        if (above && constants.at_threshold == AtThreshold::spike_and_keep) state.refractory = constants.written.refractory - 1;
        pass_on(constants.passes, current, voltage, above);
        return above && constants.at_threshold != AtThreshold::silent;
    }

    /// u of a compartment; returns its bias. A context is made only where something may draw or look at the step.
    [[nodiscard]] std::int32_t update_current(std::size_t i, const CompartmentConstants& constants, std::uint64_t step,
                                              std::int32_t sum) {
        if (constants.plain) {
            loihi::update_current_plain(state_[i], constants, sum);
            return constants.bias;
        }
        StepContext context{draws_, static_cast<std::uint32_t>(i), step};
        return loihi::update_current(state_[i], constants, sum, context);
    }

    [[nodiscard]] std::int32_t join_children(const CompartmentConstants& constants, std::int32_t current) {
        const auto count = static_cast<std::uint32_t>(std::min<std::size_t>(constants.takes, stack_.size()));
        if (count == 0) return current;
        std::int32_t a = 0;
        std::int32_t b = 0;
        if (count == 2) b = take();
        if (count >= 1) a = take();
        return loihi::wrapped_state(joined(constants.join, current, a, b, count), constants);
    }
    [[nodiscard]] std::int32_t take() {
        const std::int32_t value = stack_.back();
        stack_.pop_back();
        return value;
    }

    void pass_on(Passed passes, std::int32_t current, std::int32_t voltage, bool above) {
        switch (passes) {
            case Passed::nothing:
                return;
            case Passed::current:
                return stack_.push_back(current);
            case Passed::voltage:
                return stack_.push_back(voltage);
            case Passed::voltage_above_threshold:
                return stack_.push_back(above ? voltage : 0);
            case Passed::spike:
                return stack_.push_back(above ? loihi::state_unit : 0);
        }
    }

    std::vector<CompartmentConstants> constants_;
    std::vector<std::uint16_t> row_;
    std::vector<loihi::State> state_;
    std::vector<std::uint32_t> tree_;   ///< of each compartment
    std::vector<std::uint32_t> first_;  ///< compartment of each tree, and the end
    std::vector<std::uint64_t> awake_;  ///< bit of a tree's first compartment
    std::vector<std::int32_t> stack_;
    bool any_awake_ = false;
    DrawSource draws_;
};

struct LoihiDendrites {
    static constexpr std::string_view name = "loihi_dendrites";
    static constexpr std::string_view summary =
        "Loihi's compartments in trees: neighbours joined by add, max, min, pass, block, or, and";
    using Input = std::int32_t;
    using Params = DendriteParams;
    using Array = DendriteArray;
};

[[maybe_unused]] const bool registered = register_neuron_model<LoihiDendrites>();

}  // namespace
}  // namespace spikefab
