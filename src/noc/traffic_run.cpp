// SPDX-License-Identifier: Apache-2.0
// Offering random traffic and measuring what becomes of it.
#include "noc/traffic_run.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace spikefab::noc {
namespace {

/// Every source throws a coin per tick (Bernoulli process); the ticks between heads are drawn at once.
class Generator final {
public:
    explicit Generator(const TrafficLoad& load) : load_{load}, log_miss_{std::log1p(-std::min(load.rate, 1.0 - 1e-12))} {
        const std::uint64_t key = Rng::key_of(load.seed, "noc.traffic");
        for (std::uint32_t source = 0; source < load.sources; ++source) {
            sources_.push_back({Rng{key, source, 0}, 0});
            sources_.back().next = gap(sources_.back().rng);
        }
    }

    /// Hands the engine every packet created before `end`.
    void offer(Engine& engine, Tick end) {
        for (std::uint32_t number = 0; number < sources_.size(); ++number) {
            Source& source = sources_[number];
            for (; source.next < end; source.next += 1 + gap(source.rng)) {
                Packet packet;
                packet.destination = load_.destination(number, source.rng);
                packet.flits = load_.flits;
                engine.inject(number, packet, source.next);
            }
        }
    }

private:
    struct Source {
        Rng rng;
        Tick next;
    };
    [[nodiscard]] Tick gap(Rng& rng) const { return static_cast<Tick>(std::log1p(-rng.uniform()) / log_miss_); }

    const TrafficLoad& load_;
    double log_miss_;
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

}  // namespace

TrafficResult run_traffic(const std::function<std::unique_ptr<Engine>(Sink&)>& make_engine, const TrafficLoad& load) {
    Meter meter{load};
    const std::unique_ptr<Engine> engine = make_engine(meter);
    Generator generator{load};
    TrafficResult result;
    const Tick end = load.warmup + load.measured;
    const auto run_to = [&](Tick target) {
        while (engine->now() < target) {
            const Tick next = std::min(engine->now() + stride, target);
            generator.offer(*engine, next);
            engine->run_until(next);
        }
    };
    run_to(load.warmup);
    const std::uint64_t before = engine->counters().injected;
    run_to(end);
    result.packets = engine->counters().injected - before;
    while (meter.arrived() < result.packets && engine->now() < end + load.drain_limit && !engine->stuck())
        run_to(engine->now() + stride);
    meter.report(result, load);
    result.counters = engine->counters();
    result.mean_hops = static_cast<double>(result.counters.router_visits) /
                       static_cast<double>(std::max<std::uint64_t>(result.counters.delivered, 1) * load.flits);
    return result;
}

}  // namespace spikefab::noc
