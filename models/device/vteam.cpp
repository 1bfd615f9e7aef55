// SPDX-License-Identifier: Apache-2.0
// VTEAM: a threshold in voltage, and a state whose speed depends on the voltage alone.
//
// S. Kvatinsky et al., "VTEAM: a general model for voltage-controlled memristors", IEEE Trans. Circuits Syst. II
// 62(8), 2015, 10.1109/TCSII.2015.2433536, eq. 5 to 8:
//   w' = k_off (v/v_off - 1)^a_off for v > v_off > 0, k_on (v/v_on - 1)^a_on for v < v_on < 0, else 0,
// clipped hard to [w_on, w_off], with a linear or exponential resistance. Defaults: the set of MemTorch
// (models/VTEAM) and of the paper's Table II. Since w' does not depend on w, a pulse is a closed form.
#include "base/error.hpp"
#include "models/device/memristor.hpp"

#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <algorithm>
#include <cmath>

namespace spikefab {
namespace {

enum class ResistanceLaw : std::uint8_t { linear, exponential };
constexpr auto enum_names(ResistanceLaw) {
    return std::array<std::string_view, 2>{"linear", "exponential"};
}

struct Vteam {
    static constexpr std::string_view name = "vteam";
    static constexpr std::string_view summary = "voltage-threshold memristor (Kvatinsky 2015), closed form for pulses";
    static constexpr std::string_view state_meaning = "width w of the insulating region, m";

    struct Params {
        double k_on = -10.0;
        double k_off = 5e-4;
        double alpha_on = 3.0;
        double alpha_off = 1.0;
        Voltage v_on{-0.2};
        Voltage v_off{0.02};
        Length w_on{0.0};
        Length w_off = Length::from_si(3e-9);
        Resistance r_on = Resistance::from_si(50.0);
        Resistance r_off = Resistance::from_si(1000.0);
        ResistanceLaw law = ResistanceLaw::linear;
        Length initial{0.0};
        static constexpr auto fields =
            std::tuple{field("k_on", &Params::k_on, {-1e9, 0.0}, "speed towards w_on, m/s"),
                       field("k_off", &Params::k_off, {0.0, 1e9}, "speed towards w_off, m/s"),
                       field("alpha_on", &Params::alpha_on, {0.0, 100.0}, "exponent of the overdrive towards w_on"),
                       field("alpha_off", &Params::alpha_off, {0.0, 100.0}, "exponent of the overdrive towards w_off"),
                       field("v_on", &Params::v_on, {-1e3, -1e-9}, "threshold towards w_on"),
                       field("v_off", &Params::v_off, {1e-9, 1e3}, "threshold towards w_off"),
                       field("w_on", &Params::w_on, {0.0, 1e3}, "width at which the device is on"),
                       field("w_off", &Params::w_off, {1e-9, 1e3}, "width at which the device is off"),
                       field("r_on", &Params::r_on, {1e-9, 1e12}, "resistance at w_on"),
                       field("r_off", &Params::r_off, {1e-9, 1e12}, "resistance at w_off"),
                       field("resistance", &Params::law, "how the resistance depends on w"),
                       field("initial", &Params::initial, {0.0, 1e3}, "width at the start")};
    };

    static void check(const Params& params) {
        if (params.w_off <= params.w_on) throw InputError{"vteam: w_off must be larger than w_on"};
    }
    static StateRange range(const Params& params) { return {params.w_on.si(), params.w_off.si()}; }
    static double initial(const Params& params) { return std::clamp(params.initial.si(), params.w_on.si(), params.w_off.si()); }

    static double resistance(const Params& params, double w) {
        const double share = (w - params.w_on.si()) / (params.w_off.si() - params.w_on.si());
        const double on = params.r_on.si();
        const double off = params.r_off.si();
        return params.law == ResistanceLaw::linear ? on + (off - on) * share : on * std::pow(off / on, share);
    }
    static double current(const Params& params, double w, double volts) { return volts / resistance(params, w); }

    static double speed(const Params& params, double volts) {
        if (volts > params.v_off.si()) return params.k_off * std::pow(volts / params.v_off.si() - 1.0, params.alpha_off);
        if (volts < params.v_on.si()) return params.k_on * std::pow(volts / params.v_on.si() - 1.0, params.alpha_on);
        return 0.0;
    }

    /// Distance moved under `wave`, which stays on one side of the threshold `level` between the times.
    static double distance(const Params& params, const Waveform& wave, double from, double to) {
        if (wave.shape == WaveShape::constant) return speed(params, wave.value(from)) * (to - from);
        const auto at = [&](double time) { return speed(params, wave.value(time)); };
        return boost::math::quadrature::gauss_kronrod<double, 15>::integrate(at, from, to, 5, 1e-9);
    }

    /// w moves evenly until it meets its bound. On the way the mean conductance is 1/R over R's way for a linear law, and for
    /// an exponential one that over ln R's.
    static PulseResult pulse(const Params& params, double w, double volts, double seconds) {
        const double speed_now = speed(params, volts);
        PulseResult result{.state = std::clamp(w + speed_now * seconds, params.w_on.si(), params.w_off.si())};
        const double before = resistance(params, w);
        const double after = resistance(params, result.state);
        const double change = after / before - 1.0;
        double mean = (1.0 - 0.5 * change) / before;
        if (std::abs(change) > 1e-6)
            mean = params.law == ResistanceLaw::linear ? std::log1p(change) / (after - before)
                                                       : (1.0 / before - 1.0 / after) / std::log1p(change);
        const double moving = speed_now == 0.0 ? 0.0 : std::min(seconds, (result.state - w) / speed_now);
        result.charge = volts * (mean * moving + (seconds - moving) / after);
        result.energy = result.charge * volts;
        return result;
    }

    static double advance(const Params& params, double w, const Waveform& wave, double from, double to) {
        const double low = params.w_on.si();
        const double high = params.w_off.si();
        // Between crossings of both thresholds w moves one way only, so clipping once at the end is exact.
        std::vector<double> times = wave.pieces(from, to, params.v_off.si());
        std::ranges::copy(wave.pieces(from, to, params.v_on.si()), std::back_inserter(times));
        std::ranges::sort(times);
        for (std::size_t k = 0; k + 1 < times.size(); ++k)
            if (times[k + 1] > times[k]) w = std::clamp(w + distance(params, wave, times[k], times[k + 1]), low, high);
        return w;
    }
};

[[maybe_unused]] const bool registered = register_memristor<Vteam>();

}  // namespace
}  // namespace spikefab
