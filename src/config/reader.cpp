// SPDX-License-Identifier: Apache-2.0
// The visitor that reads a struct's fields out of a tree.
#include "config/reader.hpp"

#include "base/error.hpp"
#include "base/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace spikefab::config {
namespace {

[[nodiscard]] std::string join_path(const std::string& path, std::string_view key) {
    return path.empty() ? std::string{key} : fmt::format("{}.{}", path, key);
}

[[nodiscard]] std::string_view kind_name(const Tree& tree) {
    switch (tree.kind) {
        case Tree::Kind::null:
            return "nothing";
        case Tree::Kind::scalar:
            return "a single value";
        case Tree::Kind::list:
            return "a list";
        case Tree::Kind::map:
            return "a section";
    }
    return "";
}

template <class Number>
[[nodiscard]] std::optional<Number> parse_number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    Number number{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// Reads one value, wherever it stands; the value may be a key of a map or an item of a list.
class ValueReader final : public FieldVisitor {
public:
    ValueReader(Tree& tree, std::string path, Problems& problems) : tree_{tree}, path_{std::move(path)}, problems_{problems} {}

    void boolean(const FieldInfo& /*info*/, bool& value) override {
        const std::string* text = scalar("true or false");
        if (text == nullptr) return;
        if (*text != "true" && *text != "false") return complain(fmt::format("'{}' is not true or false", *text));
        value = *text == "true";
    }
    void integer(const FieldInfo& info, std::int64_t& value) override {
        const std::string* text = scalar("a whole number");
        if (text == nullptr) return;
        const auto number = parse_number<std::int64_t>(*text);
        if (!number) return complain(fmt::format("'{}' is not a whole number", *text));
        if (within(info, static_cast<double>(*number), fmt::format("{}", *number), whole)) value = *number;
    }
    void real(const FieldInfo& info, double& value) override {
        const std::string* text = scalar("a number");
        if (text == nullptr) return;
        const auto number = parse_number<double>(*text);
        if (!number || !std::isfinite(*number)) return complain(fmt::format("'{}' is not a number", *text));
        if (within(info, *number, *text, [](double bound) { return fmt::format("{}", bound); })) value = *number;
    }
    void quantity(const FieldInfo& info, const Unit& unit, double& value) override {
        const std::string wanted = fmt::format("a number with a unit, such as '{}'", unit.example);
        const std::string* text = scalar(wanted);
        if (text == nullptr) return;
        const auto number = parse_quantity(*text, unit);
        if (!number) return complain(fmt::format("'{}' is not a quantity in {}", *text, unit.symbol), "", "write " + wanted);
        const auto show = [&unit](double bound) { return format_rounded(bound, unit, 6); };
        if (within(info, *number, *text, show)) value = *number;
    }
    void text(const FieldInfo& /*info*/, std::string& value) override {
        if (const std::string* text = scalar("text")) value = *text;
    }
    void path(const FieldInfo& /*info*/, std::filesystem::path& value) override {
        const std::string* text = scalar("a path");
        if (text == nullptr || text->empty()) return;
        const std::filesystem::path written{*text};
        value = (written.is_absolute() ? written : tree_.folder() / written).lexically_normal();
    }
    void choice(const FieldInfo& /*info*/, std::span<const std::string_view> names, std::size_t& index) override {
        const std::string* text = scalar("a name");
        if (text == nullptr) return;
        const auto found = std::find(names.begin(), names.end(), *text);
        if (found == names.end()) return complain_name(*text, {names.begin(), names.end()});
        index = static_cast<std::size_t>(found - names.begin());
    }
    void section(const FieldInfo& /*info*/, const SectionRef& section) override {
        read_section(tree_, section, path_, problems_);
    }
    void list(const FieldInfo& info, const ListRef& list) override {
        if (tree_.kind != Tree::Kind::list) return complain(fmt::format("expected a list, found {}", kind_name(tree_)));
        list.resize(tree_.items.size());
        for (std::size_t i = 0; i < tree_.items.size(); ++i) {
            ValueReader item{tree_.items[i], join_path(path_, std::to_string(i)), problems_};
            list.visit(i, info, item);
        }
    }
    void map(const FieldInfo& info, const MapRef& map) override {
        expand(tree_);
        if (tree_.kind != Tree::Kind::map) return complain(fmt::format("expected named entries, found {}", kind_name(tree_)));
        for (Tree::Entry& entry : tree_.entries) {
            map.insert(entry.key);
            ValueReader item{entry.value, join_path(path_, entry.key), problems_};
            map.visit(entry.key, info, item);
        }
    }
    void optional(const FieldInfo& info, const OptionalRef& optional) override {
        if (tree_.kind == Tree::Kind::null) return;
        optional.emplace();
        optional.visit(info, *this);
    }
    void model(const FieldInfo& info, const ChoiceRef& choice) override;

private:
    static std::string whole(double bound) { return fmt::format("{:.0f}", bound); }

    const std::string* scalar(std::string_view wanted) {
        if (tree_.kind == Tree::Kind::scalar) return &tree_.scalar;
        complain(fmt::format("expected {}, found {}", wanted, kind_name(tree_)));
        return nullptr;
    }
    template <class Show>
    bool within(const FieldInfo& info, double number, std::string_view written, Show show) {
        if (number >= info.bounds.lower && number <= info.bounds.upper) return true;
        const bool below = number < info.bounds.lower;
        const std::string limits = !std::isfinite(info.bounds.upper) ? fmt::format("at least {}", show(info.bounds.lower))
                                   : !std::isfinite(info.bounds.lower)
                                       ? fmt::format("at most {}", show(info.bounds.upper))
                                       : fmt::format("between {} and {}", show(info.bounds.lower), show(info.bounds.upper));
        complain(fmt::format("{} is too {}", written, below ? "small" : "large"), std::string{info.meaning},
                 "must be " + limits);
        return false;
    }
    void complain(std::string problem, std::string why = "", std::string suggestion = "") {
        problems_.add({tree_.origin, path_, std::move(problem), std::move(why), std::move(suggestion)});
    }
    void complain_name(const std::string& name, const std::vector<std::string>& known) {
        const std::string close = nearest(name, known);
        complain(fmt::format("unknown name '{}'", name), fmt::format("known: {}", fmt::join(known, ", ")),
                 close.empty() ? "" : fmt::format("did you mean '{}'?", close));
    }

    Tree& tree_;
    std::string path_;
    Problems& problems_;
};

/// Reads the fields of one section, and knows afterwards which keys nobody asked for.
class SectionReader final : public FieldVisitor {
public:
    SectionReader(Tree& tree, const std::string& path, Problems& problems) : tree_{tree}, path_{path}, problems_{problems} {}

    void boolean(const FieldInfo& info, bool& value) override {
        look_up(info, [&](auto& reader) { reader.boolean(info, value); });
    }
    void integer(const FieldInfo& info, std::int64_t& value) override {
        look_up(info, [&](auto& reader) { reader.integer(info, value); });
    }
    void real(const FieldInfo& info, double& value) override {
        look_up(info, [&](auto& reader) { reader.real(info, value); });
    }
    void quantity(const FieldInfo& info, const Unit& unit, double& value) override {
        look_up(info, [&](auto& reader) { reader.quantity(info, unit, value); });
    }
    void text(const FieldInfo& info, std::string& value) override {
        look_up(info, [&](auto& reader) { reader.text(info, value); });
    }
    void path(const FieldInfo& info, std::filesystem::path& value) override {
        look_up(info, [&](auto& reader) { reader.path(info, value); });
    }
    void choice(const FieldInfo& info, std::span<const std::string_view> names, std::size_t& index) override {
        look_up(info, [&](auto& reader) { reader.choice(info, names, index); });
    }
    void section(const FieldInfo& info, const SectionRef& section) override {
        look_up(info, [&](auto& reader) { reader.section(info, section); });
    }
    void list(const FieldInfo& info, const ListRef& list) override {
        look_up(info, [&](auto& reader) { reader.list(info, list); });
    }
    void map(const FieldInfo& info, const MapRef& map) override {
        look_up(info, [&](auto& reader) { reader.map(info, map); });
    }
    void optional(const FieldInfo& info, const OptionalRef& optional) override {
        look_up(info, [&](auto& reader) { reader.optional(info, optional); });
    }
    void model(const FieldInfo& info, const ChoiceRef& choice) override {
        look_up(info, [&](auto& reader) { reader.model(info, choice); });
    }

    void know(std::string_view key) { known_.emplace_back(key); }
    void report_unknown() const {
        for (const Tree::Entry& entry : tree_.entries) {
            if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
            const std::string close = nearest(entry.key, known_);
            problems_.add({entry.origin, join_path(path_, entry.key), "unknown key",
                           fmt::format("known here: {}", fmt::join(known_, ", ")),
                           close.empty() ? "" : fmt::format("did you mean '{}'?", close)});
        }
    }

private:
    template <class Read>
    void look_up(const FieldInfo& info, Read read) {
        know(info.key);
        if (Tree::Entry* entry = tree_.find(info.key)) {
            ValueReader reader{entry->value, join_path(path_, info.key), problems_};
            read(reader);
        } else if (info.required) {
            problems_.add({tree_.origin, join_path(path_, info.key), "missing", std::string{info.meaning}, "add this key"});
        }
    }

    Tree& tree_;
    const std::string& path_;
    Problems& problems_;
    std::vector<std::string> known_;
};

void ValueReader::model(const FieldInfo& /*info*/, const ChoiceRef& choice) {
    expand(tree_);
    const auto known = choice.names();
    const std::vector<std::string> names{known.begin(), known.end()};
    Tree::Entry* entry = tree_.kind == Tree::Kind::map ? tree_.find("model") : nullptr;
    const Tree* name = tree_.kind == Tree::Kind::scalar ? &tree_ : entry != nullptr ? &entry->value : nullptr;
    if (name == nullptr || name->kind != Tree::Kind::scalar) {
        return complain("no model is named", fmt::format("known: {}", fmt::join(names, ", ")), "write `model: NAME`");
    }
    if (std::find(names.begin(), names.end(), name->scalar) == names.end()) return complain_name(name->scalar, names);
    choice.select(name->scalar);
    if (tree_.kind == Tree::Kind::scalar) tree_ = Tree{Tree::Kind::map, "", {}, {}, tree_.origin};
    SectionReader reader{tree_, path_, problems_};
    reader.know("model");
    choice.visit(reader);
    reader.report_unknown();
}

}  // namespace

void read_section(Tree& tree, const SectionRef& section, const std::string& path, Problems& problems) {
    try {
        expand(tree);
    } catch (const InputError& error) {
        return problems.add({tree.origin, path, error.what(), "", ""});
    }
    if (tree.kind == Tree::Kind::null) tree.kind = Tree::Kind::map;
    if (tree.kind != Tree::Kind::map)
        return problems.add({tree.origin, path, fmt::format("expected a section, found {}", kind_name(tree)), "",
                             "write keys with values, or the name of a YAML file"});
    SectionReader reader{tree, path, problems};
    section.visit(reader);
    reader.report_unknown();
}

}  // namespace spikefab::config
