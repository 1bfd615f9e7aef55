// SPDX-License-Identifier: Apache-2.0
// What a neuron model must provide, and the array that runs one model over the neurons of a core.
//
// A model is one file: parameters, state, their field tables, the step, the source of the equations and one
// registration line (see lif.cpp). It is a pure function: no clock, no I/O; time is the step number.
#pragma once

#include "base/field.hpp"
#include "base/registry.hpp"
#include "models/draws.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace spikefab {

/// A neuron that fired, and with what value (1 for a plain spike; graded and ternary models send others).
struct Spike {
    std::uint32_t neuron = 0;
    std::int32_t payload = 1;
    bool operator==(const Spike&) const = default;
};

/// Optional: `Model::Constants`, made from Params once per parameter row, is what `step` and `quiet` get instead.
template <class Model>
struct ConstantsOf {
    using Type = typename Model::Params;
};
template <class Model>
requires requires {
    typename Model::Constants;
}
struct ConstantsOf<Model> {
    using Type = typename Model::Constants;
};

template <class Model>
concept PlainStep = requires(typename Model::State& state, const typename ConstantsOf<Model>::Type& constants,
                             typename Model::Input input) {
    { Model::step(state, constants, input) } -> std::convertible_to<std::int32_t>;
};
/// Optional: a step that asks for the step's number or for random draws.
template <class Model>
concept ContextStep = requires(typename Model::State& state, const typename ConstantsOf<Model>::Type& constants,
                               typename Model::Input input, StepContext& context) {
    { Model::step(state, constants, input, context) } -> std::convertible_to<std::int32_t>;
};

/// Five lines a model must honour. `Input` (std::int32_t or double) is the type of its synaptic sum; `step` returns the
/// payload of the spike it sends, 0 for none (a bool is a payload of 0 or 1).
template <class Model>
concept NeuronBehaviour = requires {
    { Model::name } -> std::convertible_to<std::string_view>;
    { Model::summary } -> std::convertible_to<std::string_view>;
    requires PlainStep<Model> || ContextStep<Model>;
    requires std::same_as<typename Model::Input, std::int32_t> || std::same_as<typename Model::Input, double>;
    requires HasFields<typename Model::Params> && HasFields<typename Model::State>;
};

/// Optional: true when the neuron can never fire again without input. The default is a fixed point of `step`; a model
/// whose step asks for the context must say it itself, or its neurons stay awake.
template <class Model>
concept KnowsWhenQuiet = requires(const typename Model::State& state, const typename ConstantsOf<Model>::Type& constants) {
    { Model::quiet(state, constants) } -> std::same_as<bool>;
};

/// Optional: the state before step 1, where parameters set it.
template <class Model>
concept KnowsInitialState = requires(const typename ConstantsOf<Model>::Type& constants) {
    { Model::initial(constants) } -> std::same_as<typename Model::State>;
};

/// Optional: which axon types of a crossbar reach a neuron with these parameters by chance: bit t of the result is type t.
/// The synapse stage then adds sgn(s) with probability (|s| + 1) / 256 instead of the weight s.
template <class Model>
concept HasStochasticTypes = requires(const typename Model::Params& params) {
    { Model::stochastic_types(params) } -> std::same_as<std::uint8_t>;
};

/// Optional: `static constexpr bool graded = true`: its spikes may carry other values than 1, which must travel with them.
template <class Model>
inline constexpr bool sends_values = [] {
    if constexpr (requires {
                      { Model::graded } -> std::convertible_to<bool>;
                  })
        return Model::graded;
    return false;
}();

inline constexpr std::size_t word_of_neurons = 64;

/// Optional: 64 neurons at once, for compilers to vectorise. `Model::Lanes{table, rows}` lays the constants of all neurons
/// of an array side by side; `step_word` steps neurons `first` to `first + 63` (`states`, `input`, `payloads` and `awake`
/// point to the first of them), writes each payload, and to `awake` 0 if it is quiet, else 1: the same as 64 calls of
/// `step` and `quiet`. Used when `whole_words(constants)` holds for every row of the table.
template <class Model>
concept StepsWholeWords = requires(typename Model::State* states, const typename Model::Lanes& lanes, std::size_t first,
                                   const typename Model::Input* input, std::int32_t* payloads, std::uint8_t* awake,
                                   const typename ConstantsOf<Model>::Type& constants) {
    { Model::whole_words(constants) } -> std::same_as<bool>;
    Model::step_word(states, lanes, first, input, payloads, awake);
};
struct NoLanes {};
template <class Model>
struct LanesOf {
    using Type = NoLanes;
};
template <StepsWholeWords Model>
struct LanesOf<Model> {
    using Type = typename Model::Lanes;
};

