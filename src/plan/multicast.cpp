// SPDX-License-Identifier: Apache-2.0
// From lists of destinations to groups and keys.
#include "plan/multicast.hpp"

#include "base/error.hpp"
#include "noc/check_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

namespace spikefab {
namespace {

constexpr std::uint32_t key_limit = Destination::reward_axon;  // the largest axon of a message is no key

class Rewriter final {
public:
    Rewriter(Placement& placement, const ChipPlan& chip)
        : placement_{placement}, book_{chip.description().noc, chip.topology()}, chip_{chip} {
        for (CoreImage& core : placement.cores) image_of_.emplace(core.core.value(), &core);
    }

    void run() {
        for (CoreImage& core : placement_.cores) core.destinations = rewrite(core.destinations, EndpointId{core.core.value()});
        placement_.inputs = rewrite(placement_.inputs, chip_.host_endpoint());
        for (CoreImage& core : placement_.cores) core.keys.sort();
        placement_.groups = book_.groups();
    }

private:
    [[nodiscard]] DestinationTable rewrite(const DestinationTable& table, EndpointId source) {
        if (table.sources() > key_limit)
            throw InputError{fmt::format(
                "{} sources of spikes at {}: multicast keys have 20 bits, and one is the rewards', so at most {} are possible",
                table.sources(), chip_.topology().name(source), key_limit)};
        std::vector<std::vector<Destination>> lists;
        lists.reserve(table.sources());
        for (std::uint32_t neuron = 0; neuron < table.sources(); ++neuron)
            lists.push_back(rewrite(table[neuron], source, neuron));
        return DestinationTable{lists};
    }

    /// Answers stay as they are; cores get one packet together and each a note of which axons it stands for.
    [[nodiscard]] std::vector<Destination> rewrite(std::span<const Destination> before, EndpointId source, std::uint32_t key) {
        std::vector<Destination> after;
        std::set<EndpointId> cores;
        for (const Destination& to : before) {
            if (to.core == Destination::host) {
                after.push_back(to);
                continue;
            }
            cores.insert(EndpointId{to.core});
            image_of_.at(to.core)->keys.add(source.value(), key, {to.axon, to.delay});
        }
        if (cores.size() == 1) after.push_back({.core = cores.begin()->value(), .axon = key, .delay = 0});
        if (cores.size() < 2) return after;
        for (const GroupBook::Packet& packet : book_.packets(source, {cores.begin(), cores.end()}))
            after.push_back({.core = packet.is_group() ? packet.group | Destination::group_bit : packet.core.value(),
                             .axon = key,
                             .delay = 0});
        return after;
    }

    Placement& placement_;
    GroupBook book_;
    const ChipPlan& chip_;
    std::unordered_map<std::uint32_t, CoreImage*> image_of_;
};

}  // namespace

GroupBook::GroupBook(const noc::Options& options, const Topology& topology) : routing_{*options.routing}, topology_{topology} {
    for (const MulticastGroupOptions& group : options.multicast) first_tag_ = std::max(first_tag_, group.tag + 1);
}

std::vector<GroupBook::Packet> GroupBook::packets(EndpointId source, const std::vector<EndpointId>& cores) {
    std::vector<Packet> packets;
    for (std::vector<EndpointId>& set : routing_.addressable(topology_, cores)) {
        if (set.size() == 1) {
            packets.push_back({.core = set.front()});
            continue;
        }
        const auto number = static_cast<std::uint32_t>(groups_.size());
        const auto [known, fresh] = known_.try_emplace({source, set}, number);
        if (fresh) groups_.push_back({.tag = first_tag_ + number, .source = source, .destinations = std::move(set)});
        packets.push_back({.group = known->second});
    }
    return packets;
}

void use_multicast(Placement& placement, const ChipPlan& chip) {
    if (!chip.description().noc.routing->claims().multicast) return;
    Rewriter{placement, chip}.run();
    noc::check_options(chip.description().noc, chip.topology(), placement.groups);
}

}  // namespace spikefab
