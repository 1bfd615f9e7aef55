// SPDX-License-Identifier: Apache-2.0
// What a memristor model must provide: its current, and how its one state variable moves under a drive.
//
// A model is one file: parameters, the source of its equations and constants, and one registration line (see
// vteam.cpp). The state is a single number between two bounds; its meaning is the model's (a width, a gap, a
// share). Everything is a pure function; SI units.
#pragma once

#include "base/field.hpp"
#include "base/registry.hpp"
#include "models/check_parameters.hpp"
#include "models/device/waveform.hpp"

#include <memory>
#include <string_view>

namespace spikefab {

/// The ends of the state's range.
struct StateRange {
    double low = 0.0;
    double high = 1.0;
};

template <class Model>
concept MemristorBehaviour = requires(const typename Model::Params& params, double state, double volts, const Waveform& drive) {
    { Model::name } -> std::convertible_to<std::string_view>;
    { Model::summary } -> std::convertible_to<std::string_view>;
    { Model::state_meaning } -> std::convertible_to<std::string_view>;
    { Model::range(params) } -> std::same_as<StateRange>;
    { Model::initial(params) } -> std::same_as<double>;
    { Model::current(params, state, volts) } -> std::same_as<double>;             // A
    { Model::advance(params, state, drive, 0.0, 1e-9) } -> std::same_as<double>;  // the state after the drive
    requires HasFields<typename Model::Params>;
};

/// What one programming pulse did.
struct PulseResult {
    double state = 0.0;
    double energy = 0.0;  ///< J taken from the driver
    double charge = 0.0;  ///< C
};

/// Optional: a pulse of constant voltage, longer than 0 s, with its energy and charge, without stepping through it.
template <class Model>
concept PulsesInClosedForm = requires(const typename Model::Params& params, double state, double volts, double seconds) {
    { Model::pulse(params, state, volts, seconds) } -> std::same_as<PulseResult>;
};

/// A registered model with its parameters.
class Memristor {
public:
    virtual ~Memristor() = default;
    [[nodiscard]] virtual std::unique_ptr<Memristor> clone() const = 0;
    virtual void visit(FieldVisitor& visitor) = 0;
    /// InputError when parameters contradict each other.
    virtual void check() const = 0;
    [[nodiscard]] virtual std::string_view state_meaning() const = 0;
    [[nodiscard]] virtual StateRange range() const = 0;
    [[nodiscard]] virtual double initial() const = 0;
    [[nodiscard]] virtual double current(double state, double volts) const = 0;
    [[nodiscard]] virtual double advance(double state, const Waveform& drive, double from, double to) const = 0;

    /// I / V at a small read voltage, S.
    [[nodiscard]] double conductance(double state, double read_volts) const { return current(state, read_volts) / read_volts; }
    /// The state whose conductance is nearest to the wanted one.
    [[nodiscard]] double state_of_conductance(double conductance, double read_volts) const;
    /// Applies `volts` for `seconds`; the energy is integrated along the way.
    [[nodiscard]] virtual PulseResult pulse(double state, double volts, double seconds) const;
};

namespace detail {

template <MemristorBehaviour Model>
class RegisteredMemristor final : public Memristor {
public:
    [[nodiscard]] std::unique_ptr<Memristor> clone() const override { return std::make_unique<RegisteredMemristor>(*this); }
    void visit(FieldVisitor& visitor) override { visit_fields(visitor, params_); }
    void check() const override { check_parameters<Model>(params_); }
    [[nodiscard]] std::string_view state_meaning() const override { return Model::state_meaning; }
    [[nodiscard]] StateRange range() const override { return Model::range(params_); }
    [[nodiscard]] double initial() const override { return Model::initial(params_); }
    [[nodiscard]] double current(double state, double volts) const override { return Model::current(params_, state, volts); }
    [[nodiscard]] double advance(double state, const Waveform& drive, double from, double to) const override {
        return Model::advance(params_, state, drive, from, to);
    }
    [[nodiscard]] PulseResult pulse(double state, double volts, double seconds) const override {
        if constexpr (PulsesInClosedForm<Model>) {
            return seconds > 0.0 ? Model::pulse(params_, state, volts, seconds) : PulseResult{.state = state};
        } else {
            return Memristor::pulse(state, volts, seconds);
        }
    }

private:
    typename Model::Params params_{};
};

}  // namespace detail

template <MemristorBehaviour Model>
[[nodiscard]] bool register_memristor() {
    return Registry<Memristor>::instance().add(
        {Model::name, Model::summary, [] { return std::make_unique<detail::RegisteredMemristor<Model>>(); }});
}

}  // namespace spikefab
