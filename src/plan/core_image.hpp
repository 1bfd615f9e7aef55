// SPDX-License-Identifier: Apache-2.0
// What is loaded into one core before a run: neuron parameters, synaptic memory, destinations. Plain, immutable data.
#pragma once

#include "base/ids.hpp"
#include "models/neuron/neuron_model.hpp"
#include "models/plasticity/learning_engine.hpp"
#include "models/routing/routing.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace spikefab {

/// Where a spike goes: an axon of a core (or an output line of the host), and how many steps later it acts. On a chip with
/// multicast (plan/multicast.hpp) the core may be a group of cores, `axon` is the key that receivers look up, and they know
/// the delay.
struct Destination {
    static constexpr std::uint32_t host = 0xffffffffU;
    static constexpr std::uint32_t group_bit = 0x80000000U;
    std::uint32_t core = host;
    std::uint32_t axon = 0;
    std::uint32_t delay = 1;
    /// The axon of every learning core on which a message is a reward: its payload is added to the reward trace.
    static constexpr std::uint32_t reward_axon = 0xfffffU;
    bool operator==(const Destination&) const = default;

    [[nodiscard]] bool is_group() const { return core != host && (core & group_bit) != 0; }
    [[nodiscard]] std::uint32_t group() const { return core & ~group_bit; }
};

/// Destinations of many sources, in compressed rows; where every source has equally many, their places need no list.
class DestinationTable final {
public:
    DestinationTable() = default;
    explicit DestinationTable(std::size_t sources) : sources_{sources} {}
    /// `lists[i]` holds the destinations of source i.
    explicit DestinationTable(const std::vector<std::vector<Destination>>& lists);

    [[nodiscard]] std::size_t sources() const { return sources_; }
    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    [[nodiscard]] std::span<const Destination> operator[](std::size_t source) const {
        if (offsets_.empty()) return {entries_.data() + source * each_, each_};
        return {entries_.data() + offsets_[source], entries_.data() + offsets_[source + 1]};
    }
    /// Asks for the memory that `operator[]` will read; a hint for sources that come up soon.
    void prefetch(std::size_t source) const {
        if (offsets_.empty())
            __builtin_prefetch(entries_.data() + source * each_);
        else
            __builtin_prefetch(offsets_.data() + source);
    }
    [[nodiscard]] std::span<const Destination> all() const { return entries_; }
    /// Sends to `core_of[c]` what went to core c.
    void renumber(std::span<const CoreId> core_of);

private:
    std::size_t sources_ = 0;
    std::size_t each_ = 0;                ///< destinations of every source, when there are no offsets
    std::vector<std::uint32_t> offsets_;  ///< sources + 1; empty when all sources have equally many
    std::vector<Destination> entries_;
};

/// Axons of one projection that are kept apart from the others: a rule changes their synapses, or their weights count in
/// units below that of the neuron, so that sums are rounded and not weights.
struct AxonGroup {
    std::string projection;
    std::uint32_t first_axon = 0;
    std::vector<std::uint32_t> sources;      ///< per axon: the source population's neuron
    std::int32_t exponent = 0;               ///< sums (per step and delay) are shifted left, or right rounding down
    std::optional<LearningParameters> rule;  ///< absent: the synapses stay as they are
};

/// Synapses as a list per axon. `weights` of an integer neuron model hold integers.
struct WeightLists {
    std::vector<std::uint32_t> offsets;  ///< axons + 1
    std::vector<std::uint16_t> targets;  ///< neurons, rising within a list
    std::vector<float> weights;
    std::vector<std::uint8_t> delays;  ///< extra steps per synapse; empty when all are 0
    std::vector<std::uint32_t> bits;   ///< per axon: synaptic memory read for a spike; empty: not worked out
    std::vector<AxonGroup> groups;     ///< the last axons, group after group; of integer neuron models only

    [[nodiscard]] std::size_t axons() const { return offsets.empty() ? 0 : offsets.size() - 1; }
    /// Axons before the groups.
    [[nodiscard]] std::size_t plain_axons() const { return groups.empty() ? axons() : groups.front().first_axon; }
    [[nodiscard]] bool learns() const {
        return std::any_of(groups.begin(), groups.end(), [](const AxonGroup& group) { return group.rule.has_value(); });
    }
};

