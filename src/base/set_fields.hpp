// SPDX-License-Identifier: Apache-2.0
// Sets parameters of a registered model by key: numbers in SI units, choices by name.
#pragma once

#include "base/error.hpp"
#include "base/partial_visitor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

namespace spikefab {

class FieldSetter final : public PartialVisitor {
public:
    FieldSetter(std::map<std::string, double> values, std::map<std::string, std::string> choices)
        : values_{std::move(values)}, choices_{std::move(choices)} {}

    /// InputError for a name that the model does not have.
    void finish() const {
        if (!values_.empty()) throw InputError{fmt::format("there is no parameter '{}'", values_.begin()->first)};
        if (!choices_.empty()) throw InputError{fmt::format("there is no choice '{}'", choices_.begin()->first)};
    }
    void boolean(const FieldInfo& info, bool& value) override {
        take(info, [&](double number) { value = number != 0.0; });
    }
    void integer(const FieldInfo& info, std::int64_t& value) override {
        take(info, [&](double number) { value = static_cast<std::int64_t>(number); });
    }
    void real(const FieldInfo& info, double& value) override {
        take(info, [&](double number) { value = within(info, number); });
    }
    void quantity(const FieldInfo& info, const Unit& unit, double& value) override {
        take(info, [&](double number) { value = within(info, number / unit.scale); });
    }
    void choice(const FieldInfo& info, std::span<const std::string_view> names, std::size_t& index) override {
        const auto found = choices_.find(std::string{info.key});
        if (found == choices_.end()) return;
        const auto name = std::find(names.begin(), names.end(), found->second);
        if (name == names.end())
            throw InputError{fmt::format("{}: '{}' is none of {}", info.key, found->second, fmt::join(names, ", "))};
        index = static_cast<std::size_t>(name - names.begin());
        choices_.erase(found);
    }
    void section(const FieldInfo& /*info*/, const SectionRef& section) override { section.visit(*this); }
    void model(const FieldInfo& /*info*/, const ChoiceRef& choice) override { choice.visit(*this); }

private:
    [[nodiscard]] static double within(const FieldInfo& info, double value) {
        if (value >= info.bounds.lower && value <= info.bounds.upper) return value;
        throw InputError{fmt::format("{}: {} is not between {} and {}", info.key, value, info.bounds.lower, info.bounds.upper)};
    }
    template <class Set>
    void take(const FieldInfo& info, Set set) {
        const auto found = values_.find(std::string{info.key});
        if (found == values_.end()) return;
        set(found->second);
        values_.erase(found);
    }

    std::map<std::string, double> values_;
    std::map<std::string, std::string> choices_;
};

/// InputError for a name that the model does not have, and for a value that it refuses.
template <class Model>
void set_fields(Model& model, const std::map<std::string, double>& si_values,
                const std::map<std::string, std::string>& choices = {}) {
    FieldSetter setter{si_values, choices};
    model.visit(setter);
    setter.finish();
}

}  // namespace spikefab
