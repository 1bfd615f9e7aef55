// SPDX-License-Identifier: Apache-2.0
// The tree of a barrier and the messages along it.
#include "noc/barrier_wave.hpp"

#include "base/contract.hpp"
#include "base/error.hpp"
#include "models/routing/next_hop_table.hpp"
#include "noc/make_engine.hpp"
#include "noc/wire_use.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace spikefab::noc {
namespace {

/// The next router on a shortest path to where `hops` leads.
[[nodiscard]] RouterId step_towards(const Topology& topology, RouterId from, const std::vector<std::uint32_t>& hops) {
    for (PortIndex port = 0; port < topology.router(from).network_ports; ++port) {
        const ChannelId out = topology.channel_out(from, port);
        if (!out.valid() || topology.channel(out).dead) continue;
        const RouterId next = topology.channel(out).to;
        if (hops[next.value()] + 1 == hops[from.value()]) return next;
    }
    expects(false);
    return from;
}

/// Passes messages on: up when all children have told, down when the parent has answered.
class Members final : public Sink {
public:
    Members(const BarrierTree& tree, std::span<const EndpointId> members, Tick handling)
        : tree_{tree}, members_{members}, handling_{handling}, awaited_(members.size(), 0) {
        for (std::size_t member = 0; member < members.size(); ++member)
            if (member != tree_.root) ++awaited_[tree_.parent[member]];
    }

    void begin(Engine& engine) {
        engine_ = &engine;
        for (std::size_t member = 0; member < members_.size(); ++member)
            if (awaited_[member] == 0) all_below_done(member, 0);
    }

    Tick accept(std::uint32_t endpoint, const Packet& /*packet*/, Tick now) override {
        const auto found = std::find(members_.begin(), members_.end(), EndpointId{endpoint});
        const auto member = static_cast<std::size_t>(found - members_.begin());
        if (awaited_[member] == 0) {
            advance(member, now + handling_);
        } else if (--awaited_[member] == 0) {
            all_below_done(member, now + handling_);
        }
        return now;
    }

    [[nodiscard]] Tick last() const { return last_; }
    [[nodiscard]] std::uint64_t messages() const { return messages_; }
    [[nodiscard]] bool complete() const { return advanced_ == members_.size(); }

private:
    void all_below_done(std::size_t member, Tick when) {
        if (member == tree_.root) return advance(member, when);
        send(member, tree_.parent[member], when);
    }

    void advance(std::size_t member, Tick when) {
        ++advanced_;
        last_ = std::max(last_, when);
        for (std::size_t child = 0; child < members_.size(); ++child)
            if (child != tree_.root && tree_.parent[child] == member) send(member, child, when);
    }

    void send(std::size_t from, std::size_t to, Tick when) {
        ++messages_;
        engine_->inject(members_[from].value(), {.source = members_[from].value(), .destination = members_[to].value()}, when);
    }

    const BarrierTree& tree_;
    std::span<const EndpointId> members_;
    Tick handling_;
    Engine* engine_ = nullptr;
    std::vector<std::size_t> awaited_;  ///< children that have not told yet
    std::size_t advanced_ = 0;
    Tick last_ = 0;
    std::uint64_t messages_ = 0;
};

}  // namespace

BarrierTree barrier_tree(const Topology& topology, std::span<const EndpointId> members) {
    const auto router_of = [&](std::size_t member) { return topology.endpoint(members[member]).router; };
    std::vector<std::size_t> member_at(topology.routers(), members.size());
    for (std::size_t member = 0; member < members.size(); ++member) member_at[router_of(member).value()] = member;
    BarrierTree tree;
    std::uint32_t nearest = unreachable_hops;
    for (std::size_t candidate = 0; candidate < members.size(); ++candidate) {
        const auto hops = hops_to(topology, router_of(candidate));
        std::uint32_t farthest = 0;
        for (std::size_t member = 0; member < members.size(); ++member)
            farthest = std::max(farthest, hops[router_of(member).value()]);
        if (farthest >= nearest) continue;
        nearest = farthest;
        tree.root = candidate;
    }
    if (nearest == unreachable_hops)
        throw InputError{"the barrier's messages cannot reach every used tile: some are cut off; use barrier_by: times"};
    const auto hops = hops_to(topology, router_of(tree.root));
    for (std::size_t member = 0; member < members.size(); ++member) {
        RouterId at = router_of(member);
        do {
            if (member != tree.root) at = step_towards(topology, at, hops);
        } while (member_at[at.value()] == members.size());
        tree.parent.push_back(member_at[at.value()]);
    }
    return tree;
}

BarrierWave run_barrier(const Options& options, const Topology& topology, std::span<const EndpointId> members, Time handling) {
    const BarrierTree tree = barrier_tree(topology, members);
    const Time tick = tick_duration(options);
    Members sink{tree, members, static_cast<Tick>(std::llround(handling / tick))};
    const std::unique_ptr<Engine> engine = make_engine(options, topology, sink);
    sink.begin(*engine);
    engine->run_until(never);
    if (engine->stuck()) throw SimulationError{"the barrier's messages are deadlocked:\n" + engine->explain_stuck()};
    if (!sink.complete())
        throw InputError{
            fmt::format("{} of the barrier's messages were lost: routing '{}' has no way for them; use another "
                        "routing, or barrier_by: times",
                        engine->counters().dropped, options.routing.name())};
    const Counters counters = engine->counters();
    const double wire = WireUse{options, topology}.bit_micrometres(counters, engine->link_flits());
    return {static_cast<double>(sink.last()) * tick, sink.messages(), counters, static_cast<std::uint64_t>(std::llround(wire))};
}

}  // namespace spikefab::noc
