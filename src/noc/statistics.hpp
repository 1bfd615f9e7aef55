// SPDX-License-Identifier: Apache-2.0
// What a NoC counts on every run: packets (conservation), events (for energy) and latencies.
#pragma once

#include "noc/fabric.hpp"
#include "noc/packet.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace spikefab::noc {

/// Latencies in bins that are exact below 16 ticks and at most 1/8 wide above.
class Histogram final {
public:
    static constexpr std::size_t bins = 16 + 60 * 8;

    void record(Tick latency) { ++counts_[bin_of(latency)]; }
    [[nodiscard]] std::uint64_t count(std::size_t bin) const { return counts_[bin]; }
    /// The smallest latency that falls into `bin`.
    [[nodiscard]] static constexpr Tick lower_edge(std::size_t bin) {
        if (bin < 16) return bin;
        const std::size_t octave = (bin - 16) / 8;
        return (Tick{8} + (bin - 16) % 8) << (octave + 1);
    }
    [[nodiscard]] static constexpr std::size_t bin_of(Tick latency) {
        if (latency < 16) return static_cast<std::size_t>(latency);
        const auto octave = static_cast<std::size_t>(std::bit_width(latency)) - 5;
        return 16 + octave * 8 + static_cast<std::size_t>((latency >> (octave + 1)) & 7);
    }
    /// The lower edge of the bin below which `share` (0 to 1) of the latencies lie.
    [[nodiscard]] Tick quantile(double share) const;

private:
    std::array<std::uint64_t, bins> counts_{};
};

/// Counts since the engine was made. injected + copied = delivered + dropped + in flight holds at every tick.
struct Counters {
    std::uint64_t injected = 0;                   ///< packets handed to `inject`, those still waiting at their source included
    std::uint64_t copied = 0;                     ///< packets that routers made for multicasts
    std::uint64_t delivered = 0;                  ///< packets accepted by the sink
    std::uint64_t dropped = 0;                    ///< packets thrown away: no way to their destination
    std::uint64_t dropped_flits = 0;              ///< their flits
    std::array<std::uint64_t, hop_kinds> hops{};  ///< flits over links, by HopKind; inside_tile: in and out
    std::uint64_t router_visits = 0;              ///< flits through routers: what BookSim calls hops
    std::uint64_t buffer_writes = 0;
    std::uint64_t buffer_reads = 0;
    std::uint64_t allocations = 0;  ///< switch and channel allocations granted
    std::uint64_t crossbar_traversals = 0;

    [[nodiscard]] std::uint64_t in_flight() const { return injected + copied - delivered - dropped; }
    bool operator==(const Counters&) const = default;
    Counters& operator+=(const Counters& other) {
        injected += other.injected;
        copied += other.copied;
        delivered += other.delivered;
        dropped += other.dropped;
        dropped_flits += other.dropped_flits;
        for (std::size_t kind = 0; kind < hop_kinds; ++kind) hops[kind] += other.hops[kind];
        router_visits += other.router_visits;
        buffer_writes += other.buffer_writes;
        buffer_reads += other.buffer_reads;
        allocations += other.allocations;
        crossbar_traversals += other.crossbar_traversals;
        return *this;
    }
    /// What happened since `earlier` was read.
    [[nodiscard]] Counters since(const Counters& earlier) const {
        Counters passed = *this;
        passed.injected -= earlier.injected;
        passed.copied -= earlier.copied;
        passed.delivered -= earlier.delivered;
        passed.dropped -= earlier.dropped;
        passed.dropped_flits -= earlier.dropped_flits;
        for (std::size_t kind = 0; kind < hop_kinds; ++kind) passed.hops[kind] -= earlier.hops[kind];
        passed.router_visits -= earlier.router_visits;
        passed.buffer_writes -= earlier.buffer_writes;
        passed.buffer_reads -= earlier.buffer_reads;
        passed.allocations -= earlier.allocations;
        passed.crossbar_traversals -= earlier.crossbar_traversals;
        return passed;
    }
};

struct LatencyStatistics {
    std::uint64_t sum = 0;  ///< ticks from creation to delivery, source queue included
    Tick longest = 0;
    std::uint64_t source_wait = 0;  ///< the share of the sum spent in source queues
    Histogram histogram;
};

}  // namespace spikefab::noc
