// SPDX-License-Identifier: Apache-2.0
// What a neuron at the foot of a crossbar column must provide, and the array that runs one model in continuous time.
//
// Between events the current into a neuron is constant. A model is one file: parameters, state, the exact solution
// for a constant current, the source of the equations and one registration line (see rc_lif.cpp). Deterministic
// models predict when they will fire; the array finds spikes from these predictions and never by small steps.
// Stochastic models decide at the end of each interval. SI units; time in seconds from the start of the run.
#pragma once

#include "base/field.hpp"
#include "base/random.hpp"
#include "base/registry.hpp"
#include "models/check_parameters.hpp"

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

/// A spike between steps.
struct TimedSpike {
    double time = 0.0;  ///< s
    std::uint32_t neuron = 0;
    std::int32_t payload = 1;
    bool operator==(const TimedSpike&) const = default;
};

/// What every model provides. `instance` draws one neuron's own parameters (mismatch) from its random stream.
template <class Model>
concept ColumnNeuronBehaviour = requires(const typename Model::Params& params, Rng& rng) {
    { Model::name } -> std::convertible_to<std::string_view>;
    { Model::summary } -> std::convertible_to<std::string_view>;
    { Model::instance(params, rng) } -> std::same_as<typename Model::Params>;
    { Model::initial(params) } -> std::same_as<typename Model::State>;
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

/// A stochastic model: an interval of constant current ends in a spike (a payload, 0 for none), or not.
template <class Model>
concept SamplesSpikes = ColumnNeuronBehaviour<Model> &&
    requires(typename Model::State& state, const typename Model::Params& params, double current, double seconds, Rng& rng) {
    { Model::sample(state, params, current, seconds, rng) } -> std::same_as<std::int32_t>;
};

/// The neurons of one core's columns.
class ColumnNeuronArray {
public:
    virtual ~ColumnNeuronArray() = default;
    [[nodiscard]] virtual std::size_t size() const = 0;
    /// From `time` on neuron k receives current[k], A. Appends the spikes up to and at `time`, in order of time and
    /// neuron. Times must not fall.
    virtual void drive(double time, std::span<const double> current, std::vector<TimedSpike>& spikes) = 0;
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
    /// `neurons` instances, whose mismatch and draws come from Rng{seed, name, neuron, event}. InputError when
    /// parameters contradict each other.
    [[nodiscard]] virtual std::unique_ptr<ColumnNeuronArray> make_array(std::size_t neurons, std::uint64_t seed,
                                                                        std::string_view name) const = 0;
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

/// Deterministic neurons: each carries its state at its last event and the time of its next spike.
template <PredictsSpikes Model>
class PredictedArray final : public ColumnNeuronArray {
public:
    PredictedArray(const typename Model::Params& params, std::size_t neurons, std::uint64_t key)
        : params_{draw_instances<Model>(params, neurons, key)}, current_(neurons, 0.0) {
        reset(0.0);
    }

    [[nodiscard]] std::size_t size() const override { return params_.size(); }

    void drive(double time, std::span<const double> current, std::vector<TimedSpike>& spikes) override {
        fire_until(time, spikes);
        for (std::size_t k = 0; k < size(); ++k) {
            if (current[k] == current_[k]) continue;
            Model::advance(state_[k], params_[k], current_[k], time - since_[k]);
            since_[k] = time;
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
        double total = spike_energy_;
        for (const auto& params : params_) total += Model::static_power(params) * now_;
        return total;
    }

    [[nodiscard]] double observable(std::size_t neuron) const override {
        typename Model::State state = state_[neuron];
        Model::advance(state, params_[neuron], current_[neuron], now_ - since_[neuron]);
        return Model::observable(state);
    }

private:
    void predict(std::size_t k) { predicted_[k] = since_[k] + Model::time_to_spike(state_[k], params_[k], current_[k]); }

    void fire_until(double time, std::vector<TimedSpike>& spikes) {
        for (double next = next_spike(); next <= time; next = next_spike()) {
            for (std::size_t k = 0; k < size(); ++k) {
                if (predicted_[k] != next) continue;
                Model::advance(state_[k], params_[k], current_[k], next - since_[k]);
                since_[k] = next;
                Model::fire(state_[k], params_[k]);
                spike_energy_ += Model::spike_energy(params_[k]);
                spikes.push_back({.time = next, .neuron = static_cast<std::uint32_t>(k)});
                predict(k);
            }
        }
    }

    std::vector<typename Model::Params> params_;
    std::vector<typename Model::State> state_;
    std::vector<double> since_;      ///< time of `state_`
    std::vector<double> current_;    ///< since then
    std::vector<double> predicted_;  ///< time of the next spike
    double spike_energy_ = 0.0;
    double now_ = 0.0;
};

/// Stochastic neurons: every change of the drive ends an interval, in which each may have fired.
template <SamplesSpikes Model>
class SampledArray final : public ColumnNeuronArray {
public:
    SampledArray(const typename Model::Params& params, std::size_t neurons, std::uint64_t key)
        : params_{draw_instances<Model>(params, neurons, key)}, current_(neurons, 0.0), key_{key} {
        reset(0.0);
    }

    [[nodiscard]] std::size_t size() const override { return params_.size(); }
    void drive(double time, std::span<const double> current, std::vector<TimedSpike>& spikes) override {
        advance(time, spikes);
        std::copy(current.begin(), current.end(), current_.begin());
    }
    [[nodiscard]] double next_spike() const override { return never; }
    void advance(double time, std::vector<TimedSpike>& spikes) override {
        if (time <= now_) return;
        ++interval_;
        for (std::size_t k = 0; k < size(); ++k) {
            Rng rng{key_, static_cast<std::uint32_t>(k), interval_};
            const std::int32_t payload = Model::sample(state_[k], params_[k], current_[k], time - now_, rng);
            if (payload == 0) continue;
            spike_energy_ += Model::spike_energy(params_[k]);
            spikes.push_back({.time = time, .neuron = static_cast<std::uint32_t>(k), .payload = payload});
        }
        now_ = time;
    }
    void reset(double time) override {
        state_.clear();
        for (const auto& params : params_) state_.push_back(Model::initial(params));
        std::fill(current_.begin(), current_.end(), 0.0);
        now_ = time;
    }
    [[nodiscard]] double energy() const override {
        double total = spike_energy_;
        for (const auto& params : params_) total += Model::static_power(params) * now_;
        return total;
    }
    [[nodiscard]] double observable(std::size_t neuron) const override { return Model::observable(state_[neuron]); }

private:
    std::vector<typename Model::Params> params_;
    std::vector<typename Model::State> state_;
    std::vector<double> current_;
    std::uint64_t key_;
    std::uint64_t interval_ = 0;  ///< intervals sampled so far; 0 belongs to the mismatch
    double spike_energy_ = 0.0;
    double now_ = 0.0;
};

template <ColumnNeuronBehaviour Model>
class RegisteredColumnNeuron final : public ColumnNeuronModel {
public:
    [[nodiscard]] std::unique_ptr<ColumnNeuronModel> clone() const override {
        return std::make_unique<RegisteredColumnNeuron>(*this);
    }
    void visit(FieldVisitor& visitor) override { visit_fields(visitor, params_); }
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

private:
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
