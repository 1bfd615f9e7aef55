// SPDX-License-Identifier: Apache-2.0
// noc_packets.h5: one row per packet that arrived. Format: docs/formats.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

namespace spikefab {

/// Times in whole picoseconds.
struct PacketRow {
    std::uint32_t plane = 0;
    std::uint32_t source = 0;       ///< endpoint: a core, or an edge or host port
    std::uint32_t destination = 0;  ///< the endpoint where it, or this copy of it, arrived
    std::int64_t tag = -1;          ///< multicast tag; -1: none
    std::int64_t created = 0;       ///< when its source wanted to send it
    std::int64_t source_wait = 0;   ///< until its head entered the network
    std::int64_t latency = 0;       ///< from creation to arrival of its tail
    std::int64_t waiting = 0;       ///< in the network beyond the time of an empty one
    std::uint32_t hops = 0;         ///< routers visited
};

/// Streams rows to disk; a few thousand are held in memory. Same rows, same bytes. InputError when the file cannot be
/// created, SimulationError when it cannot be written (a full disk).
class PacketWriter final {
public:
    explicit PacketWriter(const std::filesystem::path& path);
    ~PacketWriter();
    PacketWriter(const PacketWriter&) = delete;
    PacketWriter& operator=(const PacketWriter&) = delete;

    void add(const PacketRow& row);
    /// Writes what is held and closes the file; nothing may be added after.
    void close();

private:
    class File;
    std::unique_ptr<File> file_;
};

}  // namespace spikefab