/// Bit i of the result is `flags[i]`, 0 or 1.
[[nodiscard]] inline std::uint64_t packed(const std::array<std::uint8_t, word_of_neurons>& flags) {
    static_assert(std::endian::native == std::endian::little);
    const auto eights = std::bit_cast<std::array<std::uint64_t, 8>>(flags);
    std::uint64_t bits = 0;
    // The product gathers the lowest bit of byte i in bit 56 + i.
    for (unsigned byte = 0; byte < 8; ++byte) bits |= ((eights[byte] * 0x0102040810204080ULL) >> 56U) << (8 * byte);
    return bits;
}

/// Instead of a step: `Model::Array`, a NeuronArray of its own, made from parameter rows and each neuron's row. For models
/// whose neurons act on each other within a step (compartments of a tree).
template <class Model>
concept BringsItsArray = requires(const std::vector<typename Model::Params>& params, std::vector<std::uint16_t> rows) {
    { Model::name } -> std::convertible_to<std::string_view>;
    { Model::summary } -> std::convertible_to<std::string_view>;
    new typename Model::Array(params, rows);
    requires HasFields<typename Model::Params>;
};

/// Per-neuron parameters as numbers: `columns` are keys of the model's field table, rows are shared by neurons.
/// What no column names keeps the value of the chip's description.
struct NeuronParameters {
    std::vector<std::string> columns;
    std::vector<std::vector<double>> rows;  ///< at most 65,536 distinct rows
    std::vector<std::uint16_t> row_of_neuron;

    [[nodiscard]] std::size_t neurons() const { return row_of_neuron.size(); }
};

/// All neurons of one model in one core. `Input` is the type of a synaptic sum.
template <class Input>
class NeuronArray {
public:
    virtual ~NeuronArray() = default;
    [[nodiscard]] virtual std::size_t size() const = 0;
    /// Runs step number `step` for every neuron whose bit is set in `due` (it has input) or that is awake (it may
    /// fire without). `input` is read and zeroed where due. Appends who fired to `spikes`, in rising order.
    virtual void step(std::uint64_t step, std::span<const std::uint64_t> due, std::span<Input> input,
                      std::vector<Spike>& spikes) = 0;
    /// False when no neuron can fire before the next input: the core need not be woken.
    [[nodiscard]] virtual bool awake() const = 0;
    /// Back to the state before step 1, as if `step` were the last step done.
    virtual void reset(std::uint64_t step) = 0;
    /// Where stochastic steps get their random numbers; unit = neuron. The default is Philox with key 0.
    virtual void draw_from(DrawSource source) = 0;
    /// Shows the state of `neuron` after `step`.
    virtual void visit_state(std::size_t neuron, std::uint64_t step, FieldVisitor& visitor) = 0;
};

/// All neurons of one core that works event by event instead of step by step (models/neuron/event_neuron.hpp). Neurons that
/// fired are appended to `spikes`, rising.
class EventNeurons {
public:
    virtual ~EventNeurons() = default;
    [[nodiscard]] virtual std::size_t size() const = 0;
    /// One synaptic event for each of the neurons from `first` on.
    virtual void receive(std::size_t first, std::span<const std::int32_t> input, std::vector<Spike>& spikes) = 0;
    /// One event of the time reference for `count` neurons from `first` on.
    virtual void refer_to_time(std::size_t first, std::size_t count, std::vector<Spike>& spikes) = 0;
    /// Per neuron, as of its last event: which way a spike of a source moves the source's weight (1 up, -1 down, 0 not at
    /// all). 0 before the first event, and for models that do not direct plasticity.
    [[nodiscard]] virtual std::span<const std::int8_t> plasticity() const = 0;
    virtual void reset() = 0;
    virtual void visit_state(std::size_t neuron, FieldVisitor& visitor) = 0;
};

