// SPDX-License-Identifier: Apache-2.0
// A chip built from its plan and loaded with a placement, ready to run. SystemC stays behind this header.
#pragma once

#include "core/crossbar_tile.hpp"
#include "noc/statistics.hpp"
#include "observe/activity.hpp"
#include "observe/run_observer.hpp"
#include "plan/chip_plan.hpp"
#include "plan/core_image.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace spikefab {

/// What a run counted besides activity.
struct ChipTotals {
    std::int64_t picoseconds = 0;
    std::uint64_t steps = 0;
    std::uint64_t late_spikes = 0;    ///< arrived after the pass of their step had begun; acted one step later
    std::uint64_t lost_spikes = 0;    ///< arrived while a core cleared its schedule
    std::uint64_t overrun_steps = 0;  ///< tick chips: passes that began late because the core was still sending
    noc::Counters noc;
    std::vector<std::string> notes{};  ///< for the report, one sentence each
    ProgrammingTotals programming{};   ///< of all arrays, before the run
    std::size_t arrays = 0;
};

/// The synapses of one projection that learned, by rising target within rising source.
struct LearnedProjection {
    std::string name;
    std::vector<std::uint32_t> sources{}, targets{};        ///< neurons of the two populations
    std::vector<std::int16_t> weights{}, delays{}, tags{};  ///< parallel to them
};

/// SystemC has one kernel per process: only one Chip can be made in a process.
class Chip final {
public:
    /// References must outlive the chip.
    Chip(const ChipPlan& plan, const Placement& placement, InputSource& input, RunObserver& observer, std::uint64_t seed);
    ~Chip();
    Chip(const Chip&) = delete;
    Chip& operator=(const Chip&) = delete;

    /// Runs at most `steps` steps. SimulationError when the chip gets stuck; what the observer throws comes through.
    void run(std::uint64_t steps);

    [[nodiscard]] ActivityCounts activity() const;
    [[nodiscard]] ChipTotals totals() const;
    /// Every projection with a rule, as its synapses are now; delays do not count what their axons add.
    [[nodiscard]] std::vector<LearnedProjection> learned() const;

private:
    class Parts;
    class SteppedParts;
    class EventParts;
    class LiveParts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace spikefab
