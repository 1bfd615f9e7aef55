// SPDX-License-Identifier: Apache-2.0
// A NoC alone, driven by the recorded spikes of a real network: every spike becomes the packets that it became on its chip,
// addressed to the same cores of this NoC.
#pragma once

#include "models/routing/topology.hpp"
#include "network/spike_recording.hpp"
#include "noc/options.hpp"
#include "noc/packet_log.hpp"
#include "noc/statistics.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spikefab {

/// When a step begins.
enum class StepPace {
    recorded,  ///< when it began on the chip
    fixed,     ///< a fixed number of ticks after the step before
    drained    ///< when the packets of the step before have arrived
};

struct ReplayOptions {
    StepPace pace = StepPace::recorded;
    noc::Tick step_ticks = 0;       ///< of StepPace::fixed
    noc::Tick spike_interval = 1;   ///< from one spike of a core to its next in a step
    std::uint32_t host_router = 0;  ///< where spikes of the input enter and answers leave
};

/// Which core of the NoC plays which core of the recording.
class CoreMap final {
public:
    /// The same number where the NoC has all of them, else the used ones in their order on the NoC's working cores. InputError
    /// when the NoC has fewer cores than the recording uses.
    CoreMap(const SpikeRecording& recording, const Topology& topology);

    [[nodiscard]] std::uint32_t operator[](std::int32_t recorded) const { return core_of_[static_cast<std::size_t>(recorded)]; }
    [[nodiscard]] std::size_t used() const { return used_; }
    [[nodiscard]] bool moved() const { return moved_; }
    [[nodiscard]] bool has_host() const { return has_host_; }

private:
    std::vector<std::uint32_t> core_of_;  ///< by recorded core
    std::size_t used_ = 0;
    bool moved_ = false;
    bool has_host_ = false;
};

/// The packets of one step.
struct ReplayStep {
    std::uint64_t step = 0;  ///< of the recording
    noc::Tick start = 0;
    std::uint64_t arrived = 0;  ///< deliveries
    noc::Tick latency = 0;      ///< their sum
    noc::Tick longest = 0;
};

struct ReplayResult {
    std::vector<ReplayStep> steps{};
    std::uint64_t spikes = 0;
    std::uint64_t late = 0;  ///< deliveries after the next step had begun
    noc::Counters counters{};
    noc::LatencyStatistics latency{};
    noc::Tick end = 0;    ///< when the last packet had arrived
    std::string stuck{};  ///< who waits for whom when the network deadlocked
};

/// Plays `recording` to the NoC. `topology` must have an edge or host port at `host_router` if the recording has a host.
/// `packet_log` may be null.
[[nodiscard]] ReplayResult replay(const SpikeRecording& recording, const noc::Options& noc, const Topology& topology,
                                  const ReplayOptions& options, noc::PacketLog* packet_log = nullptr);

}  // namespace spikefab
