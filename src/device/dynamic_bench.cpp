// SPDX-License-Identifier: Apache-2.0
// Devices followed through time: their variables under a drive, closed forms beside them, and how often they switch.
#include "device/bench.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace spikefab::device {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

class DynamicBench final : public Bench {
public:
    explicit DynamicBench(const DynamicDevice& device) : device_{device} { device.check(); }

    [[nodiscard]] bool takes(DriveShape shape) const override { return shape != DriveShape::program; }
    [[nodiscard]] std::vector<LevelUnit> level_units() const override {
        std::vector<LevelUnit> units;
        constexpr std::array<std::pair<DriveUnit, const char*>, 4> all{
            std::pair{DriveUnit::ampere, "A"}, std::pair{DriveUnit::ampere_per_square_metre, "A/m2"},
            std::pair{DriveUnit::ampere_per_metre, "A/m"}, std::pair{DriveUnit::relative, ""}};
        for (const auto& [unit, symbol] : all)
            if (const auto factor = device_.amperes_per(unit)) units.push_back({symbol, *factor});
        return units;
    }
    [[nodiscard]] std::string drive_help() const override {
        std::string units;
        for (const LevelUnit& unit : level_units())
            units += (units.empty() ? "" : ", ") +
                     (unit.symbol.empty() ? std::string{"or relative to the critical current"} : unit.symbol);
        return fmt::format(
            "dc,VALUE,10ns, pulse,VALUE,5ns[,COUNT[,PERIOD]], sine,VALUE,1GHz[,CYCLES] or triangle,..., with a "
            "VALUE (or FROM..TO) in {}",
            units);
    }
    [[nodiscard]] std::string plotted(DriveShape /*shape*/) const override { return std::string{device_.plotted()}; }

    [[nodiscard]] Measurement trace(const Drive& drive, const BenchOptions& options) const override {
        Measurement result;
        result.table.columns = {{"t", "s"}, {"i", "A"}};
        for (const Variable& variable : device_.variables())
            result.table.columns.push_back({std::string{variable.name}, std::string{variable.unit}});
        result.values = follow(drive, options, &result.table.rows);
        append_trials(result.values, drive, options);
        result.x = "t_s";
        result.y = result.table.columns[2 + device_.switching_variable().value_or(0)].key();
        return result;
    }
    [[nodiscard]] std::vector<Value> respond(const Drive& drive, const BenchOptions& options) const override {
        std::vector<Value> values = follow(drive, options, nullptr);
        append_trials(values, drive, options);
        return values;
    }

private:
    static void advance(DevicePath& path, const Waveform& wave, double from, double to) {
        // A triangle's corners are no places to step over.
        const std::vector<double> times = wave.pieces(from, to, 0.0);
        for (std::size_t k = 0; k + 1 < times.size(); ++k)
            if (times[k + 1] > times[k]) path.advance(wave, times[k], times[k + 1]);
    }

    /// The drive from start to end: closed forms, where the variables end, their means, and when the device switched.
    [[nodiscard]] std::vector<Value> follow(const Drive& drive, const BenchOptions& options,
                                            std::vector<std::vector<double>>* rows) const {
        const auto path = device_.start(options.seed, 0);
        const auto variables = device_.variables();
        std::vector<double> sum(variables.size(), 0.0);
        std::vector<double> squares(variables.size(), 0.0);
        std::vector<double> before;
        std::vector<double> now;
        double weight = 0.0;
        double switched = none;
        for (const Segment& segment : drive.segments) {
            const std::vector<double> times = sample_times(drive, segment, options.points);
            for (std::size_t k = 0; k < times.size(); ++k) {
                std::unique_ptr<DevicePath> earlier;
                if (k > 0) {
                    if (std::isnan(switched) && device_.switching_variable()) earlier = path->clone();
                    advance(*path, segment.wave, times[k - 1], times[k]);
                }
                const double current = segment.wave.value(times[k]);
                now.clear();
                path->observe(current, now);
                if (earlier) switched = crossing(*earlier, segment.wave, times[k - 1], times[k], before, now);
                if (k > 0) {
                    const double length = times[k] - times[k - 1];
                    weight += length;
                    for (std::size_t j = 0; j < now.size(); ++j) {
                        sum[j] += length * now[j];
                        squares[j] += length * now[j] * now[j];
                    }
                }
                if (rows != nullptr) {
                    rows->push_back({times[k], current});
                    rows->back().insert(rows->back().end(), now.begin(), now.end());
                }
                before = now;
            }
        }
        std::vector<Value> values;
        const double seconds = drive.seconds > 0.0 ? drive.seconds : drive.duration();  // of one pulse of a train
        for (const Figure& figure : device_.figures({.amperes = drive.level, .seconds = seconds}))
            values.push_back({{std::string{figure.what.name}, std::string{figure.what.unit}}, figure.value});
        for (std::size_t j = 0; j < now.size(); ++j)
            values.push_back({{fmt::format("end_{}", variables[j].name), std::string{variables[j].unit}}, now[j]});
        if (device_.switching_variable()) {
            const std::size_t j = *device_.switching_variable();
            values.push_back({{fmt::format("mean_{}", variables[j].name), ""}, sum[j] / weight});
            values.push_back({{fmt::format("mean_square_{}", variables[j].name), ""}, squares[j] / weight});
            values.push_back({{"switched", "s"}, switched});
        }
        return values;
    }

    /// When the switching variable changed its sign in an interval; NaN if it did not. Without heat to all digits, else by
    /// the chord, since a stochastic path has no other points.
    [[nodiscard]] double crossing(const DevicePath& start, const Waveform& wave, double from, double to,
                                  const std::vector<double>& before, const std::vector<double>& after) const {
        const std::size_t j = *device_.switching_variable();
        if ((before[j] < 0.0) == (after[j] < 0.0)) return none;
        if (device_.is_stochastic()) return from + (to - from) * before[j] / (before[j] - after[j]);
        double low = from;
        double high = to;
        std::vector<double> values;
        for (int halving = 0; halving < 50; ++halving) {
            const double middle = 0.5 * (low + high);
            const auto path = start.clone();
            advance(*path, wave, from, middle);
            values.clear();
            path->observe(0.0, values);
            ((values[j] < 0.0) == (before[j] < 0.0) ? low : high) = middle;
        }
        return high;
    }

    /// How many of many attempts end on the other side.
    void append_trials(std::vector<Value>& values, const Drive& drive, const BenchOptions& options) const {
        if (!device_.is_stochastic() || !device_.switching_variable() || options.trials == 0) return;
        const std::size_t j = *device_.switching_variable();
        std::uint32_t switched = 0;
        std::vector<double> observed;
        for (std::uint32_t trial = 1; trial <= options.trials; ++trial) {
            const auto path = device_.start(options.seed, trial);
            observed.clear();
            path->observe(0.0, observed);
            const bool negative = observed[j] < 0.0;
            for (const Segment& segment : drive.segments) path->advance(segment.wave, segment.from, segment.to);
            observed.clear();
            path->observe(0.0, observed);
            if ((observed[j] < 0.0) != negative) ++switched;
        }
        const double share = static_cast<double>(switched) / options.trials;
        values.push_back({{"switched_share", ""}, share});
        values.push_back({{"switched_share_sigma", ""}, std::sqrt(share * (1.0 - share) / options.trials)});
    }

    const DynamicDevice& device_;
};

}  // namespace

std::unique_ptr<Bench> make_dynamic_bench(const DynamicDevice& device) {
    return std::make_unique<DynamicBench>(device);
}

}  // namespace spikefab::device
