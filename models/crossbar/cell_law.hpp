// SPDX-License-Identifier: Apache-2.0
// What the current law of an array's cells must provide: amperes and slope for a conductance and a voltage.
//
// A law is one file with its parameters, the source of the equation and one registration line (see
// sinh_cell.cpp). The conductance of a cell is always its small-signal value at 0 V.
#pragma once

#include "base/field.hpp"
#include "base/registry.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace spikefab {

/// Current of one cell and its derivative by the voltage.
struct CellCurrent {
    double current = 0.0;  ///< A
    double slope = 0.0;    ///< S, >= 0
};

template <class Model>
concept CellBehaviour = requires(const typename Model::Params& params, double conductance, double volts) {
    { Model::name } -> std::convertible_to<std::string_view>;
    { Model::summary } -> std::convertible_to<std::string_view>;
    { Model::linear } -> std::convertible_to<bool>;
    { Model::current(params, conductance, volts) } -> std::same_as<CellCurrent>;
    requires HasFields<typename Model::Params>;
};

/// A registered law with its parameters, evaluated for whole arrays.
class CellLaw {
public:
    virtual ~CellLaw() = default;
    [[nodiscard]] virtual std::unique_ptr<CellLaw> clone() const = 0;
    virtual void visit(FieldVisitor& visitor) = 0;
    /// True for I = G V; the array is then a linear network.
    [[nodiscard]] virtual bool linear() const = 0;
    /// current and slope of every cell; the spans are equally long.
    virtual void evaluate(std::span<const double> conductance, std::span<const double> volts, std::span<double> current,
                          std::span<double> slope) const = 0;
};

namespace detail {

template <CellBehaviour Model>
class RegisteredCellLaw final : public CellLaw {
public:
    [[nodiscard]] std::unique_ptr<CellLaw> clone() const override { return std::make_unique<RegisteredCellLaw>(*this); }
    void visit(FieldVisitor& visitor) override { visit_fields(visitor, params_); }
    [[nodiscard]] bool linear() const override { return Model::linear; }
    void evaluate(std::span<const double> conductance, std::span<const double> volts, std::span<double> current,
                  std::span<double> slope) const override {
        for (std::size_t k = 0; k < conductance.size(); ++k) {
            const CellCurrent cell = Model::current(params_, conductance[k], volts[k]);
            current[k] = cell.current;
            slope[k] = cell.slope;
        }
    }

private:
    typename Model::Params params_{};
};

}  // namespace detail

template <CellBehaviour Model>
[[nodiscard]] bool register_cell_law() {
    return Registry<CellLaw>::instance().add(
        {Model::name, Model::summary, [] { return std::make_unique<detail::RegisteredCellLaw<Model>>(); }});
}

}  // namespace spikefab
