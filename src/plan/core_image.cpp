// SPDX-License-Identifier: Apache-2.0
// Compressed destination lists, and counts over a placement.
#include "plan/core_image.hpp"

#include <algorithm>
#include <bit>

namespace spikefab {
namespace {

[[nodiscard]] std::uint64_t count_synapses(const SynapseImage& image) {
    if (const auto* lists = std::get_if<WeightLists>(&image)) return lists->targets.size();
    if (const auto* matrix = std::get_if<WeightMatrix>(&image)) {
        if (matrix->mapped.empty()) return matrix->weights.size();
        return static_cast<std::uint64_t>(std::count(matrix->mapped.begin(), matrix->mapped.end(), 1));
    }
    std::uint64_t ones = 0;
    for (const std::uint64_t word : std::get<BinaryCrossbar>(image).rows) ones += static_cast<unsigned>(std::popcount(word));
    return ones;
}

}  // namespace

DestinationTable::DestinationTable(const std::vector<std::vector<Destination>>& lists) : sources_{lists.size()} {
    each_ = lists.empty() ? 0 : lists.front().size();
    const bool regular = std::all_of(lists.begin(), lists.end(), [this](const auto& list) { return list.size() == each_; });
    if (!regular) offsets_.push_back(0);
    for (const auto& list : lists) {
        entries_.insert(entries_.end(), list.begin(), list.end());
        if (!regular) offsets_.push_back(static_cast<std::uint32_t>(entries_.size()));
    }
}

void DestinationTable::renumber(std::span<const CoreId> core_of) {
    for (Destination& entry : entries_)
        if (entry.core != Destination::host) entry.core = core_of[entry.core].value();
}

void KeyTable::sort() {
    std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
}

std::vector<KeyTable::Entry>::const_iterator KeyTable::first(std::uint64_t name) const {
    return std::lower_bound(entries_.begin(), entries_.end(), name,
                            [](const Entry& entry, std::uint64_t wanted) { return entry.name < wanted; });
}

std::uint64_t Placement::synapses() const {
    std::uint64_t total = 0;
    for (const CoreImage& core : cores) total += count_synapses(core.synapses);
    return total;
}

std::uint64_t Placement::neurons() const {
    std::uint64_t total = 0;
    for (const CoreImage& core : cores) total += core.neurons.neurons();
    return total;
}

}  // namespace spikefab
