// SPDX-License-Identifier: Apache-2.0
// Loihi's current-based leaky integrate-and-fire compartment in fixed point, to the bit.
//
// Per step, with a the synaptic sum of the step and decay(x, d) = x * (4096 - d) / 4096 truncated toward zero:
//   u = decay(u, du + 1) + a * 64          wrapped as the chosen emulator does
//   v = decay(v, dv) + u + bias            clipped to [v_min, v_max]
//   refractory: v = 0;  then a spike if v > vth * 64 (strictly), and v = 0.
// Sources: Davies et al., IEEE Micro 38(1), 2018 (10.1109/MM.2018.112130359); the emulators whose every state it
// reproduces: lava b6822fb src/lava/proc/lif/models.py (bit_accurate_loihi), nengo-loihi e564f66 emulator/interface.py.
#include "models/neuron/loihi_compartment.hpp"

namespace spikefab {
namespace {

using loihi::add;
using loihi::lava_wrap;
using loihi::Noise;
using loihi::Overflow;
using loihi::state_limit;

struct LoihiCuba {
    static constexpr std::string_view name = "loihi_cuba";
    static constexpr std::string_view summary = "Loihi's current-based LIF compartment, bit-exact fixed point";
    using Input = std::int32_t;
    using State = loihi::State;

    struct Params : loihi::Params {
        std::int32_t threshold = 100;
        static constexpr auto fields =
            std::tuple_cat(std::tuple{field("threshold", &Params::threshold, {0, 131071}, "vth: it fires when v > vth * 64")},
                           loihi::Params::fields);
    };

    struct Constants : loihi::Constants {
        explicit Constants(const Params& params)
            : loihi::Constants{params},
              threshold{params.threshold * loihi::state_unit},
              settled_range{settled(threshold - scaled_4096(threshold, voltage_keep) - bias)} {}

        std::int32_t threshold;
        std::uint32_t settled_range;  ///< v <= threshold stays so for a u fewer than this above the lowest

    private:
        [[nodiscard]] static std::uint32_t settled(std::int32_t highest_current) {
            if (highest_current < 0) return 0;
            return static_cast<std::uint32_t>(std::min(highest_current, state_limit) + state_limit);
        }
    };

    static State initial(const Constants& constants) { return loihi::initial_state(constants); }

    static bool step(State& neuron, const Constants& constants, std::int32_t sum, StepContext& context) {
        if (constants.plain) [[likely]] {
            loihi::update_current_plain(neuron, constants, sum);
            return integrate_and_fire(neuron, constants, add(neuron.current, constants.bias));
        }
        const std::int32_t bias = loihi::update_current(neuron, constants, sum, context);
        return integrate_and_fire(neuron, constants, loihi::drive(neuron.current, bias, constants));
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
    [[nodiscard]] static std::int32_t truncated(std::int32_t x, double keep) { return static_cast<std::int32_t>(x * keep); }
    [[nodiscard]] static constexpr std::uint32_t above_lowest(std::int32_t current) {
        return static_cast<std::uint32_t>(current) + static_cast<std::uint32_t>(state_limit - 1);
    }

    static bool integrate_and_fire(State& neuron, const Constants& constants, std::int32_t driven) {
        loihi::integrate(neuron, constants, driven);
        if (neuron.potential <= constants.threshold) return false;
        loihi::reset_after_spike(neuron, constants);
        return true;
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
