// SPDX-License-Identifier: Apache-2.0
// What a neuron model must provide, and the array that runs one model over the neurons of a core.
//
// A model is one file: parameters, state, their field tables, the step, the source of the equations and one
// registration line (see lif.cpp). It is a pure function: no clock, no I/O; time is the step number.
#pragma once

#include "base/field.hpp"
#include "base/registry.hpp"

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

/// Five lines a model must honour. `Input` (std::int32_t or double) is the type of its synaptic sum; `step` returns the
/// payload of the spike it sends, 0 for none (a bool is a payload of 0 or 1).
template <class Model>
concept NeuronBehaviour = requires(typename Model::State& state, const typename Model::Params& params,
                                   typename Model::Input input) {
    { Model::name } -> std::convertible_to<std::string_view>;
    { Model::summary } -> std::convertible_to<std::string_view>;
    { Model::step(state, params, input) } -> std::convertible_to<std::int32_t>;
    requires HasFields<typename Model::Params> && HasFields<typename Model::State>;
};

/// Optional: true when the neuron can never fire again without input. The default is a fixed point of `step`.
template <class Model>
concept KnowsWhenQuiet = requires(const typename Model::State& state, const typename Model::Params& params) {
    { Model::quiet(state, params) } -> std::same_as<bool>;
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
    /// Shows the state of `neuron` after `step`.
    virtual void visit_state(std::size_t neuron, std::uint64_t step, FieldVisitor& visitor) = 0;
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
};

/// Writes `row` into the fields that `columns` name; InputError with the key and the bounds otherwise.
void assign_numbers(std::string_view model, std::span<const std::string> columns, std::span<const double> row,
                    const SectionRef& parameters);

template <NeuronBehaviour Model>
[[nodiscard]] bool is_quiet(const typename Model::State& state, const typename Model::Params& params) {
    if constexpr (KnowsWhenQuiet<Model>) {
        return Model::quiet(state, params);
    } else {
        typename Model::State next = state;
        return !Model::step(next, params, typename Model::Input{}) && next == state;
    }
}

/// One model over flat arrays. Sleeping neurons are caught up when they are next needed, step by step until
/// nothing changes, so the result is the same as if every neuron had been stepped every time.
template <NeuronBehaviour Model>
class ModelArray final : public NeuronArray<typename Model::Input> {
public:
    using Params = typename Model::Params;
    using State = typename Model::State;
    using Input = typename Model::Input;

    ModelArray(std::vector<Params> params, std::vector<std::uint16_t> row_of_neuron)
        : params_{std::move(params)},
          row_{std::move(row_of_neuron)},
          state_(row_.size()),
          done_(row_.size(), 0),
          awake_((row_.size() + 63) / 64, 0) {
        reset(0);
    }

    [[nodiscard]] std::size_t size() const override { return state_.size(); }

    void step(std::uint64_t step, std::span<const std::uint64_t> due, std::span<Input> input,
              std::vector<Spike>& spikes) override {
        awake_words_ = 0;
        for (std::size_t word = 0; word < awake_.size(); ++word) {
            std::uint64_t pending = due[word] | awake_[word];
            std::uint64_t still_awake = 0;
            for (; pending != 0; pending &= pending - 1) {
                const auto bit = static_cast<unsigned>(std::countr_zero(pending));
                const std::size_t neuron = word * 64 + bit;
                still_awake |= std::uint64_t{advance(neuron, step, input[neuron], spikes)} << bit;
                input[neuron] = Input{};
            }
            awake_[word] = still_awake;
            awake_words_ += still_awake != 0 ? 1U : 0U;
        }
    }

    [[nodiscard]] bool awake() const override { return awake_words_ != 0; }

    void reset(std::uint64_t step) override {
        std::fill(awake_.begin(), awake_.end(), 0);
        awake_words_ = 0;
        for (std::size_t neuron = 0; neuron < state_.size(); ++neuron) {
            state_[neuron] = State{};
            done_[neuron] = static_cast<std::uint32_t>(step);
            if (!is_quiet<Model>(state_[neuron], params_[row_[neuron]]))
                awake_[neuron / 64] |= std::uint64_t{1} << (neuron % 64);
        }
        for (const std::uint64_t word : awake_) awake_words_ += word != 0 ? 1U : 0U;
    }

    void visit_state(std::size_t neuron, std::uint64_t step, FieldVisitor& visitor) override {
        catch_up(neuron, static_cast<std::uint32_t>(step));
        done_[neuron] = static_cast<std::uint32_t>(step);
        visit_fields(visitor, state_[neuron]);
    }

private:
    /// Steps one neuron and says whether it stays awake.
    bool advance(std::size_t neuron, std::uint64_t step, Input input, std::vector<Spike>& spikes) {
        const auto now = static_cast<std::uint32_t>(step);
        if (done_[neuron] + 1 != now) catch_up(neuron, now - 1);
        done_[neuron] = now;
        const Params& params = params_[row_[neuron]];
        if (const auto payload = static_cast<std::int32_t>(Model::step(state_[neuron], params, input)); payload != 0)
            spikes.push_back({static_cast<std::uint32_t>(neuron), payload});
        return !is_quiet<Model>(state_[neuron], params);
    }

    /// Brings a sleeping neuron to the end of step `until`; it cannot fire on the way.
    void catch_up(std::size_t neuron, std::uint32_t until) {
        const Params& params = params_[row_[neuron]];
        State& state = state_[neuron];
        for (std::uint32_t missed = until - done_[neuron]; missed != 0; --missed) {
            const State before = state;
            Model::step(state, params, Input{});
            if (state == before) break;
        }
    }

    std::vector<Params> params_;
    std::vector<std::uint16_t> row_;
    std::vector<State> state_;
    std::vector<std::uint32_t> done_;  ///< the last step each neuron has done
    std::vector<std::uint64_t> awake_;
    std::size_t awake_words_ = 0;
};

namespace detail {

template <NeuronBehaviour Model>
class RegisteredNeuron final : public NeuronModel {
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

private:
    [[nodiscard]] auto make(const NeuronParameters& table) const {
        std::vector<typename Model::Params> params;
        for (const auto& row : table.rows) {
            params.push_back(defaults_);
            assign_numbers(Model::name, table.columns, row, detail::StructSection{params.back()});
        }
        return std::make_unique<ModelArray<Model>>(std::move(params), table.row_of_neuron);
    }

    typename Model::Params defaults_{};
};

}  // namespace detail

template <NeuronBehaviour Model>
[[nodiscard]] bool register_neuron_model() {
    return Registry<NeuronModel>::instance().add(
        {Model::name, Model::summary, [] { return std::make_unique<detail::RegisteredNeuron<Model>>(); }});
}

}  // namespace spikefab
