// SPDX-License-Identifier: Apache-2.0
// Does this routing work on this topology? Asked by tests of every algorithm, and of every NoC before it runs.
//
// What is looked at, for every destination and from every router at once:
//  - delivery: whichever options a packet takes, it reaches its destination; who is cut off is named;
//  - minimality, where claimed and nothing is dead: every option leads one hop nearer;
//  - deadlock: the channel-dependency graph has no cycle, or, for adaptive routing with an escape channel, the escape
//    channel can always be asked for and its extended dependency graph has no cycle (Duato, "A new theory of
//    deadlock-free adaptive routing in wormhole networks", IEEE Trans. Parallel Distrib. Syst. 4(12), 1993).
// Multicast groups are walked from their sources: every destination gets one copy, and nobody else.
#pragma once

#include "models/routing/routing.hpp"

#include <string>
#include <vector>

namespace spikefab {

/// What to do about packets that cannot reach their destination.
enum class OnUnreachable { refuse, drop };
constexpr auto enum_names(OnUnreachable) {
    return std::array<std::string_view, 2>{"refuse", "drop"};
}

struct CheckOptions {
    OnUnreachable on_unreachable = OnUnreachable::refuse;
    /// Routes to compute, about; a larger NoC is checked for a sample of destinations from all sources. The default checks
    /// 32 x 32 routers in full and takes a tenth of a second. A NoC with faults gets 16 times as much.
    std::uint64_t budget = 1'100'000;
};

struct RoutingReport {
    std::vector<std::string> problems;  ///< why this pairing is refused; none when it is sound
    std::vector<std::string> notes;     ///< what is dead, what will be dropped
    std::string coverage;               ///< what was looked at
    std::uint64_t cut_off = 0;          ///< pairs of routers with no way from one to the other

    [[nodiscard]] bool sound() const { return problems.empty(); }
    [[nodiscard]] std::string text() const;
};

[[nodiscard]] RoutingReport check_routing(const Topology& topology, const RoutingAlgorithm& routing, unsigned vcs,
                                          std::span<const MulticastGroup> groups = {}, const CheckOptions& options = {});

/// InputError with the report's text unless the pairing is sound.
void require_sound_routing(const Topology& topology, const RoutingAlgorithm& routing, unsigned vcs,
                           std::span<const MulticastGroup> groups = {}, const CheckOptions& options = {});

}  // namespace spikefab
