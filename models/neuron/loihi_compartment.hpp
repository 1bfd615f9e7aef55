// SPDX-License-Identifier: Apache-2.0
// What every kind of Loihi compartment shares: parameters, state, and the fixed-point update of u and v.
//
// Per step, with a the synaptic sum of the step and decay(x, d) = x * (4096 - d) / 4096 truncated toward zero:
//   u = decay(u, du + 1) + a * 64          wrapped as the chosen emulator does
//   v = decay(v, dv) + u + bias            clipped to [v_min, v_max];  refractory: v = 0
// What a threshold does with v is each kind's own. Sources: Davies et al., IEEE Micro 38(1), 2018
// (10.1109/MM.2018.112130359); lava b6822fb src/lava/proc/lif/models.py; nengo-loihi e564f66 emulator/interface.py.
#pragma once

#include "models/fixed_point.hpp"
#include "models/neuron/neuron_model.hpp"

#include <algorithm>

namespace spikefab::loihi {

inline constexpr std::int32_t state_limit = 1 << 23;  ///< u and v have 23 bits and a sign
inline constexpr unsigned state_bits = 24;
inline constexpr unsigned input_bits = 22;      ///< nengo-loihi's Q_BITS = 21, and a sign
inline constexpr std::int32_t state_unit = 64;  ///< u and v count in 1/64 of a weight's unit

enum class Overflow { lava, nengo_loihi };
constexpr auto enum_names(Overflow) {
    return std::array<std::string_view, 2>{"lava", "nengo_loihi"};
}
enum class Noise { none, current, voltage };
constexpr auto enum_names(Noise) {
    return std::array<std::string_view, 3>{"none", "current", "voltage"};
}

/// All but the thresholds.
struct Params {
    std::int32_t current_decay = 4095;
    std::int32_t voltage_decay = 0;
    std::int32_t bias_mantissa = 0;
    std::int32_t bias_exponent = 0;
    std::int32_t refractory = 1;
    std::int32_t v_min = -state_limit + 1;
    std::int32_t v_max = state_limit - 1;
    Overflow overflow = Overflow::lava;
    std::int32_t input_shift = 6;
    std::uint32_t reset_interval = 0;
    std::uint32_t reset_offset = 0;
    Noise noise = Noise::none;
    std::int32_t noise_exponent = 0;
    std::int32_t noise_offset = 0;
    std::int32_t initial_current = 0;
    std::int32_t initial_potential = 0;
    static constexpr auto fields = std::tuple{
        field("current_decay", &Params::current_decay, {0, 4095}, "du: u keeps (4095 - du)/4096 a step; 4095 replaces u"),
        field("voltage_decay", &Params::voltage_decay, {0, 4096}, "dv: v keeps (4096 - dv)/4096 a step"),
        field("bias_mantissa", &Params::bias_mantissa, {-4096, 4095}, "bias = mantissa * 2^exponent, every step"),
        field("bias_exponent", &Params::bias_exponent, {-8, 7}, "exponent of the bias; below zero rounds down"),
        field("refractory", &Params::refractory, {1, 64}, "R: R - 1 silent steps follow a spike"),
        field("v_min", &Params::v_min, {-state_limit + 1, 0}, "lowest v"),
        field("v_max", &Params::v_max, {0, state_limit - 1}, "highest v"),
        field("overflow", &Params::overflow, "how u wraps: as in lava, or two's complement as in nengo_loihi"),
        field("input_shift", &Params::input_shift, {0, 6}, "left shift of the synaptic sum; 0 when weights carry it"),
        field("reset_interval", &Params::reset_interval, {0, 4294967295.0}, "u = v = 0 every so many steps; 0: never"),
        field("reset_offset", &Params::reset_offset, {0, 4294967295.0}, "first such step, counted from 1"),
        field("noise", &Params::noise, "where uniform noise is added: none, current (to the input) or voltage"),
        field("noise_exponent", &Params::noise_exponent, {0, 23}, "noise = (r + 64 * offset) * 2^(exponent - 7)"),
        field("noise_offset", &Params::noise_offset, {-3, 3}, "mean of the noise; r is uniform in -127..127"),
        field("initial_current", &Params::initial_current, {-state_limit, state_limit}, "u before step 1"),
        field("initial_potential", &Params::initial_potential, {-state_limit, state_limit}, "v before step 1")};
};

struct State {
    std::int32_t current = 0;
    std::int32_t potential = 0;
    std::int32_t input = 0;
    std::int32_t refractory = 0;
    static constexpr auto fields =
        std::tuple{field("current", &State::current, "u, synaptic current"),
                   field("potential", &State::potential, "v, membrane potential"),
                   field("input", &State::input, "synaptic sum of the last step, shifted, with its noise"),
                   field("refractory", &State::refractory, "steps of refractory silence left")};
    bool operator==(const State&) const = default;
};

/// What a step needs, computed once per parameter row.
struct Constants {
    explicit Constants(const Params& params)
        : current_keep{4095 - params.current_decay},
          voltage_keep{4096 - params.voltage_decay},
          bias{shifted(params.bias_mantissa, params.bias_exponent)},
          plain{params.overflow == Overflow::lava && params.reset_interval == 0 && params.noise == Noise::none},
          written{params} {}

