// SPDX-License-Identifier: Apache-2.0
// A chip as a person writes it in YAML. What it means is worked out once, in chip_plan.hpp, and read from there.
#pragma once

#include "base/field.hpp"
#include "base/registry.hpp"
#include "cost/price_list.hpp"
#include "models/neuron/neuron_model.hpp"
#include "noc/options.hpp"
#include "plan/analog_description.hpp"
#include "plan/event_controller.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spikefab {

/// How a time step ends: after a fixed period, when every core and the network are done, or there are no steps.
enum class Synchronisation { tick, barrier, event };
constexpr auto enum_names(Synchronisation) {
    return std::array<std::string_view, 3>{"tick", "barrier", "event"};
}

/// When a core processes synapses: as spikes arrive (Loihi), neuron by neuron in the next step's scan (TrueNorth, RANC), or
/// event by event under one controller, without steps (ODIN).
enum class Processing { by_source, by_neuron, by_event };
constexpr auto enum_names(Processing) {
    return std::array<std::string_view, 3>{"by_source", "by_neuron", "by_event"};
}

/// From which step a spike's delay counts.
enum class DelayReference { departure, arrival };
constexpr auto enum_names(DelayReference) {
    return std::array<std::string_view, 2>{"departure", "arrival"};
}

/// One stage of a core's pipeline.
struct Stage {
    Time latency{};            ///< from acceptance to result
    Time occupancy{};          ///< until the next item can start (initiation interval)
    std::uint32_t queue = 16;  ///< items that may wait in front of the stage
    static constexpr auto fields = std::tuple{
        field("latency", &Stage::latency, {0, 1e9}, "time from start to result"),
        field("occupancy", &Stage::occupancy, {0, 1e9}, "time until the next item can start"),
        field("queue", &Stage::queue, {1, 1 << 20}, "items that may wait in front of the stage"),
    };
};

/// The memory of spikes that act in coming steps (TrueNorth's scheduler).
struct SpikeSchedule {
    Time read{};
    Time clear{};
    bool clear_loses_spikes = false;
    static constexpr auto fields = std::tuple{
        field("read", &SpikeSchedule::read, {0, 1e9}, "tick chips: time into a step up to which arriving spikes may act in it"),
        field("clear", &SpikeSchedule::clear, {0, 1e9}, "time from the end of a pass until the row that it used is cleared"),
        field("clear_loses_spikes", &SpikeSchedule::clear_loses_spikes,
              "a spike that arrives at the moment of the clearing is lost: the memory has one port"),
    };
};

/// The neuron pipeline: a pass over all mapped neurons each step.
struct SomaStage {
    Time latency{};
    Time active{};
    Time inactive{};
    Time per_axon{};
    bool waits_for_network = false;
    static constexpr auto fields = std::tuple{
        field("latency", &SomaStage::latency, {0, 1e9}, "time from the start of a neuron's update to its spike"),
        field("active", &SomaStage::active, {0, 1e9}, "time that a neuron with input, or that fires, holds the pipeline"),
        field("inactive", &SomaStage::inactive, {0, 1e9}, "time that any other mapped neuron holds the pipeline"),
        field("per_axon", &SomaStage::per_axon, {0, 1e9},
              "by_neuron only: extra time of every neuron for each axon with a spike in this step"),
        field("waits_for_network", &SomaStage::waits_for_network,
              "a neuron that fires holds the pipeline until the network has taken its spike"),
    };
};

/// How synapses are stored, which decides how networks are placed.
enum class MemoryFormat { weight_lists, binary_crossbar, weight_matrix };
constexpr auto enum_names(MemoryFormat) {
    return std::array<std::string_view, 3>{"weight_lists", "binary_crossbar", "weight_matrix"};
}

struct SynapseMemory {
    MemoryFormat format = MemoryFormat::weight_lists;
    DataSize size{};
    DataSize word{64};
    std::uint32_t weight_bits = 8;
    std::uint32_t delay_bits = 0;
    std::uint32_t tag_bits = 0;
    DataSize list_header{10};
    bool population_axons = false;
    std::uint32_t axon_types = 4;
    bool mapping_bit = false;
    bool sign_by_source = false;
    static constexpr auto fields = std::tuple{
        field("format", &SynapseMemory::format,
              "weight_lists: a list of (neuron, weight) per axon; binary_crossbar: one bit per "
              "axon and neuron, weights by axon type in the neuron; weight_matrix: a weight per axon and neuron"),
        field("size", &SynapseMemory::size, {0, 1e12}, "synaptic memory of one core; a digital core needs some"),
        field("word", &SynapseMemory::word, {1, 65536}, "bits read at once"),
        field("weight_bits", &SynapseMemory::weight_bits, {1, 32}, "bits of a stored weight, sign included"),
        field("delay_bits", &SynapseMemory::delay_bits, {0, 16},
              "bits of a stored delay, in lists whose synapses have different ones; 0: only axons have delays"),
        field("tag_bits", &SynapseMemory::tag_bits, {0, 16}, "bits of a stored learning tag, in lists that have tags"),
        field("list_header", &SynapseMemory::list_header, {0, 4096},
              "bits that every axon's list carries besides its synapses"),
        field("population_axons", &SynapseMemory::population_axons,
              "weight_lists: lists that differ only in their first target are stored once, and sources of a population whose "
              "lists begin at the same neuron share an axon"),
        field("axon_types", &SynapseMemory::axon_types, {1, 4}, "binary_crossbar: types an axon may have"),
        field("mapping_bit", &SynapseMemory::mapping_bit, "weight_matrix: a bit beside each weight tells who is connected"),
        field("sign_by_source", &SynapseMemory::sign_by_source,
              "weight_matrix: weights are magnitudes, a bit per source tells whether they inhibit"),
    };
};

