// SPDX-License-Identifier: Apache-2.0
// The magnetic tunnel junction, and it as a stochastic neuron: parameters that its fast and its accurate engine share.
//
// As a neuron, each pulse writes the junction with the column's current (antiparallel to parallel), reads it, fires if it
// switched, and resets it. Thermal stability Delta = mu0 Ms V Hk / (2 kT) and critical current Ic0 (where the torque cancels
// the damping) describe a perpendicular macrospin completely; resistances follow the Julliere law, G = (G_P + G_AP) / 2 + (G_P
// - G_AP) / 2 cos theta, with TMR(V) = TMR0 / (1 + (V / V_half)^2).
#pragma once

#include "base/field.hpp"
#include "base/random.hpp"
#include "models/spintronic/macrospin.hpp"

namespace spikefab {

/// A perpendicular junction by itself.
struct JunctionParams {
    double stability = 40.0;
    Current critical = Current::from_si(50e-6);
    double damping = 0.02;
    double anisotropy = 242e3;
    Resistance parallel = Resistance::from_si(5e3);
    double magnetoresistance = 1.2;
    Voltage half_voltage{0.5};
    Temperature temperature{300.0};
    static constexpr auto fields = std::tuple{
        field("delta", &JunctionParams::stability, {1.0, 150.0}, "thermal stability Delta at 300 K"),
        field("ic0", &JunctionParams::critical, {1e-9, 1e3}, "critical current"),
        field("alpha", &JunctionParams::damping, {1e-5, 1.0}, "Gilbert damping"),
        field("hk", &JunctionParams::anisotropy, {1e2, 1e8}, "anisotropy field, A/m; sets the speed"),
        field("r_p", &JunctionParams::parallel, {1e-6, 1e9}, "resistance when parallel"),
        field("tmr", &JunctionParams::magnetoresistance, {0.0, 100.0}, "tunnel magnetoresistance at no voltage"),
        field("v_half", &JunctionParams::half_voltage, {1e-3, 100.0}, "voltage that halves it"),
        field("temperature", &JunctionParams::temperature, {1.0, 1000.0}, "temperature; the barrier over kT falls with it")};

    /// Delta at the operating temperature.
    [[nodiscard]] double barrier() const { return stability * 300.0 / temperature.value(); }
    /// tau = rate t, the unit of time of the Fokker-Planck equation, 1/s.
    [[nodiscard]] double relaxation_rate() const {
        return damping * precession_constant * anisotropy / (1.0 + damping * damping);
    }
    /// This junction as a macrospin under a current over Ic0; x = m_z, polariser along +z.
    [[nodiscard]] Macrospin macrospin(double relative) const;
    /// Resistance at an angle with cosine `cosine` to the reference layer and a voltage, ohm.
    [[nodiscard]] double resistance(double cosine, double volts) const;
    /// m_z in thermal equilibrium in the antiparallel well.
    [[nodiscard]] double equilibrium(Rng& rng) const;
};

/// A junction as a neuron: how it is written, read and reset, and how devices differ.
struct MtjParams : JunctionParams {
    Time write{5.0};
    Time read{1.0};
    Voltage read_voltage{0.1};
    Time reset{5.0};
    double reset_current = 2.0;
    double bias = 0.6;
    double gain = 1.0;
    double stability_sigma = 0.0;
    double critical_sigma = 0.0;
    double magnetoresistance_sigma = 0.0;
    static constexpr auto fields = std::tuple_cat(
        JunctionParams::fields,
        std::tuple{field("t_write", &MtjParams::write, {1e-3, 1e6}, "write pulse"),
                   field("t_read", &MtjParams::read, {0.0, 1e6}, "read pulse"),
                   field("v_read", &MtjParams::read_voltage, {0.0, 10.0}, "read voltage"),
                   field("t_reset", &MtjParams::reset, {0.0, 1e6}, "reset pulse of a junction that switched"),
                   field("i_reset", &MtjParams::reset_current, {0.0, 100.0}, "reset current over ic0"),
                   field("i_bias", &MtjParams::bias, {-10.0, 10.0}, "bias during the write pulse, over ic0"),
                   field("i_gain", &MtjParams::gain, {0.0, 1e9}, "mirror between column and junction"),
                   field("delta_sigma", &MtjParams::stability_sigma, {0.0, 0.2}, "relative spread of delta between devices"),
                   field("ic0_sigma", &MtjParams::critical_sigma, {0.0, 0.5}, "relative spread of ic0"),
                   field("tmr_sigma", &MtjParams::magnetoresistance_sigma, {0.0, 0.5}, "relative spread of tmr")});

    /// Write current over Ic0 for a column current in A.
    [[nodiscard]] double relative_current(double column_current) const { return bias + gain * column_current / critical.si(); }
    /// Energy of one pulse: write against the antiparallel state, read, and reset if it switched. J.
    [[nodiscard]] double pulse_energy(double relative, bool switched) const;
    /// The column current, A, at which half of all write pulses switch; negative when the bias alone does more.
    [[nodiscard]] double even_current() const;
    /// One device of the distribution.
    [[nodiscard]] MtjParams instance(Rng& rng) const;
};

}  // namespace spikefab
