// SPDX-License-Identifier: Apache-2.0
// A one-bit crossbar some of whose synapses act by chance (TrueNorth's stochastic synapse): a draw for each such event.
#pragma once

#include "core/synapses.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace spikefab {

/// `stochastic_types[neuron]` has bit t set where synapses of axon type t add F(s, r) sgn(s) to that neuron instead of their
/// weight s, with F(s, r) = 1 if |s| >= r else 0 and r a fresh draw of 8 bits (Cassidy et al., IJCNN 2013,
/// 10.1109/IJCNN.2013.6707077, eq. 2). Events of other types cost what they cost in a plain crossbar.
[[nodiscard]] std::unique_ptr<Synapses<std::int32_t>> make_stochastic_crossbar(
    const BinaryCrossbar& image, const std::vector<std::uint8_t>& stochastic_types);

}  // namespace spikefab
