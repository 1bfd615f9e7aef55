// SPDX-License-Identifier: Apache-2.0
// The bench of a device, and curves put together from points.
#include "device/bench.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <cmath>

namespace spikefab::device {
namespace {

[[nodiscard]] Column axis_of(const Bench& bench, const DriveRequest& request) {
    if (request.level.swept) return {request.shape == DriveShape::program ? "target" : "level", bench.level_units()[0].symbol};
    if (request.seconds.swept) return {"duration", "s"};
    return {"drive_frequency", "Hz"};
}

/// A row of a trace has a number in every place. InputError for the first that does not.
void expect_numbers(const Table& table) {
    for (const auto& row : table.rows)
        for (std::size_t k = 0; k < row.size(); ++k)
            if (!std::isfinite(row[k]))
                throw InputError{
                    fmt::format("at {} = {:.6g} the device's {} is beyond all numbers; lower the drive or check the "
                                "parameters",
                                table.columns[0].key(), row[0], table.columns[k].key())};
}

}  // namespace

std::string Column::key() const {
    if (unit.empty()) return name;
    std::string text = name + "_";
    for (const char letter : unit) text += letter == '/' ? std::string{"_per_"} : std::string{letter};
    return text;
}

std::unique_ptr<Bench> make_bench(const DeviceFile& file) {
    struct Make {
        const ProgramParams& program;
        std::unique_ptr<Bench> operator()(const ModelChoice<Memristor>& model) const {
            return make_memristor_bench(*model, program);
        }
        std::unique_ptr<Bench> operator()(const ModelChoice<ConductanceStatistics>& model) const {
            return make_statistics_bench(*model, program);
        }
        std::unique_ptr<Bench> operator()(const ModelChoice<ColumnNeuronModel>& model) const {
            return make_neuron_bench(*model);
        }
        std::unique_ptr<Bench> operator()(const ModelChoice<DynamicDevice>& model) const { return make_dynamic_bench(*model); }
    };
    return std::visit(Make{file.program}, file.device.model());
}

Measurement measure(const Bench& bench, const DriveRequest& request, const BenchOptions& options, std::uint32_t curve_points,
                    bool log) {
    if (!request.is_curve()) {
        Measurement measurement = bench.trace(make_drive(request), options);
        expect_numbers(measurement.table);
        return measurement;
    }
    Measurement curve;
    curve.table.columns = {axis_of(bench, request)};
    for (const Drive& drive : make_drives(request, curve_points, log)) {
        const std::vector<Value> values = bench.respond(drive, options);
        std::vector<double> row{swept_value(request, drive)};
        for (const Value& value : values) {
            if (curve.table.rows.empty()) curve.table.columns.push_back(value.what);
            row.push_back(value.value);
        }
        curve.table.rows.push_back(std::move(row));
    }
    curve.x = curve.table.columns[0].key();
    curve.y = bench.plotted(request.shape);
    return curve;
}

}  // namespace spikefab::device
