// SPDX-License-Identifier: Apache-2.0
// What a neuron at the foot of a crossbar column must provide, and the array that runs one model in continuous time.
//
// Between events the current into a neuron is constant. A model is one file: parameters, state, the exact solution
// for a constant current, the source of the equations and one registration line (see rc_lif.cpp). Deterministic
// models predict when they will fire; the array finds spikes from these predictions and never by small steps.
// Stochastic models decide at the end of each interval. SI units; time in seconds from the start of the run.
#pragma once

#include "base/error.hpp"
#include "base/field.hpp"
#include "base/random.hpp"
#include "base/registry.hpp"
#include "models/check_parameters.hpp"
#include "models/column/timed_spike.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace spikefab {

inline constexpr double never = std::numeric_limits<double>::infinity();
/// A list of spikes that grows beyond this is a mistake in the parameters: nobody can wait for more, or keep them.
inline constexpr std::size_t most_listed_spikes = 10'000'000;

/// What every model provides. `instance` draws one neuron's own parameters (mismatch) from its random stream.
template <class Model>
concept ColumnNeuronBehaviour = requires(const typename Model::Params& params, Rng& rng) {
    { Model::name } -> std::convertible_to<std::string_view>;
    { Model::summary } -> std::convertible_to<std::string_view>;
    { Model::instance(params, rng) } -> std::same_as<typename Model::Params>;
    { Model::initial(params) } -> std::same_as<typename Model::State>;
    { Model::observable_meaning } -> std::convertible_to<std::string_view>;
    { Model::spike_energy(params) } -> std::same_as<double>;  // J
    { Model::static_power(params) } -> std::same_as<double>;  // W
    requires HasFields<typename Model::Params>;
};

/// A deterministic model: exact advance, exact prediction. `advance` is never asked to cross a spike.
template <class Model>
concept PredictsSpikes = ColumnNeuronBehaviour<Model> &&
    requires(typename Model::State& state, const typename Model::Params& params, double current, double seconds) {
    { Model::advance(state, params, current, seconds) } -> std::same_as<void>;
    { Model::time_to_spike(state, params, current) } -> std::same_as<double>;
    { Model::fire(state, params) } -> std::same_as<void>;
};

/// Optional: watts that a current dissipates in the neuron, and the push that a spike gives its neighbours.
template <class Model>
concept DissipatesPower = requires(const typename Model::Params& params) {
    { Model::power(params, 0.0) } -> std::same_as<double>;
};
template <class Model>
concept InhibitsNeighbours = requires(typename Model::State& state, const typename Model::Params& params) {
    { Model::inhibition_range(params) } -> std::same_as<std::uint32_t>;
    { Model::inhibit(state, params) } -> std::same_as<void>;
};

/// How one read pulse ended for a stochastic neuron.
struct PulseOutcome {
    std::int32_t payload = 0;  ///< of the spike; 0 for none
    double energy = 0.0;       ///< J of writing, reading and resetting
};

/// A stochastic model decides at the end of each pulse. `Shared` is what all instances look up, made once.
template <class Model>
concept SamplesSpikes = ColumnNeuronBehaviour<Model> &&
    requires(typename Model::State& state, const typename Model::Params& params, const typename Model::Shared& shared,
             double current, Rng& rng) {
    { Model::share(params) } -> std::same_as<typename Model::Shared>;
    { Model::sample(state, params, shared, current, rng) } -> std::same_as<PulseOutcome>;
    { Model::even_current(params) } -> std::same_as<double>;  // A: fires in half of all pulses
};

/// What an interval of constant current is: stochastic neurons are clocked by pulses and rest in between.
enum class DrivePhase : std::uint8_t { pulse, rest };

