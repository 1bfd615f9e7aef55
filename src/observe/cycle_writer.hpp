// SPDX-License-Identifier: Apache-2.0
// cycles.h5: every potential written, every packet's injection, hops, waits and delivery, each with its time and its clock
// cycle. Format: docs/formats.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

namespace spikefab {

/// What the events of a file have in common.
struct CycleFile {
    std::optional<std::int64_t> cycle;  ///< ps of the NoC's clock; none: an asynchronous NoC, and no column of cycles
    std::uint32_t cores = 0;            ///< endpoints below this number are cores, the others edge ports
    std::uint32_t host = 0;             ///< the endpoint at which the host's spikes enter
    std::uint32_t answers = 0;          ///< the endpoint at which its answers leave
    bool delays_from_arrival = false;   ///< packets carry a delay, not the step in which they act
};

/// What a packet carries. `due`: the step in which the spike acts, or its delay in steps (CycleFile).
struct CarriedSpike {
    std::uint32_t destination = 0;
    std::uint32_t axon = 0;
    std::int64_t due = 0;
    std::int32_t value = 1;
};

/// Streams events to disk: a few thousand of a kind are held in memory, never all. Times are picoseconds since the start of
/// the run. Same events, same bytes. InputError when the file cannot be created, SimulationError when it cannot be written.
class CycleWriter final {
public:
    CycleWriter(const std::filesystem::path& path, const CycleFile& head);
    ~CycleWriter();
    CycleWriter(const CycleWriter&) = delete;
    CycleWriter& operator=(const CycleWriter&) = delete;

    /// Neuron `neuron` of `core` wrote `potential` in `step`; `spike` is the value of the spike it sent, 0 for none.
    void write(std::int64_t time, std::uint64_t step, std::uint32_t core, std::uint32_t neuron, double potential,
               std::int32_t spike);
    void inject(std::int64_t time, std::uint32_t source, const CarriedSpike& spike);
    void hop(std::int64_t time, std::uint32_t router, std::uint32_t port, const CarriedSpike& spike);
    void stall(std::int64_t first, std::int64_t last, std::uint32_t router, std::uint32_t port, const CarriedSpike& spike);
    void deliver(std::int64_t time, std::uint32_t source, const CarriedSpike& spike);

    /// Writes what is held and closes the file; nothing may be added after.
    void close();

private:
    class File;
    std::unique_ptr<File> file_;
};

}  // namespace spikefab
