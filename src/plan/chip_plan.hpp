// SPDX-License-Identifier: Apache-2.0
// A chip as it will be built: its description checked and resolved. Immutable and printable; knows no SystemC.
#pragma once

#include "base/ids.hpp"
#include "base/picoseconds.hpp"
#include "models/routing/topology.hpp"
#include "noc/barrier_wave.hpp"
#include "plan/chip_description.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace spikefab {

class ChipPlan final {
public:
    /// InputError when the description contradicts itself.
    explicit ChipPlan(ChipDescription description);

    [[nodiscard]] const ChipDescription& description() const { return description_; }
    [[nodiscard]] const std::string& name() const { return description_.name; }
    [[nodiscard]] const Topology& topology() const { return *topology_; }
    [[nodiscard]] std::uint32_t cores() const { return static_cast<std::uint32_t>(topology_->cores()); }

    [[nodiscard]] const CoreDescription& core_type(CoreId core) const {
        return *types_[layout_[core.value() % layout_.size()]];
    }
    [[nodiscard]] const std::string& core_type_name(CoreId core) const {
        return names_[layout_[core.value() % layout_.size()]];
    }
    /// True when every core is of the same kind.
    [[nodiscard]] bool uniform() const { return layout_.size() == 1; }

    /// The clock that prices per cycle are multiplied with: the controller's or the network's; chips without one have no such
    /// prices.
    [[nodiscard]] std::optional<Frequency> clock() const;
    [[nodiscard]] Picoseconds tick() const { return to_picoseconds(description_.tick); }
    /// Time of one barrier when `tiles` routers hold used cores, as `barrier` says.
    [[nodiscard]] Picoseconds barrier(std::uint32_t tiles) const;
    /// A barrier of `tiles`, each named by one of its cores: by `barrier`, or its messages as `barrier_by` chooses.
    [[nodiscard]] noc::BarrierWave barrier_among(std::span<const EndpointId> tiles) const;
    /// Cores whose router works, rising.
    [[nodiscard]] const std::vector<CoreId>& usable_cores() const { return usable_; }
    /// The endpoint through which the host sends and receives: an edge port of the host's router, or a port of its own.
    [[nodiscard]] EndpointId host_endpoint() const { return host_; }
    /// The endpoint at which the host receives.
    [[nodiscard]] EndpointId answer_endpoint() const;
    /// True when the chip's one core works event by event: it has no steps and no network.
    [[nodiscard]] bool event_driven() const { return types_.front()->processing == Processing::by_event; }
    /// True when messages carry a delay from their arrival on and not a step: always where there are no steps.
    [[nodiscard]] bool delays_from_arrival() const {
        return description_.delays_count_from == DelayReference::arrival ||
               description_.synchronisation == Synchronisation::event;
    }
    /// True for a chip without steps whose cores are analog: they work as spikes come.
    [[nodiscard]] bool is_live() const { return description_.synchronisation == Synchronisation::event && types_[0]->array; }
    /// True when every core must be woken in every step: who is due depends on when in the step spikes arrive.
    [[nodiscard]] bool wakes_all_cores() const;

    /// What the chip offers: cores, memories, mesh, clocks, capacities, peak rates, idle power, in lines for a person.
    [[nodiscard]] std::string describe() const;

private:
    [[nodiscard]] EndpointId connect_host();
    void read_layout();
    void describe_network(std::string& text) const;
    void find_usable_cores();
    void check() const;
    void check_barrier() const;
    void check_event_core(const CoreDescription& type, const std::string& where) const;
    void check_array(const std::string& where, const CoreDescription& type) const;
    void check_live(const std::string& where, const CoreDescription& type) const;

    ChipDescription description_;
    std::shared_ptr<const Topology> topology_;
    std::vector<const CoreDescription*> types_;
    std::vector<std::string> names_;
    std::vector<std::size_t> layout_;
    std::vector<CoreId> usable_;
    EndpointId host_;
};

}  // namespace spikefab