/// The neurons of one core's columns.
class ColumnNeuronArray {
public:
    virtual ~ColumnNeuronArray() = default;
    [[nodiscard]] virtual std::size_t size() const = 0;
    /// From `time` on neuron k receives current[k], A. Appends the spikes up to and at `time`, in order of time and
    /// neuron. Times must not fall.
    virtual void drive(double time, DrivePhase phase, std::span<const double> current, std::vector<TimedSpike>& spikes) = 0;
    /// When the next spike comes if no current changes; `never` if none does.
    [[nodiscard]] virtual double next_spike() const = 0;
    /// Brings all neurons to `time` under the present currents.
    virtual void advance(double time, std::vector<TimedSpike>& spikes) = 0;
    /// Back to the initial state at `time`; the instances stay what they are.
    virtual void reset(double time) = 0;
    /// Energy since the start, J: spikes and static power, without what the column itself delivered.
    [[nodiscard]] virtual double energy() const = 0;
    /// The state variable that a person would look at (membrane voltage, wall position).
    [[nodiscard]] virtual double observable(std::size_t neuron) const = 0;
};

/// A registered model with chip-wide parameters.
class ColumnNeuronModel {
public:
    virtual ~ColumnNeuronModel() = default;
    [[nodiscard]] virtual std::unique_ptr<ColumnNeuronModel> clone() const = 0;
    virtual void visit(FieldVisitor& visitor) = 0;
    /// What the arrays' observable is, with its unit.
    [[nodiscard]] virtual std::string_view observable_meaning() const = 0;
    /// True for stochastic neurons, which fire at the end of a pulse or not at all.
    [[nodiscard]] virtual bool decides_at_pulse_end() const = 0;
    /// `neurons` instances, whose mismatch and draws come from Rng{seed, name, neuron, event}. InputError when
    /// parameters contradict each other.
    [[nodiscard]] virtual std::unique_ptr<ColumnNeuronArray> make_array(std::size_t neurons, std::uint64_t seed,
                                                                        std::string_view name) const = 0;
    /// The current that makes a resting neuron without mismatch fire at the end of one pulse of `seconds` (stochastic ones:
    /// in half of all cases). InputError when no current does.
    [[nodiscard]] virtual double firing_current(double seconds) const = 0;
    /// The share of what a pulse has put into the membrane that is left after `rest` seconds without current; 1 for none.
    [[nodiscard]] virtual double kept_share(double pulse, double rest) const = 0;
};

namespace detail {

template <ColumnNeuronBehaviour Model>
[[nodiscard]] std::vector<typename Model::Params> draw_instances(const typename Model::Params& params, std::size_t neurons,
                                                                 std::uint64_t key) {
    std::vector<typename Model::Params> instances;
    instances.reserve(neurons);
    for (std::size_t k = 0; k < neurons; ++k) {
        Rng rng{key, static_cast<std::uint32_t>(k), 0};
        instances.push_back(Model::instance(params, rng));
    }
    return instances;
}

/// Halves [0, top] until the two ends agree: where `reached` turns from false to true. `never` when it is false at the top.
template <class Reached>
[[nodiscard]] double turning_point(double top, const Reached& reached) {
    if (!reached(top)) return never;
    double low = 0.0;
    double high = top;
    while (true) {
        const double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high) return high;
        (reached(middle) ? high : low) = middle;
    }
}

/// Deterministic neurons: each carries its state at its last event and the time of its next spike.
template <PredictsSpikes Model>
class PredictedArray final : public ColumnNeuronArray {
public:
    PredictedArray(const typename Model::Params& params, std::size_t neurons, std::uint64_t key)
        : params_{draw_instances<Model>(params, neurons, key)}, current_(neurons, 0.0) {
        reset(0.0);
    }

    [[nodiscard]] std::size_t size() const override { return params_.size(); }

    void drive(double time, DrivePhase /*phase*/, std::span<const double> current, std::vector<TimedSpike>& spikes) override {
        fire_until(time, spikes);
        for (std::size_t k = 0; k < size(); ++k) {
            if (current[k] == current_[k]) continue;
            bring(k, time);
            current_[k] = current[k];
            predict(k);
        }
        now_ = time;
    }

    [[nodiscard]] double next_spike() const override {
        double first = never;
        for (const double time : predicted_) first = std::min(first, time);
        return first;
    }

    void advance(double time, std::vector<TimedSpike>& spikes) override {
        fire_until(time, spikes);
        now_ = time;
    }

    void reset(double time) override {
        state_.clear();
        for (const auto& params : params_) state_.push_back(Model::initial(params));
        since_.assign(size(), time);
        std::fill(current_.begin(), current_.end(), 0.0);
        predicted_.assign(size(), never);
        for (std::size_t k = 0; k < size(); ++k) predict(k);
        now_ = time;
    }

