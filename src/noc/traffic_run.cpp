// SPDX-License-Identifier: Apache-2.0
// Offering random traffic and measuring what becomes of it.
#include "noc/traffic_run.hpp"

#include "base/random.hpp"

#include <algorithm>
#include <cmath>

namespace spikefab::noc {
namespace {

/// The streams of packets of all sources.
class Generator final {
public:
    explicit Generator(const TrafficLoad& load) : load_{load} {
        const std::uint64_t key = Rng::key_of(load.seed, "noc.traffic");
        for (std::uint32_t source = 0; source < load.sources; ++source) {
            sources_.push_back({Rng{key, source, 0}, load.injection->make(load.rate), 0});
            sources_.back().next = sources_.back().process->next(sources_.back().random);
        }
    }

    /// Hands the engine every packet created before `end`.
    void offer(Engine& engine, Tick end) {
        Packet packet;
        packet.flits = load_.flits;
        for (std::uint32_t number = 0; number < sources_.size(); ++number) {
            Source& source = sources_[number];
            for (; source.next < end; source.next = source.process->next(source.random)) {
                packet.destination = load_.pattern->destination(number, source.random);
                engine.inject(number, packet, source.next);
            }
        }
    }

private:
    struct Source {
        Rng random;
        std::unique_ptr<InjectionProcess> process;
        Tick next;
    };

    const TrafficLoad& load_;
    std::vector<Source> sources_;
};

class Meter final : public Sink {
public:
    explicit Meter(const TrafficLoad& load) : begin_{load.warmup}, end_{load.warmup + load.measured} {}

    Tick accept(std::uint32_t /*endpoint*/, const Packet& packet, Tick now) override {
        if (now >= begin_ && now < end_) ++delivered_in_window_;
        if (packet.created >= begin_ && packet.created < end_) record(now - packet.created);
        return now;
    }
    [[nodiscard]] std::uint64_t arrived() const { return arrived_; }

    void report(TrafficResult& result, const TrafficLoad& load) const {
        const auto count = static_cast<double>(std::max<std::uint64_t>(arrived_, 1));
        const double window = static_cast<double>(load.measured) * load.sources;
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
    std::uint64_t delivered_in_window_ = 0;
    std::uint64_t arrived_ = 0;
    double sum_ = 0.0;
    double squares_ = 0.0;
    Tick longest_ = 0;
    Histogram histogram_;
};

constexpr Tick stride = 512;  ///< how far ahead packets are handed over

void run_to(Engine& engine, Generator& generator, Tick end) {
    while (engine.now() < end) {
        const Tick next = std::min(engine.now() + stride, end);
        generator.offer(engine, next);
        engine.run_until(next);
    }
}

double hops_per_flit(const Counters& counters, const TrafficLoad& load) {
    const std::uint64_t flits = counters.delivered * load.flits;
    return flits == 0 ? 0.0 : static_cast<double>(counters.router_visits) / static_cast<double>(flits);
}

}  // namespace

TrafficResult run_traffic(const EngineMaker& make_engine, const TrafficLoad& load) {
    Meter meter{load};
    const std::unique_ptr<Engine> engine = make_engine(meter);
    Generator generator{load};
    TrafficResult result;
    const Tick end = load.warmup + load.measured;
    run_to(*engine, generator, load.warmup);
    const std::uint64_t before = engine->counters().injected;
    run_to(*engine, generator, end);
    result.packets = engine->counters().injected - before;
    const auto waiting = [&] { return meter.arrived() + engine->counters().dropped < result.packets; };
    while (waiting() && engine->now() < end + load.drain_limit && !engine->stuck())
        run_to(*engine, generator, engine->now() + stride);
    // Without new packets a network that kept up runs empty, and every packet's hops are known.
    if (!waiting()) engine->run_until(engine->now() + load.drain_limit);
    meter.report(result, load);
    result.counters = engine->counters();
    result.mean_hops = hops_per_flit(result.counters, load);
    result.link_flits.assign(engine->link_flits().begin(), engine->link_flits().end());
    if (engine->stuck()) result.stuck = engine->explain_stuck();
    return result;
}

}  // namespace spikefab::noc
