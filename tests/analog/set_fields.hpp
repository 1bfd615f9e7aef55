// SPDX-License-Identifier: Apache-2.0
// Sets parameters of a registered model by key in a test: numbers in SI units, choices by name.
#pragma once

#include "base/field.hpp"

#include <map>
#include <stdexcept>
#include <string>

namespace spikefab::test {

/// Sets what the maps name; throws std::out_of_range for a name the model does not have.
class FieldSetter final : public FieldVisitor {
public:
    FieldSetter(std::map<std::string, double> values, std::map<std::string, std::string> choices)
        : values_{std::move(values)}, choices_{std::move(choices)} {}

    void finish() const {
        if (!values_.empty()) throw std::out_of_range{values_.begin()->first};
        if (!choices_.empty()) throw std::out_of_range{choices_.begin()->first};
    }
    void boolean(const FieldInfo& info, bool& value) override {
        take(info, [&](double number) { value = number != 0.0; });
    }
    void integer(const FieldInfo& info, std::int64_t& value) override {
        take(info, [&](double number) { value = static_cast<std::int64_t>(number); });
    }
    void real(const FieldInfo& info, double& value) override {
        take(info, [&](double number) { value = number; });
    }
    void quantity(const FieldInfo& info, const Unit& unit, double& value) override {
        take(info, [&](double number) { value = number / unit.scale; });
    }
    void choice(const FieldInfo& info, std::span<const std::string_view> names, std::size_t& index) override {
        const auto found = choices_.find(std::string{info.key});
        if (found == choices_.end()) return;
        for (std::size_t k = 0; k < names.size(); ++k)
            if (names[k] == found->second) index = k;
        if (names[index] != found->second) throw std::out_of_range{found->second};
        choices_.erase(found);
    }
    void text(const FieldInfo& /*info*/, std::string& /*value*/) override {}
    void path(const FieldInfo& /*info*/, std::filesystem::path& /*value*/) override {}
    void section(const FieldInfo& /*info*/, const SectionRef& section) override { section.visit(*this); }
    void list(const FieldInfo& /*info*/, const ListRef& /*list*/) override {}
    void map(const FieldInfo& /*info*/, const MapRef& /*map*/) override {}
    void optional(const FieldInfo& /*info*/, const OptionalRef& /*optional*/) override {}
    void model(const FieldInfo& /*info*/, const ChoiceRef& choice) override { choice.visit(*this); }

private:
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

template <class Model>
void set_fields(Model& model, const std::map<std::string, double>& si_values,
                const std::map<std::string, std::string>& choices = {}) {
    FieldSetter setter{si_values, choices};
    model.visit(setter);
    setter.finish();
}

}  // namespace spikefab::test
