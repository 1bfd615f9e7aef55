// SPDX-License-Identifier: Apache-2.0
// Cells known by their statistics: programmed to a conductance, then left to drift and read with noise.
#include "device/bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace spikefab::device {
namespace {

struct Spread {
    double mean = 0.0;
    double sigma = 0.0;
    double low = 0.0;   ///< 5 % are below
    double high = 0.0;  ///< 5 % are above
};

[[nodiscard]] Spread spread_of(std::vector<double> values) {
    Spread result;
    const auto count = static_cast<double>(values.size());
    for (const double value : values) result.mean += value / count;
    for (const double value : values) result.sigma += (value - result.mean) * (value - result.mean);
    result.sigma = count > 1.0 ? std::sqrt(result.sigma / (count - 1.0)) : 0.0;
    std::ranges::sort(values);
    const auto quantile = [&](double share) { return values[static_cast<std::size_t>(share * (count - 1.0))]; };
    result.low = quantile(0.05);
    result.high = quantile(0.95);
    return result;
}

[[nodiscard]] std::uint32_t cell_count(const BenchOptions& options) {
    return options.trials == 0 ? 1000 : options.trials;
}

class StatisticsBench final : public Bench {
public:
    StatisticsBench(const ConductanceStatistics& cells, const ProgramParams& program) : cells_{cells}, program_{program} {}

    [[nodiscard]] bool takes(DriveShape shape) const override { return shape == DriveShape::program; }
    [[nodiscard]] std::vector<LevelUnit> level_units() const override { return {{"S", 1.0}}; }
    [[nodiscard]] std::string drive_help() const override {
        return "program,20uS[,WAIT], e.g. program,20uS,1e6s or program,1uS..25uS,1s (cells known by statistics are programmed, "
               "not driven)";
    }
    [[nodiscard]] bool is_programmed() const override { return true; }
    [[nodiscard]] std::string plotted(DriveShape /*shape*/) const override { return "sigma_prog_S"; }

    /// Time at equal ratios from a millionth of the wait (at least 1 us) on, after the moment of programming.
    [[nodiscard]] Measurement trace(const Drive& drive, const BenchOptions& options) const override {
        Measurement result;
        result.table.columns = {{"t", "s"},     {"g_drifted", "S"}, {"sigma_read", "S"}, {"mean", "S"},
                                {"sigma", "S"}, {"p05", "S"},       {"p95", "S"}};
        const std::vector<ProgrammedCell> cells = programmed(drive.level, options);
        for (const double time : times(drive.seconds, options.points)) {
            const Spread spread = spread_of(reads(cells, time, options, result.table.rows.size() + 1));
            const double drifted = mean_path(drive.level, time);
            result.table.rows.push_back({time, drifted, cells_.read_sigma(drive.level, drifted, time), spread.mean,
                                         spread.sigma, spread.low, spread.high});
        }
        result.values = moments(drive.level);
        append_programming(result.values, drive.level, options);
        result.notes.push_back(
            fmt::format("g_drifted: a cell exactly at the target with the mean drift; mean, sigma, p05 and "
                        "p95: reads of {} programmed cells",
                        cell_count(options)));
        result.x = "t_s";
        result.y = "mean_S";
        return result;
    }

    [[nodiscard]] std::vector<Value> respond(const Drive& drive, const BenchOptions& options) const override {
        std::vector<Value> values = moments(drive.level);
        const double drifted = mean_path(drive.level, drive.seconds);
        values.push_back({{"g_drifted", "S"}, drifted});
        values.push_back({{"sigma_read", "S"}, cells_.read_sigma(drive.level, drifted, drive.seconds)});
        const Spread spread = spread_of(reads(programmed(drive.level, options), drive.seconds, options, 1));
        values.push_back({{"mean", "S"}, spread.mean});
        values.push_back({{"sigma", "S"}, spread.sigma});
        append_programming(values, drive.level, options);
        return values;
    }

private:
    [[nodiscard]] static std::vector<double> times(double last, std::uint32_t points) {
        std::vector<double> result{0.0};
        if (last <= 0.0) return result;
        const double first = std::min(last, std::max(1e-6, 1e-6 * last));
        const std::uint32_t count = std::max(points, 2U) - 1;
        for (std::uint32_t k = 0; k + 1 < count; ++k)
            result.push_back(first * std::pow(last / first, static_cast<double>(k) / (count - 1)));
        result.push_back(last);
        return result;
    }
    [[nodiscard]] std::vector<Value> moments(double target) const {
        const DriftMoments drift = cells_.drift_moments(target);
        return {{{"sigma_prog", "S"}, cells_.programming_sigma(target)},
                {{"drift_mean", ""}, drift.mean},
                {{"drift_sigma", ""}, drift.sigma}};
    }
    [[nodiscard]] double mean_path(double target, double seconds) const {
        return cells_.drifted(target, cells_.drift_moments(target).mean, seconds);
    }

    [[nodiscard]] ProgramOutcome write(double target, std::uint32_t cell, const BenchOptions& options) const {
        Rng rng{options.seed, "program", cell, 0};
        return program_cell(cells_, {.conductance = target, .range = target > 0.0 ? target : 1.0}, program_, rng);
    }
    [[nodiscard]] std::vector<ProgrammedCell> programmed(double target, const BenchOptions& options) const {
        std::vector<ProgrammedCell> cells;
        for (std::uint32_t k = 0; k < cell_count(options); ++k) cells.push_back(write(target, k, options).cell);
        return cells;
    }
    [[nodiscard]] std::vector<double> reads(const std::vector<ProgrammedCell>& cells, double seconds,
                                            const BenchOptions& options, std::uint64_t event) const {
        std::vector<double> values;
        for (std::uint32_t k = 0; k < cells.size(); ++k) {
            Rng rng{options.seed, "read", k, event};
            values.push_back(cells_.read(cells[k], seconds, rng));
        }
        return values;
    }
    void append_programming(std::vector<Value>& values, double target, const BenchOptions& options) const {
        double pulses = 0.0;
        double energy = 0.0;
        double seconds = 0.0;
        double failed = 0.0;
        for (std::uint32_t k = 0; k < cell_count(options); ++k) {
            const ProgramOutcome outcome = write(target, k, options);
            pulses += outcome.pulses;
            energy += outcome.energy;
            seconds += outcome.seconds;
            failed += outcome.converged ? 0.0 : 1.0;
        }
        const double count = cell_count(options);
        values.push_back({{"pulses_per_cell", ""}, pulses / count});
        values.push_back({{"program_energy", "J"}, energy / count});
        values.push_back({{"program_time", "s"}, seconds / count});
        values.push_back({{"not_converged", ""}, failed / count});
    }

    const ConductanceStatistics& cells_;
    ProgramParams program_;
};

}  // namespace

std::unique_ptr<Bench> make_statistics_bench(const ConductanceStatistics& cells, const ProgramParams& program) {
    return std::make_unique<StatisticsBench>(cells, program);
}

}  // namespace spikefab::device