    [[nodiscard]] double energy() const override {
        double total = energy_;
        for (std::size_t k = 0; k < size(); ++k)
            total += Model::static_power(params_[k]) * now_ + drive_power(k) * (now_ - since_[k]);
        return total;
    }

    [[nodiscard]] double observable(std::size_t neuron) const override {
        typename Model::State state = state_[neuron];
        Model::advance(state, params_[neuron], current_[neuron], now_ - since_[neuron]);
        return Model::observable(state);
    }

private:
    [[nodiscard]] double drive_power(std::size_t k) const {
        if constexpr (DissipatesPower<Model>) return Model::power(params_[k], current_[k]);
        return 0.0;
    }
    /// Moves neuron k's state to `time` under its present current.
    void bring(std::size_t k, double time) {
        Model::advance(state_[k], params_[k], current_[k], time - since_[k]);
        energy_ += drive_power(k) * (time - since_[k]);
        since_[k] = time;
    }
    void predict(std::size_t k) { predicted_[k] = since_[k] + Model::time_to_spike(state_[k], params_[k], current_[k]); }

    void fire_until(double time, std::vector<TimedSpike>& spikes) {
        for (double next = next_spike(); next <= time; next = next_spike()) {
            firing_.clear();
            for (std::size_t k = 0; k < size(); ++k)
                if (predicted_[k] == next) firing_.push_back(k);
            for (const std::size_t k : firing_) fire(k, next, spikes);
            if (spikes.size() > most_listed_spikes)
                throw InputError{
                    fmt::format("{}: more than {} spikes by {:.6g} s; make the time shorter or the current smaller, or "
                                "give the neuron a longer refractory time",
                                Model::name, most_listed_spikes, next)};
            if constexpr (InhibitsNeighbours<Model>)
                for (const std::size_t k : firing_) inhibit_around(k, next);
        }
    }
    void fire(std::size_t k, double time, std::vector<TimedSpike>& spikes) {
        bring(k, time);
        Model::fire(state_[k], params_[k]);
        energy_ += Model::spike_energy(params_[k]);
        spikes.push_back({.time = time, .neuron = static_cast<std::uint32_t>(k)});
        predict(k);
    }
    void inhibit_around(std::size_t k, double time) {
        const std::size_t range = Model::inhibition_range(params_[k]);
        for (std::size_t j = k > range ? k - range : 0; j < std::min(size(), k + range + 1); ++j) {
            if (j == k) continue;
            bring(j, time);
            Model::inhibit(state_[j], params_[j]);
            predict(j);
        }
    }

    std::vector<typename Model::Params> params_;
    std::vector<typename Model::State> state_;
    std::vector<double> since_;      ///< time of `state_`
    std::vector<double> current_;    ///< since then
    std::vector<double> predicted_;  ///< time of the next spike
    std::vector<std::size_t> firing_;
    double energy_ = 0.0;  ///< of spikes, and of the drive up to `since_`
    double now_ = 0.0;
};

/// Stochastic neurons: the end of every pulse is one event, in which each may fire.
template <SamplesSpikes Model>
class SampledArray final : public ColumnNeuronArray {
public:
    SampledArray(const typename Model::Params& params, std::size_t neurons, std::uint64_t key)
        : params_{draw_instances<Model>(params, neurons, key)},
          shared_{Model::share(params)},
          current_(neurons, 0.0),
          key_{key} {
        reset(0.0);
    }

