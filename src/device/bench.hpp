// SPDX-License-Identifier: Apache-2.0
// A device under a drive: what it does over time, and what a person reads off it.
//
// Each kind of device has a bench of its own, one file each; all of them answer in tables of named columns in SI units.
#pragma once

#include "device/device_file.hpp"
#include "device/drive.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace spikefab::device {

/// A column: a variable whose name may be put together.
struct Column {
    std::string name;
    std::string unit;
    /// "torque_field_A_per_m"
    [[nodiscard]] std::string key() const;
};

/// A unit in which a level may be written; "" for a pure number.
struct LevelUnit {
    std::string symbol;
    double factor = 1.0;  ///< to the device's own unit
};

struct Table {
    std::vector<Column> columns;
    std::vector<std::vector<double>> rows;
};

/// Values beside the table.
struct Value {
    Column what;
    double value = 0.0;  ///< NaN where it does not exist
};

struct Measurement {
    Table table;
    std::vector<Value> values;
    std::vector<double> spikes;  ///< s, of a neuron's trace
    std::string x, y;            ///< names of the columns that a plot shows
    std::vector<std::string> notes;
};

struct BenchOptions {
    std::uint32_t points = 401;  ///< rows of a trace
    std::uint64_t seed = 1;
    std::uint32_t trials = 0;  ///< cells (0: 1000) or attempts to switch (0: none) that statistics are drawn from
    bool per_pulse = false;    ///< one row a pulse instead of rows over time
};

class Bench {
public:
    virtual ~Bench() = default;
    [[nodiscard]] virtual bool takes(DriveShape shape) const = 0;
    [[nodiscard]] virtual std::vector<LevelUnit> level_units() const = 0;
    /// The forms of drive that fit, for messages.
    [[nodiscard]] virtual std::string drive_help() const = 0;
    [[nodiscard]] virtual bool is_programmed() const { return false; }
    /// The device over time.
    [[nodiscard]] virtual Measurement trace(const Drive& drive, const BenchOptions& options) const = 0;
    /// One point of a curve.
    [[nodiscard]] virtual std::vector<Value> respond(const Drive& drive, const BenchOptions& options) const = 0;
    /// The value of a point that a plot of a curve shows.
    [[nodiscard]] virtual std::string plotted(DriveShape shape) const = 0;
};

/// The bench for a file's device; InputError when its parameters contradict each other.
[[nodiscard]] std::unique_ptr<Bench> make_bench(const DeviceFile& file);

[[nodiscard]] std::unique_ptr<Bench> make_memristor_bench(const Memristor& device, const ProgramParams& program);
[[nodiscard]] std::unique_ptr<Bench> make_statistics_bench(const ConductanceStatistics& cells, const ProgramParams& program);
[[nodiscard]] std::unique_ptr<Bench> make_neuron_bench(const ColumnNeuronModel& neuron);
[[nodiscard]] std::unique_ptr<Bench> make_dynamic_bench(const DynamicDevice& device);

/// A trace, or for a range a curve of `curve_points` points.
[[nodiscard]] Measurement measure(const Bench& bench, const DriveRequest& request, const BenchOptions& options,
                                  std::uint32_t curve_points, bool log);

}  // namespace spikefab::device