/// A registered model with chip-wide parameter values; a chip's YAML picks it by `model: name`.
class NeuronModel {
public:
    virtual ~NeuronModel() = default;
    [[nodiscard]] virtual std::unique_ptr<NeuronModel> clone() const = 0;
    virtual void visit(FieldVisitor& visitor) = 0;
    /// True when synaptic sums are 32-bit integers, false when they are doubles.
    [[nodiscard]] virtual bool integer() const = 0;
    /// The array for one core; the one whose type does not match `integer()` is null. InputError for a column that
    /// the model does not have or a value outside its bounds.
    [[nodiscard]] virtual std::unique_ptr<NeuronArray<std::int32_t>> make_integer_array(
        const NeuronParameters& table) const = 0;
    [[nodiscard]] virtual std::unique_ptr<NeuronArray<double>> make_real_array(const NeuronParameters& table) const = 0;
    /// True when spikes may carry other values than 1.
    [[nodiscard]] virtual bool graded() const = 0;
    /// Per neuron, the axon types whose synapses act by chance (HasStochasticTypes); empty when there are none at all.
    [[nodiscard]] virtual std::vector<std::uint8_t> stochastic_types(const NeuronParameters& table) const = 0;
    /// Null for models that need steps. InputError as above.
    [[nodiscard]] virtual std::unique_ptr<EventNeurons> make_event_neurons(const NeuronParameters& /*table*/) const {
        return nullptr;
    }
};

/// Writes `row` into the fields that `columns` name; InputError with the key and the bounds otherwise.
void assign_numbers(std::string_view model, std::span<const std::string> columns, std::span<const double> row,
                    const SectionRef& parameters);

template <NeuronBehaviour Model>
[[nodiscard]] bool is_quiet(const typename Model::State& state, const typename ConstantsOf<Model>::Type& constants) {
    if constexpr (KnowsWhenQuiet<Model>) {
        return Model::quiet(state, constants);
    } else if constexpr (PlainStep<Model>) {
        typename Model::State next = state;
        return !Model::step(next, constants, typename Model::Input{}) && next == state;
    } else {
        return false;
    }
}

/// One model over flat arrays. Sleeping neurons are caught up when they are next needed, step by step until
/// nothing changes, so the result is the same as if every neuron had been stepped every time.
template <NeuronBehaviour Model>
class ModelArray final : public NeuronArray<typename Model::Input> {
public:
    using Params = typename Model::Params;
    using Constants = typename ConstantsOf<Model>::Type;
    using State = typename Model::State;
    using Input = typename Model::Input;

    /// InputError when a neuron names a row that does not exist.
    ModelArray(const std::vector<Params>& params, std::vector<std::uint16_t> row_of_neuron)
        : constants_(params.begin(), params.end()),
          row_{std::move(row_of_neuron)},
          state_(row_.size()),
          done_(row_.size(), 0),
          awake_((row_.size() + 63) / 64, 0) {
        for (const std::uint16_t row : row_)
            if (row >= constants_.size()) throw InputError{"a neuron names a parameter row that the table does not have"};
        if constexpr (StepsWholeWords<Model>) {
            whole_words_ = std::all_of(constants_.begin(), constants_.end(), &Model::whole_words);
            if (whole_words_) lanes_ = typename LanesOf<Model>::Type(constants_, row_);
        }
        reset(0);
    }

    [[nodiscard]] std::size_t size() const override { return state_.size(); }

    void step(std::uint64_t step, std::span<const std::uint64_t> due, std::span<Input> input,
              std::vector<Spike>& spikes) override {
        any_awake_ = false;
        for (std::size_t word = 0; word < awake_.size(); ++word) {
            const std::uint64_t pending = due[word] | awake_[word];
            if (pending == 0) continue;
            awake_[word] = worth_whole_word(word, pending) ? step_whole_word(word, step, input, spikes)
                                                           : step_some(word, pending, step, input, spikes);
            any_awake_ |= awake_[word] != 0;
        }
    }

    [[nodiscard]] bool awake() const override { return any_awake_; }

