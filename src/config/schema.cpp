// SPDX-License-Identifier: Apache-2.0
// The visitor that describes a struct as a JSON schema.
#include "config/writer.hpp"

#include "config/shared_schema.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace spikefab::config {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* file_pattern = "\\.ya?ml$";

/// A file, or what is laid over one (`from`): there, and in the sections below it, no key is required.
enum class Extent { whole, overlay };

class SchemaVisitor final : public FieldVisitor {
public:
    explicit SchemaVisitor(Extent extent = Extent::whole) : extent_{extent} {}

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
    void text(const FieldInfo& info, std::string& value) override {
        // 7 and true are text to this program and something else to an editor.
        put(info, {{"type", Json::array({"string", "number", "boolean"})}, {"default", value}});
    }
    void path(const FieldInfo& info, std::filesystem::path& /*value*/) override { put(info, {{"type", "string"}}); }
    void choice(const FieldInfo& info, std::span<const std::string_view> names, std::size_t& index) override {
        Json all = Json::array();
        for (const std::string_view name : names) all.push_back(std::string{name});
        put(info, {{"enum", all}, {"default", std::string{names[index]}}});
    }
    void section(const FieldInfo& info, const SectionRef& section) override {
        put(info, any_of(or_file(objects_of(section, extent_))));
    }
    void list(const FieldInfo& info, const ListRef& list) override {
        list.resize(1);
        put(info,
            {{"type", "array"}, {"items", value_of([&](SchemaVisitor& inner) { list.visit(0, value_info, inner); }, extent_)}});
    }
    void map(const FieldInfo& info, const MapRef& map) override {
        map.insert("name");
        const auto entries = [&](Extent extent) {
            const auto visit = [&](SchemaVisitor& inner) { map.visit("name", value_info, inner); };
            return Json{{"type", "object"}, {"additionalProperties", value_of(visit, extent)}};
        };
        put(info, any_of(or_file(objects(entries, extent_))));
    }
    void optional(const FieldInfo& info, const OptionalRef& optional) override {
        optional.emplace();
        FieldInfo inner = info;
        inner.required = false;
        optional.visit(inner, *this);
        Json& written = object_["properties"][std::string{info.key}];
        written = any_of(Json::array({std::move(written), {{"type", "null"}}}));
    }
    void model(const FieldInfo& info, const ChoiceRef& choice) override {
        Json variants = Json::array({any_file()});
        for (const std::string_view name : choice.names()) {
            choice.select(name);
            const auto written_out = [&](Extent extent) {
                SchemaVisitor inner{extent};
                inner.object_["properties"]["model"] = {{"const", std::string{name}},
                                                        {"description", std::string{choice.summary(name)}}};
                if (extent == Extent::whole) inner.object_["required"] = Json::array({"model"});
                choice.visit(inner);
                return closed(inner.take());
            };
            for (Json& form : objects(written_out, extent_)) variants.push_back(std::move(form));
            variants.push_back({{"const", std::string{name}}});
        }
        put(info, any_of(variants));
    }

    /// The ways to write a section out: its keys, or keys over a file.
    static Json objects_of(const SectionRef& section, Extent extent) {
        const auto written_out = [&](Extent inner_extent) {
            SchemaVisitor inner{inner_extent};
            section.visit(inner);
            Json object = closed(inner.take());
            if (!object.contains("required")) object["type"] = Json::array({"object", "null"});
            return object;
        };
        return objects(written_out, extent);
    }
    static Json any_of(Json variants) { return {{"anyOf", std::move(variants)}}; }

private:
    static constexpr FieldInfo value_info{"value", "", {}, false};

    static Json closed(Json object) {
        object["type"] = "object";
        object["additionalProperties"] = false;
        return object;
    }
    static Json any_file() { return {{"type", "string"}, {"pattern", file_pattern}}; }
    /// What `written_out` says of a whole object, and of one that is laid over a file.
    template <class WrittenOut>
    static Json objects(WrittenOut written_out, Extent extent) {
        Json overlay = written_out(Extent::overlay);
        overlay["properties"]["from"] = any_file();
        overlay["properties"]["from"]["description"] = "YAML file to start from";
        if (extent == Extent::overlay) return Json::array({std::move(overlay)});
        overlay["type"] = "object";
        overlay["required"] = Json::array({"from"});
        return Json::array({written_out(Extent::whole), std::move(overlay)});
    }
    static Json or_file(Json variants) {
        variants.push_back(any_file());
        return variants;
    }
    static Json bounded(Json schema, const FieldInfo& info) {
        if (std::isfinite(info.bounds.lower)) schema["minimum"] = info.bounds.lower;
        if (std::isfinite(info.bounds.upper)) schema["maximum"] = info.bounds.upper;
        return schema;
    }
    template <class Visit>
    static Json value_of(Visit visit, Extent extent) {
        SchemaVisitor inner{extent};
        visit(inner);
        return inner.object_["properties"]["value"];
    }
    void put(const FieldInfo& info, Json schema) {
        if (!info.meaning.empty()) schema["description"] = std::string{info.meaning};
        object_["properties"][std::string{info.key}] = std::move(schema);
        if (info.required && extent_ == Extent::whole) object_["required"].push_back(std::string{info.key});
    }

    Extent extent_;
    Json object_;
};

}  // namespace

std::string json_schema(const SectionRef& section, const std::string& title) {
    Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", title}};
    schema.update(SchemaVisitor::any_of(SchemaVisitor::objects_of(section, Extent::whole)));
    return share_repeated(schema).dump(2) + "\n";
}

}  // namespace spikefab::config
