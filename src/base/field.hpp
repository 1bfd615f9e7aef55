// SPDX-License-Identifier: Apache-2.0
// One table per parameter struct: key, member, bounds, meaning. Parsing, defaults, checks, the schema, the
// resolved file and `describe` all come from it.
//
//     struct Params {
//         double leak = 0.9;
//         Time refractory{2.0};
//         static constexpr auto fields = std::tuple{
//             field("leak", &Params::leak, {0.0, 1.0}, "share of the potential kept each step"),
//             field("refractory", &Params::refractory, {0.0, 1e6}, "silence after a spike")};
//     };
//
// Members may be bool, integers, double, std::string, std::filesystem::path, a Quantity, an enum with
// `constexpr auto enum_names(Enum)`, a struct with `fields`, a ModelChoice, or std::optional, std::vector or
// std::map<std::string, ...> of these. Bounds are inclusive and in the internal unit (pJ, ns, V, ...).
#pragma once

#include "base/quantity.hpp"

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace spikefab {

struct Bounds {
    double lower = -std::numeric_limits<double>::infinity();
    double upper = std::numeric_limits<double>::infinity();
};

/// What every visitor learns of a field.
struct FieldInfo {
    std::string_view key;
    std::string_view meaning;
    Bounds bounds{};
    bool required = false;
};

template <class Struct, class Value>
struct Field {
    FieldInfo info;
    Value Struct::*member;

    /// The same field, without a default: leaving it out is an error.
    [[nodiscard]] constexpr Field required() const {
        Field copy = *this;
        copy.info.required = true;
        return copy;
    }
};

template <class Struct, class Value>
[[nodiscard]] constexpr Field<Struct, Value> field(std::string_view key, Value Struct::*member, Bounds bounds,
                                                   std::string_view meaning) {
    return {{key, meaning, bounds, false}, member};
}
template <class Struct, class Value>
[[nodiscard]] constexpr Field<Struct, Value> field(std::string_view key, Value Struct::*member, std::string_view meaning) {
    return {{key, meaning, {}, false}, member};
}

class FieldVisitor;

/// A struct whose table is visited by `visit`.
class SectionRef {
public:
    virtual ~SectionRef() = default;
    virtual void visit(FieldVisitor& visitor) const = 0;
};

/// Sections, lists, maps and optionals look alike to a visitor: containers of values it may resize.
class ListRef {
public:
    virtual ~ListRef() = default;
    [[nodiscard]] virtual std::size_t size() const = 0;
    virtual void resize(std::size_t size) const = 0;
    virtual void visit(std::size_t index, const FieldInfo& element, FieldVisitor& visitor) const = 0;
};

class MapRef {
public:
    virtual ~MapRef() = default;
    [[nodiscard]] virtual std::vector<std::string> keys() const = 0;
    virtual void insert(const std::string& key) const = 0;
    virtual void visit(const std::string& key, const FieldInfo& element, FieldVisitor& visitor) const = 0;
};

class OptionalRef {
public:
    virtual ~OptionalRef() = default;
    [[nodiscard]] virtual bool has_value() const = 0;
    virtual void emplace() const = 0;
    virtual void visit(const FieldInfo& info, FieldVisitor& visitor) const = 0;
};

/// A value picked by name from a registry (`model: loihi_cuba`), with the fields of what was picked.
class ChoiceRef {
public:
    virtual ~ChoiceRef() = default;
    [[nodiscard]] virtual std::vector<std::string_view> names() const = 0;
    [[nodiscard]] virtual std::string_view summary(std::string_view name) const = 0;
    [[nodiscard]] virtual std::string_view selected() const = 0;  ///< empty when nothing is picked yet
    virtual void select(std::string_view name) const = 0;
    virtual void visit(FieldVisitor& visitor) const = 0;
};

/// Reads, writes, describes or hashes any struct with a table, without knowing it.
class FieldVisitor {
public:
    virtual ~FieldVisitor() = default;
    virtual void boolean(const FieldInfo& info, bool& value) = 0;
    virtual void integer(const FieldInfo& info, std::int64_t& value) = 0;
    virtual void real(const FieldInfo& info, double& value) = 0;
    virtual void quantity(const FieldInfo& info, const Unit& unit, double& value) = 0;
    virtual void text(const FieldInfo& info, std::string& value) = 0;
    virtual void path(const FieldInfo& info, std::filesystem::path& value) = 0;
    virtual void choice(const FieldInfo& info, std::span<const std::string_view> names, std::size_t& index) = 0;
    virtual void section(const FieldInfo& info, const SectionRef& section) = 0;
    virtual void list(const FieldInfo& info, const ListRef& list) = 0;
    virtual void map(const FieldInfo& info, const MapRef& map) = 0;
    virtual void optional(const FieldInfo& info, const OptionalRef& optional) = 0;
    virtual void model(const FieldInfo& info, const ChoiceRef& choice) = 0;
};

template <class Type>
concept HasFields = requires {
    Type::fields;
};
template <class Type>
concept NamedEnum = std::is_enum_v<Type> && requires(Type value) {
    enum_names(value);
};
/// Anything that can present itself as a ChoiceRef (see base/registry.hpp).
template <class Type>
concept ModelChoiceLike = requires(Type& value) {
    value.choice_ref();
};

template <class Type>
void visit_value(FieldVisitor& visitor, const FieldInfo& info, Type& value);

/// Shows every field of `object` to `visitor`, in table order.
template <HasFields Struct>
void visit_fields(FieldVisitor& visitor, Struct& object) {
    std::apply([&](const auto&... entry) { (visit_value(visitor, entry.info, object.*(entry.member)), ...); }, Struct::fields);
}

namespace detail {

template <class Struct>
class StructSection final : public SectionRef {
public:
    explicit StructSection(Struct& object) : object_{object} {}
    void visit(FieldVisitor& visitor) const override { visit_fields(visitor, object_); }

private:
    Struct& object_;
};

template <class Value>
class VectorList final : public ListRef {
public:
    explicit VectorList(std::vector<Value>& values) : values_{values} {}
    [[nodiscard]] std::size_t size() const override { return values_.size(); }
    void resize(std::size_t size) const override { values_.resize(size); }
    void visit(std::size_t index, const FieldInfo& element, FieldVisitor& visitor) const override {
        visit_value(visitor, element, values_[index]);
    }

private:
    std::vector<Value>& values_;
};

template <class Value>
class StringMap final : public MapRef {
public:
    explicit StringMap(std::map<std::string, Value>& values) : values_{values} {}
    [[nodiscard]] std::vector<std::string> keys() const override {
        std::vector<std::string> names;
        for (const auto& [name, value] : values_) names.push_back(name);
        return names;
    }
    void insert(const std::string& key) const override { values_.try_emplace(key); }
    void visit(const std::string& key, const FieldInfo& element, FieldVisitor& visitor) const override {
        visit_value(visitor, element, values_.at(key));
    }

private:
    std::map<std::string, Value>& values_;
};

template <class Value>
class StdOptional final : public OptionalRef {
public:
    explicit StdOptional(std::optional<Value>& value) : value_{value} {}
    [[nodiscard]] bool has_value() const override { return value_.has_value(); }
    void emplace() const override { value_.emplace(); }
    void visit(const FieldInfo& info, FieldVisitor& visitor) const override { visit_value(visitor, info, *value_); }

private:
    std::optional<Value>& value_;
};

template <class Integer>
[[nodiscard]] constexpr FieldInfo within_type(FieldInfo info) {
    info.bounds.lower = std::max(info.bounds.lower, static_cast<double>(std::numeric_limits<Integer>::min()));
    info.bounds.upper = std::min(info.bounds.upper, static_cast<double>(std::numeric_limits<Integer>::max()));
    return info;
}

template <class Type>
struct Shape {
    static constexpr bool quantity = false, vector = false, map = false, optional = false;
};
template <class Dim>
struct Shape<Quantity<Dim>> {
    static constexpr bool quantity = true, vector = false, map = false, optional = false;
};
template <class Value>
struct Shape<std::vector<Value>> {
    static constexpr bool quantity = false, vector = true, map = false, optional = false;
};
template <class Value>
struct Shape<std::map<std::string, Value>> {
    static constexpr bool quantity = false, vector = false, map = true, optional = false;
};
template <class Value>
struct Shape<std::optional<Value>> {
    static constexpr bool quantity = false, vector = false, map = false, optional = true;
};

template <class Dim>
void visit_quantity(FieldVisitor& visitor, const FieldInfo& info, Quantity<Dim>& value) {
    double raw = value.value();
    visitor.quantity(info, Dim::unit, raw);
    value = Quantity<Dim>{raw};
}

template <class Integer>
void visit_integer(FieldVisitor& visitor, const FieldInfo& info, Integer& value) {
    auto wide = static_cast<std::int64_t>(value);
    visitor.integer(within_type<Integer>(info), wide);
    value = static_cast<Integer>(wide);
}

template <class Enum>
void visit_enum(FieldVisitor& visitor, const FieldInfo& info, Enum& value) {
    static constexpr auto names = enum_names(Enum{});
    auto index = static_cast<std::size_t>(value);
    visitor.choice(info, names, index);
    value = static_cast<Enum>(index);
}

}  // namespace detail

template <class Type>
void visit_value(FieldVisitor& visitor, const FieldInfo& info, Type& value) {
    using Shape = detail::Shape<Type>;
    if constexpr (std::is_same_v<Type, bool>) {
        visitor.boolean(info, value);
    } else if constexpr (std::is_integral_v<Type>) {
        detail::visit_integer(visitor, info, value);
    } else if constexpr (std::is_same_v<Type, double>) {
        visitor.real(info, value);
    } else if constexpr (std::is_same_v<Type, std::string>) {
        visitor.text(info, value);
    } else if constexpr (std::is_same_v<Type, std::filesystem::path>) {
        visitor.path(info, value);
    } else if constexpr (Shape::quantity) {
        detail::visit_quantity(visitor, info, value);
    } else if constexpr (NamedEnum<Type>) {
        detail::visit_enum(visitor, info, value);
    } else if constexpr (Shape::vector) {
        visitor.list(info, detail::VectorList{value});
    } else if constexpr (Shape::map) {
        visitor.map(info, detail::StringMap{value});
    } else if constexpr (Shape::optional) {
        visitor.optional(info, detail::StdOptional{value});
    } else if constexpr (ModelChoiceLike<Type>) {
        visitor.model(info, value.choice_ref());
    } else {
        visitor.section(info, detail::StructSection<Type>{value});
    }
}

}  // namespace spikefab