    void reset(std::uint64_t step) override {
        std::fill(awake_.begin(), awake_.end(), 0);
        any_awake_ = false;
        for (std::size_t neuron = 0; neuron < state_.size(); ++neuron) {
            const Constants& constants = constants_[row_[neuron]];
            if constexpr (KnowsInitialState<Model>) {
                state_[neuron] = Model::initial(constants);
            } else {
                state_[neuron] = State{};
            }
            done_[neuron] = static_cast<std::uint32_t>(step);
            if (is_quiet<Model>(state_[neuron], constants)) continue;
            awake_[neuron / 64] |= std::uint64_t{1} << (neuron % 64);
            any_awake_ = true;
        }
    }

    void draw_from(DrawSource source) override { draws_ = std::move(source); }

    void visit_state(std::size_t neuron, std::uint64_t step, FieldVisitor& visitor) override {
        catch_up(neuron, static_cast<std::uint32_t>(step));
        done_[neuron] = static_cast<std::uint32_t>(step);
        visit_fields(visitor, state_[neuron]);
    }

private:
    /// Stepping a sleeping neuron with the others changes nothing but the time it takes.
    [[nodiscard]] bool worth_whole_word(std::size_t word, std::uint64_t pending) const {
        constexpr int enough = 32;  // measured: 64 updates side by side take as long as 25 to 32 single ones
        return whole_words_ && std::popcount(pending) >= enough && (word + 1) * word_of_neurons <= state_.size();
    }

    /// All 64 neurons of a word; says which stay awake.
    [[nodiscard]] std::uint64_t step_whole_word(std::size_t word, std::uint64_t step, std::span<Input> input,
                                                std::vector<Spike>& spikes) {
        if constexpr (StepsWholeWords<Model>) {
            const std::size_t first = word * word_of_neurons;
            bring_up_to_date(first, static_cast<std::uint32_t>(step));
            std::array<std::int32_t, word_of_neurons> payloads;
            std::array<std::uint8_t, word_of_neurons> awake_flags;
            Model::step_word(&state_[first], lanes_, first, &input[first], payloads.data(), awake_flags.data());
            std::fill_n(input.begin() + static_cast<std::ptrdiff_t>(first), word_of_neurons, Input{});
            append_spikes(first, payloads, spikes);
            return packed(awake_flags);
        } else {
            return 0;
        }
    }

    static void append_spikes(std::size_t first, const std::array<std::int32_t, word_of_neurons>& payloads,
                              std::vector<Spike>& spikes) {
        std::array<std::uint8_t, word_of_neurons> fired;
        for (std::size_t i = 0; i < word_of_neurons; ++i) fired[i] = payloads[i] != 0 ? 1 : 0;
        for (std::uint64_t left = packed(fired); left != 0; left &= left - 1) {
            const auto i = static_cast<unsigned>(std::countr_zero(left));
            spikes.push_back({static_cast<std::uint32_t>(first + i), payloads[i]});
        }
    }

    /// Catches up those of 64 neurons that slept, and marks `now` as done by all.
    void bring_up_to_date(std::size_t first, std::uint32_t now) {
        std::uint32_t behind = 0;
        for (std::size_t i = first; i < first + word_of_neurons; ++i) behind |= done_[i] ^ (now - 1);
        for (std::size_t i = first; behind != 0 && i < first + word_of_neurons; ++i)
            if (done_[i] + 1 != now) catch_up(i, now - 1);
        std::fill_n(done_.begin() + static_cast<std::ptrdiff_t>(first), word_of_neurons, now);
    }

    [[nodiscard]] std::uint64_t step_some(std::size_t word, std::uint64_t pending, std::uint64_t step, std::span<Input> input,
                                          std::vector<Spike>& spikes) {
        std::uint64_t still_awake = 0;
        for (; pending != 0; pending &= pending - 1) {
            const auto bit = static_cast<unsigned>(std::countr_zero(pending));
            still_awake |= std::uint64_t{advance(word * 64 + bit, step, input, spikes)} << bit;
        }
        return still_awake;
    }

    /// Steps one neuron and says whether it stays awake.
    [[nodiscard]] bool advance(std::size_t neuron, std::uint64_t step, std::span<Input> input, std::vector<Spike>& spikes) {
        const auto now = static_cast<std::uint32_t>(step);
        if (done_[neuron] + 1 != now) [[unlikely]]
            catch_up(neuron, now - 1);
        done_[neuron] = now;
        const Constants& constants = constants_[row_[neuron]];
        const std::int32_t payload = run(neuron, step, constants, input[neuron]);
        input[neuron] = Input{};
        if (payload != 0) spikes.push_back({static_cast<std::uint32_t>(neuron), payload});
        return !is_quiet<Model>(state_[neuron], constants);
    }

