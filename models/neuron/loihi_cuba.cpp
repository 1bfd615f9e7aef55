// SPDX-License-Identifier: Apache-2.0
// Loihi's current-based leaky integrate-and-fire compartment in fixed point, to the bit.
//
// Per step, with a the synaptic sum of the step and decay(x, d) = x * (4096 - d) / 4096 truncated toward zero:
//   u = decay(u, du + 1) + a * 64          wrapped as the chosen emulator does
//   v = decay(v, dv) + u + bias            clipped to [v_min, v_max]
//   refractory: v = 0;  then a spike if v > vth * 64 (strictly), and v = 0.
// Sources: Davies et al., IEEE Micro 38(1), 2018 (10.1109/MM.2018.112130359); the emulators whose every state it
// reproduces: lava b6822fb src/lava/proc/lif/models.py (bit_accurate_loihi), nengo-loihi e564f66 emulator/interface.py.
#include "models/fixed_point.hpp"
#include "models/neuron/neuron_model.hpp"

#include <algorithm>

namespace spikefab {
namespace {

enum class Overflow { lava, nengo_loihi };
constexpr auto enum_names(Overflow) {
    return std::array<std::string_view, 2>{"lava", "nengo_loihi"};
}
enum class Noise { none, current, voltage };
constexpr auto enum_names(Noise) {
    return std::array<std::string_view, 3>{"none", "current", "voltage"};
}

struct LoihiCuba {
    static constexpr std::string_view name = "loihi_cuba";
    static constexpr std::string_view summary = "Loihi's current-based LIF compartment, bit-exact fixed point";
    using Input = std::int32_t;

    static constexpr std::int32_t state_limit = 1 << 23;  ///< u and v have 23 bits and a sign
    static constexpr unsigned state_bits = 24;
    static constexpr unsigned input_bits = 22;  ///< nengo-loihi's Q_BITS = 21, and a sign

    struct Params {
        std::int32_t current_decay = 4095;
        std::int32_t voltage_decay = 0;
        std::int32_t threshold = 100;
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
            field("threshold", &Params::threshold, {0, 131071}, "vth: it fires when v > vth * 64"),
            field("bias_mantissa", &Params::bias_mantissa, {-4095, 4095}, "bias = mantissa * 2^exponent, every step"),
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
              threshold{params.threshold * 64},
              bias{shifted(params.bias_mantissa, params.bias_exponent)},
              settled_range{settled(threshold - scaled_4096(threshold, voltage_keep) - bias)},
              plain{params.overflow == Overflow::lava && params.reset_interval == 0 && params.noise == Noise::none},
              written{params} {}

        std::int32_t current_keep;
        std::int32_t voltage_keep;
        std::int32_t threshold;
        std::int32_t bias;
        std::uint32_t settled_range;  ///< v <= threshold stays so for a u fewer than this above the lowest
        bool plain;                   ///< no reset, no noise, lava's overflow
        Params written;

    private:
        [[nodiscard]] static std::uint32_t settled(std::int32_t highest_current) {
            if (highest_current < 0) return 0;
            return static_cast<std::uint32_t>(std::min(highest_current, state_limit) + state_limit);
        }
    };

    static State initial(const Constants& constants) {
        return {.current = constants.written.initial_current, .potential = constants.written.initial_potential};
    }

    static bool step(State& neuron, const Constants& constants, std::int32_t sum, StepContext& context) {
        if (!constants.plain) [[unlikely]]
            return step_with_extras(neuron, constants, sum, context);
        neuron.input = shifted(sum, constants.written.input_shift);
        neuron.current = lava_wrap(add(scaled_4096(neuron.current, constants.current_keep), neuron.input));
        return integrate(neuron, constants, add(neuron.current, constants.bias));
    }

    /// Without input |u| shrinks, and v <= threshold stays so while decay(threshold) + u + bias <= threshold.
    static bool quiet(const State& neuron, const Constants& constants) {
        if (above_lowest(neuron.current) >= constants.settled_range || neuron.potential > constants.threshold) return false;
        return constants.plain || quiet_with_extras(neuron, constants);
    }

    static bool whole_words(const Constants& constants) { return constants.plain && constants.written.input_shift == 6; }

    /// The constants of all neurons of an array, side by side.
    struct Lanes {
        Lanes() = default;
        Lanes(const std::vector<Constants>& table, const std::vector<std::uint16_t>& rows) {
            for (const std::uint16_t row : rows) {
                const Constants& constants = table[row];
                current_keep.push_back(constants.current_keep / 4096.0);
                voltage_keep.push_back(constants.voltage_keep / 4096.0);
                bias.push_back(constants.bias);
                threshold.push_back(constants.threshold);
                v_min.push_back(constants.written.v_min);
                v_max.push_back(constants.written.v_max);
                silence.push_back(constants.written.refractory - 1);
                settled_range.push_back(constants.settled_range);
            }
        }
        std::vector<double> current_keep, voltage_keep;
        std::vector<std::int32_t> bias, threshold, v_min, v_max, silence;
        std::vector<std::uint32_t> settled_range;
    };

