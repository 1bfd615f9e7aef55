// SPDX-License-Identifier: Apache-2.0
// A core whose synapses are crossbar arrays: spikes drive rows once per step, columns are sampled, neurons fire.
#pragma once

#include "core/core_function.hpp"
#include "core/crossbar_tile.hpp"
#include "plan/chip_description.hpp"

#include <memory>
#include <string>

namespace spikefab {

struct AnalogOptions {
    std::uint32_t longest_axon_delay = 1;  ///< steps
    std::uint64_t seed = 1;
    std::string name;            ///< of the core's random streams, "core.3"
    double frame_seconds = 0.0;  ///< period of a step where it is fixed
};

/// What loading the arrays of a core took, and how many there are.
class AnalogCore : public CoreFunction {
public:
    [[nodiscard]] virtual ProgrammingTotals programming() const = 0;
    [[nodiscard]] virtual std::size_t arrays() const = 0;
};

/// `type` has arrays, and must outlive the function. InputError when weights, devices or arrays contradict each other.
[[nodiscard]] std::unique_ptr<AnalogCore> make_analog_function(const CoreImage& image, const CoreDescription& type,
                                                               const AnalogOptions& options);

}  // namespace spikefab
