// SPDX-License-Identifier: Apache-2.0
// A recording that a run wrote (spikes.h5), with the cores that spikes left from and went to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace spikefab {

struct SpikeRecording {
    static constexpr std::int32_t host = -1;

    struct Population {
        std::string name{};
        std::vector<std::int32_t> core{};          ///< of each neuron, or `host`
        std::vector<std::size_t> offsets{};        ///< of each neuron's destinations, and their end
        std::vector<std::int32_t> destinations{};  ///< cores, or `host`, once for each packet

        [[nodiscard]] std::span<const std::int32_t> of(std::uint32_t neuron) const {
            return {destinations.data() + offsets[neuron], destinations.data() + offsets[neuron + 1]};
        }
    };
    struct Spike {
        std::uint64_t step = 0;
        std::uint32_t population = 0;
        std::uint32_t neuron = 0;
    };
    struct Step {
        std::uint64_t number = 0;
        double seconds = 0.0;   ///< when it began
        std::size_t first = 0;  ///< its first spike
    };

    std::vector<Population> populations{};
    std::vector<Spike> spikes{};  ///< by step, population and neuron
    std::vector<Step> steps{};    ///< those with spikes

    [[nodiscard]] std::span<const Spike> of(std::size_t step) const {
        const std::size_t end = step + 1 < steps.size() ? steps[step + 1].first : spikes.size();
        return {spikes.data() + steps[step].first, spikes.data() + end};
    }
};

/// InputError when `file` is no such recording, says nothing of cores, or contradicts itself.
[[nodiscard]] SpikeRecording read_spike_recording(const std::filesystem::path& file);

}  // namespace spikefab
