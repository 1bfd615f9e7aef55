// SPDX-License-Identifier: Apache-2.0
// Keeps what became of every packet and how loaded every link was: `run --trace noc`, `noc --packets` and `noc --links`.
#pragma once

#include "base/picoseconds.hpp"
#include "models/routing/topology.hpp"
#include "noc/fabric.hpp"
#include "noc/options.hpp"
#include "noc/packet_log.hpp"
#include "noc/statistics.hpp"
#include "noc/timing.hpp"
#include "observe/packet_writer.hpp"
#include "report/noc_summary.hpp"

#include <filesystem>
#include <memory>
#include <vector>

namespace spikefab {

class NocTrace final : public noc::PacketLog {
public:
    /// Where to write; an empty path: not at all.
    struct Files {
        std::filesystem::path packets;
        std::filesystem::path links;
    };
    /// `topology` must outlive the trace.
    NocTrace(const noc::Options& options, const Topology& topology, Files files);

    void arrived(std::uint32_t plane, std::uint32_t endpoint, const noc::Packet& packet, const noc::Trip& trip,
                 noc::Tick now) override;
    void crossed(std::uint32_t plane, std::uint32_t router, std::uint32_t port) override {
        ++use_of(plane, router, port).flits;
    }
    void waited(std::uint32_t plane, std::uint32_t router, std::uint32_t port, noc::Tick ticks) override;

    /// Writes the links, over a time of `elapsed`, closes the files and sums up.
    [[nodiscard]] PacketSummary finish(Picoseconds elapsed);

    static constexpr std::size_t hot_spots = 10;

private:
    struct LinkUse {
        std::uint64_t flits = 0;
        std::uint64_t waits = 0;
        noc::Tick waited = 0;
    };
    [[nodiscard]] LinkUse& use_of(std::uint32_t plane, std::uint32_t router, std::uint32_t port) {
        return links_[plane * fabric_.downstream.size() + fabric_.index(router, port)];
    }
    [[nodiscard]] Picoseconds in_picoseconds(noc::Tick ticks) const { return static_cast<Picoseconds>(ticks) * tick_; }
    [[nodiscard]] std::vector<LinkLoad> loads(Picoseconds elapsed) const;
    [[nodiscard]] LinkLoad load_of(std::uint32_t plane, std::uint32_t router, std::uint32_t port, Picoseconds elapsed) const;
    [[nodiscard]] Direction direction_of(std::uint32_t router, std::uint32_t port) const;
    [[nodiscard]] std::string name_of(const noc::Peer& to) const;

    const Topology& topology_;
    Files files_;
    noc::Fabric fabric_;
    noc::Timing timing_;
    std::uint32_t planes_;
    Picoseconds tick_;
    std::unique_ptr<PacketWriter> packets_;
    std::vector<LinkUse> links_;  ///< [plane][router * ports + port]
    std::uint64_t count_ = 0;
    noc::Tick latency_ = 0;
    noc::Tick longest_ = 0;
    noc::Tick source_wait_ = 0;
    noc::Tick waiting_ = 0;
    std::uint64_t hops_ = 0;
    noc::Histogram histogram_;
};

}  // namespace spikefab
