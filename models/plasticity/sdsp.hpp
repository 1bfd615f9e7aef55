// SPDX-License-Identifier: Apache-2.0
// Spike-driven synaptic plasticity: a spike of the source moves the weight by one step, up or down as the target's membrane
// potential and calcium say, and a bistable drift takes it to the nearer end of its range.
//
// On a spike of the source:  w + 1 if V >= theta_membrane and theta_1 <= Ca < theta_3;
//                            w - 1 if V <  theta_membrane and theta_1 <= Ca < theta_2;  unchanged otherwise.
// On a bistability event:    w + 1 in the upper half of its range, w - 1 in the lower.
// Sources: Brader, Senn and Fusi, Neural Computation 19:2881 (2007), 10.1162/neco.2007.19.11.2881, sections 2.2 and 2.3;
// in ODIN's digital form: Frenkel et al., IEEE TBioCAS 13(1):145 (2019), 10.1109/TBCAS.2018.2880425, eq. (1).
#pragma once

#include <cstdint>

namespace spikefab {

struct SdspThresholds {
    std::int32_t membrane = 0;
    std::int32_t calcium_1 = 0;  ///< below it nothing moves
    std::int32_t calcium_2 = 0;  ///< weights sink below it
    std::int32_t calcium_3 = 0;  ///< weights rise below it
};

/// Where a spike of a source takes the weights of this target: 1 up, -1 down, 0 nowhere.
[[nodiscard]] constexpr std::int8_t sdsp_direction(std::int32_t potential, std::int32_t calcium,
                                                   const SdspThresholds& thresholds) {
    if (calcium < thresholds.calcium_1) return 0;
    if (potential >= thresholds.membrane) return calcium < thresholds.calcium_3 ? 1 : 0;
    return calcium < thresholds.calcium_2 ? -1 : 0;
}

/// The weight, one of 0 to `highest`, after a spike of its source.
[[nodiscard]] constexpr std::int32_t sdsp_step(std::int32_t weight, std::int32_t direction, std::int32_t highest) {
    const std::int32_t moved = weight + direction;
    return moved < 0 || moved > highest ? weight : moved;
}

/// The weight after a bistability event.
[[nodiscard]] constexpr std::int32_t sdsp_drift(std::int32_t weight, std::int32_t highest) {
    return sdsp_step(weight, 2 * weight > highest ? 1 : -1, highest);
}

}  // namespace spikefab
