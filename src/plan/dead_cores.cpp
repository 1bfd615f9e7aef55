// SPDX-License-Identifier: Apache-2.0
// Renumbering cores and destinations.
#include "plan/dead_cores.hpp"

#include "base/contract.hpp"

namespace spikefab {

void avoid_dead_cores(Placement& placement, const ChipPlan& chip) {
    const std::vector<CoreId>& usable = chip.usable_cores();
    if (usable.size() == chip.cores()) return;
    for (CoreImage& core : placement.cores) {
        expects(core.core.value() < usable.size());
        core.core = usable[core.core.value()];
        core.destinations.renumber(usable);
    }
    placement.inputs.renumber(usable);
    for (Destination& reward : placement.rewards) reward.core = usable[reward.core].value();
}

}  // namespace spikefab
