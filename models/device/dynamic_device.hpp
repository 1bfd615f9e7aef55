// SPDX-License-Identifier: Apache-2.0
// What a device must provide to be followed through time under a drive current: its variables, and how they move.
//
// A model is one file: parameters, state, equations with their source, and one registration line (see
// models/spintronic/free_layer.cpp). Neurons at a crossbar's columns are another kind (column_neuron.hpp): they fire.
// SI units.
#pragma once

#include "base/field.hpp"
#include "base/random.hpp"
#include "base/registry.hpp"
#include "models/check_parameters.hpp"
#include "models/device/waveform.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace spikefab {

/// A quantity that a person would look at, with its SI unit ("" for a pure number).
struct Variable {
    std::string_view name;
    std::string_view unit;
};
/// Such a quantity with its value; NaN where it does not exist.
struct Figure {
    Variable what;
    double value = 0.0;
};

/// How strong a drive may be written: as a current, as its density (A/m2), as the field of its torque (A/m), or relative
/// to the device's critical current.
enum class DriveUnit : std::uint8_t { ampere, ampere_per_square_metre, ampere_per_metre, relative };

/// One constant drive: what closed forms and probabilities are asked for.
struct Stimulus {
    double amperes = 0.0;
    double seconds = 0.0;
};

template <class Model>
concept DynamicBehaviour = requires(const typename Model::Params& params, typename Model::State& state, const Waveform& drive,
                                    Rng& rng, std::vector<double>& values) {
    { Model::name } -> std::convertible_to<std::string_view>;
    { Model::summary } -> std::convertible_to<std::string_view>;
    { Model::variables } -> std::convertible_to<std::span<const Variable>>;
    { Model::start(params, rng) } -> std::same_as<typename Model::State>;
    { Model::advance(params, state, drive, 0.0, 1e-9) } -> std::same_as<void>;
    { Model::observe(params, state, 1e-6, values) } -> std::same_as<void>;  // appends one value per variable
    { Model::figures(params, Stimulus{}) } -> std::same_as<std::vector<Figure>>;
    { Model::amperes_per(params, DriveUnit::ampere) } -> std::same_as<std::optional<double>>;
    { Model::plotted } -> std::convertible_to<std::string_view>;  // the figure, or end_<variable>, that a curve shows
    requires HasFields<typename Model::Params>;
};

/// Optional: the index of the variable whose sign says how a bistable device stands, and whether chance moves it.
template <class Model>
concept Switches = requires(const typename Model::Params& params) {
    { Model::switching } -> std::convertible_to<std::size_t>;
    { Model::is_stochastic(params) } -> std::same_as<bool>;
};

/// One device on its way.
class DevicePath {
public:
    virtual ~DevicePath() = default;
    [[nodiscard]] virtual std::unique_ptr<DevicePath> clone() const = 0;
    /// Moves on under `drive` (A) from time `from` to `to`; the noise of a path is its own.
    virtual void advance(const Waveform& drive, double from, double to) = 0;
    /// Appends one value per variable, at a drive of `amperes`.
    virtual void observe(double amperes, std::vector<double>& values) const = 0;
};

/// A registered model with its parameters.
class DynamicDevice {
public:
    virtual ~DynamicDevice() = default;
    [[nodiscard]] virtual std::unique_ptr<DynamicDevice> clone() const = 0;
    virtual void visit(FieldVisitor& visitor) = 0;
    /// InputError when parameters contradict each other.
    virtual void check() const = 0;
    [[nodiscard]] virtual std::span<const Variable> variables() const = 0;
    /// What one unit of a drive is in A; nothing for a unit that means nothing here.
    [[nodiscard]] virtual std::optional<double> amperes_per(DriveUnit unit) const = 0;
    [[nodiscard]] virtual std::optional<std::size_t> switching_variable() const = 0;
    [[nodiscard]] virtual bool is_stochastic() const = 0;
    [[nodiscard]] virtual std::string_view plotted() const = 0;
    /// Closed forms and probabilities for a constant drive.
    [[nodiscard]] virtual std::vector<Figure> figures(Stimulus stimulus) const = 0;
    /// Attempt number `trial` of the device that `seed` stands for.
    [[nodiscard]] virtual std::unique_ptr<DevicePath> start(std::uint64_t seed, std::uint32_t trial) const = 0;
};

namespace detail {

template <DynamicBehaviour Model>
class ModelPath final : public DevicePath {
public:
    ModelPath(const typename Model::Params& params, Rng rng) : params_{params}, state_{Model::start(params_, rng)} {}
    [[nodiscard]] std::unique_ptr<DevicePath> clone() const override { return std::make_unique<ModelPath>(*this); }
    void advance(const Waveform& drive, double from, double to) override { Model::advance(params_, state_, drive, from, to); }
    void observe(double amperes, std::vector<double>& values) const override {
        Model::observe(params_, state_, amperes, values);
    }

private:
    typename Model::Params params_;
    typename Model::State state_;
};

template <DynamicBehaviour Model>
class RegisteredDynamicDevice final : public DynamicDevice {
public:
    [[nodiscard]] std::unique_ptr<DynamicDevice> clone() const override {
        return std::make_unique<RegisteredDynamicDevice>(*this);
    }
    void visit(FieldVisitor& visitor) override { visit_fields(visitor, params_); }
    void check() const override { check_parameters<Model>(params_); }
    [[nodiscard]] std::span<const Variable> variables() const override { return Model::variables; }
    [[nodiscard]] std::optional<double> amperes_per(DriveUnit unit) const override { return Model::amperes_per(params_, unit); }
    [[nodiscard]] std::optional<std::size_t> switching_variable() const override {
        if constexpr (Switches<Model>) return Model::switching;
        return std::nullopt;
    }
    [[nodiscard]] bool is_stochastic() const override {
        if constexpr (Switches<Model>) return Model::is_stochastic(params_);
        return false;
    }
    [[nodiscard]] std::string_view plotted() const override { return Model::plotted; }
    [[nodiscard]] std::vector<Figure> figures(Stimulus stimulus) const override { return Model::figures(params_, stimulus); }
    [[nodiscard]] std::unique_ptr<DevicePath> start(std::uint64_t seed, std::uint32_t trial) const override {
        return std::make_unique<ModelPath<Model>>(params_, Rng{seed, Model::name, trial});
    }

private:
    typename Model::Params params_{};
};

}  // namespace detail

template <DynamicBehaviour Model>
[[nodiscard]] bool register_dynamic_device() {
    return Registry<DynamicDevice>::instance().add(
        {Model::name, Model::summary, [] { return std::make_unique<detail::RegisteredDynamicDevice<Model>>(); }});
}

}  // namespace spikefab