    [[nodiscard]] std::size_t size() const override { return params_.size(); }
    void drive(double time, DrivePhase phase, std::span<const double> current, std::vector<TimedSpike>& spikes) override {
        end_pulse(time, spikes);
        std::copy(current.begin(), current.end(), current_.begin());
        phase_ = phase;
        now_ = time;
    }
    [[nodiscard]] double next_spike() const override { return never; }
    void advance(double time, std::vector<TimedSpike>& /*spikes*/) override { now_ = time; }
    void reset(double time) override {
        state_.clear();
        for (const auto& params : params_) state_.push_back(Model::initial(params));
        phase_ = DrivePhase::rest;
        now_ = time;
    }
    [[nodiscard]] double energy() const override {
        double total = energy_;
        for (const auto& params : params_) total += Model::static_power(params) * now_;
        return total;
    }
    [[nodiscard]] double observable(std::size_t neuron) const override { return Model::observable(state_[neuron]); }

private:
    void end_pulse(double time, std::vector<TimedSpike>& spikes) {
        if (phase_ != DrivePhase::pulse) return;
        ++pulses_;
        for (std::size_t k = 0; k < size(); ++k) {
            Rng rng{key_, static_cast<std::uint32_t>(k), pulses_};
            const PulseOutcome outcome = Model::sample(state_[k], params_[k], shared_, current_[k], rng);
            energy_ += outcome.energy;
            if (outcome.payload == 0) continue;
            energy_ += Model::spike_energy(params_[k]);
            spikes.push_back({.time = time, .neuron = static_cast<std::uint32_t>(k), .payload = outcome.payload});
        }
    }

    std::vector<typename Model::Params> params_;
    typename Model::Shared shared_;
    std::vector<typename Model::State> state_;
    std::vector<double> current_;
    std::uint64_t key_;
    std::uint64_t pulses_ = 0;  ///< events so far; event 0 belongs to the mismatch
    DrivePhase phase_ = DrivePhase::rest;
    double energy_ = 0.0;
    double now_ = 0.0;
};

template <ColumnNeuronBehaviour Model>
class RegisteredColumnNeuron final : public ColumnNeuronModel {
public:
    [[nodiscard]] std::unique_ptr<ColumnNeuronModel> clone() const override {
        return std::make_unique<RegisteredColumnNeuron>(*this);
    }
    void visit(FieldVisitor& visitor) override { visit_fields(visitor, params_); }
    [[nodiscard]] std::string_view observable_meaning() const override { return Model::observable_meaning; }
    [[nodiscard]] bool decides_at_pulse_end() const override { return !PredictsSpikes<Model>; }
    [[nodiscard]] std::unique_ptr<ColumnNeuronArray> make_array(std::size_t neurons, std::uint64_t seed,
                                                                std::string_view name) const override {
        check_parameters<Model>(params_);
        const std::uint64_t key = Rng::key_of(seed, name);
        if constexpr (PredictsSpikes<Model>) {
            return std::make_unique<PredictedArray<Model>>(params_, neurons, key);
        } else {
            return std::make_unique<SampledArray<Model>>(params_, neurons, key);
        }
    }
    [[nodiscard]] double firing_current(double seconds) const override {
        check_parameters<Model>(params_);
        double current = never;
        if constexpr (PredictsSpikes<Model>) {
            const auto rest = Model::initial(params_);
            current = turning_point(most_current,
                                    [&](double amperes) { return Model::time_to_spike(rest, params_, amperes) <= seconds; });
        } else {
            current = Model::even_current(params_);
        }
        if (!(current > 0.0) || !std::isfinite(current))
            throw InputError{
                fmt::format("{}: no current between 0 and {} A makes it fire at the end of a pulse of {:.6g} s and not before",
                            Model::name, most_current, seconds)};
        return current;
    }
    [[nodiscard]] double kept_share(double pulse, double rest) const override {
        if constexpr (PredictsSpikes<Model>) {
            auto state = Model::initial(params_);
            const double initial = Model::observable(state);
            Model::advance(state, params_, 0.5 * firing_current(pulse), pulse);
            const double charged = Model::observable(state) - initial;
            Model::advance(state, params_, 0.0, rest);
            return (Model::observable(state) - initial) / charged;
        } else {
            return 0.0;
        }
    }

private:
    static constexpr double most_current = 1e3;  // A

    typename Model::Params params_{};
};

}  // namespace detail

template <class Model>
requires PredictsSpikes<Model> || SamplesSpikes<Model>
[[nodiscard]] bool register_column_neuron() {
    return Registry<ColumnNeuronModel>::instance().add(
        {Model::name, Model::summary, [] { return std::make_unique<detail::RegisteredColumnNeuron<Model>>(); }});
}

}  // namespace spikefab
