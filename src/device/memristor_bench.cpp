// SPDX-License-Identifier: Apache-2.0
// Memristors: current and state under a voltage, pulse by pulse, and written to a conductance.
#include "device/bench.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace spikefab::device {
namespace {

/// State, and what the driver has given so far.
struct Walk {
    double state = 0.0;
    double energy = 0.0;  ///< J
    double charge = 0.0;  ///< C
};

class MemristorBench final : public Bench {
public:
    MemristorBench(const Memristor& device, const ProgramParams& program) : device_{device}, program_{program} {
        device.check();
    }

    [[nodiscard]] bool takes(DriveShape /*shape*/) const override { return true; }
    [[nodiscard]] std::vector<LevelUnit> level_units() const override { return {{"V", 1.0}, {"S", 1.0}}; }
    [[nodiscard]] std::string drive_help() const override {
        return "sine,1V,1MHz[,CYCLES] or triangle,..., pulse,1V,100ns[,COUNT[,PERIOD]], dc,1V,1us, or program,20uS";
    }
    [[nodiscard]] bool is_programmed() const override { return true; }
    [[nodiscard]] std::string plotted(DriveShape shape) const override {
        return shape == DriveShape::program ? "reached_S" : "g_read_S";
    }

    [[nodiscard]] Measurement trace(const Drive& drive, const BenchOptions& options) const override {
        check(drive);
        if (drive.shape == DriveShape::program) return programming(drive.level, options);
        Measurement result = options.per_pulse ? pulses(drive) : path(drive, options.points);
        result.notes.push_back(fmt::format("state: {}", device_.state_meaning()));
        result.notes.push_back(fmt::format("g_read: at {}", format(program_.read)));
        return result;
    }

    [[nodiscard]] std::vector<Value> respond(const Drive& drive, const BenchOptions& options) const override {
        check(drive);
        if (drive.shape == DriveShape::program) {
            Rng rng{options.seed, "program"};
            const ProgramOutcome outcome = write(drive.level, program_, rng);
            return {{{"reached", "S"}, outcome.cell.conductance},
                    {{"pulses", ""}, static_cast<double>(outcome.pulses)},
                    {{"energy", "J"}, outcome.energy},
                    {{"time", "s"}, outcome.seconds},
                    {{"converged", ""}, outcome.converged ? 1.0 : 0.0}};
        }
        return path(drive, options.points).values;
    }

private:
    /// InputError for a voltage that no device survives, or that its equations have no number for.
    void check(const Drive& drive) const {
        constexpr double most_volts = 100.0;  // as of v_set and v_reset
        std::vector<double> levels{program_.set.si(), program_.reset.si(), program_.read.si()};
        if (drive.shape != DriveShape::program) levels = {drive.level, -drive.level, program_.read.si()};
        for (const double volts : levels) {
            if (std::abs(volts) > most_volts)
                throw InputError{
                    fmt::format("{:.6g} V would destroy any memristor; expected -{} V to {} V", volts, most_volts, most_volts)};
            for (const double state : {device_.range().low, device_.range().high})
                if (!std::isfinite(device_.current(state, volts) * volts))
                    throw InputError{
                        fmt::format("at {:.6g} V the device's current is beyond all numbers; lower the voltage or check "
                                    "the parameters",
                                    volts)};
        }
    }

    [[nodiscard]] double read(double state) const { return device_.conductance(state, program_.read.si()); }

    /// Moves on; power and current are integrated by Gauss's rule with two nodes.
    void step(Walk& walk, const Waveform& wave, double from, double to) const {
        const double root = std::sqrt(1.0 / 3.0);
        double at = from;
        for (const double node : {0.5 - 0.5 * root, 0.5 + 0.5 * root}) {
            const double time = from + node * (to - from);
            walk.state = device_.advance(walk.state, wave, at, time);
            at = time;
            const double volts = wave.value(time);
            const double current = device_.current(walk.state, volts);
            walk.charge += 0.5 * (to - from) * current;
            walk.energy += 0.5 * (to - from) * current * volts;
        }
        walk.state = device_.advance(walk.state, wave, at, to);
    }

    /// How long into a constant drive the state moves.
    [[nodiscard]] double settling_time(double state, const Segment& segment) const {
        const double length = segment.to - segment.from;
        const double end = device_.advance(state, segment.wave, 0.0, length);
        const auto [low_end, high_end] = device_.range();
        const double near = 2e-8 * (high_end - low_end);
        const auto arrived = [&](double time) {
            return std::abs(device_.advance(state, segment.wave, 0.0, time) - end) <= near;
        };
        if (arrived(0.0)) return 0.0;
        double low = 0.0;
        double high = length;
        for (int halving = 0; halving < 60 && high - low > 1e-9 * high; ++halving) {
            const double middle = 0.5 * (low + high);
            (arrived(middle) ? high : low) = middle;
        }
        return high;
    }

