// SPDX-License-Identifier: Apache-2.0
// The visitor that describes a struct as a JSON schema.
#include "config/writer.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace spikefab::config {
namespace {

using Json = nlohmann::ordered_json;

/// A section may also be the name of a YAML file, or a file with keys laid over it.
constexpr const char* file_pattern = "\\.ya?ml$";

class SchemaVisitor final : public FieldVisitor {
public:
    [[nodiscard]] Json take() { return std::move(object_); }

    void boolean(const FieldInfo& info, bool& value) override { put(info, {{"type", "boolean"}, {"default", value}}); }
    void integer(const FieldInfo& info, std::int64_t& value) override {
        put(info, bounded({{"type", "integer"}, {"default", value}}, info));
    }
    void real(const FieldInfo& info, double& value) override {
        put(info, bounded({{"type", "number"}, {"default", value}}, info));
    }
    void quantity(const FieldInfo& info, const Unit& unit, double& value) override {
        const std::string symbol{unit.symbol == "m2" ? "m2" : unit.symbol};
        const std::string units = unit.symbol == "bit" ? "(bit|B)" : unit.symbol == "ohm" ? "(ohm|Ohm|\u03a9)" : symbol;
        put(info, {{"type", "string"},
                   {"pattern", "^[-+]?[0-9.]+([eE][-+]?[0-9]+)? *(f|p|n|u|\u00b5|m|c|k|M|G|T|P|Ki|Mi|Gi)?" + units + "$"},
                   {"examples", Json::array({std::string{unit.example}})},
                   {"default", format_quantity(value, unit)}});
    }
    void text(const FieldInfo& info, std::string& value) override { put(info, {{"type", "string"}, {"default", value}}); }
    void path(const FieldInfo& info, std::filesystem::path& /*value*/) override { put(info, {{"type", "string"}}); }
    void choice(const FieldInfo& info, std::span<const std::string_view> names, std::size_t& index) override {
        Json all = Json::array();
        for (const std::string_view name : names) all.push_back(std::string{name});
        put(info, {{"enum", all}, {"default", std::string{names[index]}}});
    }
    void section(const FieldInfo& info, const SectionRef& section) override { put(info, or_file(object_of(section))); }
    void list(const FieldInfo& info, const ListRef& list) override {
        list.resize(1);
        put(info, {{"type", "array"}, {"items", value_of([&](SchemaVisitor& inner) { list.visit(0, value_info, inner); })}});
    }
    void map(const FieldInfo& info, const MapRef& map) override {
        map.insert("name");
        const Json item = value_of([&](SchemaVisitor& inner) { map.visit("name", value_info, inner); });
        put(info, or_file({{"type", "object"}, {"additionalProperties", item}}));
    }
    void optional(const FieldInfo& info, const OptionalRef& optional) override {
        optional.emplace();
        FieldInfo inner = info;
        inner.required = false;
        optional.visit(inner, *this);
    }
    void model(const FieldInfo& info, const ChoiceRef& choice) override {
        Json variants = Json::array();
        for (const std::string_view name : choice.names()) {
            choice.select(name);
            SchemaVisitor inner;
            inner.object_["properties"]["model"] = {{"const", std::string{name}},
                                                    {"description", std::string{choice.summary(name)}}};
            inner.object_["required"] = Json::array({"model"});
            choice.visit(inner);
            variants.push_back(closed(inner.take()));
            variants.push_back({{"const", std::string{name}}});
        }
        variants.push_back({{"type", "string"}, {"pattern", file_pattern}});
        put(info, {{"anyOf", variants}});
    }

    static Json object_of(const SectionRef& section) {
        SchemaVisitor inner;
        section.visit(inner);
        Json object = closed(inner.take());
        object["properties"]["from"] = {
            {"type", "string"}, {"pattern", file_pattern}, {"description", "YAML file to start from"}};
        return object;
    }

private:
    static constexpr FieldInfo value_info{"value", "", {}, false};

    static Json closed(Json object) {
        object["type"] = "object";
        object["additionalProperties"] = false;
        return object;
    }
    static Json or_file(Json object) {
        // `required` keys may come from the included file, so only the written-out form asks for them.
        return {{"anyOf", Json::array({std::move(object), {{"type", "string"}, {"pattern", file_pattern}}})}};
    }
    static Json bounded(Json schema, const FieldInfo& info) {
        if (std::isfinite(info.bounds.lower)) schema["minimum"] = info.bounds.lower;
        if (std::isfinite(info.bounds.upper)) schema["maximum"] = info.bounds.upper;
        return schema;
    }
    template <class Visit>
    static Json value_of(Visit visit) {
        SchemaVisitor inner;
        visit(inner);
        return inner.object_["properties"]["value"];
    }
    void put(const FieldInfo& info, Json schema) {
        if (!info.meaning.empty()) schema["description"] = std::string{info.meaning};
        object_["properties"][std::string{info.key}] = std::move(schema);
        if (info.required && info.key != "value") object_["required"].push_back(std::string{info.key});
    }

    Json object_;
};

}  // namespace

std::string json_schema(const SectionRef& section, const std::string& title) {
    Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", title}};
    schema.update(SchemaVisitor::object_of(section));
    return schema.dump(2) + "\n";
}

}  // namespace spikefab::config
