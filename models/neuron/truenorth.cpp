// SPDX-License-Identifier: Apache-2.0
// TrueNorth's neuron: leak with reversal, two thresholds, three reset modes, saturation, stochastic leak and threshold.
//
// Per tick, after the synapse stage has added its sum of s (or, for stochastic types, F(s, r) sgn(s)) for every event, with
// F(x, r) = 1 if |x| >= r else 0 and r a fresh 8-bit draw:
//   V += Omega * [(1 - c) * lambda + c * F(lambda, r) * sgn(lambda)],   Omega = (1 - eps) + eps * sgn(V)
//   eta = draw AND mask
//   V >= alpha + eta: spike; V = R | V - (alpha + eta) | V                    for reset mode normal | linear | none
//   V < -[beta kappa + (beta + eta)(1 - kappa)]: V = -beta if kappa, else -R | V + (beta + eta) | V
// Source: Cassidy et al., IJCNN 2013 (10.1109/IJCNN.2013.6707077), eqs. 2-9. The four axon-type weights belong to
// the synapse memory (plan/core_image.hpp), the draws of stochastic ones to the synapse stage
// (core/stochastic_crossbar.hpp). RANC (its RTL and simulator) is b = eps = c = mask = kappa = 0, alpha = positive_threshold,
// beta = -negative_threshold and 9 bits that wrap.
#include "models/fixed_point.hpp"
#include "models/neuron/neuron_model.hpp"

#include <algorithm>
#include <cstdlib>
#include <span>
#include <vector>

namespace spikefab {
namespace {

enum class ResetMode { normal, linear, none };
constexpr auto enum_names(ResetMode) {
    return std::array<std::string_view, 3>{"normal", "linear", "none"};
}
enum class Width { wrap, saturate };
constexpr auto enum_names(Width) {
    return std::array<std::string_view, 2>{"wrap", "saturate"};
}

struct TrueNorth {
    static constexpr std::string_view name = "truenorth";
    static constexpr std::string_view summary = "TrueNorth's neuron with all deterministic and stochastic modes";
    using Input = std::int32_t;

    struct Params {
        std::int32_t leak = 0;
        std::int32_t threshold = 1;
        std::int32_t negative_threshold = 0;
        std::int32_t reset_potential = 0;
        ResetMode reset_mode = ResetMode::normal;
        bool negative_saturation = true;
        bool leak_reversal = false;
        bool leak_stops_at_zero = false;
        bool stochastic_leak = false;
        std::uint32_t stochastic_types = 0;
        std::uint32_t threshold_mask_bits = 0;
        std::uint32_t potential_bits = 20;
        Width width = Width::saturate;
        std::int32_t initial_potential = 0;
        static constexpr auto fields = std::tuple{
            field("leak", &Params::leak, {-256, 255}, "lambda, added every tick"),
            field("threshold", &Params::threshold, {-262144, 262143}, "alpha: it fires at V >= alpha"),
            field("negative_threshold", &Params::negative_threshold, {-262144, 262143}, "beta: V < -beta is reset or held"),
            field("reset_potential", &Params::reset_potential, {-262144, 262143}, "R, V after a spike in mode normal"),
            field("reset_mode", &Params::reset_mode, "gamma: normal (to R), linear (minus the threshold) or none"),
            field("negative_saturation", &Params::negative_saturation, "kappa: below -beta V is held there, not reset"),
            field("leak_reversal", &Params::leak_reversal, "epsilon: the leak takes the sign of V"),
            field("leak_stops_at_zero", &Params::leak_stops_at_zero, "a reversed leak that crosses zero ends there"),
            field("stochastic_leak", &Params::stochastic_leak, "c: a leak of sgn(lambda) with probability (|lambda|+1)/256"),
            field("stochastic_types", &Params::stochastic_types, {0, 15},
                  "b, bit t: a synapse of axon type t adds sgn(s) with probability (|s|+1)/256, not s"),
            field("threshold_mask_bits", &Params::threshold_mask_bits, {0, 18},
                  "TM: a draw of so many bits joins alpha and beta"),
            field("potential_bits", &Params::potential_bits, {2, 31}, "width of V, sign included"),
            field("width", &Params::width, "what V does beyond its width: wrap (as RANC) or saturate"),
            field("initial_potential", &Params::initial_potential, {-262144, 262143}, "V before the first tick")};
    };

    struct State {
        std::int32_t potential = 0;
        static constexpr auto fields = std::tuple{field("potential", &State::potential, "V, membrane potential")};
        bool operator==(const State&) const = default;
    };

