// SPDX-License-Identifier: Apache-2.0
// The silicon synapse of the DYNAP chips alone: its output current under a weight current that is switched on and off.
//
// Equations and source: dpi_synapse.hpp; an exact solution under a constant input, integrated under any other. Defaults:
// those of Rockpool's DynapSim for DYNAP-SE2 (values only), as in dpi.cpp.
#include "models/column/dpi_synapse.hpp"

#include "models/device/dynamic_device.hpp"
#include "models/numerics/dormand_prince.hpp"

#include <span>

namespace spikefab {
namespace {

struct DpiSynapse {
    static constexpr std::string_view name = "dpi_synapse";
    static constexpr std::string_view summary = "differential-pair integrator: the low-pass filter that is a silicon synapse";
    static constexpr std::array variables{Variable{"i_syn", "A"}};
    static constexpr std::string_view plotted = "end_i_syn_A";

    struct Params {
        Voltage thermal{0.025};
        double kappa = 0.705;
        Capacitance capacitance{24.5};
        Current leak = Current::from_si(8.687943262411346e-11);
        Current gain = Current::from_si(8.687943262411346e-9);
        static constexpr auto fields =
            std::tuple{field("u_t", &Params::thermal, {1e-3, 1.0}, "thermal voltage"),
                       field("kappa", &Params::kappa, {0.1, 1.0}, "subthreshold slope factor"),
                       field("c_syn", &Params::capacitance, {1e-12, 1e9}, "synapse capacitance"),
                       field("i_tau_syn", &Params::leak, {1e-18, 1.0}, "leak; tau = u_t c / (kappa i_tau)"),
                       field("i_gain_syn", &Params::gain, {1e-18, 1.0}, "gain current")};

        [[nodiscard]] DpiFilter filter() const {
            return {.tau = thermal.si() * capacitance.si() / (kappa * leak.si()), .gain = gain / leak};
        }
    };
    struct State {
        double output = 0.0;  ///< A
    };

    static std::optional<double> amperes_per(const Params& /*params*/, DriveUnit unit) {
        return unit == DriveUnit::ampere ? std::optional{1.0} : std::nullopt;
    }
    static State start(const Params& /*params*/, Rng& /*rng*/) { return {}; }
    static void advance(const Params& params, State& state, const Waveform& drive, double from, double to) {
        const DpiFilter filter = params.filter();
        if (drive.shape == WaveShape::constant) {
            state.output = filter.after(state.output, drive.value(from), to - from);
            return;
        }
        const auto slope = [&](double time, const std::array<double, 1>& y) {
            return std::array<double, 1>{(filter.gain * drive.value(time) - y[0]) / filter.tau};
        };
        const double scale = filter.gain * drive.largest();
        state.output = integrate_ode(slope, std::array<double, 1>{state.output}, from, to,
                                     {.relative = 1e-10, .absolute = 1e-13 * scale + 1e-30})[0];
    }
    static void observe(const Params& /*params*/, const State& state, double /*amperes*/, std::vector<double>& values) {
        values.push_back(state.output);
    }
    static std::vector<Figure> figures(const Params& params, Stimulus stimulus) {
        const DpiFilter filter = params.filter();
        return {
            {{"tau", "s"}, filter.tau}, {{"steady_output", "A"}, filter.gain * stimulus.amperes}, {{"gain", ""}, filter.gain}};
    }
};

[[maybe_unused]] const bool registered = register_dynamic_device<DpiSynapse>();

}  // namespace
}  // namespace spikefab