/// Where stochastic neurons and synapses of a core get their random numbers.
enum class Generator { philox, shift_register };
constexpr auto enum_names(Generator) {
    return std::array<std::string_view, 2>{"philox", "shift_register"};
}

struct RandomNumbers {
    Generator generator = Generator::philox;
    std::uint32_t width = 16;
    std::uint32_t taps = 0x100B;
    std::uint32_t seed = 0;
    static constexpr auto fields = std::tuple{
        field(
            "generator", &RandomNumbers::generator,
            "philox: draws by neuron, axon and step; shift_register: one register a core, drawn from in the order of the pass"),
        field("width", &RandomNumbers::width, {1, 32}, "shift_register: its bits"),
        field("taps", &RandomNumbers::taps, {1, 4294967295.0}, "shift_register: bits whose parity is fed back"),
        field("seed", &RandomNumbers::seed, {0, 4294967295.0},
              "shift_register: state before the run; 0: from the run's seed, another one for each core"),
    };
};

/// What changes synapses at the ends of epochs.
struct LearningUnit {
    Time per_synapse{};
    Time per_trace{};
    static constexpr auto fields = std::tuple{
        field("per_synapse", &LearningUnit::per_synapse, {0, 1e9}, "time per synapse that the rules visit"),
        field("per_trace", &LearningUnit::per_trace, {0, 1e9}, "time per trace that is brought up to date"),
    };
};

/// One kind of core: digital, or analog where it has arrays.
struct CoreDescription {
    std::uint32_t neurons = 256;
    std::uint32_t input_axons = 256;
    std::uint32_t output_axons = 256;
    std::uint32_t destinations_per_neuron = 0;
    std::uint32_t cam_words = 0;
    std::uint32_t max_delay = 1;
    Processing processing = Processing::by_source;
    std::optional<EventController> controller;
    ModelChoice<NeuronModel> neuron;
    RandomNumbers random;
    SynapseMemory synapses;
    std::optional<ArrayDescription> array;
    ColumnDescription columns;
    SpikeSchedule schedule;
    Stage axon_in;
    Stage synapse;
    Stage dendrite;
    SomaStage soma;
    Stage axon_out;
    Stage interface;
    std::optional<LearningUnit> learning;
    std::map<std::string, double> relay;
    static constexpr auto fields = std::tuple{
        field("neurons", &CoreDescription::neurons, {1, 1 << 20}, "neurons of one core").required(),
        field("input_axons", &CoreDescription::input_axons, {1, 1 << 20}, "input axons of one core").required(),
        field("output_axons", &CoreDescription::output_axons, {1, 1 << 24},
              "(neuron, destination core) pairs that one core can send to")
            .required(),
        field("destinations_per_neuron", &CoreDescription::destinations_per_neuron, {0, 1 << 20},
              "destination axons of one neuron; 0: as many as output_axons allows"),
        field(
            "cam_words", &CoreDescription::cam_words, {0, 1 << 20},
            "words of content-addressable memory of one neuron, each of which names a source: a synapse of weight n takes n of "
            "them; cores with arrays only; 0: any weights"),
        field("max_delay", &CoreDescription::max_delay, {1, 64}, "steps from a spike to its effect, at most"),
        field("processing", &CoreDescription::processing, "when synapses are processed"),
        field("controller", &CoreDescription::controller, "by_event only: what events are, and what they take"),
        field("neuron", &CoreDescription::neuron,
              "the neuron model, with chip-wide parameters; not with analog neurons (column.neuron)"),
        field("random", &CoreDescription::random, "random numbers of stochastic neurons and synapses"),
        field("synapses", &CoreDescription::synapses, "synaptic memory of a digital core"),
        field("array", &CoreDescription::array, "crossbar arrays in place of synaptic memory: the core is analog"),
        field("column", &CoreDescription::columns, "what stands at the foot of the arrays' columns"),
        field("schedule", &CoreDescription::schedule, "memory of spikes to come"),
        field("axon_in", &CoreDescription::axon_in, "input axon stage, per message"),
        field("synapse", &CoreDescription::synapse, "synapse stage, per synaptic event"),
        field("dendrite", &CoreDescription::dendrite, "dendrite accumulators, per message"),
        field("soma", &CoreDescription::soma, "neuron pipeline"),
        field("axon_out", &CoreDescription::axon_out, "output axon stage, per message"),
        field("interface", &CoreDescription::interface, "network interface, per packet; its queue stalls the core when full"),
        field("learning", &CoreDescription::learning,
              "the learning engine: it works at the ends of epochs, when the step's spikes have arrived; absent: none"),
        field("relay", &CoreDescription::relay,
              "neuron parameters of a relay (splitter) neuron: one input spike, one output spike"),
    };

