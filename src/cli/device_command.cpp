// SPDX-License-Identifier: Apache-2.0
// `spikefab device`: one device under a drive, as a table, JSON, CSV or a plot.
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/file_kinds.hpp"
#include "cli/plot.hpp"
#include "config/reader.hpp"
#include "device/bench.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <memory>

namespace spikefab::cli {
namespace {

using device::Measurement;
using Json = nlohmann::ordered_json;

struct DeviceCommandOptions {
    std::filesystem::path file;
    std::vector<std::string> assignments;
    std::string drive;
    std::uint32_t points = 0;
    bool log = false;
    device::BenchOptions bench;
    bool json = false;
    std::filesystem::path csv, plot;
    std::string x, y;
};

/// Rows of a long table that are shown; the rest is in --csv and --json.
constexpr std::size_t shown_rows = 24;
constexpr std::uint32_t trace_points = 401;
constexpr std::uint32_t curve_points = 21;

[[nodiscard]] std::string heading(const device::Column& column) {
    return column.unit.empty() ? column.name : fmt::format("{} ({})", column.name, column.unit);
}
[[nodiscard]] std::string number(double value) {
    return std::isfinite(value) ? fmt::format("{:.6g}", value) : "-";
}

[[nodiscard]] std::string table_of(const device::Table& table) {
    std::string text;
    std::vector<std::size_t> widths;
    for (const device::Column& column : table.columns) {
        widths.push_back(std::max<std::size_t>(heading(column).size(), 12));
        text += fmt::format("{:>{}}  ", heading(column), widths.back());
    }
    text += "\n";
    const std::size_t rows = table.rows.size();
    const std::size_t stride = rows <= shown_rows ? 1 : (rows + shown_rows - 2) / (shown_rows - 1);
    const auto print = [&](const std::vector<double>& row) {
        for (std::size_t k = 0; k < row.size(); ++k) text += fmt::format("{:>{}}  ", number(row[k]), widths[k]);
        text += "\n";
    };
    for (std::size_t k = 0; k < rows; k += stride) print(table.rows[k]);
    if (stride > 1) {
        if ((rows - 1) % stride != 0) print(table.rows.back());
        text += fmt::format("(1 row in {} of {}; --csv FILE or --json has all)\n", stride, rows);
    }
    return text;
}

[[nodiscard]] std::string text_of(const std::string& title, const Measurement& measurement) {
    std::string text = title + "\n\n" + table_of(measurement.table);
    if (!measurement.values.empty()) text += "\n";
    for (const device::Value& value : measurement.values)
        text += fmt::format("{:<24} {}{}{}\n", value.what.name, number(value.value), value.what.unit.empty() ? "" : " ",
                            value.what.unit);
    if (!measurement.spikes.empty()) {
        text += "\nspikes at (s):";
        for (std::size_t k = 0; k < std::min(measurement.spikes.size(), shown_rows); ++k)
            text += " " + number(measurement.spikes[k]);
        text += measurement.spikes.size() > shown_rows ? " ...\n" : "\n";
    }
    for (const std::string& note : measurement.notes) text += "\n" + note;
    return text + (measurement.notes.empty() ? "" : "\n");
}

/// NaN is no JSON: null.
[[nodiscard]] Json json_number(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

[[nodiscard]] std::string json_of(const device::DeviceFile& file, const std::string& drive, const DeviceCommandOptions& options,
                                  const Measurement& measurement) {
    Json result{{"schema", "spikefab.device.v1"},
                {"device", file.name},
                {"model", file.device.name()},
                {"drive", drive},
                {"seed", options.bench.seed}};
    result["columns"] = Json::array();
    for (const device::Column& column : measurement.table.columns) result["columns"].push_back(column.key());
    result["rows"] = Json::array();
    for (const auto& row : measurement.table.rows) {
        Json values = Json::array();
        for (const double value : row) values.push_back(json_number(value));
        result["rows"].push_back(std::move(values));
    }
    result["values"] = Json::object();
    for (const device::Value& value : measurement.values) result["values"][value.what.key()] = json_number(value.value);
    result["spikes_s"] = measurement.spikes;
    result["notes"] = measurement.notes;
    return result.dump(1) + "\n";
}

void write_csv(const std::filesystem::path& path, const device::Table& table) {
    std::ofstream file{path};
    std::string text;
    for (std::size_t k = 0; k < table.columns.size(); ++k) text += (k == 0 ? "" : ",") + table.columns[k].key();
    text += "\n";
    for (const auto& row : table.rows) {
        for (std::size_t k = 0; k < row.size(); ++k) {
            text += k == 0 ? "" : ",";
            if (std::isfinite(row[k])) text += fmt::format("{}", row[k]);
        }
        text += "\n";
    }
    file << text << std::flush;
    if (!file) throw SimulationError{fmt::format("{}: cannot be written", path.string())};
}

[[nodiscard]] std::size_t column_of(const device::Table& table, const std::string& key, std::string_view option) {
    std::vector<std::string> keys;
    for (std::size_t k = 0; k < table.columns.size(); ++k) {
        if (table.columns[k].key() == key || table.columns[k].name == key) return k;
        keys.push_back(table.columns[k].key());
    }
    throw InputError{fmt::format("{} {}: there is no such column; columns: {}", option, key, fmt::join(keys, ", "))};
}

void write_plot(const DeviceCommandOptions& options, const std::string& title, const Measurement& measurement, bool curve) {
    const device::Table& table = measurement.table;
    const std::size_t x = column_of(table, options.x.empty() ? measurement.x : options.x, "--x");
    const std::size_t y = column_of(table, options.y.empty() ? measurement.y : options.y, "--y");
    Plot plot{.title = title,
              .x = heading(table.columns[x]),
              .y = heading(table.columns[y]),
              .log_x = options.log && curve,
              .markers = curve || options.bench.per_pulse,
              .points = {}};
    for (const auto& row : table.rows) plot.points.emplace_back(row[x], row[y]);
    draw(options.plot, plot);
}

[[nodiscard]] device::DeviceFile read_device(const DeviceCommandOptions& options) {
    config::Tree tree = load_file(options.file, {"device"});
    for (const std::string& assignment : options.assignments) config::assign(tree, assignment);
    return config::read<device::DeviceFile>(std::move(tree));
}

/// What fails on a bench fails because of the drive or of the parameters.
[[nodiscard]] Measurement measure_drive(const device::Bench& bench, const device::DriveRequest& request,
                                        const DeviceCommandOptions& options, const std::string& drive) {
    try {
        return measure(bench, request, options.bench, options.points == 0 ? curve_points : options.points, options.log);
    } catch (const std::runtime_error& error) {
        throw InputError{fmt::format("{}, drive '{}': {}", options.file.string(), drive, error.what())};
    }
}

ExitCode run(DeviceCommandOptions options) {
    if (!options.plot.empty()) require_plotter();
    const device::DeviceFile file = read_device(options);
    const auto bench = device::make_bench(file);
    const std::string drive = options.drive.empty() ? file.drive : options.drive;
    if (drive.empty())
        throw InputError{
            fmt::format("{}: the file names no drive; give --drive: {}", options.file.string(), bench->drive_help())};
    const device::DriveRequest request = parse_drive(drive, *bench);
    options.bench.points = options.points == 0 ? trace_points : options.points;
    const Measurement measurement = measure_drive(*bench, request, options, drive);
    const std::string title = fmt::format("{} ({}), {}", file.name, file.device.name(), drive);
    if (!options.csv.empty()) write_csv(options.csv, measurement.table);
    if (!options.plot.empty()) write_plot(options, title, measurement, request.is_curve());
    print_result(options.json ? json_of(file, drive, options, measurement) : text_of(title, measurement));
    return ExitCode::done;
}

}  // namespace

void add_device_command(Program& program) {
    auto options = std::make_shared<DeviceCommandOptions>();
    CLI::App& command = program.command("device", "run one device alone under a drive", [options] { return run(*options); });
    command.add_option("file", options->file, "device file (configs/devices)")->required();
    command.add_option("--set", options->assignments, "write a value over the file's")->allow_extra_args(false);
    command.add_option("--drive", options->drive,
                       "what drives it: sine,1V,1MHz[,CYCLES], triangle,..., pulse,1V,100ns[,COUNT[,PERIOD]], dc,1V,1us, or "
                       "program,20uS[,WAIT]; currents for neurons and spin devices; a range (1V..2V) makes a curve");
    command.add_option("--points", options->points, "rows of a trace (401) or points of a curve (21)")
        ->check(CLI::Range(2, 1000000));
    command.add_flag("--log", options->log, "points of a range at equal ratios");
    command.add_flag("--per-pulse", options->bench.per_pulse, "memristors: one row a pulse instead of rows over time");
    command
        .add_option("--trials", options->bench.trials,
                    "cells that statistics are drawn from (1000), or attempts to switch (none)")
        ->check(CLI::Range(1, 10000000));
    command.add_option("--seed", options->bench.seed, "of all random draws")->capture_default_str();
    command.add_flag("--json", options->json, "print JSON instead of a table");
    command.add_option("--csv", options->csv, "write the table as CSV, all rows, all digits");
    command.add_option("--plot", options->plot, "write a plot as an SVG (needs gnuplot)");
    command.add_option("--x", options->x, "column on the plot's x axis");
    command.add_option("--y", options->y, "column on the plot's y axis");
}

}  // namespace spikefab::cli
