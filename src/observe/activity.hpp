// SPDX-License-Identifier: Apache-2.0
// What the chip counts. Blocks count events; cost/ prices them later; nothing here knows an energy.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace spikefab {

enum class Activity : std::uint8_t {
    input_spike,             ///< a spike that the host sent into the chip
    packet_sent,             ///< a spike message that left a core's output axon stage
    packet_received,         ///< a spike message that entered a core's input axon stage
    synaptic_event,          ///< one synapse processed
    synapse_word_read,       ///< one word of synaptic memory read
    memory_sweep,            ///< one neuron row read by a scanning core (TrueNorth)
    neuron_update_active,    ///< neuron update with input in this step, or that fired
    neuron_update_inactive,  ///< neuron update of a mapped neuron without input that did not fire
    spike,                   ///< a neuron fired
    learning_update,         ///< one synapse visited by the learning engine
    trace_update,            ///< one learning trace of an axon or a neuron brought up to date at the end of an epoch
    synapse_change,          ///< one synapse that learning gave another weight, delay or tag
    learning_word_read,      ///< one word of synaptic memory read by the learning engine
    learning_word_write,     ///< one word of synaptic memory that the learning engine changed
    reward,                  ///< a reward that reached a core
    cell_pulse,              ///< one pulse by which learning moves one cell of a crossbar array
    array_read,              ///< one pulse on a crossbar array
    row_pulse,               ///< one pulse on one row of an array
    adc_conversion,          ///< one column value converted
    energy_cells,            ///< 1 aJ turned to heat in memory cells, as computed by the array's model
    energy_pulses,           ///< 1 aJ turned to heat in cells by pulses of learning, as computed by the device's model
    energy_wires,            ///< 1 aJ in an array's wires, its drivers' and sense circuits' resistance
    energy_drivers,          ///< 1 aJ in the row drivers' own circuits
    energy_columns,          ///< 1 aJ in converters or analog neurons, as computed by their model
    random_draw,             ///< one draw of a hardware random generator
    state_reset,             ///< one core's neuron state cleared between inferences
    hop_inside_tile,         ///< a flit entered the NoC from a core, or left it to one
    hop_east_west,           ///< a flit crossed a link along x
    hop_north_south,         ///< a flit crossed a link along y
    hop_other,               ///< a flit crossed a link that has no compass direction
    router_visit,            ///< a flit passed a router (what BookSim calls a hop)
    buffer_write,            ///< a flit written into a router's buffer
    buffer_read,             ///< a flit read from a router's buffer
    allocation,              ///< a switch or channel allocation granted
    crossbar_traversal,      ///< a flit crossed a router's switch
    link_bit_um,             ///< one bit carried over one micrometre of link; counted where the NoC has a tile pitch
    chip_edge_crossing,      ///< a flit left or entered the chip through an edge port
    barrier,                 ///< one chip-wide synchronisation of one used core
    barrier_message,         ///< one message of a barrier between two tiles; its hops are counted as hops too
    step,                    ///< one time step of one used core
};

inline constexpr std::size_t activity_count = static_cast<std::size_t>(Activity::step) + 1;

constexpr auto enum_names(Activity) {
    return std::array<std::string_view, activity_count>{"input_spike",
                                                        "packet_sent",
                                                        "packet_received",
                                                        "synaptic_event",
                                                        "synapse_word_read",
                                                        "memory_sweep",
                                                        "neuron_update_active",
                                                        "neuron_update_inactive",
                                                        "spike",
                                                        "learning_update",
                                                        "trace_update",
                                                        "synapse_change",
                                                        "learning_word_read",
                                                        "learning_word_write",
                                                        "reward",
                                                        "cell_pulse",
                                                        "array_read",
                                                        "row_pulse",
                                                        "adc_conversion",
                                                        "energy_cells",
                                                        "energy_pulses",
                                                        "energy_wires",
                                                        "energy_drivers",
                                                        "energy_columns",
                                                        "random_draw",
                                                        "state_reset",
                                                        "hop_inside_tile",
                                                        "hop_east_west",
                                                        "hop_north_south",
                                                        "hop_other",
                                                        "router_visit",
                                                        "buffer_write",
                                                        "buffer_read",
                                                        "allocation",
                                                        "crossbar_traversal",
                                                        "link_bit_um",
                                                        "chip_edge_crossing",
                                                        "barrier",
                                                        "barrier_message",
                                                        "step"};
}

/// Counts of every activity, of one block or one window of time.
class ActivityCounts final {
public:
    void record(Activity activity, std::uint64_t count = 1) { counts_[static_cast<std::size_t>(activity)] += count; }
    [[nodiscard]] std::uint64_t operator[](Activity activity) const { return counts_[static_cast<std::size_t>(activity)]; }
    ActivityCounts& operator+=(const ActivityCounts& other) {
        for (std::size_t i = 0; i < activity_count; ++i) counts_[i] += other.counts_[i];
        return *this;
    }
    ActivityCounts& operator-=(const ActivityCounts& other) {
        for (std::size_t i = 0; i < activity_count; ++i) counts_[i] -= other.counts_[i];
        return *this;
    }
    bool operator==(const ActivityCounts&) const = default;

private:
    std::array<std::uint64_t, activity_count> counts_{};
};

}  // namespace spikefab
