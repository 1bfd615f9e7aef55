// SPDX-License-Identifier: Apache-2.0
// Packing and searching ternary tables.
#include "models/routing/ternary_table.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace spikefab {
namespace {

/// Merges entries whose keys differ in `bit` alone; true when any did.
bool merge_bit(std::vector<TernaryEntry>& entries, std::uint32_t bit) {
    std::map<std::tuple<std::uint64_t, std::uint32_t, std::uint32_t>, std::size_t> waiting;  // (ports, mask, key without bit)
    std::vector<TernaryEntry> merged;
    bool any = false;
    for (const TernaryEntry& entry : entries) {
        if ((entry.mask & bit) == 0) {
            merged.push_back(entry);
            continue;
        }
        const auto [place, fresh] = waiting.try_emplace({entry.ports, entry.mask, entry.key & ~bit}, merged.size());
        if (fresh) {
            merged.push_back(entry);
            continue;
        }
        TernaryEntry& partner = merged[place->second];
        partner.mask &= ~bit;
        partner.key &= ~bit;
        waiting.erase(place);
        any = true;
    }
    entries = std::move(merged);
    return any;
}

}  // namespace

TernaryTable::TernaryTable(std::vector<TernaryEntry> exact) : entries_{std::move(exact)} {
    for (bool merged = true; merged;) {
        merged = false;
        for (unsigned bit = 0; bit < 32; ++bit) merged = merge_bit(entries_, 1U << bit) || merged;
    }
}

std::optional<std::uint64_t> TernaryTable::look_up(std::uint32_t tag) const {
    const auto found = std::ranges::find_if(entries_, [tag](const TernaryEntry& entry) { return entry.matches(tag); });
    return found == entries_.end() ? std::nullopt : std::optional{found->ports};
}

}  // namespace spikefab
