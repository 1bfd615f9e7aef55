// SPDX-License-Identifier: Apache-2.0
// The visitor that writes a struct as YAML.
#include "config/writer.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

namespace spikefab::config {
namespace {

class YamlWriter final : public FieldVisitor {
public:
    explicit YamlWriter(YAML::Emitter& out) : out_{out} {}

    void boolean(const FieldInfo& info, bool& value) override { key(info) << (value ? "true" : "false"); }
    void integer(const FieldInfo& info, std::int64_t& value) override { key(info) << fmt::format("{}", value); }
    void real(const FieldInfo& info, double& value) override { key(info) << fmt::format("{}", value); }
    void quantity(const FieldInfo& info, const Unit& unit, double& value) override {
        key(info) << format_quantity(value, unit);
    }
    void text(const FieldInfo& info, std::string& value) override { key(info) << YAML::DoubleQuoted << value; }
    void path(const FieldInfo& info, std::filesystem::path& value) override {
        key(info) << YAML::DoubleQuoted << (value.empty() ? "" : std::filesystem::absolute(value).lexically_normal().string());
    }
    void choice(const FieldInfo& info, std::span<const std::string_view> names, std::size_t& index) override {
        key(info) << std::string{names[index]};
    }
    void section(const FieldInfo& info, const SectionRef& section) override {
        key(info) << YAML::BeginMap;
        nested([&] { section.visit(*this); });
        out_ << YAML::EndMap;
    }
    void list(const FieldInfo& info, const ListRef& list) override {
        key(info) << YAML::BeginSeq;
        nested([&] {
            for (std::size_t i = 0; i < list.size(); ++i) {
                bare_ = true;
                list.visit(i, info, *this);
            }
        });
        out_ << YAML::EndSeq;
    }
    void map(const FieldInfo& info, const MapRef& map) override {
        key(info) << YAML::BeginMap;
        nested([&] {
            for (const std::string& name : map.keys()) {
                out_ << YAML::Key << name << YAML::Value;
                bare_ = true;
                map.visit(name, info, *this);
            }
        });
        out_ << YAML::EndMap;
    }
    void optional(const FieldInfo& info, const OptionalRef& optional) override {
        if (optional.has_value()) return optional.visit(info, *this);
        if (bare_) key(info) << YAML::Null;  // an absent key says the same elsewhere
    }
    void model(const FieldInfo& info, const ChoiceRef& choice) override {
        if (choice.selected().empty()) return;
        key(info) << YAML::BeginMap << YAML::Key << "model" << YAML::Value << std::string{choice.selected()};
        nested([&] { choice.visit(*this); });
        out_ << YAML::EndMap;
    }

private:
    /// Writes the key, unless the value is an item of a list or an entry whose key is written already.
    YAML::Emitter& key(const FieldInfo& info) {
        if (!bare_) out_ << YAML::Key << std::string{info.key} << YAML::Value;
        bare_ = false;
        return out_;
    }
    template <class Body>
    void nested(Body body) {
        const bool outer = bare_;
        bare_ = false;
        body();
        bare_ = outer;
    }

    YAML::Emitter& out_;
    bool bare_ = false;
};

}  // namespace

std::string to_yaml(const SectionRef& section) {
    YAML::Emitter out;
    out << YAML::BeginMap;
    YamlWriter writer{out};
    section.visit(writer);
    out << YAML::EndMap;
    return std::string{out.c_str()} + "\n";
}

}  // namespace spikefab::config
