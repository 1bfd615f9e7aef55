// SPDX-License-Identifier: Apache-2.0
// `spikefab verify`: runs golden vectors through the simulator's own blocks and says where they differ.
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "verify/number_table.hpp"
#include "verify/vector_file.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

namespace spikefab::cli {
namespace {

namespace fs = std::filesystem;
using verify::Verdict;

struct Report {
    std::size_t equal = 0;
    std::size_t different = 0;
    std::size_t skipped = 0;
    std::size_t broken = 0;  ///< of the skipped: files that could not be read or contradict themselves
    nlohmann::json files = nlohmann::json::array();
};

[[nodiscard]] bool looks_like_vector(const fs::path& path) {
    const std::string name = path.filename().string();
    if (name.ends_with(".csv")) return !verify::belongs_to_json(path);
    return name.ends_with(".json") || name.ends_with(".json.gz");
}

/// What is to be checked, and what cannot be.
struct Found {
    std::vector<fs::path> files;
    std::vector<fs::path> locked;  ///< folders that may not be read
};

/// Every vector below `folder`.
void look_into(const fs::path& folder, Found& found) {
    std::error_code failure;
    fs::directory_iterator entries{folder, failure};
    if (failure) {
        found.locked.push_back(folder);
        return;
    }
    for (const auto& entry : entries) {
        if (entry.is_directory(failure) && !entry.is_symlink(failure)) {
            look_into(entry.path(), found);
        } else if (entry.is_regular_file(failure) && looks_like_vector(entry.path())) {
            found.files.push_back(entry.path());
        }
    }
}

/// The file itself, or every vector below a folder, sorted.
[[nodiscard]] Found files_of(const fs::path& path) {
    std::error_code failure;
    const fs::file_status status = fs::status(path, failure);
    if (!fs::exists(status))
        throw InputError{fmt::format("{}: does not exist, or may not be seen; give a vector file or a folder", path.string())};
    if (!fs::is_directory(status)) return {.files = {path}, .locked = {}};
    Found found;
    look_into(path, found);
    std::sort(found.files.begin(), found.files.end());
    std::sort(found.locked.begin(), found.locked.end());
    return found;
}

[[nodiscard]] Verdict verdict_of(const fs::path& file, Report& report) {
    try {
        return verify::check_vector(verify::read_vector(file));
    } catch (const InputError& error) {
        ++report.broken;
        return {.outcome = Verdict::Outcome::skipped, .compared = 0, .different = 0, .note = error.what()};
    } catch (const SimulationError& error) {
        return {.outcome = Verdict::Outcome::different, .compared = 0, .different = 0, .note = error.what()};
    }
}

void add(Report& report, const fs::path& file, const Verdict& verdict, bool json) {
    std::string_view word = "skipped";
    std::string detail = verdict.note;
    if (verdict.outcome == Verdict::Outcome::equal) {
        word = "equal";
        detail = fmt::format("{} values", verdict.compared);
        ++report.equal;
    } else if (verdict.outcome == Verdict::Outcome::different) {
        word = "different";
        if (verdict.compared != 0)
            detail = fmt::format("{} of {} values; first: {}", verdict.different, verdict.compared, verdict.note);
        ++report.different;
    } else {
        ++report.skipped;
    }
    if (json) {
        report.files.push_back({{"file", file.string()},
                                {"outcome", word},
                                {"compared", verdict.compared},
                                {"different", verdict.different},
                                {"note", verdict.note}});
    } else {
        print_result(fmt::format("{:<10}{}  {}\n", word, file.string(), detail));
    }
}

ExitCode verify_paths(const std::vector<fs::path>& paths, bool json) {
    Report report;
    const auto leave_out = [&](const fs::path& path, const char* reason) {
        ++report.broken;
        add(report, path, {.outcome = Verdict::Outcome::skipped, .compared = 0, .different = 0, .note = reason}, json);
    };
    for (const fs::path& path : paths) {
        const Found found = files_of(path);
        for (const fs::path& file : found.files) add(report, file, verdict_of(file, report), json);
        for (const fs::path& folder : found.locked) leave_out(folder, "a folder that may not be read; change its permissions");
        if (found.files.empty() && found.locked.empty()) leave_out(path, "a folder without vectors (*.json, *.json.gz)");
    }
    if (json) {
        const nlohmann::json result{
            {"files", report.files}, {"equal", report.equal}, {"different", report.different}, {"skipped", report.skipped}};
        print_result(result.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    } else {
        print_result(fmt::format("{} equal, {} different, {} skipped\n", report.equal, report.different, report.skipped));
    }
    if (report.different != 0) return ExitCode::failed;
    return report.broken == 0 ? ExitCode::done : ExitCode::bad_input;
}

[[nodiscard]] std::string known_formats() {
    const auto line = [](const verify::VectorKind& kind) { return fmt::format("\n  {:<20}{}", kind.name, kind.summary); };
    std::string text = "Formats:" + line(verify::own_kind());
    for (const verify::VectorKind& kind : verify::vector_kinds()) text += line(kind);
    return text;
}

}  // namespace

void add_verify_command(Program& program) {
    auto paths = std::make_shared<std::vector<fs::path>>();
    auto json = std::make_shared<bool>(false);
    CLI::App& command = program.command("verify", "check golden vectors against the simulator's own blocks",
                                        [paths, json] { return verify_paths(*paths, *json); });
    command.add_option("paths", *paths, "vector files (JSON, plain or gzipped; CSV) or folders of them")->required();
    command.add_flag("--json", *json, "print the result as JSON");
    command.footer(known_formats() +
                   "\n\nExit codes: 0 nothing differs, 1 something does, 2 a file is broken or a folder holds none. "
                   "docs/vectors.md tells how to "
                   "write a vector.");
}

}  // namespace spikefab::cli