    struct Constants {
        explicit Constants(const Params& params)
            : written{params},
              highest{static_cast<std::int32_t>((std::uint32_t{1} << (params.potential_bits - 1)) - 1)},
              wraps{params.width == Width::wrap},
              settles{settling(params, highest)} {}

        Params written;
        std::int32_t highest;
        bool wraps;
        bool settles;  ///< without input, V in [-beta, alpha) never leaves (-infinity, alpha)

    private:
        [[nodiscard]] static bool settling(const Params& params, std::int32_t highest) {
            if (params.stochastic_leak || params.threshold_mask_bits != 0 || params.leak > 0) return false;
            if (params.leak == 0) return true;
            const std::int32_t alpha = params.threshold;
            const std::int32_t beta = params.negative_threshold;
            if (params.leak_reversal) return alpha >= -params.leak && beta >= -params.leak;
            if (beta - params.leak > highest) return false;  // V could wrap before it is held or reset
            if (params.negative_saturation) return -beta < alpha;
            if (params.reset_mode == ResetMode::normal)
                return -params.reset_potential < alpha && -params.reset_potential >= -beta;
            return params.reset_mode == ResetMode::linear && alpha > 0 && beta >= -params.leak;
        }
    };

    /// The synapse stage draws for these (core/stochastic_crossbar.hpp): the integer sum cannot say how many events it held.
    static std::uint8_t stochastic_types(const Params& params) { return static_cast<std::uint8_t>(params.stochastic_types); }

    static State initial(const Constants& constants) { return {constants.written.initial_potential}; }

    static bool step(State& neuron, const Constants& constants, std::int32_t input, StepContext& context) {
        const Params& params = constants.written;
        std::int32_t potential = bounded(std::int64_t{neuron.potential} + input, constants);
        potential = leaked(potential, constants, context);
        std::int32_t eta = 0;
        if (params.threshold_mask_bits != 0) eta = static_cast<std::int32_t>(context.bits(params.threshold_mask_bits));
        const bool fires = potential >= params.threshold + eta;
        if (fires) {
            potential = after_spike(potential, constants, eta);
        } else if (potential < -(params.negative_threshold + (params.negative_saturation ? 0 : eta))) {
            potential = after_negative_threshold(potential, constants, eta);
        }
        neuron.potential = potential;
        return fires;
    }

    static bool quiet(const State& neuron, const Constants& constants) {
        return constants.settles && neuron.potential < constants.written.threshold &&
               neuron.potential >= -constants.written.negative_threshold;
    }

    /// Deterministic neurons whose resets stay in range by themselves.
    static bool whole_words(const Constants& constants) {
        const Params& params = constants.written;
        const bool stays_in_range =
            params.reset_mode != ResetMode::linear || (params.threshold >= 0 && params.negative_threshold >= 0);
        return stays_in_range && !constants.wraps && !params.stochastic_leak && params.threshold_mask_bits == 0 &&
               !params.leak_reversal;
    }

    /// One neuron's constants for the branch-free step. A reset is `base + (V AND kept)`.
    struct Lane {
        Lane() = default;
        explicit Lane(const Constants& constants)
            : lowest{-constants.highest - 1},
              highest{constants.highest},
              leak{constants.written.leak},
              threshold{constants.written.threshold},
              floor{-constants.written.negative_threshold},
              settles{constants.settles ? 1 : 0} {
            const Params& params = constants.written;
            const bool keeps = params.reset_mode != ResetMode::normal;
            const bool moves = params.reset_mode == ResetMode::linear;
            spike_kept = keeps ? -1 : 0;
            spike_base = keeps ? (moves ? -params.threshold : 0) : bounded(params.reset_potential, constants);
            floor_kept = keeps && !params.negative_saturation ? -1 : 0;
            if (params.negative_saturation)
                floor_base = bounded(floor, constants);
            else
                floor_base = keeps ? (moves ? params.negative_threshold : 0) : bounded(-params.reset_potential, constants);
        }
        bool operator==(const Lane&) const = default;

        std::int32_t lowest = 0, highest = 0, leak = 0, threshold = 0, floor = 0, settles = 0;
        std::int32_t spike_kept = 0, spike_base = 0, floor_kept = 0, floor_base = 0;
    };

