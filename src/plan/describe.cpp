// SPDX-License-Identifier: Apache-2.0
// A chip plan in lines for a person.
#include "plan/chip_plan.hpp"

#include "cost/energy.hpp"
#include "noc/make_engine.hpp"

#include <fmt/format.h>

#include <iterator>

namespace spikefab {
namespace {

using Text = std::back_insert_iterator<std::string>;

void line(Text out, std::string_view what, const std::string& value) {
    fmt::format_to(out, "  {:<22} {}\n", what, value);
}

[[nodiscard]] std::string stage(const Stage& stage) {
    return fmt::format("latency {}, occupancy {}, queue {}", format(stage.latency), format(stage.occupancy), stage.queue);
}

[[nodiscard]] std::string rate(Time occupancy) {
    return occupancy.value() > 0.0 ? fmt::format("{:.4g} M/s", 1e3 / occupancy.value()) : "not limited";
}

void describe_controller(Text out, const EventController& controller, const CoreDescription& core) {
    const auto cycles = [&](std::uint64_t count) {
        return fmt::format("{} cycles ({})", count, format(static_cast<double>(count) * period(controller.clock)));
    };
    line(out, "clock", format(controller.clock));
    line(out, "queue", fmt::format("{} events", controller.queue_depth));
    line(out, "spike, all neurons", cycles(std::uint64_t{core.neurons} * controller.neuron_update));
    line(out, "one neuron", cycles(controller.neuron_update));
    line(out, "output spike",
         fmt::format("holds the core for {}", cycles(controller.output.request + controller.output.acknowledge +
                                                     controller.output.withdraw + controller.output.recover)));
    line(out, "peak synaptic events", rate(controller.neuron_update * period(controller.clock)));
    for (const BusEvent& event : controller.bus)
        line(out, fmt::format("bus {}", event.address),
             fmt::format("{}{}", enum_names(BusAction{})[static_cast<std::size_t>(event.action)],
                         event.after_queue ? ", once the queue is empty" : ""));
}

[[nodiscard]] std::string_view name_of(auto choice) {
    return enum_names(choice)[static_cast<std::size_t>(choice)];
}

void describe_columns(Text out, const ColumnDescription& columns, Time pulse, Time tick) {
    if (columns.neuron) {
        const ColumnNeuronModel& model = **columns.neuron;
        if (columns.firing) {
            line(out, "columns end in",
                 fmt::format("analog neurons of model {}, into which a weight sum of their threshold sends {}",
                             columns.neuron->name(), format(*columns.firing)));
            return;
        }
        line(out, "columns end in",
             fmt::format("analog neurons of model {}, which {} into one pulse makes fire", columns.neuron->name(),
                         format(Current::from_si(model.firing_current(pulse.si())))));
        line(out, "memory",
             fmt::format("{:.3g} of half a threshold is left after a tick", model.kept_share(pulse.si(), (tick - pulse).si())));
        return;
    }
    const SarAdcParams& adc = *columns.adc;
    line(out, "columns end in",
         fmt::format("SAR ADCs of {} bit, one for {} columns, {} and {} a conversion", adc.bits, adc.columns_per_adc,
                     format(adc.conversion_time()), format(adc.conversion_energy())));
    line(out, "frame of all columns", format(adc.conversion_time() * adc.columns_per_adc));
}

void describe_array(Text out, const CoreDescription& core, const ArrayDescription& array, Time tick) {
    const ArrayCapacity capacity = array_capacity(array);
    const auto tiles =
        (core.input_axons + capacity.inputs - 1) / capacity.inputs * ((core.neurons + capacity.outputs - 1) / capacity.outputs);
    line(out, "arrays",
         fmt::format("{} x {} cells, {} inputs x {} neurons each; a full core has {}", array.rows, array.columns,
                     capacity.inputs, capacity.outputs, tiles));
    line(out, "cells",
         fmt::format("{} to {}, law {}, errors of {}, read at {} after {}", format(array.low), format(array.high),
                     array.cell.name(), array.memristor ? array.memristor->name() : array.device.name(),
                     format(array.temperature), format(array.drift_time)));
    line(out, "weights", fmt::format("{}, {}", name_of(array.encoding.scheme), name_of(array.encoding.placement)));
    if (core.cam_words != 0) line(out, "synapses", fmt::format("{} words of memory a neuron", core.cam_words));
    if (array.update)
        line(out, "learning",
             fmt::format("by pulses of {} and {} for {}, one per unit of change", format(array.update->set),
                         format(array.update->reset), format(array.update->pulse)));
    line(out, "wires",
         fmt::format("{} a word-line cell, {} a bit-line cell, driver {}, sense {}", format(array.wire.word_line),
                     format(array.wire.bit_line), format(array.wire.driver), format(array.wire.sense)));
    line(out, "read",
         fmt::format("{}, {} for {}, inactive rows {}, solved as {}", name_of(array.input.mode), format(array.input.read),
                     format(array.input.pulse), name_of(array.inactive_rows), name_of(array.mode)));
    describe_columns(out, core.columns, array.input.pulse, tick);
    line(out, "neuron pipeline", fmt::format("{} active, {} inactive", format(core.soma.active), format(core.soma.inactive)));
    line(out, "output axon stage", stage(core.axon_out));
}

void describe_core(Text out, const std::string& name, const CoreDescription& core, std::uint32_t count, Time tick) {
    fmt::format_to(out, "core '{}' (x {})\n", name, count);
    line(out, "neurons", fmt::format("{} of model {}", core.neurons, core.firing_model()));
    line(out, "axons", fmt::format("{} in, {} out", core.input_axons, core.output_axons));
    if (core.array) return describe_array(out, core, *core.array, tick);
    line(out, "synaptic memory",
         fmt::format("{:.4g} KiB, {}, {} bit a weight", core.synapses.size.value() / 8192.0,
                     enum_names(MemoryFormat{})[static_cast<std::size_t>(core.synapses.format)], core.synapses.weight_bits));
    if (core.controller) return describe_controller(out, *core.controller, core);
    line(out, "delays", fmt::format("1 to {} steps", core.max_delay));
    line(out, "input axon stage", stage(core.axon_in));
    line(out, "synapse stage", stage(core.synapse));
    line(out, "neuron pipeline", fmt::format("{} active, {} inactive", format(core.soma.active), format(core.soma.inactive)));
    line(out, "output axon stage", stage(core.axon_out));
    line(out, "learning",
         core.learning ? fmt::format("{} a synapse visited, {} a trace", format(core.learning->per_synapse),
                                     format(core.learning->per_trace))
                       : "none");
    line(out, "peak synaptic events", rate(core.synapse.occupancy));
    line(out, "pass over all neurons",
         fmt::format("{} idle, {} all active", format(core.neurons * core.soma.inactive),
                     format(core.neurons * core.soma.active)));
}

void describe_hops(Text out, const noc::Options& noc) {
    if (noc.clocked) {
        line(out, "clock", format(noc.clocked->clock));
        return;
    }
    if (noc.staged) {
        line(out, "clock", format(noc.staged->clock));
        return;
    }
    const noc::AsynchronousTimes& times = *noc.asynchronous;
    const auto hop = [](const noc::StageTimes& stage) {
        return fmt::format("{}, one flit every {}", format(stage.latency), format(stage.occupancy));
    };
    line(out, "hop east-west", hop(times.east_west));
    line(out, "hop north-south", hop(times.north_south));
    line(out, "inside a tile", hop(times.inside_tile));
    line(out, "peak per link", rate(times.east_west.occupancy) + fmt::format(", {} plane(s)", noc.planes));
}

}  // namespace

void ChipPlan::describe_network(std::string& text) const {
    const Text out{text};
    fmt::format_to(out, "network-on-chip\n");
    line(out, "topology",
         fmt::format("{}, {} routers, {} channels", topology_->family(), topology_->routers(), topology_->channels().size()));
    line(out, "routing",
         fmt::format("{}, {} virtual channel(s), buffers of {}", description_.noc.routing.name(),
                     description_.noc.virtual_channels, description_.noc.buffer_depth));
    line(out, "host", fmt::format("at {}", topology_->name(host_)));
    describe_hops(out, description_.noc);
}

std::string ChipPlan::describe() const {
    // The first usable core of each of the first so many tiles that have one.
    const auto tiles = [this](std::size_t most) {
        std::vector<EndpointId> found;
        for (const CoreId core : usable_) {
            const RouterId router = topology_->endpoint(core).router;
            const bool known = !found.empty() && topology_->endpoint(found.back()).router == router;
            if (!known && found.size() < most) found.push_back(EndpointId{core.value()});
        }
        return found;
    };
    std::string text;
    const Text out{text};
    fmt::format_to(out, "chip {}\n", name());
    if (!description_.source.empty()) line(out, "figures from", description_.source);
    line(out, "cores", fmt::format("{} on {} routers", cores(), topology_->routers()));
    std::uint64_t neurons = 0;
    double memory = 0.0;
    std::vector<std::uint32_t> count(types_.size(), 0);
    for (std::uint32_t c = 0; c < cores(); ++c) {
        neurons += core_type(CoreId{c}).neurons;
        memory += core_type(CoreId{c}).synapses.size.value();
        ++count[layout_[c % layout_.size()]];
    }
    line(out, "capacity",
         memory > 0.0 ? fmt::format("{} neurons, {:.4g} MiB of synaptic memory", neurons, memory / 8.0 / 1048576.0)
                      : fmt::format("{} neurons", neurons));
    line(out, "time step",
         description_.synchronisation == Synchronisation::tick ? fmt::format("tick of {}", format(description_.tick))
         : description_.synchronisation == Synchronisation::barrier
             ? fmt::format("barrier of {} (1 tile) to {} (all)", format(barrier_among(tiles(1)).duration),
                           format(barrier_among(tiles(topology_->routers())).duration))
             : "none: event-driven");
    if (!event_driven()) describe_network(text);
    for (std::size_t kind = 0; kind < types_.size(); ++kind)
        describe_core(out, names_[kind], *types_[kind], count[kind], description_.tick);
    const EnergyModel energy{
        description_.prices, {.cores_fitted = cores()}, {.voltage = description_.voltage, .clock = clock()}};
    fmt::format_to(out, "energy ({}, {})\n", description_.prices.name, format(energy.voltage()));
    line(out, "idle power", format(energy.static_power()));
    for (std::size_t i = 0; i < activity_count; ++i)
        if (const Energy price = energy.price(static_cast<Activity>(i)); price.value() > 0.0)
            line(out, enum_names(Activity{})[i], format(price));
    return text;
}

}  // namespace spikefab