    std::int32_t current_keep;
    std::int32_t voltage_keep;
    std::int32_t bias;
    bool plain;  ///< no reset, no noise, lava's overflow
    Params written;
};

[[nodiscard]] constexpr std::int32_t add(std::int32_t a, std::int32_t b) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}
/// lava keeps +2^23 and maps -2^23 to it.
[[nodiscard]] constexpr std::int32_t lava_wrap(std::int32_t u) {
    return u - (u > state_limit ? 2 * state_limit : 0) + (u <= -state_limit ? 2 * state_limit : 0);
}
[[nodiscard]] constexpr std::int32_t wrapped_state(std::int32_t u, const Constants& constants) {
    return constants.written.overflow == Overflow::lava ? lava_wrap(u) : wrapped(u, state_bits);
}

[[nodiscard]] inline State initial_state(const Constants& constants) {
    return {.current = constants.written.initial_current, .potential = constants.written.initial_potential};
}

/// u of a compartment without extras.
inline void update_current_plain(State& neuron, const Constants& constants, std::int32_t sum) {
    neuron.input = shifted(sum, constants.written.input_shift);
    neuron.current = lava_wrap(add(scaled_4096(neuron.current, constants.current_keep), neuron.input));
}

[[nodiscard]] inline std::int32_t noise(const Params& params, StepContext& context) {
    const std::int64_t mantissa = context.between(-127, 127) + 64 * params.noise_offset;
    return static_cast<std::int32_t>((mantissa << params.noise_exponent) / 128);
}

/// u with every extra: reset, noise, both overflows. Returns the bias with the noise of the potential.
[[nodiscard]] inline std::int32_t update_current(State& neuron, const Constants& constants, std::int32_t sum,
                                                 StepContext& context) {
    if (constants.plain) {
        update_current_plain(neuron, constants, sum);
        return constants.bias;
    }
    const Params& params = constants.written;
    if (params.reset_interval != 0 && context.step() % params.reset_interval == params.reset_offset % params.reset_interval)
        neuron.current = neuron.potential = 0;
    neuron.input = shifted(sum, params.input_shift);
    std::int32_t bias = constants.bias;
    if (params.noise == Noise::current) neuron.input = add(neuron.input, noise(params, context));
    if (params.noise == Noise::voltage) bias += noise(params, context);
    if (params.overflow == Overflow::nengo_loihi) neuron.input = wrapped(neuron.input, input_bits);
    neuron.current = wrapped_state(add(scaled_4096(neuron.current, constants.current_keep), neuron.input), constants);
    return bias;
}

/// u and the bias as they enter v: nengo-loihi wraps their sum.
[[nodiscard]] inline std::int32_t drive(std::int32_t current, std::int32_t bias, const Constants& constants) {
    const std::int32_t sum = add(current, bias);
    return constants.written.overflow == Overflow::lava ? sum : wrapped(sum, state_bits);
}

/// v of a step, before any threshold.
inline void integrate(State& neuron, const Constants& constants, std::int32_t driven) {
    const std::int32_t next = add(scaled_4096(neuron.potential, constants.voltage_keep), driven);
    neuron.potential = std::clamp(next, constants.written.v_min, constants.written.v_max);
    if (neuron.refractory > 0) {
        --neuron.refractory;
        neuron.potential = 0;
    }
}

inline void reset_after_spike(State& neuron, const Constants& constants) {
    neuron.potential = 0;
    neuron.refractory = constants.written.refractory - 1;
}

/// True when a step without input would leave a compartment without noise or reset as it is, its threshold aside.
[[nodiscard]] inline bool at_fixed_point(const State& neuron, const Constants& constants) {
    if (constants.written.noise != Noise::none || constants.written.reset_interval != 0) return false;
    State next = neuron;
    next.input = 0;
    next.current = wrapped_state(scaled_4096(neuron.current, constants.current_keep), constants);
    integrate(next, constants, drive(next.current, constants.bias, constants));
    return next == neuron;
}

}  // namespace spikefab::loihi