    /// The plain step and `quiet`, branch-free on 64 lanes. Decays go through double: |x| * 4096 < 2^53 is exact there.
    static void step_word(State* neurons, const Lanes& lanes, std::size_t first, const std::int32_t* sums,
                          std::int32_t* payloads, std::uint8_t* awake) {
        for (std::size_t i = 0; i < word_of_neurons; ++i) {
            const std::int32_t input = shifted(sums[i], 6);
            const std::int32_t kept = truncated(neurons[i].current, lanes.current_keep[first + i]);
            const std::int32_t u = lava_wrap(add(kept, input));
            const std::int32_t drive = add(u, lanes.bias[first + i]);
            const std::int32_t next = add(truncated(neurons[i].potential, lanes.voltage_keep[first + i]), drive);
            const std::int32_t v = std::min(std::max(next, lanes.v_min[first + i]), lanes.v_max[first + i]);
            const std::int32_t silent = neurons[i].refractory;
            const std::int32_t waiting = silent > 0 ? 1 : 0;
            const std::int32_t seen = (waiting - 1) & v;  // 0 while refractory
            const std::int32_t fires = seen > lanes.threshold[first + i] ? 1 : 0;
            payloads[i] = fires;
            awake[i] = above_lowest(u) >= lanes.settled_range[first + i] ? 1 : 0;
            const std::int32_t silence = silent - waiting;
            neurons[i] = {u, (fires - 1) & seen, input, silence + (-fires & (lanes.silence[first + i] - silence))};
        }
    }

private:
    using Column = std::array<std::int32_t, word_of_neurons>;

    [[nodiscard]] static std::int32_t truncated(std::int32_t x, double keep) { return static_cast<std::int32_t>(x * keep); }
    [[nodiscard]] static constexpr std::uint32_t above_lowest(std::int32_t current) {
        return static_cast<std::uint32_t>(current) + static_cast<std::uint32_t>(state_limit - 1);
    }

    [[nodiscard]] static constexpr std::int32_t add(std::int32_t a, std::int32_t b) {
        return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
    }
    /// lava keeps +2^23 and maps -2^23 to it.
    [[nodiscard]] static constexpr std::int32_t lava_wrap(std::int32_t u) {
        return u - (u > state_limit ? 2 * state_limit : 0) + (u <= -state_limit ? 2 * state_limit : 0);
    }

    static bool integrate(State& neuron, const Constants& constants, std::int32_t drive) {
        const std::int32_t next = add(scaled_4096(neuron.potential, constants.voltage_keep), drive);
        neuron.potential = std::clamp(next, constants.written.v_min, constants.written.v_max);
        if (neuron.refractory > 0) {
            --neuron.refractory;
            neuron.potential = 0;
        }
        if (neuron.potential <= constants.threshold) return false;
        neuron.potential = 0;
        neuron.refractory = constants.written.refractory - 1;
        return true;
    }

    static bool step_with_extras(State& neuron, const Constants& constants, std::int32_t sum, StepContext& context) {
        const Params& params = constants.written;
        if (params.reset_interval != 0 && context.step() % params.reset_interval == params.reset_offset % params.reset_interval)
            neuron.current = neuron.potential = 0;
        neuron.input = shifted(sum, params.input_shift);
        std::int32_t drive = constants.bias;
        if (params.noise == Noise::current) neuron.input = add(neuron.input, noise(params, context));
        if (params.noise == Noise::voltage) drive += noise(params, context);
        const bool lava = params.overflow == Overflow::lava;
        if (!lava) neuron.input = wrapped(neuron.input, input_bits);
        const std::int32_t current = add(scaled_4096(neuron.current, constants.current_keep), neuron.input);
        neuron.current = lava ? lava_wrap(current) : wrapped(current, state_bits);
        drive = add(drive, neuron.current);
        return integrate(neuron, constants, lava ? drive : wrapped(drive, state_bits));
    }

    [[nodiscard]] static std::int32_t noise(const Params& params, StepContext& context) {
        const std::int64_t mantissa = context.between(-127, 127) + 64 * params.noise_offset;
        return static_cast<std::int32_t>((mantissa << params.noise_exponent) / 128);
    }

    /// Noise can always fire it; a reset changes what settles; u + bias below -2^23 wraps to a large number.
    [[nodiscard]] static bool quiet_with_extras(const State& neuron, const Constants& constants) {
        if (constants.written.noise != Noise::none) return false;
        if (constants.written.reset_interval != 0) return neuron == State{} && constants.bias == 0;
        return neuron.current + constants.bias >= -state_limit && constants.bias >= -state_limit;
    }
};

[[maybe_unused]] const bool registered = register_neuron_model<LoihiCuba>();

}  // namespace
}  // namespace spikefab
