// SPDX-License-Identifier: Apache-2.0
// Writing per-neuron numbers into a model's parameter struct through its field table.
#include "models/neuron/neuron_model.hpp"

#include "base/partial_visitor.hpp"

#include <fmt/format.h>

#include <cmath>

namespace spikefab {
namespace {

/// Sets the one field that `key` names, checking its bounds.
class NumberSetter final : public PartialVisitor {
public:
    NumberSetter(std::string_view model, std::string_view key, double number) : model_{model}, key_{key}, number_{number} {}
    [[nodiscard]] bool found() const { return found_; }

    void boolean(const FieldInfo& info, bool& value) override {
        if (!wanted(info)) return;
        if (number_ != 0.0 && number_ != 1.0) refuse("0 or 1");
        value = number_ == 1.0;
    }
    void integer(const FieldInfo& info, std::int64_t& value) override {
        if (!wanted(info)) return;
        if (number_ != std::round(number_)) refuse("a whole number");
        value = static_cast<std::int64_t>(number_);
    }
    void real(const FieldInfo& info, double& value) override {
        if (wanted(info)) value = number_;
    }
    void quantity(const FieldInfo& info, const Unit& /*unit*/, double& value) override {
        if (wanted(info)) value = number_;
    }
    void choice(const FieldInfo& info, std::span<const std::string_view> names, std::size_t& index) override {
        if (!wanted(info)) return;
        if (number_ < 0.0 || number_ >= static_cast<double>(names.size()) || number_ != std::round(number_))
            refuse(fmt::format("a whole number: {} (0) to {} ({})", names.front(), names.back(), names.size() - 1));
        index = static_cast<std::size_t>(number_);
    }

private:
    bool wanted(const FieldInfo& info) {
        if (info.key != key_) return false;
        found_ = true;
        if (!(number_ >= info.bounds.lower && number_ <= info.bounds.upper))
            refuse(fmt::format("between {} and {}", info.bounds.lower, info.bounds.upper));
        return true;
    }
    [[noreturn]] void refuse(std::string_view expected) const {
        throw InputError{fmt::format("neuron model '{}': {} = {} must be {}", model_, key_, number_, expected)};
    }

    std::string_view model_;
    std::string_view key_;
    double number_;
    bool found_ = false;
};

}  // namespace

void assign_numbers(std::string_view model, std::span<const std::string> columns, std::span<const double> row,
                    const SectionRef& parameters) {
    for (std::size_t column = 0; column < columns.size(); ++column) {
        NumberSetter setter{model, columns[column], row[column]};
        parameters.visit(setter);
        if (!setter.found()) throw InputError{fmt::format("neuron model '{}' has no parameter '{}'", model, columns[column])};
    }
}

}  // namespace spikefab