    [[nodiscard]] Measurement path(const Drive& drive, std::uint32_t points) const {
        Measurement result;
        result.table.columns = {{"t", "s"}, {"v", "V"}, {"i", "A"}, {"state", ""}, {"g_read", "S"}};
        Walk walk{.state = device_.initial()};
        const double first = walk.state;
        double most = 0.0;
        for (const Segment& segment : drive.segments) {
            const std::vector<double> times = sample_times(drive, segment, points);
            for (std::size_t k = 0; k < times.size(); ++k) {
                if (k > 0) step(walk, segment.wave, times[k - 1], times[k]);
                const double volts = segment.wave.value(times[k]);
                const double current = device_.current(walk.state, volts);
                most = std::max(most, std::abs(current));
                result.table.rows.push_back({times[k], volts, current, walk.state, read(walk.state)});
            }
        }
        result.values = {{{"state", ""}, walk.state},
                         {{"g_read", "S"}, read(walk.state)},
                         {{"highest_current", "A"}, most},
                         {{"charge", "C"}, walk.charge},
                         {{"energy", "J"}, walk.energy}};
        const bool one_pulse = drive.segments[0].wave.shape == WaveShape::constant && drive.segments.size() <= 2;
        if (one_pulse) result.values.push_back({{"settled", "s"}, settling_time(first, drive.segments[0])});
        const bool cycles = drive.shape == DriveShape::sine || drive.shape == DriveShape::triangle;
        result.x = cycles ? "v_V" : "t_s";
        result.y = cycles ? "i_A" : "g_read_S";
        return result;
    }

    [[nodiscard]] Measurement pulses(const Drive& drive) const {
        Measurement result;
        result.table.columns = {{"pulse", ""}, {"t", "s"}, {"state", ""}, {"g_read", "S"}, {"energy", "J"}, {"settled", "s"}};
        Walk walk{.state = device_.initial()};
        double total = 0.0;
        for (const Segment& segment : drive.segments) {
            if (!segment.on) {
                walk.state = device_.advance(walk.state, segment.wave, segment.from, segment.to);
                continue;
            }
            const double settled = settling_time(walk.state, segment);
            const PulseResult pulse = device_.pulse(walk.state, segment.wave.value(segment.from), segment.to - segment.from);
            walk.state = pulse.state;
            total += pulse.energy;
            const auto number = static_cast<double>(result.table.rows.size() + 1);
            result.table.rows.push_back({number, segment.to, walk.state, read(walk.state), pulse.energy, settled});
        }
        result.values = {{{"state", ""}, walk.state}, {{"g_read", "S"}, read(walk.state)}, {{"energy", "J"}, total}};
        result.x = "pulse";
        result.y = "g_read_S";
        return result;
    }

    [[nodiscard]] ProgramOutcome write(double target, const ProgramParams& program, Rng& rng) const {
        const double one = read(device_.range().low);
        const double other = read(device_.range().high);
        return program_cell(device_, device_.initial(), {.conductance = target, .range = std::abs(one - other)}, program, rng);
    }

    /// After every pulse: the same programming, stopped ever later (the same seed draws the same pulses).
    [[nodiscard]] Measurement programming(double target, const BenchOptions& options) const {
        Measurement result;
        result.table.columns = {{"pulses", ""}, {"g_read", "S"}, {"energy", "J"}, {"time", "s"}};
        ProgramOutcome outcome;
        for (std::uint32_t most = 0; most <= program_.most_pulses; ++most) {
            ProgramParams shorter = program_;
            shorter.most_pulses = most;
            Rng rng{options.seed, "program"};
            outcome = write(target, shorter, rng);
            result.table.rows.push_back(
                {static_cast<double>(outcome.pulses), outcome.cell.conductance, outcome.energy, outcome.seconds});
            if (outcome.converged) break;
        }
        result.values = {{{"target", "S"}, target},
                         {{"reached", "S"}, outcome.cell.conductance},
                         {{"pulses", ""}, static_cast<double>(outcome.pulses)},
                         {{"energy", "J"}, outcome.energy},
                         {{"time", "s"}, outcome.seconds},
                         {{"converged", ""}, outcome.converged ? 1.0 : 0.0}};
        if (program_.scheme == ProgramScheme::direct)
            result.notes.push_back("program.scheme is direct: the state is set without pulses; write_verify pulses and reads");
        result.x = "pulses";
        result.y = "g_read_S";
        return result;
    }

    const Memristor& device_;
    ProgramParams program_;
};

}  // namespace

std::unique_ptr<Bench> make_memristor_bench(const Memristor& device, const ProgramParams& program) {
    return std::make_unique<MemristorBench>(device, program);
}

}  // namespace spikefab::device
