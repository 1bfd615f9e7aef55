// SPDX-License-Identifier: Apache-2.0
// A layer for event-driven cores that learn: every input on every neuron through a plastic synapse with a random weight.
#include "base/error.hpp"
#include "base/random.hpp"
#include "plan/generator.hpp"

#include <fmt/format.h>

namespace spikefab {
namespace {

struct PlasticLayer {
    static constexpr std::string_view name = "plastic_layer";
    static constexpr std::string_view summary = "event-driven cores: one layer of plastic synapses with random weights";

    struct Params {
        std::uint32_t inputs = 196;
        std::uint32_t neurons = 10;
        std::uint32_t lowest_weight = 0;
        std::uint32_t highest_weight = 7;
        double connected = 1.0;
        static constexpr auto fields = std::tuple{
            field("inputs", &Params::inputs, {1, 65536}, "values of an image"),
            field("neurons", &Params::neurons, {1, 65536}, "neurons, all connected to all inputs"),
            field("lowest_weight", &Params::lowest_weight, {0, 32767}, "weights are uniform from here"),
            field("highest_weight", &Params::highest_weight, {0, 32767}, "to here, both included"),
            field("connected", &Params::connected, {0.0, 1.0},
                  "share of the inputs that a neuron sees, picked at random; its other synapses are not mapped"),
        };
    };

    static Placement make(const Params& params, const ChipPlan& chip, std::uint64_t seed) {
        check(params, chip);
        Placement placement;
        placement.input = placement.populations.push_back({"input", params.inputs, 0});
        placement.output = placement.populations.push_back({"layer", params.neurons, 0});
        CoreImage core;
        core.core = CoreId{0U};
        core.neurons.rows.emplace_back();
        core.neurons.row_of_neuron.assign(params.neurons, 0);
        core.slices.push_back({placement.output, 0, params.neurons, 0});
        core.synapses = synapses(params, seed);
        std::vector<std::vector<Destination>> answers;
        for (std::uint32_t neuron = 0; neuron < params.neurons; ++neuron)
            answers.push_back({{.core = Destination::host, .axon = neuron, .delay = 1}});
        core.destinations = DestinationTable{answers};
        placement.cores.push_back(std::move(core));
        std::vector<std::vector<Destination>> inputs;
        for (std::uint32_t input = 0; input < params.inputs; ++input)
            inputs.push_back({{.core = 0, .axon = input, .delay = 1}});
        placement.inputs = DestinationTable{inputs};
        return placement;
    }

private:
    static void check(const Params& params, const ChipPlan& chip) {
        if (!chip.event_driven())
            throw InputError{fmt::format("generator plastic_layer: chip '{}' does not work event by event", chip.name())};
        const CoreDescription& core = chip.core_type(CoreId{0U});
        if (params.inputs > core.input_axons || params.neurons > core.neurons)
            throw InputError{
                fmt::format("generator plastic_layer: {} inputs and {} neurons do not fit a core of {} axons and {} neurons",
                            params.inputs, params.neurons, core.input_axons, core.neurons)};
        const std::uint32_t highest = (1U << core.synapses.weight_bits) - 1;
        if (params.lowest_weight > params.highest_weight || params.highest_weight > highest)
            throw InputError{fmt::format("generator plastic_layer: weights from {} to {}; this chip's are 0 to {}",
                                         params.lowest_weight, params.highest_weight, highest)};
        if (!core.synapses.sign_by_source)
            throw InputError{fmt::format("generator plastic_layer: chip '{}' has no weights that learn", chip.name())};
        if (params.connected < 1.0 && !core.synapses.mapping_bit)
            throw InputError{"generator plastic_layer: connected below 1 needs synapses with a mapping_bit"};
    }

    static WeightMatrix synapses(const Params& params, std::uint64_t seed) {
        Rng rng{seed, "generator.plastic_layer.weights"};
        WeightMatrix matrix{.neurons = params.neurons, .weights = {}, .mapped = {}, .inhibitory = {}};
        const std::size_t count = std::size_t{params.inputs} * params.neurons;
        matrix.weights.reserve(count);
        for (std::size_t i = 0; i < count; ++i)
            matrix.weights.push_back(
                static_cast<std::int16_t>(params.lowest_weight + rng.below(params.highest_weight - params.lowest_weight + 1)));
        if (params.connected < 1.0) {
            Rng picks{seed, "generator.plastic_layer.mapping"};
            for (std::size_t i = 0; i < count; ++i) matrix.mapped.push_back(picks.uniform() < params.connected ? 1 : 0);
        }
        return matrix;
    }
};

[[maybe_unused]] const bool registered = register_generator<PlasticLayer>();

}  // namespace
}  // namespace spikefab
