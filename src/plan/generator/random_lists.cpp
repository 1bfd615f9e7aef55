// SPDX-License-Identifier: Apache-2.0
// A recurrent load for cores with lists of weights: every neuron fires by itself at a known rate and sends to one random
// core, where each packet causes a known number of synaptic events.
#include "base/error.hpp"
#include "base/random.hpp"
#include "plan/generator.hpp"

#include <fmt/format.h>

namespace spikefab {
namespace {

struct RandomLists {
    static constexpr std::string_view name = "random_lists";
    static constexpr std::string_view summary = "every neuron fires at a known rate and sends one packet to a random core";

    struct Params {
        std::uint32_t neurons = 1024;
        std::uint32_t axons = 480;
        std::uint32_t events_per_packet = 256;
        std::uint32_t period = 20;
        static constexpr auto fields = std::tuple{
            field("neurons", &Params::neurons, {1, 65536}, "neurons on every core"),
            field("axons", &Params::axons, {1, 1 << 20}, "lists on every core, shared by the neurons that send to it"),
            field("events_per_packet", &Params::events_per_packet, {1, 65536}, "synapses of a list"),
            field("period", &Params::period, {2, 4096}, "steps between two spikes of a neuron"),
        };
    };

    static Placement make(const Params& params, const ChipPlan& chip, std::uint64_t seed) {
        check(params, chip);
        Placement placement = make_recurrent_placement(chip, params.neurons);
        const std::string& model = chip.core_type(CoreId{0U}).neuron.name();
        const NeuronParameters neurons = periodic_neurons(model, params.neurons, params.period);
        for (CoreImage& core : placement.cores) {
            core.neurons = neurons;
            core.synapses = lists(params, core.core, seed);
            core.destinations = destinations(params, chip, core.core, seed);
        }
        return placement;
    }

private:
    static void check(const Params& params, const ChipPlan& chip) {
        const CoreDescription& core = chip.core_type(CoreId{0U});
        if (core.synapses.format != MemoryFormat::weight_lists)
            throw InputError{fmt::format("generator random_lists: chip '{}' has no weight lists", chip.name())};
        if (params.neurons > core.neurons || params.axons > core.input_axons || params.events_per_packet > params.neurons)
            throw InputError{
                fmt::format("generator random_lists: {} neurons, {} axons, {} events a packet do not fit a core "
                            "of {} neurons and {} axons",
                            params.neurons, params.axons, params.events_per_packet, core.neurons, core.input_axons)};
        const double bits = static_cast<double>(params.axons) * params.events_per_packet * (core.synapses.weight_bits - 1);
        if (bits > core.synapses.size.value())
            throw InputError{fmt::format("generator random_lists: the lists take {}, a core has {}", format(DataSize{bits}),
                                         format(core.synapses.size))};
    }

    /// Dense lists at random places, weights +-1 in equal number.
    static WeightLists lists(const Params& params, CoreId core, std::uint64_t seed) {
        Rng rng{seed, "generator.random_lists.synapses", core.value()};
        WeightLists lists;
        lists.offsets = {0};
        for (std::uint32_t axon = 0; axon < params.axons; ++axon) {
            const std::uint32_t first = rng.below(params.neurons - params.events_per_packet + 1);
            for (std::uint32_t i = 0; i < params.events_per_packet; ++i) {
                lists.targets.push_back(static_cast<std::uint16_t>(first + i));
                lists.weights.push_back((i + axon) % 2 == 0 ? 1.0F : -1.0F);
            }
            lists.offsets.push_back(static_cast<std::uint32_t>(lists.targets.size()));
        }
        return lists;
    }

    static DestinationTable destinations(const Params& params, const ChipPlan& chip, CoreId core, std::uint64_t seed) {
        Rng rng{seed, "generator.random_lists.destinations", core.value()};
        std::vector<std::vector<Destination>> lists;
        for (std::uint32_t neuron = 0; neuron < params.neurons; ++neuron)
            lists.push_back({{.core = rng.below(static_cast<std::uint32_t>(chip.usable_cores().size())),
                              .axon = rng.below(params.axons),
                              .delay = 1}});
        return DestinationTable{lists};
    }
};

[[maybe_unused]] const bool registered = register_generator<RandomLists>();

}  // namespace
}  // namespace spikefab
