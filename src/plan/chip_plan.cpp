// SPDX-License-Identifier: Apache-2.0
// Resolving a chip's description.
#include "plan/chip_plan.hpp"

#include "base/error.hpp"
#include "noc/check_options.hpp"
#include "plan/bus_code.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spikefab {
ChipPlan::ChipPlan(ChipDescription description)
    : description_{std::move(description)}, topology_{std::make_shared<const Topology>(noc::build_topology(description_.noc))} {
    read_layout();
    host_ = connect_host();
    noc::check_options(description_.noc, *topology_);
    find_usable_cores();
    check();
}

void ChipPlan::read_layout() {
    for (const auto& [name, type] : description_.cores) {
        names_.push_back(name);
        types_.push_back(&type);
    }
    if (names_.empty()) throw InputError{fmt::format("chip '{}': cores: at least one kind of core is needed", name())};
    if (names_.size() > 1 && description_.layout.empty())
        throw InputError{
            fmt::format("chip '{}': layout: name the kind of each core; there are {} kinds", name(), names_.size())};
    for (const std::string& kind : description_.layout) {
        const auto found = std::find(names_.begin(), names_.end(), kind);
        if (found == names_.end())
            throw InputError{fmt::format("chip '{}': layout: no kind of core is called '{}'", name(), kind)};
        layout_.push_back(static_cast<std::size_t>(found - names_.begin()));
    }
    if (layout_.empty()) layout_.push_back(0);
}

/// A router without an edge port (inside a mesh, or on a torus, ring, tree or graph) gets a port for the host.
EndpointId ChipPlan::connect_host() {
    const RouterId router{description_.host.router};
    if (router.value() >= topology_->routers())
        throw InputError{fmt::format("chip '{}': host.router: there is no router {}; the NoC has {}", name(), router.value(),
                                     topology_->routers())};
    if (topology_->router(router).dead)
        throw InputError{
            fmt::format("chip '{}': host.router: {} is dead; choose one that works", name(), topology_->name(router))};
    if (!topology_->host_at(router).valid()) topology_ = std::make_shared<const Topology>(topology_->with_host_port(router));
    return topology_->host_at(router);
}

void ChipPlan::find_usable_cores() {
    for (std::uint32_t core = 0; core < cores(); ++core)
        if (!topology_->router(topology_->endpoint(CoreId{core}).router).dead) usable_.push_back(CoreId{core});
    if (usable_.empty()) throw InputError{fmt::format("chip '{}': no core is left: every router with cores is dead", name())};
}

namespace {

void check_random(const RandomNumbers& random, const std::string& where) {
    if (random.generator == Generator::philox) return;
    try {
        static_cast<void>(
            ShiftRegister{{.width = random.width, .taps = random.taps, .seed = std::max<std::uint32_t>(random.seed, 1)}});
    } catch (const InputError& error) {
        throw InputError{fmt::format("{}.random: {}", where, error.what())};
    }
}

/// Neurons and sources that the controller names exist.
void check_places(const CoreDescription& type, const std::string& where) {
    const EventController& controller = *type.controller;
    const auto check = [&](std::string_view what, std::optional<std::uint32_t> place, std::string_view kind,
                           std::uint32_t count) {
        if (place && *place >= count)
            throw InputError{fmt::format("{}.{}: there is no {} {}; the core has {}", where, what, kind, *place, count)};
    };
    check("last_of_sweep", controller.last_of_sweep, "neuron", type.neurons);
    check("output.leave_at_neuron", controller.output.leave_at_neuron, "neuron", type.neurons);
    if (const auto& monitor = controller.output.monitor) {
        check("output.monitor.neuron", monitor->neuron, "neuron", type.neurons);
        check("output.monitor.source", monitor->source, "axon", type.input_axons);
    }
    if (controller.last_of_sweep && controller.sweep == SweepOf::all_neurons)
        throw InputError{where + ".last_of_sweep: belongs to sweep: used_neurons; leave it out, or change sweep"};
}

}  // namespace

