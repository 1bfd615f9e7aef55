// SPDX-License-Identifier: Apache-2.0
// Bursts of packets, step by step.
#include "run/noc_replay.hpp"

#include "base/error.hpp"
#include "noc/check_options.hpp"
#include "noc/make_engine.hpp"
#include "plan/multicast.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace spikefab {
namespace {

using noc::Tick;

/// Collects what arrives, by the step it was sent in (which its packet carries).
class Collector final : public noc::Sink {
public:
    explicit Collector(ReplayResult& result) : result_{result} {}
    Tick accept(std::uint32_t /*endpoint*/, const noc::Packet& packet, Tick now) override {
        ReplayStep& step = result_.steps[packet.data];
        const Tick latency = now - packet.created;
        ++step.arrived;
        step.latency += latency;
        step.longest = std::max(step.longest, latency);
        result_.latency.sum += latency;
        result_.latency.longest = std::max(result_.latency.longest, latency);
        result_.latency.histogram.record(latency);
        result_.end = std::max(result_.end, now);
        if (packet.data + 1 < result_.steps.size()) ++result_.late;
        return now;
    }

private:
    ReplayResult& result_;
};

class Player final {
public:
    Player(const SpikeRecording& recording, const noc::Options& noc, const Topology& topology, const ReplayOptions& options,
           noc::PacketLog* packet_log)
        : recording_{recording},
          options_{options},
          topology_{topology},
          map_{recording, topology},
          host_{topology.host_at(RouterId{options.host_router})},
          tick_seconds_{noc::tick_duration(noc).si()},
          packet_flits_{noc.packet_flits},
          sink_{result_} {
        if (noc.routing->claims().multicast) use_groups(noc);
        const std::span<const MulticastGroup> groups = book_ ? std::span{book_->groups()} : std::span<const MulticastGroup>{};
        if (!groups.empty()) noc::check_options(noc, topology, groups);
        for (std::uint32_t plane = 0; plane < noc.planes; ++plane) {
            planes_.push_back(noc::make_engine(noc, topology, sink_, groups));
            if (packet_log == nullptr) continue;
            watches_.push_back(std::make_unique<noc::PlaneWatch>(plane, *packet_log));
            planes_.back()->observe(watches_.back().get());
        }
        next_plane_.assign(topology.endpoints().size(), 0);
        last_created_.assign(topology.endpoints().size(), 0);
    }

    [[nodiscard]] ReplayResult run() {
        for (std::size_t step = 0; step < recording_.steps.size() && result_.stuck.empty(); ++step) {
            const Tick start = start_of(step);
            advance_to(start);
            begin(step, start);
            if (options_.pace == StepPace::drained) advance_to(noc::never);
        }
        advance_to(noc::never);
        for (const auto& plane : planes_) result_.counters += plane->counters();
        return std::move(result_);
    }

private:
    [[nodiscard]] std::uint32_t endpoint_of(std::int32_t core) const {
        return core == SpikeRecording::host ? host_.value() : map_[core];
    }

    /// One packet for all cores that a neuron sends to; answers to the host go alone.
    void use_groups(const noc::Options& noc) {
        book_.emplace(noc, topology_);
        for (const SpikeRecording::Population& population : recording_.populations) {
            auto& neurons = packets_.emplace_back();
            for (std::uint32_t neuron = 0; neuron < population.core.size(); ++neuron) {
                std::set<EndpointId> cores;
                std::vector<GroupBook::Packet> packets;
                for (const std::int32_t to : population.of(neuron)) {
                    if (to == SpikeRecording::host)
                        packets.push_back({.core = host_});
                    else
                        cores.insert(EndpointId{map_[to]});
                }
                if (cores.size() == 1) packets.push_back({.core = *cores.begin()});
                if (cores.size() > 1)
                    for (const auto& packet :
                         book_->packets(EndpointId{endpoint_of(population.core[neuron])}, {cores.begin(), cores.end()}))
                        packets.push_back(packet);
                neurons.push_back(std::move(packets));
            }
        }
    }

    [[nodiscard]] Tick start_of(std::size_t step) const {
        const Tick before = result_.steps.empty() ? 0 : result_.steps.back().start;
        switch (options_.pace) {
            case StepPace::recorded:
                return std::max(before, static_cast<Tick>(std::llround(recording_.steps[step].seconds / tick_seconds_)));
            case StepPace::fixed:
                return (recording_.steps[step].number - recording_.steps.front().number) * options_.step_ticks;
            case StepPace::drained:
                break;
        }
        return result_.end;
    }