    [[nodiscard]] std::int32_t run(std::size_t neuron, std::uint64_t step, const Constants& constants, Input input) {
        if constexpr (PlainStep<Model>) {
            return static_cast<std::int32_t>(Model::step(state_[neuron], constants, input));
        } else {
            StepContext context{draws_, static_cast<std::uint32_t>(neuron), step};
            return static_cast<std::int32_t>(Model::step(state_[neuron], constants, input, context));
        }
    }

    /// Brings a sleeping neuron to the end of step `until`; it cannot fire on the way.
    void catch_up(std::size_t neuron, std::uint32_t until) {
        const Constants& constants = constants_[row_[neuron]];
        for (std::uint32_t done = done_[neuron]; done != until; ++done) {
            const State before = state_[neuron];
            static_cast<void>(run(neuron, done + 1, constants, Input{}));
            if (state_[neuron] == before) break;
        }
    }

    std::vector<Constants> constants_;
    std::vector<std::uint16_t> row_;
    std::vector<State> state_;
    std::vector<std::uint32_t> done_;  ///< the last step each neuron has done
    std::vector<std::uint64_t> awake_;
    bool any_awake_ = false;
    bool whole_words_ = false;
    typename LanesOf<Model>::Type lanes_;
    DrawSource draws_;
};

namespace detail {

template <class Model>
requires NeuronBehaviour<Model> || BringsItsArray<Model>
class RegisteredNeuron : public NeuronModel {
public:
    [[nodiscard]] std::unique_ptr<NeuronModel> clone() const override { return std::make_unique<RegisteredNeuron>(*this); }
    void visit(FieldVisitor& visitor) override { visit_fields(visitor, defaults_); }
    [[nodiscard]] bool integer() const override { return std::is_same_v<typename Model::Input, std::int32_t>; }
    [[nodiscard]] std::unique_ptr<NeuronArray<std::int32_t>> make_integer_array(const NeuronParameters& table) const override {
        if constexpr (std::is_same_v<typename Model::Input, std::int32_t>) return make(table);
        return nullptr;
    }
    [[nodiscard]] std::unique_ptr<NeuronArray<double>> make_real_array(const NeuronParameters& table) const override {
        if constexpr (std::is_same_v<typename Model::Input, double>) return make(table);
        return nullptr;
    }

    [[nodiscard]] bool graded() const override { return sends_values<Model>; }
    [[nodiscard]] std::vector<std::uint8_t> stochastic_types(const NeuronParameters& table) const override {
        std::vector<std::uint8_t> types;
        if constexpr (HasStochasticTypes<Model>) {
            const auto rows = params_of(table);
            for (const std::uint16_t row : table.row_of_neuron) types.push_back(Model::stochastic_types(rows.at(row)));
            if (std::all_of(types.begin(), types.end(), [](std::uint8_t type) { return type == 0; })) types.clear();
        }
        return types;
    }

protected:
    /// The parameters of every row of the table.
    [[nodiscard]] std::vector<typename Model::Params> params_of(const NeuronParameters& table) const {
        std::vector<typename Model::Params> params;
        for (const auto& row : table.rows) {
            params.push_back(defaults_);
            assign_numbers(Model::name, table.columns, row, detail::StructSection{params.back()});
        }
        return params;
    }

private:
    [[nodiscard]] auto make(const NeuronParameters& table) const {
        if constexpr (BringsItsArray<Model>) {
            return std::make_unique<typename Model::Array>(params_of(table), table.row_of_neuron);
        } else {
            return std::make_unique<ModelArray<Model>>(params_of(table), table.row_of_neuron);
        }
    }

    typename Model::Params defaults_{};
};

}  // namespace detail

template <class Model>
requires NeuronBehaviour<Model> || BringsItsArray<Model>
[[nodiscard]] bool register_neuron_model() {
    return Registry<NeuronModel>::instance().add(
        {Model::name, Model::summary, [] { return std::make_unique<detail::RegisteredNeuron<Model>>(); }});
}

}  // namespace spikefab
