// SPDX-License-Identifier: Apache-2.0
// Linear ion drift memristor of HP Labs, with the window functions in use.
//
// R = R_on x + R_off (1 - x), x' = (mobility R_on / D^2) i f(x), i = v / R: D. B. Strukov et al., Nature 453, 2008,
// 10.1038/nature06932, which also gives the values R_on = 100, R_off = 16 k, D = 10 nm, mobility 1e-14 m2/(V s).
// Windows: Joglekar, f = 1 - (2x - 1)^2p (Eur. J. Phys. 30, 2009, 10.1088/0143-0807/30/4/001); Biolek,
// f = 1 - (x - step(-i))^2p (Radioengineering 18(2), 2009); Prodromakis, f = j (1 - ((x - 0.5)^2 + 0.75)^p) (IEEE
// Trans. Electron Devices 58(9), 2011, 10.1109/TED.2011.2158004).
#include "base/error.hpp"
#include "models/device/memristor.hpp"
#include "models/device/separable.hpp"

#include <algorithm>
#include <cmath>

namespace spikefab {
namespace {

enum class Window : std::uint8_t { none, joglekar, biolek, prodromakis };
constexpr auto enum_names(Window) {
    return std::array<std::string_view, 4>{"none", "joglekar", "biolek", "prodromakis"};
}

struct HpLinearDrift {
    static constexpr std::string_view name = "hp_linear_drift";
    static constexpr std::string_view summary = "linear ion drift (Strukov 2008) with optional window";
    static constexpr std::string_view state_meaning = "doped share of the film, 0 to 1";

    struct Params {
        Resistance r_on = Resistance::from_si(100.0);
        Resistance r_off = Resistance::from_si(16e3);
        Length thickness = Length::from_si(10e-9);
        double mobility = 1e-14;
        Window window = Window::joglekar;
        double p = 1.0;
        double j = 1.0;
        double initial = 0.1;
        static constexpr auto fields =
            std::tuple{field("r_on", &Params::r_on, {1e-9, 1e12}, "resistance of the fully doped film"),
                       field("r_off", &Params::r_off, {1e-9, 1e12}, "resistance of the undoped film"),
                       field("thickness", &Params::thickness, {1e-6, 1e3}, "thickness D of the film"),
                       field("mobility", &Params::mobility, {0.0, 1.0}, "dopant mobility, m2/(V s)"),
                       field("window", &Params::window, "what slows the boundary near the electrodes"),
                       field("p", &Params::p, {1e-3, 100.0}, "exponent of the window"),
                       field("j", &Params::j, {0.0, 100.0}, "height of the Prodromakis window"),
                       field("initial", &Params::initial, {0.0, 1.0}, "doped share at the start")};
    };

    static void check(const Params& params) {
        if (params.r_off <= params.r_on) throw InputError{"hp_linear_drift: r_off must be larger than r_on"};
    }
    static StateRange range(const Params& /*params*/) { return {0.0, 1.0}; }
    static double initial(const Params& params) { return params.initial; }
    static double resistance(const Params& params, double x) { return params.r_on.si() * x + params.r_off.si() * (1.0 - x); }
    static double current(const Params& params, double x, double volts) { return volts / resistance(params, x); }

    static double window(const Params& params, double x, bool growing) {
        switch (params.window) {
            case Window::joglekar:
                return 1.0 - std::pow(std::abs(2.0 * x - 1.0), 2.0 * params.p);
            case Window::biolek:
                return 1.0 - std::pow(growing ? x : 1.0 - x, 2.0 * params.p);
            case Window::prodromakis:
                return params.j * (1.0 - std::pow((x - 0.5) * (x - 0.5) + 0.75, params.p));
            case Window::none:
                break;
        }
        return 1.0;
    }

    /// Without window R dx = k v dt is a quadratic equation in x.
    static double advance_without_window(const Params& params, double x, double drive) {
        const double off = params.r_off.si();
        const double span = off - params.r_on.si();
        const double c = off * x - 0.5 * span * x * x + drive;
        const double square = off * off - 2.0 * span * c;
        return square <= 0.0 ? 1.0 : std::clamp(2.0 * c / (off + std::sqrt(square)), 0.0, 1.0);
    }

    static double advance(const Params& params, double x, const Waveform& wave, double from, double to) {
        const double thickness = params.thickness.si();
        const double rate = params.mobility * params.r_on.si() / (thickness * thickness);
        const std::vector<double> times = wave.pieces(from, to, 0.0);
        for (std::size_t k = 0; k + 1 < times.size(); ++k) {
            const double drive = rate * wave.flux(times[k], times[k + 1]);
            if (params.window == Window::none) {
                x = advance_without_window(params, x, drive);
            } else {
                const auto speed = [&](double at) { return window(params, at, drive > 0.0) / resistance(params, at); };
                x = advance_separable(x, drive, speed, 0.0, 1.0);
            }
        }
        return x;
    }
};

[[maybe_unused]] const bool registered = register_memristor<HpLinearDrift>();

}  // namespace
}  // namespace spikefab
