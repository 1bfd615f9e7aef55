// SPDX-License-Identifier: Apache-2.0
// A recurrent load for cores with crossbars, as TrueNorth's makers used it: every neuron fires at one rate, every axon
// has the same number of synapses, targets are uniform over the chip.
// Source of the load: Merolla et al., Science 345:668 (2014): 20 Hz, 128 synapses, mean distance 21.3 cores in x and y.
#include "base/error.hpp"
#include "base/random.hpp"
#include "plan/generator.hpp"

#include <fmt/format.h>

#include <numeric>

namespace spikefab {
namespace {

struct RandomCrossbars {
    static constexpr std::string_view name = "random_crossbars";
    static constexpr std::string_view summary =
        "every neuron fires at a known rate; random crossbars, targets uniform over the chip";

    struct Params {
        std::uint32_t synapses_per_axon = 128;
        std::uint32_t period = 50;
        static constexpr auto fields = std::tuple{
            field("synapses_per_axon", &Params::synapses_per_axon, {0, 65536}, "neurons connected to each axon"),
            field("period", &Params::period, {2, 4096}, "steps between two spikes of a neuron"),
        };
    };

    static Placement make(const Params& params, const ChipPlan& chip, std::uint64_t seed) {
        const CoreDescription& type = chip.core_type(CoreId{0U});
        if (type.synapses.format != MemoryFormat::binary_crossbar)
            throw InputError{fmt::format("generator random_crossbars: chip '{}' has no crossbars", chip.name())};
        if (params.synapses_per_axon > type.neurons)
            throw InputError{fmt::format("generator random_crossbars: {} synapses an axon, a core has {} neurons",
                                         params.synapses_per_axon, type.neurons)};
        Placement placement = make_recurrent_placement(chip, type.neurons);
        const NeuronParameters neurons = periodic_neurons(type.neuron.name(), type.neurons, params.period);
        for (CoreImage& core : placement.cores) {
            core.neurons = neurons;
            core.synapses = crossbar(params, type, core.core, seed);
            core.destinations = destinations(type, chip, core.core, seed);
        }
        return placement;
    }

private:
    /// Half of the axons excite by 1, half inhibit by 1, so that the drive alone sets the rate.
    static BinaryCrossbar crossbar(const Params& params, const CoreDescription& type, CoreId core, std::uint64_t seed) {
        Rng rng{seed, "generator.random_crossbars.synapses", core.value()};
        BinaryCrossbar crossbar;
        crossbar.words_per_row = (type.neurons + 63) / 64;
        crossbar.rows.assign(std::size_t{type.input_axons} * crossbar.words_per_row, 0);
        crossbar.type_weights[0].assign(type.neurons, 1);
        crossbar.type_weights[1].assign(type.neurons, -1);
        crossbar.type_weights[2].assign(type.neurons, 0);
        crossbar.type_weights[3].assign(type.neurons, 0);
        std::vector<std::uint32_t> order(type.neurons);
        std::iota(order.begin(), order.end(), 0U);
        for (std::uint32_t axon = 0; axon < type.input_axons; ++axon) {
            crossbar.axon_types.push_back(static_cast<std::uint8_t>(axon % 2));
            std::uint64_t* const row = crossbar.rows.data() + std::size_t{axon} * crossbar.words_per_row;
            for (std::uint32_t i = 0; i < params.synapses_per_axon; ++i) {  // the head of a Fisher-Yates shuffle
                std::swap(order[i], order[i + rng.below(type.neurons - i)]);
                row[order[i] / 64] |= std::uint64_t{1} << (order[i] % 64);
            }
        }
        return crossbar;
    }

    static DestinationTable destinations(const CoreDescription& type, const ChipPlan& chip, CoreId core, std::uint64_t seed) {
        Rng rng{seed, "generator.random_crossbars.destinations", core.value()};
        std::vector<std::vector<Destination>> lists;
        for (std::uint32_t neuron = 0; neuron < type.neurons; ++neuron)
            lists.push_back({{.core = rng.below(static_cast<std::uint32_t>(chip.usable_cores().size())),
                              .axon = neuron % type.input_axons,
                              .delay = 1}});
        return DestinationTable{lists};
    }
};

[[maybe_unused]] const bool registered = register_generator<RandomCrossbars>();

}  // namespace
}  // namespace spikefab