void ChipPlan::check() const {
    for (std::size_t kind = 0; kind < types_.size(); ++kind) {
        const CoreDescription& type = *types_[kind];
        const std::string where = fmt::format("chip '{}': cores.{}", name(), names_[kind]);
        check_random(type.random, where);
        if (type.neurons > 65536) throw InputError{where + ".neurons: at most 65536 are supported in one core"};
        if (type.array) {
            check_array(where, type);
            continue;
        }
        if (!type.neuron) throw InputError{where + ".neuron: missing (a digital core needs a neuron model)"};
        if (type.synapses.size.value() <= 0.0)
            throw InputError{where + ".synapses.size: missing (a core without arrays needs synaptic memory)"};
        if (type.cam_words != 0)
            throw InputError{where + ".cam_words: only a core with arrays counts words of its synapses; leave it out"};
        if (type.columns.adc || type.columns.neuron)
            throw InputError{where + ".column: only a core with arrays has columns; add array, or leave column out"};
        if (type.processing == Processing::by_neuron && type.neuron->graded())
            throw InputError{
                fmt::format("{}: neuron model '{}' sends values, and a core that scans by neuron keeps one bit for "
                            "each axon and step; use processing: by_source",
                            where, type.neuron.name())};
        if (type.synapses.format == MemoryFormat::binary_crossbar && !type.neuron->integer())
            throw InputError{fmt::format("{}: a binary crossbar holds integer weights; neuron model '{}' wants real ones",
                                         where, type.neuron.name())};
        if (type.synapses.format == MemoryFormat::binary_crossbar && type.destinations_per_neuron != 0 && type.relay.empty())
            throw InputError{fmt::format("{}.relay: missing (splitters need the parameters of a relay neuron)", where)};
        check_event_core(type, where);
    }
    const bool ticks = description_.synchronisation == Synchronisation::tick;
    if (!ticks && (wakes_all_cores() || description_.input_before_first_tick))
        throw InputError{
            fmt::format("chip '{}': schedule.read, delays_count_from: arrival and input_before_first_tick need "
                        "synchronisation: tick",
                        name())};
    if (const auto& answers = description_.host.answers_at_core; answers && *answers >= cores())
        throw InputError{
            fmt::format("chip '{}': host.answers_at_core: there is no core {}; the chip has {}", name(), *answers, cores())};
    check_barrier();
}

void ChipPlan::check_barrier() const {
    if (description_.synchronisation == Synchronisation::barrier) {
        const bool messages = description_.barrier_by == BarrierBy::messages;
        if (messages ? !description_.barrier_messages.has_value() : description_.barrier.empty())
            throw InputError{
                fmt::format("chip '{}': {}: missing (a barrier chip needs the time of its barrier, or barrier_by: "
                            "messages and the times of their handling)",
                            name(), messages ? "barrier_messages" : "barrier")};
    }
    for (std::size_t i = 1; i < description_.barrier.size(); ++i)
        if (description_.barrier[i].tiles <= description_.barrier[i - 1].tiles)
            throw InputError{fmt::format("chip '{}': barrier.{}.tiles: must rise from entry to entry", name(), i)};
}

void ChipPlan::check_event_core(const CoreDescription& type, const std::string& where) const {
    const bool by_event = type.processing == Processing::by_event;
    if (by_event != type.controller.has_value())
        throw InputError{where + ".controller: belongs to processing: by_event, and only there"};
    if (by_event != (type.synapses.format == MemoryFormat::weight_matrix))
        throw InputError{where + ".synapses.format: weight_matrix belongs to processing: by_event, and only there"};
    if (!by_event) return;
    if (description_.synchronisation != Synchronisation::event || cores() != 1)
        throw InputError{where + ".processing: by_event needs synchronisation: event and a chip of one core"};
    if (type.neuron->make_event_neurons({}) == nullptr)
        throw InputError{
            fmt::format("{}.neuron: model '{}' works in steps; by_event needs one that works event by event "
                        "(odin_lif, tinyodin_lif)",
                        where, type.neuron.name())};
    const SynapseMemory& memory = type.synapses;
    const std::uint32_t per_word =
        static_cast<std::uint32_t>(memory.word.value()) / (memory.weight_bits + (memory.mapping_bit ? 1U : 0U));
    if (per_word == 0 || memory.word.value() > 64)
        throw InputError{where + ".synapses.word: must hold at least one synapse and have at most 64 bits"};
    const std::uint64_t words = std::uint64_t{type.input_axons} * ((type.neurons + per_word - 1) / per_word);
    const DataSize matrix = static_cast<double>(words) * memory.word;
    if (memory.size < matrix)
        throw InputError{fmt::format(
            "{}.synapses.size: {} do not hold the weights of {} axons onto {} neurons: {} words of {} bit, {}", where,
            format(memory.size), type.input_axons, type.neurons, words, memory.word.value(), format(matrix))};
    const EventPlasticity& plasticity = type.controller->plasticity;
    const bool learns = plasticity.on_spikes || plasticity.on_single_synapses;
    if (memory.weight_bits > 15 || (learns && !memory.sign_by_source))
        throw InputError{where + ".synapses: weights have at most 15 bits, and those that learn need sign_by_source: true"};
    static_cast<void>(BusCode{type.controller->bus});
    check_places(type, where + ".controller");
}

