// SPDX-License-Identifier: Apache-2.0
// What a statistical cell model must provide: how far programming, drift and reading stray from the target.
//
// A model is one file: parameters, the measurement it fits and its range, and one registration line (see pcm.cpp).
// These models say what large arrays measured, not how one device moves; conductances are in S, times in s.
#pragma once

#include "base/field.hpp"
#include "base/random.hpp"
#include "base/registry.hpp"

#include <memory>
#include <string_view>

namespace spikefab {

/// A power law of time, g (1 + t / t0)^-exponent, whose exponent each device draws once.
struct DriftMoments {
    double mean = 0.0;
    double sigma = 0.0;
};

template <class Model>
concept StatisticsBehaviour = requires(const typename Model::Params& params, double conductance, double seconds) {
    { Model::name } -> std::convertible_to<std::string_view>;
    { Model::summary } -> std::convertible_to<std::string_view>;
    { Model::programming_sigma(params, conductance) } -> std::same_as<double>;
    { Model::drift_moments(params, conductance) } -> std::same_as<DriftMoments>;
    { Model::drifted(params, conductance, 0.05, seconds) } -> std::same_as<double>;
    { Model::read_sigma(params, conductance, conductance, seconds) } -> std::same_as<double>;
    requires HasFields<typename Model::Params>;
};

/// What a cell was given once, when it was programmed.
struct ProgrammedCell {
    double conductance = 0.0;  ///< S, right after programming
    double drift_exponent = 0.0;
};

class ConductanceStatistics {
public:
    virtual ~ConductanceStatistics() = default;
    [[nodiscard]] virtual std::unique_ptr<ConductanceStatistics> clone() const = 0;
    virtual void visit(FieldVisitor& visitor) = 0;

    /// Standard deviation of the conductance around its target after programming.
    [[nodiscard]] virtual double programming_sigma(double target) const = 0;
    [[nodiscard]] virtual DriftMoments drift_moments(double programmed) const = 0;
    /// Conductance `seconds` after programming.
    [[nodiscard]] virtual double drifted(double programmed, double exponent, double seconds) const = 0;
    /// Standard deviation of one read, `seconds` after programming, when the conductance has become `now`.
    [[nodiscard]] virtual double read_sigma(double programmed, double now, double seconds) const = 0;

    /// Draws what programming to `target` gives; never negative.
    [[nodiscard]] ProgrammedCell program(double target, Rng& rng) const;
    /// The mean conductance at a later time, and one noisy read of it; never negative.
    [[nodiscard]] double conductance(const ProgrammedCell& cell, double seconds) const;
    [[nodiscard]] double read(const ProgrammedCell& cell, double seconds, Rng& rng) const;
};

namespace detail {

template <StatisticsBehaviour Model>
class RegisteredStatistics final : public ConductanceStatistics {
public:
    [[nodiscard]] std::unique_ptr<ConductanceStatistics> clone() const override {
        return std::make_unique<RegisteredStatistics>(*this);
    }
    void visit(FieldVisitor& visitor) override { visit_fields(visitor, params_); }
    [[nodiscard]] double programming_sigma(double target) const override { return Model::programming_sigma(params_, target); }
    [[nodiscard]] DriftMoments drift_moments(double programmed) const override {
        return Model::drift_moments(params_, programmed);
    }
    [[nodiscard]] double drifted(double programmed, double exponent, double seconds) const override {
        return Model::drifted(params_, programmed, exponent, seconds);
    }
    [[nodiscard]] double read_sigma(double programmed, double now, double seconds) const override {
        return Model::read_sigma(params_, programmed, now, seconds);
    }

private:
    typename Model::Params params_{};
};

}  // namespace detail

template <StatisticsBehaviour Model>
[[nodiscard]] bool register_conductance_statistics() {
    return Registry<ConductanceStatistics>::instance().add(
        {Model::name, Model::summary, [] { return std::make_unique<detail::RegisteredStatistics<Model>>(); }});
}

}  // namespace spikefab
