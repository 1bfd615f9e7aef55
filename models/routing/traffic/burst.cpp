// SPDX-License-Identifier: Apache-2.0
// Spike-like injection: at every tick each core goes through all its neurons in one pass, and every neuron that fires sends
// its packets at once. That is how tick- and barrier-synchronised chips load their NoC: all cores at the same time.
#include "models/routing/traffic/kinds.hpp"

namespace spikefab {
namespace {

class Burst final {
public:
    static constexpr std::string_view name = "burst";
    static constexpr std::string_view summary = "all neurons of a core in one pass at every tick, all cores at once: spikes";

    struct Params {
        std::uint64_t tick = 1000;
        std::uint32_t neurons = 256;
        std::uint32_t cycles_per_neuron = 1;
        std::uint32_t packets_per_spike = 1;
        static constexpr auto fields = std::tuple{
            field("tick", &Params::tick, {1, 1e15}, "cycles from one pass to the next"),
            field("neurons", &Params::neurons, {1, 1e9}, "neurons of a core"),
            field("cycles_per_neuron", &Params::cycles_per_neuron, {0, 1e6}, "cycles from one neuron of the pass to the next"),
            field("packets_per_spike", &Params::packets_per_spike, {1, 1e6}, "destinations of a neuron: repeated unicast")};
    };

    Burst(double rate, const Params& params) : params_{params} {
        if (std::uint64_t{params.neurons - 1} * params.cycles_per_neuron >= params.tick)
            throw InputError{
                fmt::format("injection 'burst': {} neurons at {} cycles each do not fit into a tick of {} cycles; make "
                            "the tick longer",
                            params.neurons, params.cycles_per_neuron, params.tick)};
        const double packets = static_cast<double>(params.neurons) * params.packets_per_spike;
        fires_ =
            require_probability(rate * static_cast<double>(params.tick) / packets, "the chance of a neuron to fire in a tick",
                                "lower the rate or the tick, or raise neurons or packets_per_spike");
    }

    [[nodiscard]] std::uint64_t next(Rng& random) {
        if (copies_left_ == 0) {
            const std::uint64_t silent = failures_before_success(fires_, random);
            if (silent == never_injects) return never_injects;
            neuron_ = next_neuron_ + silent;
            next_neuron_ = neuron_ + 1;
            copies_left_ = params_.packets_per_spike;
        }
        --copies_left_;
        return neuron_ / params_.neurons * params_.tick + neuron_ % params_.neurons * params_.cycles_per_neuron;
    }

private:
    Params params_;
    double fires_ = 0.0;
    std::uint64_t neuron_ = 0;       ///< counted over all passes
    std::uint64_t next_neuron_ = 0;  ///< the first that may fire next
    std::uint32_t copies_left_ = 0;  ///< of the current spike
};

[[maybe_unused]] const bool registered = register_injection<Burst>();

}  // namespace
}  // namespace spikefab