    /// Planes share nothing: their sink takes packets at once.
    void advance_to(Tick tick) {
        for (const auto& plane : planes_) {
            if (plane->now() < tick) plane->run_until(tick);
            if (plane->stuck()) result_.stuck = plane->explain_stuck();
        }
    }

    /// Hands over the spikes of a step; the n-th of a core leaves n intervals after the step's start.
    void begin(std::size_t step, Tick start) {
        result_.steps.push_back({.step = recording_.steps[step].number, .start = start});
        std::map<std::uint32_t, Tick> fired;  // by source
        for (const SpikeRecording::Spike& spike : recording_.of(step)) {
            ++result_.spikes;
            const SpikeRecording::Population& population = recording_.populations[spike.population];
            const std::uint32_t source = endpoint_of(population.core[spike.neuron]);
            const Tick when = start + fired[source]++ * options_.spike_interval;
            if (book_) {
                for (const GroupBook::Packet& packet : packets_[spike.population][spike.neuron]) {
                    if (packet.is_group())
                        send(source, noc::none, book_->groups()[packet.group].tag, when);
                    else
                        send(source, packet.core.value(), noc::none, when);
                }
            } else {
                for (const std::int32_t to : population.of(spike.neuron)) send(source, endpoint_of(to), noc::none, when);
            }
        }
    }

    void send(std::uint32_t source, std::uint32_t destination, std::uint32_t tag, Tick when) {
        Tick& last = last_created_[source];
        last = std::max(last, when);
        std::uint32_t& plane = next_plane_[source];
        planes_[plane]->inject(source,
                               {.source = source,
                                .destination = destination,
                                .tag = tag,
                                .flits = packet_flits_,
                                .data = result_.steps.size() - 1},
                               std::max(last, planes_[plane]->now()));
        plane = plane + 1 == planes_.size() ? 0 : plane + 1;
    }

    const SpikeRecording& recording_;
    const ReplayOptions& options_;
    const Topology& topology_;
    CoreMap map_;
    EndpointId host_;
    double tick_seconds_;
    std::uint32_t packet_flits_;
    ReplayResult result_;
    Collector sink_;
    std::optional<GroupBook> book_;
    std::vector<std::vector<std::vector<GroupBook::Packet>>> packets_;  ///< [population][neuron] with multicast
    std::vector<std::unique_ptr<noc::PlaneWatch>> watches_;
    std::vector<std::unique_ptr<noc::Engine>> planes_;
    std::vector<std::uint32_t> next_plane_;  ///< by source
    std::vector<Tick> last_created_;         ///< by source
};

}  // namespace

CoreMap::CoreMap(const SpikeRecording& recording, const Topology& topology) {
    std::set<std::int32_t> cores;
    for (const SpikeRecording::Population& population : recording.populations) {
        cores.insert(population.core.begin(), population.core.end());
        cores.insert(population.destinations.begin(), population.destinations.end());
    }
    has_host_ = cores.erase(SpikeRecording::host) != 0;
    used_ = cores.size();
    std::vector<std::uint32_t> working;
    for (std::uint32_t core = 0; core < topology.cores(); ++core)
        if (!topology.router(topology.endpoint(CoreId{core}).router).dead) working.push_back(core);
    if (cores.size() > working.size())
        throw InputError{
            fmt::format("the recording uses {} cores, but the NoC has {} that work: give it more routers, or more "
                        "cores per router",
                        cores.size(), working.size())};
    if (cores.empty()) return;
    const bool fits = std::all_of(cores.begin(), cores.end(), [&](std::int32_t core) {
        return std::binary_search(working.begin(), working.end(), static_cast<std::uint32_t>(core));
    });
    moved_ = !fits;
    core_of_.assign(static_cast<std::size_t>(*cores.rbegin()) + 1, 0);
    std::size_t place = 0;
    for (const std::int32_t core : cores)
        core_of_[static_cast<std::size_t>(core)] = fits ? static_cast<std::uint32_t>(core) : working[place++];
}

ReplayResult replay(const SpikeRecording& recording, const noc::Options& noc, const Topology& topology,
                    const ReplayOptions& options, noc::PacketLog* packet_log) {
    return Player{recording, noc, topology, options, packet_log}.run();
}

}  // namespace spikefab
