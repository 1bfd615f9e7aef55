// SPDX-License-Identifier: Apache-2.0
// Offering random traffic and measuring what becomes of it.
#include "noc/traffic_run.hpp"

#include "base/random.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

namespace spikefab::noc {
namespace {

/// The streams of packets of all sources.
class Generator final {
public:
    explicit Generator(const TrafficLoad& load) : load_{load} {
        const std::uint64_t key = Rng::key_of(load.seed, "noc.traffic");
        for (std::uint32_t source = 0; source < load.sources; ++source) {
            sources_.push_back({Rng{key, source, 0}, load.injection->make(load.rate), 0, 0, {}, 0});
            sources_.back().next = sources_.back().process->next(sources_.back().random);
        }
        if (load.multicast_share == 0.0) return;
        for (const MulticastGroup& group : load.groups)
            if (group.source.value() < sources_.size()) sources_[group.source.value()].groups.push_back(&group);
    }

    /// Hands the planes every packet created before `end`.
    void offer(std::span<const std::unique_ptr<Engine>> planes, Tick end) {
        Packet packet;
        packet.flits = load_.flits;
        for (std::uint32_t number = 0; number < sources_.size(); ++number) {
            Source& source = sources_[number];
            for (; source.next < end; source.next = source.process->next(source.random)) {
                if (!address(packet, number, source)) continue;
                planes[source.plane]->inject(number, packet, source.next);
                source.plane = source.plane + 1 == planes.size() ? 0 : source.plane + 1;
            }
        }
    }

    /// Deliveries beyond one per packet that the packets of the measured window become.
    [[nodiscard]] std::uint64_t copies() const { return copies_; }

private:
    struct Source {
        Rng random;
        std::unique_ptr<InjectionProcess> process;
        Tick next;
        std::size_t plane;
        std::vector<const MulticastGroup*> groups;
        std::size_t turn;
    };

    /// False when there is nobody to send to.
    bool address(Packet& packet, std::uint32_t number, Source& source) {
        packet.tag = none;
        if (source.groups.empty() || source.random.uniform() >= load_.multicast_share) {
            packet.destination = load_.pattern->destination(number, source.random);
            return packet.destination != no_core;
        }
        const MulticastGroup& group = *source.groups[source.turn++ % source.groups.size()];
        packet.destination = none;
        packet.tag = group.tag;
        if (source.next >= load_.warmup && source.next < load_.warmup + load_.measured)
            copies_ += group.destinations.size() - 1;
        return true;
    }

    const TrafficLoad& load_;
    std::vector<Source> sources_;
    std::uint64_t copies_ = 0;
};

class Meter final : public Sink {
public:
    explicit Meter(const TrafficLoad& load)
        : begin_{load.warmup}, end_{load.warmup + load.measured}, early_end_{std::max<Tick>(end_ / 10, 1)} {}

    Tick accept(std::uint32_t /*endpoint*/, const Packet& packet, Tick now) override {
        if (now >= begin_ && now < end_) ++delivered_in_window_;
        if (packet.created >= begin_ && packet.created < end_) record(now - packet.created);
        if (packet.created < early_end_) {
            ++early_;
            early_sum_ += now - packet.created;
        }
        return now;
    }
    [[nodiscard]] std::uint64_t arrived() const { return arrived_; }
    /// Mean latency of the first packets, which met an empty network.
    [[nodiscard]] Tick early_latency() const { return early_ == 0 ? 0 : early_sum_ / early_; }

    void report(TrafficResult& result, const TrafficLoad& load) const {
        const auto count = static_cast<double>(std::max<std::uint64_t>(arrived_, 1));
        const double window = static_cast<double>(load.measured) * (load.sources - load.dead);
        result.arrived = arrived_;
        result.mean_latency = sum_ / count;
        result.latency_deviation = std::sqrt(std::max(0.0, squares_ / count - result.mean_latency * result.mean_latency));
        result.longest_latency = longest_;
        result.histogram = histogram_;
        result.accepted_rate = static_cast<double>(delivered_in_window_) / window;
        result.offered_rate = static_cast<double>(result.packets) / window;
    }

private:
    void record(Tick latency) {
        ++arrived_;
        sum_ += static_cast<double>(latency);
        squares_ += static_cast<double>(latency) * static_cast<double>(latency);
        longest_ = std::max(longest_, latency);
        histogram_.record(latency);
    }

    Tick begin_;
    Tick end_;
    Tick early_end_;
    std::uint64_t early_ = 0;
    Tick early_sum_ = 0;
    std::uint64_t delivered_in_window_ = 0;
    std::uint64_t arrived_ = 0;
    double sum_ = 0.0;
    double squares_ = 0.0;
    Tick longest_ = 0;
    Histogram histogram_;
};

constexpr Tick stride = 512;  ///< how far ahead packets are handed over

/// Planes that carry the traffic of the same sources. They share nothing else: the meter takes packets at once.
class Planes final {
public:
    Planes(const EngineMaker& make_engine, const TrafficLoad& load, Meter& meter, PacketLog* packet_log)
        : generator_{load}, stop_requested_{load.stop_requested} {
        for (std::uint32_t plane = 0; plane < load.planes; ++plane) {
            engines_.push_back(make_engine(meter));
            if (packet_log == nullptr) continue;
            watches_.push_back(std::make_unique<PlaneWatch>(plane, *packet_log));
            engines_.back()->observe(watches_.back().get());
        }
    }

