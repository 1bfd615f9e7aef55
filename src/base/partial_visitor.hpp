// SPDX-License-Identifier: Apache-2.0
// A field visitor that ignores everything: visitors that care about a few kinds of field override those alone.
#pragma once

#include "base/field.hpp"

namespace spikefab {

class PartialVisitor : public FieldVisitor {
public:
    void boolean(const FieldInfo&, bool&) override {}
    void integer(const FieldInfo&, std::int64_t&) override {}
    void real(const FieldInfo&, double&) override {}
    void quantity(const FieldInfo&, const Unit&, double&) override {}
    void text(const FieldInfo&, std::string&) override {}
    void path(const FieldInfo&, std::filesystem::path&) override {}
    void choice(const FieldInfo&, std::span<const std::string_view>, std::size_t&) override {}
    void section(const FieldInfo&, const SectionRef&) override {}
    void list(const FieldInfo&, const ListRef&) override {}
    void map(const FieldInfo&, const MapRef&) override {}
    void optional(const FieldInfo&, const OptionalRef&) override {}
    void model(const FieldInfo&, const ChoiceRef&) override {}
};

}  // namespace spikefab