/// One bit per axon and neuron; the weight is the neuron's for the axon's type.
struct BinaryCrossbar {
    std::uint32_t words_per_row = 0;                        ///< 64 neurons a word
    std::vector<std::uint8_t> axon_types;                   ///< per axon, 0..3
    std::vector<std::uint64_t> rows;                        ///< axon-major
    std::array<std::vector<std::int16_t>, 4> type_weights;  ///< [type][neuron]

    [[nodiscard]] std::size_t axons() const { return axon_types.size(); }
};

/// A weight for every source and neuron (ODIN): a crossbar of whole weights, where sources share addresses with neurons.
struct WeightMatrix {
    std::uint32_t neurons = 0;
    std::vector<std::int16_t> weights;     ///< source-major; magnitudes where sources have signs
    std::vector<std::uint8_t> mapped;      ///< source-major, the mapping bit; empty: all are mapped
    std::vector<std::uint8_t> inhibitory;  ///< per source; empty: weights carry their own signs

    [[nodiscard]] std::size_t sources() const { return neurons == 0 ? 0 : weights.size() / neurons; }
};

using SynapseImage = std::variant<WeightLists, BinaryCrossbar, WeightMatrix>;

/// Neurons `first..first+count-1` of a population sit at `at..` of this core.
struct PopulationSlice {
    PopulationId population;
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    std::uint32_t at = 0;
};

/// A core's population that serves the placement only: relay neurons of splitters.
inline constexpr PopulationId relay_population{};

/// What a core does with a multicast spike: the axons that a sender's key stands for.
class KeyTable final {
public:
    struct Target {
        std::uint32_t axon = 0;
        std::uint32_t delay = 1;
    };
    /// `source` is an endpoint of the NoC, `key` the number of its neuron.
    void add(std::uint32_t source, std::uint32_t key, Target target) { entries_.push_back({name(source, key), target}); }
    /// After the last `add`.
    void sort();
    [[nodiscard]] bool empty() const { return entries_.empty(); }
    template <class Visit>
    void for_each(std::uint32_t source, std::uint32_t key, Visit&& visit) const {
        for (auto entry = first(name(source, key)); entry != entries_.end() && entry->name == name(source, key); ++entry)
            visit(entry->target);
    }

private:
    struct Entry {
        std::uint64_t name;
        Target target;
    };
    [[nodiscard]] static std::uint64_t name(std::uint32_t source, std::uint32_t key) {
        return std::uint64_t{source} << 32U | key;
    }
    [[nodiscard]] std::vector<Entry>::const_iterator first(std::uint64_t name) const;

    std::vector<Entry> entries_;
};

struct CoreImage {
    CoreId core;
    double synaptic_memory_bit = 0.0;  ///< in use; 0: not worked out
    NeuronParameters neurons;
    SynapseImage synapses;
    DestinationTable destinations;
    std::vector<PopulationSlice> slices;
    KeyTable keys{};  ///< with multicast only
};

/// What the host adds to one neuron past all synapses, in as many events as it takes (event-driven cores).
struct HostStimulus {
    std::uint32_t neuron = 0;
    std::int32_t weight = 0;
};

/// The whole chip's memories, and how populations are spread over it.
struct Placement {
    struct PopulationInfo {
        std::string name;
        std::uint32_t size = 0;
        std::uint32_t steps_from_input = 0;  ///< steps after an input spike at which this layer first reacts
    };

    IdVector<PopulationId, PopulationInfo> populations;
    std::vector<CoreImage> cores;                            ///< used cores, by rising CoreId
    DestinationTable inputs;                                 ///< per neuron of the input population
    std::vector<std::vector<HostStimulus>> teacher_lines{};  ///< the input's last neurons on event-driven chips: one per class
    std::vector<Destination> rewards;                        ///< of a reward that the host sends: every core that learns by one
    PopulationId input;
    PopulationId output;
    std::vector<std::string> notes;        ///< what the placement did, one sentence each
    std::vector<MulticastGroup> groups{};  ///< with multicast: whom group 0, 1, ... of the destinations reaches

    [[nodiscard]] std::uint64_t synapses() const;
    [[nodiscard]] std::uint64_t neurons() const;
};

}  // namespace spikefab