    /// The constants of the neurons of an array: one Lane for 64 that share it, as those of a layer mostly do.
    struct Lanes {
        Lanes() = default;
        Lanes(const std::vector<Constants>& table, const std::vector<std::uint16_t>& rows) {
            for (const std::uint16_t row : rows) all.emplace_back(table[row]);
            for (std::size_t first = 0; first + word_of_neurons <= all.size(); first += word_of_neurons) {
                const std::span word{&all[first], word_of_neurons};
                shared.push_back(word.front());
                alike.push_back(std::ranges::all_of(word, [&](const Lane& lane) { return lane == word.front(); }) ? 1 : 0);
            }
            if (std::ranges::find(alike, 0) == alike.end() && all.size() % word_of_neurons == 0) std::vector<Lane>{}.swap(all);
        }
        std::vector<Lane> all;     ///< by neuron; empty when nobody reads it
        std::vector<Lane> shared;  ///< by word
        std::vector<std::uint8_t> alike;
    };

    static void step_word(State* neurons, const Lanes& lanes, std::size_t first, const std::int32_t* sums,
                          std::int32_t* payloads, std::uint8_t* awake) {
        const std::size_t word = first / word_of_neurons;
        if (lanes.alike[word] != 0) {
            const Lane lane = lanes.shared[word];
            for (std::size_t i = 0; i < word_of_neurons; ++i) step_lane(neurons[i], lane, sums[i], payloads[i], awake[i]);
        } else {
            for (std::size_t i = 0; i < word_of_neurons; ++i)
                step_lane(neurons[i], lanes.all[first + i], sums[i], payloads[i], awake[i]);
        }
    }

private:
    /// `step` and `quiet` without branches, for `whole_words`.
    [[gnu::always_inline]] static inline void step_lane(State& neuron, const Lane& lane, std::int32_t sum,
                                                        std::int32_t& payload, std::uint8_t& awake) {
        const std::int32_t before = neuron.potential;
        const std::int32_t driven = before + std::min(std::max(sum, lane.lowest - before), lane.highest - before);
        const std::int32_t leaked = std::min(std::max(driven + lane.leak, lane.lowest), lane.highest);
        const std::int32_t fires = leaked >= lane.threshold ? -1 : 0;
        const std::int32_t sinks = leaked < lane.floor ? -1 : 0;
        const std::int32_t unfired = (sinks & (lane.floor_base + (leaked & lane.floor_kept))) | (~sinks & leaked);
        const std::int32_t after = (fires & (lane.spike_base + (leaked & lane.spike_kept))) | (~fires & unfired);
        neuron.potential = after;
        payload = fires & 1;
        const std::int32_t calm = lane.settles & (after < lane.threshold ? 1 : 0) & (after >= lane.floor ? 1 : 0);
        awake = static_cast<std::uint8_t>(1 - calm);
    }

    [[nodiscard]] static std::int32_t bounded(std::int64_t potential, const Constants& constants) {
        if (constants.wraps) return wrapped(potential, constants.written.potential_bits);
        return static_cast<std::int32_t>(std::clamp<std::int64_t>(potential, -constants.highest - 1, constants.highest));
    }

    [[nodiscard]] static std::int32_t leaked(std::int32_t potential, const Constants& constants, StepContext& context) {
        const Params& params = constants.written;
        std::int32_t leak = params.leak;
        if (params.stochastic_leak) leak = std::abs(leak) >= static_cast<std::int32_t>(context.bits(8)) ? sign_of(leak) : 0;
        if (!params.leak_reversal) return bounded(std::int64_t{potential} + leak, constants);
        leak *= sign_of(potential);
        const std::int32_t result = bounded(std::int64_t{potential} + leak, constants);
        // "Ringing" around zero, stopped as in NeMo (markplagge/NeMo src/neuro/tn_neuron.c).
        return params.leak_stops_at_zero && sign_of(result) * sign_of(potential) < 0 ? 0 : result;
    }

    [[nodiscard]] static std::int32_t after_spike(std::int32_t potential, const Constants& constants, std::int32_t eta) {
        const Params& params = constants.written;
        if (params.reset_mode == ResetMode::none) return potential;
        if (params.reset_mode == ResetMode::normal) return bounded(params.reset_potential, constants);
        return bounded(std::int64_t{potential} - params.threshold - eta, constants);
    }

    [[nodiscard]] static std::int32_t after_negative_threshold(std::int32_t potential, const Constants& constants,
                                                               std::int32_t eta) {
        const Params& params = constants.written;
        if (params.negative_saturation) return bounded(-params.negative_threshold, constants);
        if (params.reset_mode == ResetMode::none) return potential;
        if (params.reset_mode == ResetMode::normal) return bounded(-params.reset_potential, constants);
        return bounded(std::int64_t{potential} + params.negative_threshold + eta, constants);
    }
};

[[maybe_unused]] const bool registered = register_neuron_model<TrueNorth>();

}  // namespace
}  // namespace spikefab
