// SPDX-License-Identifier: Apache-2.0
// A resistive synapse under identical pulses: each moves the conductance by less the nearer it is to where the pulse drives it,
// with a curvature of its own in each direction.
//
// P.-Y. Chen, X. Peng, S. Yu, "NeuroSim+: an integrated device-to-algorithm framework for benchmarking synaptic devices and
// array architectures", IEEE IEDM 2017, 10.1109/IEDM.2017.8268337, eq. 1 to 3: after the share p of the pulses that a full
// swing takes,
//   x = (1 - e^(-c p)) / (1 - e^-c) on the way up from 0, and 1 less the same, with its own c, on the way down from 1,
// where x is the conductance between its bounds and c the number of pulses over the paper's A; c = 0 is a straight line, c < 0
// one that is steepest at its end. Hence x' = c (B - x) / t_set, B = 1 / (1 - e^-c), which has a closed form from any x. Below
// its threshold a voltage does nothing, above it all do the same: the law holds for pulses of one amplitude.
#include "base/error.hpp"
#include "models/device/memristor.hpp"

#include <algorithm>
#include <cmath>

namespace spikefab {
namespace {

/// The way of x towards 1 from `from`; the way down is that of 1 - x.
class Rise final {
public:
    Rise(double curvature, double full_swing, double from)
        : curvature_{curvature},
          swing_{full_swing},
          gap_{std::abs(curvature) < straight ? 1.0 : 1.0 / -std::expm1(-curvature) - from},
          from_{from},
          end_{std::abs(curvature) < straight ? (1.0 - from) * full_swing
                                              : full_swing / curvature * std::log1p((1.0 - from) / (gap_ - (1.0 - from)))} {}

    /// x after `seconds`.
    [[nodiscard]] double after(double seconds) const {
        if (seconds >= end_) return 1.0;
        if (std::abs(curvature_) < straight) return from_ + seconds / swing_;
        return std::min(1.0, from_ - gap_ * std::expm1(-curvature_ * seconds / swing_));
    }
    /// Integral of x over `seconds`.
    [[nodiscard]] double integral(double seconds) const {
        const double moving = std::min(seconds, end_);
        const double rest = seconds - moving;
        if (std::abs(curvature_) < straight) return moving * (from_ + 0.5 * moving / swing_) + rest;
        const double tau = swing_ / curvature_;
        return (from_ + gap_) * moving + gap_ * tau * std::expm1(-moving / tau) + rest;
    }

private:
    static constexpr double straight = 1e-6;  // the curve is then a line to this much of the swing

    double curvature_;
    double swing_;  ///< s from 0 to 1
    double gap_;    ///< from `from_` to where the exponential would end
    double from_;
    double end_;  ///< s until x is 1
};

struct SoftBounds {
    static constexpr std::string_view name = "soft_bounds";
    static constexpr std::string_view summary = "conductance steps that shrink towards their bound (NeuroSim's pulse law)";
    static constexpr std::string_view state_meaning = "conductance between its bounds, 0 to 1";

    struct Params {
        Conductance low = Conductance::from_si(1e-6);
        Conductance high = Conductance::from_si(39e-6);
        Voltage set{0.9};
        Voltage reset{-1.0};
        Time up = Time::from_si(64e-6);
        Time down = Time::from_si(64e-6);
        double curvature_up = 0.0;
        double curvature_down = 0.0;
        double initial = 0.0;
        static constexpr auto fields = std::tuple{
            field("g_low", &Params::low, {0.0, 1e6}, "conductance at state 0"),
            field("g_high", &Params::high, {1e-12, 1e6}, "conductance at state 1"),
            field("v_set", &Params::set, {1e-6, 1e3}, "voltage from which on the conductance rises"),
            field("v_reset", &Params::reset, {-1e3, -1e-6}, "voltage from which on, downwards, it falls"),
            field("t_up", &Params::up, {1e-6, 1e15}, "time of a full swing up, all pulses together"),
            field("t_down", &Params::down, {1e-6, 1e15}, "time of a full swing down"),
            field("curvature_up", &Params::curvature_up, {-30.0, 30.0}, "c on the way up; 0: every pulse moves it alike"),
            field("curvature_down", &Params::curvature_down, {-30.0, 30.0}, "c on the way down"),
            field("initial", &Params::initial, {0.0, 1.0}, "state at the start")};
    };

    static void check(const Params& params) {
        if (params.high <= params.low) throw InputError{"soft_bounds: g_high must be larger than g_low"};
    }
    static StateRange range(const Params& /*params*/) { return {0.0, 1.0}; }
    static double initial(const Params& params) { return params.initial; }
    static double conductance(const Params& params, double x) {
        return params.low.si() + (params.high.si() - params.low.si()) * x;
    }
    static double current(const Params& params, double x, double volts) { return volts * conductance(params, x); }

    static PulseResult pulse(const Params& params, double x, double volts, double seconds) {
        double mean = x;
        PulseResult result{.state = x};
        if (volts >= params.set.si()) {
            const Rise rise{params.curvature_up, params.up.si(), x};
            mean = rise.integral(seconds) / seconds;
            result.state = rise.after(seconds);
        } else if (volts <= params.reset.si()) {
            const Rise fall{params.curvature_down, params.down.si(), 1.0 - x};
            mean = 1.0 - fall.integral(seconds) / seconds;
            result.state = 1.0 - fall.after(seconds);
        }
        result.charge = volts * conductance(params, mean) * seconds;
        result.energy = result.charge * volts;
        return result;
    }

    static double advance(const Params& params, double x, const Waveform& wave, double from, double to) {
        std::vector<double> times = wave.pieces(from, to, params.set.si());
        std::ranges::copy(wave.pieces(from, to, params.reset.si()), std::back_inserter(times));
        std::ranges::sort(times);
        for (std::size_t k = 0; k + 1 < times.size(); ++k)
            if (times[k + 1] > times[k])
                x = pulse(params, x, wave.value(0.5 * (times[k] + times[k + 1])), times[k + 1] - times[k]).state;
        return x;
    }
};

[[maybe_unused]] const bool registered = register_memristor<SoftBounds>();

}  // namespace
}  // namespace spikefab
