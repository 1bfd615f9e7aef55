// SPDX-License-Identifier: Apache-2.0
// What is loaded into cores, as JSON and back: `cores` and `inputs.destinations` of a vector (docs/vectors.md).
#pragma once

#include "plan/chip_plan.hpp"
#include "plan/core_image.hpp"
#include "verify/json_place.hpp"

namespace spikefab::verify {

[[nodiscard]] nlohmann::json core_json(const CoreImage& core, const Placement& placement);
[[nodiscard]] nlohmann::json destinations_json(const DestinationTable& destinations);

/// The cores of `vector` and its inputs' destinations, checked against the chip: nothing that a core cannot hold, nothing sent
/// to a core or axon that is not there. InputError with the place otherwise.
[[nodiscard]] Placement placement_of(const JsonPlace& vector, const ChipPlan& plan);

}  // namespace spikefab::verify
