// SPDX-License-Identifier: Apache-2.0
// A ternary content-addressable memory: entries match a key where their mask has ones; the first match wins.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace spikefab {

struct TernaryEntry {
    std::uint32_t key = 0;
    std::uint32_t mask = 0xffffffffU;
    std::uint64_t ports = 0;  ///< outputs, bit p = port p
    [[nodiscard]] bool matches(std::uint32_t tag) const { return (tag & mask) == key; }
    bool operator==(const TernaryEntry&) const = default;
};

class TernaryTable final {
public:
    /// Packs exact entries into as few as an exact merge gives: two entries with the same outputs and mask whose keys differ
    /// in one bit become one, until none do (the Quine-McCluskey step). No tag matches that did not match before.
    explicit TernaryTable(std::vector<TernaryEntry> exact);

    [[nodiscard]] std::span<const TernaryEntry> entries() const { return entries_; }
    /// Outputs of the first entry that matches.
    [[nodiscard]] std::optional<std::uint64_t> look_up(std::uint32_t tag) const;

private:
    std::vector<TernaryEntry> entries_;
};

}  // namespace spikefab
