// SPDX-License-Identifier: Apache-2.0
// Rows of packets, loads of links, hot spots.
#include "run/noc_trace.hpp"

#include "noc/make_engine.hpp"
#include "report/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace spikefab {

NocTrace::NocTrace(const noc::Options& options, const Topology& topology, Files files)
    : topology_{topology},
      files_{std::move(files)},
      fabric_{topology},
      timing_{noc::timing_of(options)},
      planes_{options.planes},
      tick_{std::max<Picoseconds>(1, to_picoseconds(noc::tick_duration(options)))},
      links_(std::size_t{options.planes} * fabric_.downstream.size()) {
    if (!files_.packets.empty()) packets_ = std::make_unique<PacketWriter>(files_.packets);
}

void NocTrace::arrived(std::uint32_t plane, std::uint32_t endpoint, const noc::Packet& packet, const noc::Trip& trip,
                       noc::Tick now) {
    const noc::Tick latency = now - packet.created;
    const noc::Tick source_wait = trip.entered - packet.created;
    ++count_;
    latency_ += latency;
    longest_ = std::max(longest_, latency);
    source_wait_ += source_wait;
    waiting_ += trip.waited;
    hops_ += trip.routers;
    histogram_.record(latency);
    if (!packets_) return;
    packets_->add({.plane = plane,
                   .source = packet.source,
                   .destination = endpoint,
                   .tag = packet.tag == noc::none ? -1 : std::int64_t{packet.tag},
                   .created = in_picoseconds(packet.created),
                   .source_wait = in_picoseconds(source_wait),
                   .latency = in_picoseconds(latency),
                   .waiting = in_picoseconds(trip.waited),
                   .hops = trip.routers});
}

void NocTrace::waited(std::uint32_t plane, std::uint32_t router, std::uint32_t port, noc::Tick ticks) {
    LinkUse& link = use_of(plane, router, port);
    ++link.waits;
    link.waited += ticks;
}

LinkLoad NocTrace::load_of(std::uint32_t plane, std::uint32_t router, std::uint32_t port, Picoseconds elapsed) const {
    const noc::Peer& to = fabric_.downstream[fabric_.index(router, port)];
    const LinkUse& use = links_[plane * fabric_.downstream.size() + fabric_.index(router, port)];
    LinkLoad load{.plane = plane, .router = router, .port = port};
    load.direction = enum_names(Direction{})[static_cast<std::size_t>(direction_of(router, port))];
    load.to = name_of(to);
    load.flits = use.flits;
    const double occupied = static_cast<double>(use.flits) * timing_.of(to.hop).occupancy * static_cast<double>(tick_);
    load.utilisation = elapsed > 0 ? occupied / static_cast<double>(elapsed) : 0.0;
    load.waits = use.waits;
    load.waiting = to_time(in_picoseconds(use.waited));
    return load;
}

Direction NocTrace::direction_of(std::uint32_t router, std::uint32_t port) const {
    const noc::Peer& to = fabric_.downstream[fabric_.index(router, port)];
    if (to.kind == noc::Peer::Kind::endpoint) return topology_.endpoint(EndpointId{to.endpoint}).direction;
    return topology_.channel(topology_.channel_out(RouterId{router}, static_cast<PortIndex>(port))).direction;
}

std::string NocTrace::name_of(const noc::Peer& to) const {
    if (to.kind == noc::Peer::Kind::router) return fmt::format("router {}", to.router);
    if (to.endpoint < topology_.cores()) return fmt::format("core {}", to.endpoint);
    return topology_.endpoint(EndpointId{to.endpoint}).direction == Direction::local ? "host" : "edge";
}

std::vector<LinkLoad> NocTrace::loads(Picoseconds elapsed) const {
    std::vector<LinkLoad> all;
    for (std::uint32_t plane = 0; plane < planes_; ++plane)
        for (std::uint32_t router = 0; router < fabric_.routers; ++router)
            for (std::uint32_t port = 0; port < fabric_.ports; ++port)
                if (fabric_.downstream[fabric_.index(router, port)].kind != noc::Peer::Kind::nothing)
                    all.push_back(load_of(plane, router, port, elapsed));
    return all;
}

PacketSummary NocTrace::finish(Picoseconds elapsed) {
    std::vector<LinkLoad> links = loads(elapsed);
    if (packets_) packets_->close();
    if (!files_.links.empty()) {
        LinksCsv file{files_.links};
        for (const LinkLoad& link : links) file.add(link);
        file.close();
    }
    const auto mean = [this](noc::Tick sum) {
        return count_ == 0 ? Time{} : to_time(in_picoseconds(sum)) / static_cast<double>(count_);
    };
    PacketSummary summary{.packets = count_,
                          .mean_latency = mean(latency_),
                          .p95_latency = to_time(in_picoseconds(histogram_.quantile(0.95))),
                          .longest_latency = to_time(in_picoseconds(longest_)),
                          .mean_source_wait = mean(source_wait_),
                          .mean_waiting = mean(waiting_)};
    if (count_ != 0) summary.mean_hops = static_cast<double>(hops_) / static_cast<double>(count_);
    std::erase_if(links, [](const LinkLoad& link) { return link.flits == 0; });
    std::stable_sort(links.begin(), links.end(), [](const LinkLoad& a, const LinkLoad& b) {
        return std::tuple{a.waiting, a.flits} > std::tuple{b.waiting, b.flits};
    });
    links.resize(std::min(links.size(), hot_spots));
    summary.hot_spots = std::move(links);
    return summary;
}

}  // namespace spikefab
