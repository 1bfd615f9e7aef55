// SPDX-License-Identifier: Apache-2.0
// Neurons at a crossbar's column: their spikes under a current, and how the rate depends on it.
#include "device/bench.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace spikefab::device {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

class NeuronBench final : public Bench {
public:
    explicit NeuronBench(const ColumnNeuronModel& neuron) : neuron_{neuron} {
        static_cast<void>(neuron.make_array(1, 1, "device"));  // parameters that contradict each other
    }

    [[nodiscard]] bool takes(DriveShape shape) const override { return shape != DriveShape::program; }
    [[nodiscard]] std::vector<LevelUnit> level_units() const override { return {{"A", 1.0}}; }
    [[nodiscard]] std::string drive_help() const override {
        return "dc,1uA,10us or dc,0.5uA..2uA,10us for a curve, pulse,1uA,100ns[,COUNT[,PERIOD]], sine,1uA,1MHz[,CYCLES] or "
               "triangle,...";
    }
    [[nodiscard]] std::string plotted(DriveShape /*shape*/) const override {
        return neuron_.decides_at_pulse_end() ? "fired_per_pulse" : "rate_Hz";
    }

    [[nodiscard]] Measurement trace(const Drive& drive, const BenchOptions& options) const override {
        Measurement result;
        result.table.columns = {{"t", "s"}, {"i", "A"}, {"state", ""}, {"spikes", ""}};
        result.values = run(drive, options, &result);
        result.notes.push_back(fmt::format("state: {}", neuron_.observable_meaning()));
        if (drive.shape == DriveShape::sine || drive.shape == DriveShape::triangle)
            result.notes.push_back("between two rows the current is held at its mean there; --points makes the steps finer");
        result.x = "t_s";
        result.y = neuron_.decides_at_pulse_end() ? "spikes" : "state";
        return result;
    }
    [[nodiscard]] std::vector<Value> respond(const Drive& drive, const BenchOptions& options) const override {
        return run(drive, options, nullptr);
    }

private:
    /// Goes through the drive; rows are written where there is someone to read them.
    [[nodiscard]] std::vector<Value> run(const Drive& drive, const BenchOptions& options, Measurement* rows) const {
        const auto array = neuron_.make_array(1, options.seed, "device");
        std::vector<TimedSpike> spikes;
        double pulses = 0.0;
        const auto note = [&](double time, double current) {
            if (rows != nullptr)
                rows->table.rows.push_back({time, current, array->observable(0), static_cast<double>(spikes.size())});
        };
        for (const Segment& segment : drive.segments) {
            const DrivePhase phase = segment.on ? DrivePhase::pulse : DrivePhase::rest;
            pulses += segment.on ? 1.0 : 0.0;
            const bool held = segment.wave.shape == WaveShape::constant;
            if (held && rows == nullptr) {
                array->drive(segment.from, phase, std::vector{segment.wave.value(segment.from)}, spikes);
                continue;
            }
            const std::vector<double> times = sample_times(drive, segment, options.points);
            double current = 0.0;
            for (std::size_t k = 0; k < times.size(); ++k) {
                const bool last = k + 1 == times.size();
                if (last || (held && k > 0)) {
                    array->advance(times[k], spikes);
                } else {
                    current = segment.wave.flux(times[k], times[k + 1]) / (times[k + 1] - times[k]);
                    array->drive(times[k], phase, std::vector{current}, spikes);
                }
                note(times[k], current);
            }
        }
        array->drive(drive.duration(), DrivePhase::rest, std::vector{0.0}, spikes);
        note(drive.duration(), 0.0);
        if (rows != nullptr)
            for (const TimedSpike& spike : spikes) rows->spikes.push_back(spike.time);
        return values_of(spikes, array->energy(), pulses);
    }

    [[nodiscard]] std::vector<Value> values_of(const std::vector<TimedSpike>& spikes, double energy, double pulses) const {
        const auto count = static_cast<double>(spikes.size());
        std::vector<Value> values{{{"spikes", ""}, count}, {{"energy", "J"}, energy}};
        if (neuron_.decides_at_pulse_end()) {
            values.push_back({{"fired_per_pulse", ""}, pulses > 0.0 ? count / pulses : none});
            return values;
        }
        values.push_back({{"first_spike", "s"}, spikes.empty() ? none : spikes.front().time});
        const double span = spikes.size() < 2 ? 0.0 : spikes.back().time - spikes.front().time;
        values.push_back({{"rate", "Hz"}, span > 0.0 ? (count - 1.0) / span : 0.0});
        return values;
    }

    const ColumnNeuronModel& neuron_;
};

}  // namespace

std::unique_ptr<Bench> make_neuron_bench(const ColumnNeuronModel& neuron) {
    return std::make_unique<NeuronBench>(neuron);
}

}  // namespace spikefab::device
