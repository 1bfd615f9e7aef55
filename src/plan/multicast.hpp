// SPDX-License-Identifier: Apache-2.0
// Spikes as multicast packets. On a NoC whose routing knows multicast groups a spike leaves as one packet with a tag, which
// routers copy to every core that listens to its neuron; there the sender's key is looked up and stands for one or more axons
// (SpiNNaker's and DYNAP-SE's scheme). Everywhere else a spike leaves as one packet per destination (Loihi's repeated
// unicast) and nothing changes here.
#pragma once

#include "plan/chip_plan.hpp"
#include "plan/core_image.hpp"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace spikefab {

/// Groups of receivers that packets name by a tag. Sources that reach the same cores share a tag, as packed routing tables
/// would make them.
class GroupBook final {
public:
    /// Tags count on from those of the options' own groups. References must outlive the book.
    GroupBook(const noc::Options& options, const Topology& topology);

    /// The groups, one packet each, by which `source` reaches `cores` (two or more, each named once). A set that the routing's
    /// addresses can only name one core of comes back as that core alone.
    struct Packet {
        EndpointId core{};        ///< one receiver
        std::uint32_t group = 0;  ///< more: the number of the group
        [[nodiscard]] bool is_group() const { return !core.valid(); }
    };
    [[nodiscard]] std::vector<Packet> packets(EndpointId source, const std::vector<EndpointId>& cores);
    [[nodiscard]] const std::vector<MulticastGroup>& groups() const { return groups_; }

private:
    const RoutingModel& routing_;
    const Topology& topology_;
    std::uint32_t first_tag_ = 0;
    std::map<std::pair<EndpointId, std::vector<EndpointId>>, std::uint32_t> known_;
    std::vector<MulticastGroup> groups_;
};

/// Turns the destinations of `placement` into keys and groups where the chip's routing knows multicast. InputError when a
/// group cannot be routed (a table too small, a destination without a way).
void use_multicast(Placement& placement, const ChipPlan& chip);

}  // namespace spikefab
