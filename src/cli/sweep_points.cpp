// SPDX-License-Identifier: Apache-2.0
// Points to experiments, keys and commands.
#include "cli/sweep_points.hpp"

#include "base/error.hpp"
#include "base/folder_name.hpp"
#include "base/partial_visitor.hpp"
#include "cli/error_place.hpp"
#include "cli/file_kinds.hpp"
#include "config/reader.hpp"
#include "config/writer.hpp"
#include "sweep/fingerprint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace spikefab::cli {
namespace {

/// Every path that a configuration holds, however deep.
class PathCollector final : public PartialVisitor {
public:
    void path(const FieldInfo& /*info*/, std::filesystem::path& value) override {
        if (!value.empty()) paths_.push_back(value);
    }
    void section(const FieldInfo& /*info*/, const SectionRef& section) override { section.visit(*this); }
    void list(const FieldInfo& info, const ListRef& list) override {
        for (std::size_t i = 0; i < list.size(); ++i) list.visit(i, info, *this);
    }
    void map(const FieldInfo& info, const MapRef& map) override {
        for (const std::string& key : map.keys()) map.visit(key, info, *this);
    }
    void optional(const FieldInfo& info, const OptionalRef& optional) override {
        if (optional.has_value()) optional.visit(info, *this);
    }
    void model(const FieldInfo& /*info*/, const ChoiceRef& choice) override {
        if (!choice.selected().empty()) choice.visit(*this);
    }
    [[nodiscard]] const std::vector<std::filesystem::path>& paths() const { return paths_; }

private:
    std::vector<std::filesystem::path> paths_;
};

[[nodiscard]] std::filesystem::path this_program() {
    return std::filesystem::read_symlink("/proc/self/exe");
}

/// This program's bytes, hashed once.
[[nodiscard]] const std::string& program_version() {
    static const std::string version = [] {
        Fingerprint print;
        print.add_file(this_program());
        return print.hex();
    }();
    return version;
}

[[nodiscard]] config::Tree load_base(const SweepFile& sweep, const config::Tree& tree) {
    try {
        return load_file(sweep.base, {"experiment"});
    } catch (const InputError& error) {
        throw InputError{fmt::format("{}: base: {}", config::origin_of(tree, "base").text(), error.what())};
    }
}

/// Lines inside a value would say nothing: all of it stands where the value does.
void move_to(config::Tree& tree, const config::Origin& place) {
    tree.origin = place;
    for (config::Tree& item : tree.items) move_to(item, place);
    for (config::Tree::Entry& entry : tree.entries) {
        entry.origin = place;
        move_to(entry.value, place);
    }
}

}  // namespace

SweepPoints::SweepPoints(const std::filesystem::path& file)
    : tree_{load_file(file, {"sweep"})}, sweep_{config::read<SweepFile>(tree_)}, base_{load_base(sweep_, tree_)} {
    config::expand(tree_);
    place_errors(tree_, {}, [this] {
        check_folder_name("name", sweep_.name);
        check(sweep_);
    });
}

config::Origin SweepPoints::place_of(const std::string& path, const std::string& value) const {
    config::Tree values = tree_.find("values")->value;
    config::expand(values);
    const config::Tree::Entry* const entry = values.find(path);
    if (entry == nullptr) return values.origin;
    const auto& items = entry->value.items;
    const auto found = std::find_if(items.begin(), items.end(), [&](const config::Tree& item) { return item.scalar == value; });
    return found == items.end() ? entry->origin : found->origin;
}

Experiment SweepPoints::experiment(const Point& point) const {
    config::Tree tree = base_;
    for (const auto& [path, value] : point.values) {
        const config::Origin place = place_of(path, value);
        config::Tree written = config::parse(value, place.text());
        move_to(written, place);
        config::assign(tree, path, std::move(written));
    }
    auto experiment = read_experiment(tree);
    place_errors(tree, experiment_subjects, [&experiment] { check(experiment); });
    return experiment;
}

ResolvedPoint SweepPoints::resolve(const Point& point, const PointStore& store) const {
    Experiment resolved = experiment(point);
    const std::string text = config::to_yaml(resolved);
    PathCollector collector;
    visit_fields(collector, resolved);
    Fingerprint print;
    print.add(program_version());
    print.add(text);
    for (const std::filesystem::path& path : collector.paths()) print.add_file(path);
    const std::string key = print.hex();
    return {.key = key,
            .command = {this_program().string(), "run", store.configuration(key).string(), "--out",
                        store.result_folder(key).string()},
            .configuration = text};
}

void SweepPoints::check_values() const {
    for (const auto& [path, values] : sweep_.values)
        for (const std::string& value : values) static_cast<void>(experiment(Point{{{path, value}}}));
}

}  // namespace spikefab::cli
