// SPDX-License-Identifier: Apache-2.0
// One row for each kind of configuration file.
#include "cli/file_kinds.hpp"

#include "base/error.hpp"
#include "cli/error_place.hpp"
#include "cli/sweep_points.hpp"
#include "config/reader.hpp"
#include "config/writer.hpp"
#include "cost/energy.hpp"
#include "device/device_file.hpp"
#include "models/gpu/gpu.hpp"
#include "noc/check_options.hpp"
#include "noc/make_engine.hpp"
#include "run/experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace spikefab::cli {
namespace {

void check_chip(config::Tree tree) {
    const auto chip = config::read<ChipDescription>(tree);
    place_errors(tree, chip_subjects, [&chip] {
        static_cast<void>(ChipPlan{chip});
        check(chip.prices);
    });
}

void check_experiment(config::Tree tree) {
    const auto experiment = read_experiment(tree);
    place_errors(tree, experiment_subjects, [&experiment] {
        check(experiment);
        static_cast<void>(ChipPlan{experiment.chip});
        check(experiment.chip.prices);
    });
}

void check_prices(config::Tree tree) {
    const auto prices = config::read<PriceList>(tree);
    place_errors(tree, price_subjects, [&prices] { check(prices); });
}
void check_gpu(config::Tree tree) {
    const auto problems = problems_of(config::read<Gpu>(tree));
    if (!problems.empty()) throw with_place(InputError{fmt::format("{}", fmt::join(problems, "\n"))}, tree, {});
}
void check_noc(config::Tree tree) {
    const auto options = config::read<noc::Options>(tree);
    place_errors(tree, noc_subjects, [&options] {
        static_cast<void>(noc::timing_of(options));
        static_cast<void>(noc::check_options(options, noc::build_topology(options)));
    });
}

void check_device(config::Tree tree) {
    const auto device = config::read<device::DeviceFile>(tree);
    try {
        device::check(device);
    } catch (const InputError& error) {
        const std::string_view text = error.what();
        throw InputError{
            fmt::format("{}: {}", config::origin_of(tree, text.starts_with("drive") ? "drive" : "device").text(), text)};
    }
}

void check_rule(config::Tree tree) {
    const auto learning = config::read<ProjectionLearning>(tree);
    config::Problems problems;
    add_rule_problems(
        learning, "", [&tree](const std::string& key) { return config::origin_of(tree, key); }, problems);
    problems.raise();
    try {
        static_cast<void>(LearningEngine{learning, 1, 1});
    } catch (const InputError& error) {
        throw InputError{fmt::format("{}: {}", tree.origin.text(), error.what())};
    }
}

void check_sweep(config::Tree tree) {
    SweepPoints{*tree.origin.file}.check_values();
}

struct FileKind {
    std::string_view name;
    std::string_view folder;                       ///< of configs
    std::array<std::string_view, 2> telling_keys;  ///< keys that only this kind has together
    std::string_view use;                          ///< what a person does with such a file, {} for its name
    void (*check)(config::Tree tree);
    std::string (*schema)(const std::string& title);
};

constexpr std::string_view included = "chips and experiments name it";
constexpr std::array kinds{
    FileKind{"chip",
             "chips",
             {"cores", "synchronisation"},
             "`spikefab describe {0}` shows it, `spikefab run --chip {0} --network ...` runs a network on it",
             check_chip,
             config::json_schema<ChipDescription>},
    FileKind{"experiment",
             "experiments",
             {"chip", "network"},
             "`spikefab run {}` runs it",
             check_experiment,
             config::json_schema<Experiment>},
    FileKind{"prices", "prices", {"events", "static_power"}, included, check_prices, config::json_schema<PriceList>},
    FileKind{"gpu", "gpus", {"precisions", "power_cap"}, included, check_gpu, config::json_schema<Gpu>},
    FileKind{
        "noc", "nocs", {"topology", "topology"}, "`spikefab noc {}` runs it", check_noc, config::json_schema<noc::Options>},
    FileKind{"device",
             "devices",
             {"device", "device"},
             "`spikefab device {}` drives it",
             check_device,
             config::json_schema<device::DeviceFile>},
    FileKind{"rule", "rules", {"epoch", "dw"}, included, check_rule, config::json_schema<ProjectionLearning>},
    FileKind{
        "sweep", "sweeps", {"base", "values"}, "`spikefab sweep {}` runs it", check_sweep, config::json_schema<SweepFile>}};

/// Null where the keys at the top tell nothing.
[[nodiscard]] const FileKind* kind_by_keys(const config::Tree& tree) {
    for (const FileKind& kind : kinds)
        if (std::all_of(kind.telling_keys.begin(), kind.telling_keys.end(),
                        [&](auto key) { return tree.find(key) != nullptr; }))
            return &kind;
    return nullptr;
}

[[nodiscard]] const FileKind& kind_of(const std::filesystem::path& file, const config::Tree& tree) {
    const std::string folder = std::filesystem::absolute(file).parent_path().filename().string();
    for (const FileKind& kind : kinds)
        if (kind.folder == folder) return kind;
    if (const FileKind* const kind = kind_by_keys(tree)) return *kind;
    throw InputError{
        fmt::format("{}: cannot tell what kind of file this is (known kinds: {}); put it into the folder of its kind",
                    file.string(), fmt::join(file_kind_names(), ", "))};
}

}  // namespace

std::vector<std::string> file_kind_names() {
    std::vector<std::string> names;
    for (const FileKind& kind : kinds) names.emplace_back(kind.name);
    return names;
}

std::string schema_of(const std::string& name) {
    for (const FileKind& kind : kinds)
        if (kind.name == name) return kind.schema("spikefab " + name);
    throw InputError{fmt::format("unknown kind of file '{}'; known: {}", name, fmt::join(file_kind_names(), ", "))};
}

std::string check_file(const std::filesystem::path& file) {
    config::Tree tree = config::load(file);
    config::expand(tree);
    const FileKind& kind = kind_of(file, tree);
    kind.check(std::move(tree));
    return std::string{kind.name};
}

config::Tree load_file(const std::filesystem::path& file, std::initializer_list<std::string_view> wanted) {
    config::Tree tree = config::load(file);
    config::Tree top = tree;
    config::expand(top);
    const FileKind* const kind = kind_by_keys(top);
    if (kind == nullptr || std::find(wanted.begin(), wanted.end(), kind->name) != wanted.end()) return tree;
    throw InputError{fmt::format("{}: is of kind '{}', not '{}'; {}", file.string(), kind->name, fmt::join(wanted, "' or '"),
                                 fmt::format(fmt::runtime(kind->use), file.string()))};
}

}  // namespace spikefab::cli