void ChipPlan::check_array(const std::string& where, const CoreDescription& type) const {
    const ColumnDescription& columns = type.columns;
    const ArrayDescription& array = *type.array;
    if (columns.adc.has_value() == columns.neuron.has_value())
        throw InputError{where + ".column: give either adc or neuron (what the arrays' columns end in)"};
    if (columns.adc && !type.neuron)
        throw InputError{where + ".neuron: missing (the model that adds up what the converters give)"};
    if (columns.neuron && type.neuron)
        throw InputError{where + ".neuron: the columns end in analog neurons; leave it out, or use column.adc"};
    if (columns.neuron && description_.synchronisation == Synchronisation::barrier)
        throw InputError{where + ".column.neuron: analog neurons leak in real time; they need synchronisation: tick or event"};
    if (description_.synchronisation == Synchronisation::event) check_live(where, type);
    if (columns.neuron && array.input.mode == RowInput::bit_serial)
        throw InputError{where +
                         ".array.input.mode: bit_serial sums are put together digitally; use column.adc, or spikes, "
                         "pwm or dac"};
    if (columns.neuron && array.encoding.scheme == WeightScheme::offset_digital)
        throw InputError{where +
                         ".array.encoding.weights: offset_digital subtracts digitally; use column.adc, or differential"};
    if (type.processing != Processing::by_source || type.controller)
        throw InputError{where + ".processing: arrays are read once per step; leave processing and controller out"};
    if (!type.relay.empty()) throw InputError{where + ".relay: a core with arrays needs no relay neurons; leave it out"};
    if (array.update && !array.memristor)
        throw InputError{where + ".array.update: pulses move a device; give array.memristor, or leave update out"};
    if (array.update && description_.synchronisation != Synchronisation::barrier)
        throw InputError{where +
                         ".array.update: cells learn between steps, which grow by it; it needs synchronisation: barrier"};
    if (array.low >= array.high)
        throw InputError{
            fmt::format("{}.array.g_min: {} is not below g_max, {}", where, format(array.low), format(array.high))};
    try {
        static_cast<void>(array_capacity(array));
        if (array.memristor) (*array.memristor)->check();
        if (columns.neuron) static_cast<void>((*columns.neuron)->firing_current(array.input.pulse.si()));
    } catch (const InputError& error) {
        throw InputError{fmt::format("{}.{}", where, error.what())};
    }
}

/// A core that works as spikes come.
void ChipPlan::check_live(const std::string& where, const CoreDescription& type) const {
    if (!type.columns.neuron)
        throw InputError{where + ".column.adc: converters sample in steps; an event chip needs column.neuron"};
    if ((*type.columns.neuron)->decides_at_pulse_end())
        throw InputError{
            fmt::format("{}.column.neuron: {} decides once per step whether it fires; use synchronisation: tick, or "
                        "a neuron that integrates (rc_lif, dpi, dw_lif, stno)",
                        where, type.columns.neuron->name())};
    if (type.array->input.mode != RowInput::spikes)
        throw InputError{where + ".array.input.mode: on an event chip every spike is a pulse; use spikes"};
}

EndpointId ChipPlan::answer_endpoint() const {
    return description_.host.answers_at_core ? EndpointId{*description_.host.answers_at_core} : host_;
}

bool ChipPlan::wakes_all_cores() const {
    return description_.delays_count_from == DelayReference::arrival ||
           std::any_of(types_.begin(), types_.end(), [](const CoreDescription* type) { return type->schedule.read > Time{}; });
}

std::optional<Frequency> ChipPlan::clock() const {
    if (types_.front()->controller) return types_.front()->controller->clock;
    if (description_.noc.staged) return description_.noc.staged->clock;
    return description_.noc.clocked ? std::optional{description_.noc.clocked->clock} : std::nullopt;
}

Picoseconds ChipPlan::barrier(std::uint32_t tiles) const {
    Time time{};
    for (const BarrierTime& entry : description_.barrier)
        if (tiles >= entry.tiles || &entry == &description_.barrier.front()) time = entry.time;
    return to_picoseconds(time);
}

noc::BarrierWave ChipPlan::barrier_among(std::span<const EndpointId> tiles) const {
    if (description_.barrier_by == BarrierBy::times)
        return {.duration = to_time(barrier(static_cast<std::uint32_t>(tiles.size()))), .counters = {}};
    const BarrierMessages& messages = *description_.barrier_messages;
    noc::BarrierWave wave = noc::run_barrier(description_.noc, *topology_, tiles, messages.handling);
    wave.duration += messages.within_tile;
    return wave;
}

}  // namespace spikefab
