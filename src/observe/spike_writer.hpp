// SPDX-License-Identifier: Apache-2.0
// spikes.h5: every spike of every recorded population, in NIR's own data layout (NIRGraphData of EventData), so that
// `nir.read_data` opens it. Format: docs/formats.md.
#pragma once

#include "base/ids.hpp"
#include "base/quantity.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace spikefab {

/// Who sits where and sends to whom, so that a recording can be played to any NoC.
struct RecordedRoutes {
    static constexpr std::int32_t host = -1;
    std::vector<std::int32_t> core{};          ///< of each neuron; empty: not known
    std::vector<std::uint64_t> offsets{0};     ///< of each neuron's destinations, and their end
    std::vector<std::int32_t> destinations{};  ///< cores, once for each packet that a spike becomes
};

/// A population whose spikes are kept.
struct RecordedPopulation {
    std::string name;  ///< a group of the file; "/" becomes ":"
    std::uint32_t neurons = 0;
    bool valued = false;  ///< spikes carry a value (graded, ternary): ValuedEventData
    RecordedRoutes routes{};
};

/// Streams spikes to disk: a few thousand per population are held in memory, never all. Same spikes, same bytes.
/// InputError when the file cannot be created, SimulationError when it cannot be written (a full disk).
class SpikeWriter final {
public:
    SpikeWriter(const std::filesystem::path& path, std::vector<RecordedPopulation> populations);
    ~SpikeWriter();
    SpikeWriter(const SpikeWriter&) = delete;
    SpikeWriter& operator=(const SpikeWriter&) = delete;

    /// Neuron `neuron` of `population` fired in step `step` of the whole run, at simulated time `time`.
    void add(PopulationId population, std::uint64_t step, std::uint32_t neuron, Time time, std::int32_t value = 1);

    /// Writes what is held, the length of the recording `end`, and closes the file; nothing may be added after.
    void close(Time end);

private:
    class File;
    std::unique_ptr<File> file_;
};

}  // namespace spikefab