    /// The name of the model that fires: the neuron's, or the analog neuron's.
    [[nodiscard]] const std::string& firing_model() const { return columns.neuron ? columns.neuron->name() : neuron.name(); }
};

/// The barrier of a barrier chip: how long it takes when so many tiles (routers) hold used cores.
struct BarrierTime {
    std::uint32_t tiles = 1;
    Time time{};
    static constexpr auto fields = std::tuple{
        field("tiles", &BarrierTime::tiles, {1, 1 << 20}, "from this many used tiles on").required(),
        field("time", &BarrierTime::time, {0, 1e9}, "time of one barrier").required(),
    };
};

/// The barrier of a barrier chip as messages over its NoC (noc/barrier_wave.hpp).
struct BarrierMessages {
    Time within_tile{};
    Time handling{};
    static constexpr auto fields = std::tuple{
        field("within_tile", &BarrierMessages::within_tile, {0, 1e9},
              "time that the cores of one tile need among themselves: all of a barrier when one tile is used")
            .required(),
        field("handling", &BarrierMessages::handling, {0, 1e9},
              "from the arrival of a tile's message until what it causes is sent; the way itself takes the NoC's hop times")
            .required(),
    };
};

/// How long a barrier takes: looked up by used tiles, or as long as its messages travel.
enum class BarrierBy { times, messages };
constexpr auto enum_names(BarrierBy) {
    return std::array<std::string_view, 2>{"times", "messages"};
}

/// Where the host's spikes enter and the answers leave.
struct HostPort {
    std::uint32_t router = 0;
    std::optional<std::uint32_t> answers_at_core;
    Time first_spike{};
    Time spike_interval{1.0};
    static constexpr auto fields = std::tuple{
        field("router", &HostPort::router, {0, 1 << 20},
              "router whose edge port the host uses, the west one if there is one; without any it gets a port for the host"),
        field("answers_at_core", &HostPort::answers_at_core, {0, 1 << 24},
              "place of a core, left empty, whose router hands answers to the host; default: the port that spikes enter by"),
        field("first_spike", &HostPort::first_spike, {0, 1e9}, "time into a step at which the host sends its first spike"),
        field("spike_interval", &HostPort::spike_interval, {0, 1e9}, "time between two spikes that the host sends"),
    };
};

struct ChipDescription {
    std::string name;
    std::string source;
    Synchronisation synchronisation = Synchronisation::barrier;
    Time tick{1e6};
    bool input_before_first_tick = false;
    DelayReference delays_count_from = DelayReference::departure;
    std::vector<BarrierTime> barrier;
    std::optional<BarrierMessages> barrier_messages;
    BarrierBy barrier_by = BarrierBy::times;
    noc::Options noc;
    std::map<std::string, CoreDescription> cores;
    std::vector<std::string> layout;
    HostPort host;
    PriceList prices;
    std::optional<Voltage> voltage;
    static constexpr auto fields = std::tuple{
        field("name", &ChipDescription::name, "what the chip is called").required(),
        field("source", &ChipDescription::source, "where the figures come from"),
        field("synchronisation", &ChipDescription::synchronisation, "how a time step ends").required(),
        field("tick", &ChipDescription::tick, {1, 1e12}, "tick chips: length of a step"),
        field("input_before_first_tick", &ChipDescription::input_before_first_tick,
              "tick chips: the first tick comes after one period, in which the host already sends spikes"),
        field("delays_count_from", &ChipDescription::delays_count_from,
              "whether a spike's delay counts from the step of its departure or of its arrival"),
        field("barrier", &ChipDescription::barrier, "barrier chips: time of a barrier by used tiles"),
        field("barrier_messages", &ChipDescription::barrier_messages,
              "barrier chips: the barrier as messages up and down a tree of the used tiles"),
        field("barrier_by", &ChipDescription::barrier_by,
              "barrier chips: whether `barrier` or `barrier_messages` says how long a barrier takes"),
        field("noc", &ChipDescription::noc, "the network-on-chip").required(),
        field("cores", &ChipDescription::cores, "kinds of core by name").required(),
        field("layout", &ChipDescription::layout,
              "kind of each core, repeated over the chip; needed only when there are several kinds"),
        field("host", &ChipDescription::host, "where spikes enter and leave"),
        field("prices", &ChipDescription::prices, "what events cost").required(),
        field("voltage", &ChipDescription::voltage, {0, 100}, "supply; default: the price list's"),
    };
};

}  // namespace spikefab