    void run_to(Tick end) {
        while (now() < end && !stopped()) {
            const Tick next = std::min(now() + stride, end);
            generator_.offer(engines_, next);
            run_without_new(next);
        }
    }
    void run_without_new(Tick end) {
        for (const auto& engine : engines_) engine->run_until(end);
    }
    [[nodiscard]] bool stopped() const { return stop_requested_ && stop_requested_(); }
    [[nodiscard]] Tick now() const { return engines_.front()->now(); }
    [[nodiscard]] std::uint64_t copies() const { return generator_.copies(); }
    [[nodiscard]] Counters counters() const {
        Counters sum;
        for (const auto& engine : engines_) sum += engine->counters();
        return sum;
    }
    [[nodiscard]] std::vector<std::uint64_t> link_flits() const {
        std::vector<std::uint64_t> sum(engines_.front()->link_flits().size(), 0);
        for (const auto& engine : engines_)
            for (std::size_t link = 0; link < sum.size(); ++link) sum[link] += engine->link_flits()[link];
        return sum;
    }
    /// Who waits for whom on a plane that is deadlocked; empty when none is.
    [[nodiscard]] std::string stuck() const {
        for (const auto& engine : engines_)
            if (engine->stuck()) return engine->explain_stuck();
        return {};
    }

private:
    Generator generator_;
    const std::function<bool()>& stop_requested_;
    std::vector<std::unique_ptr<PlaneWatch>> watches_;
    std::vector<std::unique_ptr<Engine>> engines_;
};

/// Packets on their way or queued, as a run goes on.
class Population final {
public:
    static constexpr std::size_t samples = 16;  ///< of the measured window

    void add(std::uint64_t packets) { packets_.push_back(static_cast<double>(packets)); }
    /// Whether there were more in the last quarter of the window than in the second, by more than chance (4 sigma of counts)
    /// and by more than a fiftieth of the packets of half a window: then the network falls behind, however long it is given.
    [[nodiscard]] bool grows(double packets_of_window) const {
        const double before = quarter(1);
        const double after = quarter(3);
        return after - before > 0.02 * packets_of_window / 2.0 + 4.0 * std::sqrt(before + after);
    }

private:
    [[nodiscard]] double quarter(std::size_t which) const {
        const auto first = packets_.begin() + static_cast<std::ptrdiff_t>(which * samples / 4);
        return std::accumulate(first, first + samples / 4, 0.0) / (samples / 4);
    }

    std::vector<double> packets_;
};

double hops_per_flit(const Counters& counters, const TrafficLoad& load) {
    const std::uint64_t flits = counters.delivered * load.flits;
    return flits == 0 ? 0.0 : static_cast<double>(counters.router_visits) / static_cast<double>(flits);
}

}  // namespace

TrafficResult run_traffic(const EngineMaker& make_engine, const TrafficLoad& load, PacketLog* packet_log) {
    Meter meter{load};
    Planes planes{make_engine, load, meter, packet_log};
    TrafficResult result;
    const Tick end = load.warmup + load.measured;
    planes.run_to(load.warmup);
    const std::uint64_t before = planes.counters().injected;
    Population population;
    for (std::size_t sample = 1; sample <= Population::samples; ++sample) {
        planes.run_to(load.warmup + load.measured * sample / Population::samples);
        population.add(planes.counters().in_flight());
    }
    result.packets = planes.counters().injected - before;
    result.expected = result.packets + planes.copies();
    const auto waiting = [&] { return meter.arrived() + planes.counters().dropped < result.expected; };
    while (waiting() && planes.now() < end + load.drain_limit && !planes.stopped() && planes.stuck().empty())
        planes.run_to(planes.now() + stride);
    // Without new packets a network that kept up runs empty, and every packet's hops are known. The run ends with that: what
    // is told per time of it, as the use of links, is not thinned by silence.
    const Tick limit = waiting() ? planes.now() : planes.now() + load.drain_limit;
    while (planes.now() < limit && planes.counters().in_flight() != 0 && planes.stuck().empty())
        planes.run_without_new(planes.now() + stride);
    meter.report(result, load);
    // While a network fills up, there are more packets all the time: only a window that is long for their latency can tell.
    const bool filled = load.warmup + load.measured / 4 > 4 * meter.early_latency();
    result.falls_behind = filled && population.grows(static_cast<double>(result.expected));
    result.counters = planes.counters();
    result.mean_hops = hops_per_flit(result.counters, load);
    result.link_flits = planes.link_flits();
    result.elapsed = planes.now();
    result.stuck = planes.stuck();
    return result;
}

}  // namespace spikefab::noc
