// SPDX-License-Identifier: Apache-2.0
// Models by name. A model file registers itself in one line; configuration, `describe`, the schema, error
// messages and the law tests find it here.
#pragma once

#include "base/error.hpp"
#include "base/field.hpp"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace spikefab {

/// The name -> factory table of one kind of model. `Interface` is what the factory makes: an object that holds
/// the model's parameters, shows them through `void visit(FieldVisitor&)` and can `clone()` itself.
template <class Interface>
class Registry final {
public:
    struct Entry {
        std::string_view name;
        std::string_view summary;  ///< one line, shown by `describe` and in the schema
        std::function<std::unique_ptr<Interface>()> make;
    };

    static Registry& instance() {
        static Registry registry;
        return registry;
    }

    bool add(Entry entry) { return entries_.emplace(std::string{entry.name}, std::move(entry)).second; }

    [[nodiscard]] const Entry* find(std::string_view name) const {
        const auto found = entries_.find(name);
        return found == entries_.end() ? nullptr : &found->second;
    }
    [[nodiscard]] std::vector<std::string_view> names() const {
        std::vector<std::string_view> all;
        for (const auto& [name, entry] : entries_) all.push_back(entry.name);
        return all;
    }
    /// A fresh model with default parameters; InputError lists the known names.
    [[nodiscard]] std::unique_ptr<Interface> make(std::string_view name) const {
        if (const Entry* entry = find(name)) return entry->make();
        throw InputError{fmt::format("unknown model '{}'; known: {}", name, fmt::join(names(), ", "))};
    }

private:
    std::map<std::string, Entry, std::less<>> entries_;
};

/// A model picked by `model: name` in YAML, with its own parameters beside the name. Copies are deep.
template <class Interface>
class ModelChoice final {
public:
    ModelChoice() = default;
    explicit ModelChoice(std::string_view name) : model_{Registry<Interface>::instance().make(name)}, name_{name} {}
    ModelChoice(const ModelChoice& other) : model_{other.model_ ? other.model_->clone() : nullptr}, name_{other.name_} {}
    ModelChoice(ModelChoice&&) noexcept = default;
    ModelChoice& operator=(ModelChoice other) noexcept {
        std::swap(model_, other.model_);
        std::swap(name_, other.name_);
        return *this;
    }
    ~ModelChoice() = default;

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] explicit operator bool() const { return model_ != nullptr; }
    [[nodiscard]] const Interface& operator*() const { return *model_; }
    [[nodiscard]] const Interface* operator->() const { return model_.get(); }
    [[nodiscard]] Interface* operator->() { return model_.get(); }

    class Ref final : public ChoiceRef {
    public:
        explicit Ref(ModelChoice& owner) : owner_{owner} {}
        [[nodiscard]] std::vector<std::string_view> names() const override { return Registry<Interface>::instance().names(); }
        [[nodiscard]] std::string_view summary(std::string_view name) const override {
            const auto* entry = Registry<Interface>::instance().find(name);
            return entry == nullptr ? std::string_view{} : entry->summary;
        }
        [[nodiscard]] std::string_view selected() const override { return owner_.name_; }
        void select(std::string_view name) const override { owner_ = ModelChoice{name}; }
        void visit(FieldVisitor& visitor) const override { owner_.model_->visit(visitor); }

    private:
        ModelChoice& owner_;
    };
    [[nodiscard]] Ref choice_ref() { return Ref{*this}; }

private:
    std::unique_ptr<Interface> model_;
    std::string name_;
};

}  // namespace spikefab
