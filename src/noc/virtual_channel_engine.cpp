// SPDX-License-Identifier: Apache-2.0
// The general engine. A router is visited in a tick when something about its lanes or credits changed; a visit evaluates
// all requests on the state before the tick, then updates, so the order of visits changes nothing.
#include "noc/virtual_channel_engine.hpp"

#include "base/contract.hpp"
#include "noc/active_set.hpp"
#include "noc/deadlock.hpp"
#include "noc/engine_core.hpp"
#include "noc/lane.hpp"
#include "noc/separable_match.hpp"
#include "noc/time_wheel.hpp"

#include <algorithm>
#include <bit>
#include <span>

namespace spikefab::noc {
namespace {

unsigned bits_for(std::uint32_t members) {
    return static_cast<unsigned>(std::bit_width(members - 1));
}

/// A lane, or the channel behind an output with the same numbers.
struct Site {
    std::uint32_t lane;
    std::uint32_t router;
    std::uint32_t port;
    std::uint32_t vc;
};

struct Grant {
    Site site;
    std::uint32_t output;
    std::uint32_t vc;
};

/// The other end of a port.
struct Neighbour {
    bool endpoint = false;
    HopKind hop = HopKind::other;
    std::uint32_t first = 0;  ///< its first lane or output channel, or the endpoint
};

class VirtualChannelEngine final : public EngineCore {
public:
    VirtualChannelEngine(const Plan& plan, Ways ways, Sink& sink);
    [[nodiscard]] std::string explain_stuck() const override;

private:
    // One tick.
    Tick simulate() override;
    [[nodiscard]] Tick next_in_network() const override { return active_.empty() ? wheel_.next(now_) : now_; }
    [[gnu::always_inline]] inline void take_credit(std::uint32_t channel);
    [[gnu::always_inline]] inline void take_arrival(const LaneArrival& arrival);
    void depart(const LaneDeparture& departure);
    void send_from_source(const SourceFlit& flit);

    // The packet at the front of a lane.
    void begin_packet(const Site& site, Tick from);
    void find_route(const Site& site, Lane& lane, const LaneFlit& head);
    void ask(const Site& site, Tick at);
    [[gnu::always_inline]] inline void stop_asking(const Site& site);

    // A visit: requests, matching, updates.
    void visit(std::uint32_t router);
    void serve_lone(const Site& site);
    [[nodiscard]] std::uint32_t allocate_lone_channel(const Site& site, std::uint32_t output, VcMask channels);
    void move_turns(const Site& site, std::uint32_t output);
    void serve_all(std::uint32_t router);
    void allocate_channels(std::uint32_t router);
    void allocate_switch(std::uint32_t router);
    void request_switch(const Site& site);
    void ask_switch(const Site& site, std::uint32_t output, bool certain);
    void plan_next_visit(std::uint32_t router);
    void check_late_grants(LaneBucket& bucket);
    void use_late_grants(LaneBucket& bucket);

    // Using what was granted.
    void take_channel(const Site& site);
    [[nodiscard, gnu::always_inline]] inline bool settle(Grant& grant);
    [[gnu::always_inline]] inline void use(const Grant& grant);
    void send_copy(const Grant& grant);
    void discard(const Site& site);
    [[gnu::always_inline]] inline LaneFlit pop(const Site& site);
    [[gnu::always_inline]] inline void advance(const Site& site, bool tail);
    [[gnu::always_inline]] inline void put_on_link(const Grant& grant, LaneFlit flit);

    [[nodiscard]] Site site_of(std::uint32_t lane) const {
        const std::uint32_t port = lane >> vc_bits_;
        return {lane, port >> port_bits_, port & port_mask_, lane & vc_mask_};
    }
    [[nodiscard]] Site site_at(std::uint32_t router, std::uint32_t port, std::uint32_t vc) const {
        return {(router << port_bits_ | port) << vc_bits_ | vc, router, port, vc};
    }
    [[nodiscard]] PortState& port_of(std::uint32_t router, std::uint32_t port) {
        return ports_[router << port_bits_ | port];
    }
    [[nodiscard]] const PortState& port_of(std::uint32_t router, std::uint32_t port) const {
        return ports_[router << port_bits_ | port];
    }
    [[nodiscard]] const LaneFlit& front_of(std::uint32_t lane) const {
        return flits_[(std::size_t{lane} << ring_bits_) + lanes_[lane].first];
    }
    [[nodiscard]] std::span<const RouteOption> options_of(std::uint32_t lane) const {
        const Lane& state = lanes_[lane];
        if (state.options <= 1) return {&state.option, state.options};
        return {&more_options_[std::size_t{lane} * Route::capacity], state.options};
    }
    /// Channels of `option` that no packet holds and, with cut-through, that have room for the whole packet of the lane.
    [[nodiscard]] VcMask free_channels(const Site& site, const RouteOption& option) const;
    [[nodiscard]] bool due(const Lane& lane, std::uint32_t period) const {
        return period == 1 || (static_cast<std::uint32_t>(now_) - lane.phase) % period == 0;
    }
    [[nodiscard]] Neighbour neighbour_of(const Peer& peer) const;
    /// Calls visit(lane within the router) for each lane that `asking` names.
    template <class Visit>
    void for_each_asking(const std::vector<std::uint64_t>& asking, std::uint32_t router, Visit&& visit) const {
        for (std::uint32_t word = 0; word < words_; ++word)
            for_each_bit(asking[router * words_ + word], [&](std::uint32_t bit) { visit(word * 64 + bit); });
    }
    [[nodiscard]] std::uint64_t& word_of(std::vector<std::uint64_t>& asking, std::uint32_t lane) const {
        return asking[words_ == 1 ? lane >> lane_bits_ : lane / 64];
    }
    [[nodiscard]] std::uint64_t bit_of(std::uint32_t lane) const {
        return std::uint64_t{1} << (words_ == 1 ? lane & ((1U << lane_bits_) - 1) : lane % 64);
    }
    [[nodiscard]] bool pending(std::uint32_t router) const;
    /// The router is visited in this tick or, when called after the visits, in the next, and until every request has
    /// been tried once from tick `at` on.
    void keep_awake(std::uint32_t router, Tick at) {
        if (retry_period_ > 1) visits_[router].awake_until = std::max(visits_[router].awake_until, at + retry_period_ - 1);
        active_.add(router);
    }

    std::uint32_t vcs_;
    std::uint32_t depth_;
    Stages stages_;
    std::uint32_t retry_period_;  ///< the longer of the two allocations
    bool clocked_;
    bool cut_through_;
    bool round_robin_;
    bool ways_known_;  ///< heads carry their way
    bool x_first_;
    bool single_option_;
    bool rewrites_header_;
    bool lone_lanes_;  ///< a lane that asks alone can be served at once: clocked, allocations of one tick
    unsigned vc_bits_, port_bits_, ring_bits_;
    unsigned lane_bits_;     ///< of a lane's number within its router
    std::uint32_t words_;    ///< 64-bit words for the lanes of a router
    std::uint32_t vc_mask_, port_mask_, ring_mask_;

    std::vector<std::uint64_t> asking_vc_;      ///< [router * words]: lanes of the router that ask for a channel, a bit each
    std::vector<std::uint64_t> asking_switch_;  ///< the same: lanes that ask for the switch
    std::vector<VisitTimes> visits_;            ///< [router]
    std::vector<PortState> ports_;           ///< [router << port_bits | port]
    std::vector<PortTimes> occupied_;        ///< the same; asynchronous only
    std::vector<Neighbour> downstream_;      ///< the same, by output
    std::vector<Neighbour> upstream_;        ///< the same, by input
    std::vector<Lane> lanes_;                ///< [port << vc_bits | channel]
    std::vector<std::uint16_t> credits_;     ///< the same, by output
    std::vector<std::uint16_t> channel_grant_turns_, channel_accept_turns_;  ///< the same; with a channel allocator
    std::vector<RouteOption> more_options_;  ///< [lane * Route::capacity]; adaptive only
    std::vector<std::uint64_t> copies_;      ///< [lane], outputs still to be served; multicast only
    std::vector<LaneFlit> flits_;            ///< [lane << ring_bits]: rings
    ActiveSet active_;
    TimeWheel<LaneBucket> wheel_;

    // Scratch of one visit.
    ChannelMatch channel_match_;
    SwitchMatch switch_match_;
    EventList<Grant> channel_grants_;
    EventList<Grant> switch_grants_;
    EventList<Site> discards_;
    Tick next_free_ = never;  ///< when a port that someone asks for is free again (asynchronous)
    bool changed_ = false;
};

VirtualChannelEngine::VirtualChannelEngine(const Plan& plan, Ways ways, Sink& sink)
    : EngineCore{plan, sink},
      vcs_{plan.vcs},
      depth_{plan.buffer_depth},
      stages_{plan.stages},
      retry_period_{std::max(stages_.vc_allocation, stages_.switch_allocation)},
      clocked_{plan.timing.single_cycle()},
      cut_through_{plan.cut_through},
      round_robin_{plan.round_robin},
      ways_known_{ways != Ways::by_algorithm},
      x_first_{ways == Ways::x_then_y},
      single_option_{plan.routing->claims().deterministic},
      rewrites_header_{plan.routing->claims().rewrites_header},
      lone_lanes_{clocked_ && retry_period_ == 1 && bits_for(fabric_.ports) + bits_for(plan.vcs) <= 6},
      vc_bits_{bits_for(plan.vcs)},
      port_bits_{bits_for(fabric_.ports)},
      ring_bits_{bits_for(plan.buffer_depth)},
      lane_bits_{port_bits_ + vc_bits_},
      words_{lane_bits_ <= 6 ? 1U : 1U << (lane_bits_ - 6)},
      vc_mask_{(1U << vc_bits_) - 1},
      port_mask_{(1U << port_bits_) - 1},
      ring_mask_{(1U << ring_bits_) - 1},
      asking_vc_(std::size_t{fabric_.routers} * words_, 0),
      asking_switch_(asking_vc_.size(), 0),
      visits_(fabric_.routers),
      ports_(std::size_t{fabric_.routers} << port_bits_),
      occupied_(clocked_ ? 0 : ports_.size()),
      downstream_(ports_.size()),
      upstream_(ports_.size()),
      lanes_(ports_.size() << vc_bits_),
      credits_(lanes_.size(), static_cast<std::uint16_t>(depth_)),
      channel_grant_turns_(stages_.piggyback ? 0 : lanes_.size()),
      channel_accept_turns_(channel_grant_turns_.size()),
      more_options_(single_option_ ? 0 : lanes_.size() * Route::capacity),
      copies_(plan.routing->claims().multicast ? lanes_.size() : 0),
      flits_(lanes_.size() << ring_bits_),
      active_{fabric_.routers},
      wheel_{std::max({timing_.longest(), stages_.routing + 1, retry_period_})},
      channel_match_{std::size_t{1} << (port_bits_ + vc_bits_), vc_bits_},
      switch_match_{fabric_.ports} {
    for (PortState& port : ports_) port.free = port.credited = all_vcs(vcs_);
    for (std::uint32_t router = 0; router < fabric_.routers; ++router) {
        for (std::uint32_t port = 0; port < fabric_.ports; ++port) {
            const std::size_t cell = fabric_.index(router, port);
            downstream_[router << port_bits_ | port] = neighbour_of(fabric_.downstream[cell]);
            upstream_[router << port_bits_ | port] = neighbour_of(fabric_.upstream[cell]);
        }
    }
}

Neighbour VirtualChannelEngine::neighbour_of(const Peer& peer) const {
    if (peer.kind == Peer::Kind::endpoint) return {true, peer.hop, peer.endpoint};
    return {false, peer.hop, peer.kind == Peer::Kind::router ? site_at(peer.router, peer.port, 0).lane : 0};
}

// ---------------------------------------------------------------- one tick

/// Credits and arrivals first, then deliveries (a sink may inject), then sources, then the visits. Results of allocations
/// that take several ticks are checked before the visits and used after them.
Tick VirtualChannelEngine::simulate() {
    LaneBucket& bucket = wheel_.open(now_);
    for (const std::uint32_t channel : bucket.credits) take_credit(channel);
    bucket.credits.clear();
    for (; !late_credits_.empty() && late_credits_.top().at == now_; late_credits_.pop())
        take_credit(late_credits_.top().where);
    for (const std::uint32_t where : bucket.source_credits) sources_.credit(where >> vc_bits_, where & vc_mask_, now_);
    bucket.source_credits.clear();
    for (const std::uint32_t router : bucket.wakes) active_.add(router);
    bucket.wakes.clear();
    for (const LaneArrival& arrival : bucket.arrivals) take_arrival(arrival);
    bucket.arrivals.clear();
    for (const std::uint32_t lane : bucket.routed) ask(site_of(lane), now_);
    bucket.routed.clear();
    for (const LaneDeparture& departure : bucket.departures) depart(departure);
    bucket.departures.clear();
    if (sources_.next() == now_) sources_.send_due(now_, [this](const SourceFlit& flit) { send_from_source(flit); });
    check_late_grants(bucket);
    active_.drain([this](std::uint32_t router) { visit(router); });
    use_late_grants(bucket);
    return active_.empty() ? wheel_.next(now_ + 1) : now_ + 1;
}

void VirtualChannelEngine::take_credit(std::uint32_t channel) {
    const Site site = site_of(channel);
    ++credits_[channel];
    PortState& output = port_of(site.router, site.port);
    output.credited = static_cast<VcMask>(output.credited | 1U << site.vc);
    if (pending(site.router)) keep_awake(site.router, now_);
}

void VirtualChannelEngine::take_arrival(const LaneArrival& arrival) {
    Lane& lane = lanes_[arrival.lane];
    flits_[(std::size_t{arrival.lane} << ring_bits_) + ((lane.first + lane.count) & ring_mask_)] = arrival.flit;
    ++counters_.buffer_writes;
    if (lane.count++ != 0) return;
    if (lane.state == LaneState::idle)
        begin_packet(site_of(arrival.lane), now_);
    else
        ask(site_of(arrival.lane), now_);
}

void VirtualChannelEngine::depart(const LaneDeparture& departure) {
    const Tick freed = departure.flit.tail != 0 ? deliver(departure.flit.packet, departure.endpoint) : now_;
    const Tick wait = freed - now_ + timing_.of(HopKind::inside_tile).credit;
    if (wheel_.reaches(wait))
        wheel_.at(now_, static_cast<std::uint32_t>(wait)).credits.push(departure.from);
    else
        late_credits_.push({now_ + wait, departure.from});
}

void VirtualChannelEngine::send_from_source(const SourceFlit& source) {
    note_injection(source);
    const Endpoint& at = topology_.endpoint(EndpointId{source.endpoint});
    LaneArrival arrival{{source.packet, source.head, source.tail},
                        site_at(at.router.value(), at.port, source.vc).lane};
    if (ways_known_ && source.head) {
        const Header& header = pool_[source.packet].header;
        arrival.flit.way = way_between(topology_, header.source, header.destination, x_first_);
    }
    if (timing_.injection_latency == 0)
        take_arrival(arrival);
    else
        wheel_.at(now_, timing_.injection_latency).arrivals.push(arrival);
}

// ---------------------------------------------------------------- the packet at the front of a lane

/// Looks up the route of a head that has reached the front; its first request goes out at `from` plus the routing delay.
/// `from` is this tick before the visits and the next tick after them.
void VirtualChannelEngine::begin_packet(const Site& site, Tick from) {
    Lane& lane = lanes_[site.lane];
    const LaneFlit& head = front_of(site.lane);
    expects(head.head != 0);
    lane.state = LaneState::routing;
    if (ways_known_) {
        lane.options = 1;
        lane.option = {static_cast<PortIndex>(head.way.output()), all_vcs(vcs_)};
    } else {
        find_route(site, lane, head);
    }
    if (stages_.routing == 0) return ask(site, from);
    stop_asking(site);
    wheel_.at(now_, static_cast<std::uint32_t>(from + stages_.routing - now_)).routed.push(site.lane);
}

void VirtualChannelEngine::find_route(const Site& site, Lane& lane, const LaneFlit& head) {
    Route route;
    routing_.route({RouterId{site.router}, static_cast<PortIndex>(site.port), static_cast<std::uint8_t>(site.vc)},
                   pool_[head.packet].header, route);
    lane.options = route.count & 15U;
    lane.option = route.options[0];
    if (route.count > 1)
        std::copy_n(route.options.begin(), route.count, &more_options_[std::size_t{site.lane} * Route::capacity]);
    if (copies_.empty()) return;
    copies_[site.lane] = route.copies;
    if (route.copies != 0) lane.option.vcs = route.copy_vcs;
}

/// Lets the packet at the front of a lane ask for what it needs next, from tick `at` on.
void VirtualChannelEngine::ask(const Site& site, Tick at) {
    Lane& lane = lanes_[site.lane];
    if (lane.state == LaneState::routing) {
        const bool copies = !copies_.empty() && copies_[site.lane] != 0;
        lane.state = copies ? LaneState::copying : lane.options == 0 ? LaneState::dropping : LaneState::waiting;
    }
    lane.phase = static_cast<std::uint32_t>(at);
    const bool wants_vc = lane.state == LaneState::waiting && !stages_.piggyback;
    if (wants_vc) word_of(asking_vc_, site.lane) |= bit_of(site.lane);
    if (!wants_vc || stages_.speculative) word_of(asking_switch_, site.lane) |= bit_of(site.lane);
    keep_awake(site.router, at);
}

void VirtualChannelEngine::stop_asking(const Site& site) {
    word_of(asking_switch_, site.lane) &= ~bit_of(site.lane);
}

bool VirtualChannelEngine::pending(std::uint32_t router) const {
    if (words_ == 1) return (asking_vc_[router] | asking_switch_[router]) != 0;
    for (std::size_t word = std::size_t{router} * words_; word < (std::size_t{router} + 1) * words_; ++word)
        if ((asking_vc_[word] | asking_switch_[word]) != 0) return true;
    return false;
}

// ---------------------------------------------------------------- a visit

void VirtualChannelEngine::visit(std::uint32_t router) {
    changed_ = false;
    next_free_ = never;
    if (const std::uint64_t asking = lone_lanes_ ? asking_vc_[router] | asking_switch_[router] : 0;
        asking != 0 && (asking & (asking - 1)) == 0)
        serve_lone(site_of(router << lane_bits_ | static_cast<std::uint32_t>(std::countr_zero(asking))));
    else
        serve_all(router);
    if (pending(router)) plan_next_visit(router);
}

/// What the allocators come to when a single lane of the router asks: it gets whatever it asks for first in its turn.
void VirtualChannelEngine::serve_lone(const Site& site) {
    const Lane& lane = lanes_[site.lane];
    const bool active = lane.state == LaneState::active;
    if (!active && (lane.state != LaneState::waiting || lane.options != 1)) return serve_all(site.router);
    const std::uint32_t output = active ? lane.output : lane.option.port;
    const PortState& to = port_of(site.router, output);
    const VcMask channels = active ? static_cast<VcMask>(1U << lane.output_vc) : free_channels(site, lane.option);
    if (channels == 0) return;
    const bool asks_switch = (active || stages_.speculative) && (channels & to.credited) != 0;
    Grant grant{site, output, lane.output_vc};
    if (!active && !stages_.piggyback) {
        grant.vc = allocate_lone_channel(site, output, channels);
        take_channel(site);
        changed_ = true;
    }
    if (!asks_switch) return;
    changed_ = true;
    if (round_robin_) move_turns(site, output);
    if (settle(grant)) use(grant);
}

std::uint32_t VirtualChannelEngine::allocate_lone_channel(const Site& site, std::uint32_t output, VcMask channels) {
    const std::uint32_t first = site.router << lane_bits_;
    const std::uint32_t channel = channel_match_.alone(output, channels, channel_accept_turns_[site.lane]);
    if (round_robin_) {
        channel_grant_turns_[first + channel] = static_cast<std::uint16_t>(site.lane - first + 1);
        channel_accept_turns_[site.lane] = static_cast<std::uint16_t>(channel + 1);
    }
    ++counters_.allocations;
    Lane& lane = lanes_[site.lane];
    lane.output = output & 255U;
    lane.output_vc = channel & vc_mask_ & 255U;
    return channel & vc_mask_;
}

/// After the lane of `site` was served by the switch.
void VirtualChannelEngine::move_turns(const Site& site, std::uint32_t output) {
    PortState& input = port_of(site.router, site.port);
    port_of(site.router, output).grant_turn = static_cast<std::uint16_t>((site.port + 1) % port_limit);
    input.accept_turn = static_cast<std::uint16_t>((output + 1) % port_limit);
    input.lane_turn = static_cast<std::uint16_t>(site.vc + 1);
}

void VirtualChannelEngine::serve_all(std::uint32_t router) {
    allocate_channels(router);
    allocate_switch(router);
    for (const Grant& grant : channel_grants_) take_channel(grant.site);
    channel_grants_.clear();
    for (Grant& grant : switch_grants_)
        if (settle(grant)) use(grant);
    switch_grants_.clear();
    for (const Site& site : discards_) discard(site);
    discards_.clear();
}

VcMask VirtualChannelEngine::free_channels(const Site& site, const RouteOption& option) const {
    auto channels = static_cast<VcMask>(option.vcs & port_of(site.router, option.port).free);
    if (!cut_through_) return channels;
    const std::uint32_t needed = pool_[front_of(site.lane).packet].packet.flits;
    for_each_bit(channels, [&](std::uint32_t vc) {
        if (credits_[site_at(site.router, option.port, vc).lane] < needed)
            channels = static_cast<VcMask>(channels & ~(1U << vc));
    });
    return channels;
}

void VirtualChannelEngine::allocate_channels(std::uint32_t router) {
    for_each_asking(asking_vc_, router, [&](std::uint32_t lane) {
        const Site site = site_of(router << lane_bits_ | lane);
        if (!due(lanes_[site.lane], stages_.vc_allocation)) return;
        for (const RouteOption& option : options_of(site.lane))
            channel_match_.ask(lane, option.port, free_channels(site, option));
    });
    if (channel_match_.idle()) return;
    changed_ = true;
    const std::uint32_t first = site_at(router, 0, 0).lane;
    const auto accept = [&](std::uint32_t lane, std::uint32_t output, std::uint32_t vc) {
        const Site site = site_of(first + lane);
        ++counters_.allocations;
        if (stages_.vc_allocation > 1) {
            word_of(asking_vc_, site.lane) &= ~bit_of(site.lane);
            wheel_.at(now_, stages_.vc_allocation - 1).vc_grants.push({site.lane, output, vc, true});
            return;
        }
        Lane& state = lanes_[site.lane];
        state.granted = 1;
        state.output = output & 255U;
        state.output_vc = vc & 255U;
        channel_grants_.push({site, output, vc});
    };
    channel_match_.match(&channel_grant_turns_[first], &channel_accept_turns_[first], round_robin_, single_option_, accept);
}

void VirtualChannelEngine::allocate_switch(std::uint32_t router) {
    std::uint32_t input = none;
    for_each_asking(asking_switch_, router, [&](std::uint32_t lane) {
        const Site site = site_of(router << lane_bits_ | lane);
        if (site.port != input) {
            if (input != none) switch_match_.end();
            input = site.port;
            switch_match_.begin(input, port_of(router, input).lane_turn);
        }
        request_switch(site);
    });
    if (input == none) return;
    switch_match_.end();
    switch_match_.match(&port_of(router, 0), [&](std::uint32_t from, std::uint32_t output, std::uint32_t vc) {
        changed_ = true;
        const Site site = site_at(router, from, vc);
        if (round_robin_) move_turns(site, output);
        if (stages_.switch_allocation == 1) return switch_grants_.push({site, output, 0});
        stop_asking(site);
        wheel_.at(now_, stages_.switch_allocation - 1).switch_grants.push({site.lane, output, 0, true});
    });
}

/// A packet that holds a channel asks where that channel has room; one that does not, and is allowed to speculate, where
/// any channel it may take is free and has room.
void VirtualChannelEngine::request_switch(const Site& site) {
    const Lane& lane = lanes_[site.lane];
    if (!due(lane, stages_.switch_allocation)) return;
    switch (lane.state) {
        case LaneState::active:
            if ((port_of(site.router, lane.output).credited >> lane.output_vc & 1U) != 0) ask_switch(site, lane.output, true);
            break;
        case LaneState::waiting:
            for (const RouteOption& option : options_of(site.lane))
                if ((free_channels(site, option) & port_of(site.router, option.port).credited) != 0)
                    ask_switch(site, option.port, false);
            break;
        case LaneState::copying:
            for_each_bit(copies_[site.lane], [&](std::uint32_t output) {
                const PortState& to = port_of(site.router, output);
                if ((lane.option.vcs & to.free & to.credited) != 0) ask_switch(site, output, true);
            });
            break;
        case LaneState::dropping: discards_.push(site); break;
        case LaneState::idle:
        case LaneState::routing: break;
    }
}

void VirtualChannelEngine::ask_switch(const Site& site, std::uint32_t output, bool certain) {
    if (!clocked_) {
        const std::uint32_t first = site.router << port_bits_;
        const Tick free = std::max(occupied_[first | site.port].input, occupied_[first | output].output);
        if (free > now_) {
            next_free_ = std::min(next_free_, free);
            return;
        }
    }
    switch_match_.ask(output, site.vc, certain);
}

/// Visits again while something changes, or while requests with another phase have not been tried since the last change;
/// otherwise a flit, a credit or the end of an occupancy will wake the router.
void VirtualChannelEngine::plan_next_visit(std::uint32_t router) {
    VisitTimes& times = visits_[router];
    if (changed_) return keep_awake(router, now_ + 1);
    if (now_ < times.awake_until) return active_.add(router);
    if (next_free_ == never || (times.wake > now_ && times.wake <= next_free_)) return;
    times.wake = next_free_;
    wheel_.at(now_, static_cast<std::uint32_t>(next_free_ - now_)).wakes.push(router);
}

// ---------------------------------------------------------------- allocations of several ticks

/// Results that are due now hold only where, before anything moves in this tick, the channel is still free and has room.
void VirtualChannelEngine::check_late_grants(LaneBucket& bucket) {
    for (LateGrant& late : bucket.vc_grants) {
        late.valid = (port_of(site_of(late.lane).router, late.output).free >> late.vc & 1U) != 0;
        if (!late.valid) continue;
        Lane& lane = lanes_[late.lane];
        lane.granted = 1;
        lane.output = late.output & 255U;
        lane.output_vc = late.vc & 255U;
    }
    for (LateGrant& late : bucket.switch_grants) {
        Grant grant{site_of(late.lane), late.output, 0};
        late.valid = settle(grant);
        late.vc = grant.vc;
    }
}

void VirtualChannelEngine::use_late_grants(LaneBucket& bucket) {
    for (const LateGrant& late : bucket.vc_grants) {
        if (late.valid)
            take_channel(site_of(late.lane));
        else
            ask(site_of(late.lane), now_ + 1);
    }
    bucket.vc_grants.clear();
    for (const LateGrant& late : bucket.switch_grants) {
        if (late.valid)
            use({site_of(late.lane), late.output, late.vc});
        else
            ask(site_of(late.lane), now_ + 1);
    }
    bucket.switch_grants.clear();
}

// ---------------------------------------------------------------- using what was granted

/// The packet waiting in a lane takes the channel it was granted.
void VirtualChannelEngine::take_channel(const Site& site) {
    Lane& lane = lanes_[site.lane];
    PortState& output = port_of(site.router, lane.output);
    output.free = static_cast<VcMask>(output.free & ~(1U << lane.output_vc));
    lane.state = LaneState::active;
    lane.granted = 0;
    word_of(asking_vc_, site.lane) &= ~bit_of(site.lane);
    if (!stages_.speculative) ask(site, now_ + 1);
}

/// Whether a switch grant can be used: the packet has a channel behind that very output, with room. Without a channel
/// allocator the grant brings one along, in turn.
bool VirtualChannelEngine::settle(Grant& grant) {
    const Lane& lane = lanes_[grant.site.lane];
    PortState& output = port_of(grant.site.router, grant.output);
    if (lane.state == LaneState::active || lane.granted != 0) {
        grant.vc = lane.output_vc;
        return lane.output == grant.output && (output.credited >> grant.vc & 1U) != 0;
    }
    unsigned channels = 0;
    if (lane.state == LaneState::copying) {
        channels = unsigned{lane.option.vcs} & output.free & output.credited;
    } else if (stages_.piggyback) {
        for (const RouteOption& option : options_of(grant.site.lane))
            if (option.port == grant.output) channels |= unsigned{free_channels(grant.site, option)} & output.credited;
    }
    if (channels == 0) return false;
    grant.vc = first_in_turn(channels, output.vc_turn);
    if (round_robin_) output.vc_turn = static_cast<std::uint16_t>(grant.vc + 1);
    return true;
}

/// Sends the first flit of a lane.
void VirtualChannelEngine::use(const Grant& grant) {
    Lane& lane = lanes_[grant.site.lane];
    if (lane.state == LaneState::copying) return send_copy(grant);
    PortState& output = port_of(grant.site.router, grant.output);
    const LaneFlit flit = pop(grant.site);
    lane.state = LaneState::active;
    lane.output = grant.output & 255U;
    lane.output_vc = grant.vc & 255U;
    const unsigned channel = 1U << grant.vc;
    output.free = static_cast<VcMask>(flit.tail != 0 ? output.free | channel : output.free & ~channel);
    put_on_link(grant, flit);
    advance(grant.site, flit.tail != 0);
}

/// Sends one copy of a multicast packet; the last one is the packet itself.
void VirtualChannelEngine::send_copy(const Grant& grant) {
    copies_[grant.site.lane] &= ~(std::uint64_t{1} << grant.output);
    if (copies_[grant.site.lane] == 0) {
        put_on_link(grant, pop(grant.site));
        return advance(grant.site, true);
    }
    const PacketPool::Entry original = pool_[front_of(grant.site.lane).packet];
    ++counters_.copied;
    put_on_link(grant, {pool_.add(original.packet, original.header), true, true});
    ask(grant.site, now_ + 1);
}

/// Throws away one flit of a packet that has no way to go.
void VirtualChannelEngine::discard(const Site& site) {
    const LaneFlit flit = pop(site);
    changed_ = true;
    ++counters_.dropped_flits;
    if (flit.tail != 0) drop(flit.packet, site.router);
    advance(site, flit.tail != 0);
}

/// Takes the first flit off a lane and returns its place to whoever fills the lane.
LaneFlit VirtualChannelEngine::pop(const Site& site) {
    Lane& lane = lanes_[site.lane];
    const LaneFlit flit = front_of(site.lane);
    lane.first = static_cast<std::uint16_t>((lane.first + 1U) & ring_mask_);
    --lane.count;
    const Neighbour& from = upstream_[site.lane >> vc_bits_];
    LaneBucket& bucket = wheel_.at(now_, timing_.of(from.hop).credit);
    if (from.endpoint)
        bucket.source_credits.push(from.first << vc_bits_ | site.vc);
    else
        bucket.credits.push(from.first | site.vc);
    return flit;
}

/// What a lane does after a flit has left it.
void VirtualChannelEngine::advance(const Site& site, bool tail) {
    Lane& lane = lanes_[site.lane];
    if (tail) lane.state = LaneState::idle;
    if (lane.count == 0)
        stop_asking(site);
    else if (tail)
        begin_packet(site, now_ + 1);
    else
        ask(site, now_ + 1);
}

void VirtualChannelEngine::put_on_link(const Grant& grant, LaneFlit flit) {
    const Site& from = grant.site;
    const std::uint32_t channel = site_at(from.router, grant.output, grant.vc).lane;
    if (--credits_[channel] == 0) {
        PortState& output = port_of(from.router, grant.output);
        output.credited = static_cast<VcMask>(output.credited & ~(1U << grant.vc));
    }
    note_grant(from.router, grant.output, flit.packet);
    ++counters_.router_visits;
    const Neighbour& to = downstream_[channel >> vc_bits_];
    ++counters_.hops[index_of(to.hop)];
    const HopTimes& times = timing_.of(to.hop);
    if (!clocked_) {
        const std::uint32_t first = from.router << port_bits_;
        occupied_[first | from.port].input = occupied_[first | grant.output].output = now_ + times.occupancy;
    }
    LaneBucket& bucket = wheel_.at(now_, times.latency);
    if (to.endpoint) return bucket.departures.push({flit, to.first, channel});
    if (ways_known_) {
        flit.way = flit.way.after_one_hop();
    } else if (rewrites_header_ && flit.head != 0) {
        const Position at{RouterId{from.router}, static_cast<PortIndex>(from.port), static_cast<std::uint8_t>(from.vc)};
        Header& header = pool_[flit.packet].header;
        header = routing_.forward(at, header, static_cast<PortIndex>(grant.output));
    }
    bucket.arrivals.push({flit, to.first | grant.vc});
}

// ---------------------------------------------------------------- reports

std::string VirtualChannelEngine::explain_stuck() const {
    std::vector<Wait> waits;
    const auto add = [&](const Site& at, std::uint32_t output, VcMask channels) {
        const Peer& to = fabric_.downstream[fabric_.index(at.router, output)];
        if (to.kind != Peer::Kind::router) return;
        for_each_bit(channels, [&](std::uint32_t vc) {
            waits.push_back({{at.router, at.port, at.vc}, {to.router, to.port, vc}});
        });
    };
    for (std::uint32_t number = 0; number < lanes_.size(); ++number) {
        const Lane& lane = lanes_[number];
        const Site at = site_of(number);
        if (lane.count == 0) continue;
        if (lane.state == LaneState::active)
            add(at, lane.output, static_cast<VcMask>(1U << lane.output_vc));
        else if (lane.state == LaneState::copying)
            for_each_bit(copies_[number], [&](std::uint32_t output) { add(at, output, lane.option.vcs); });
        else
            for (const RouteOption& option : options_of(number)) add(at, option.port, option.vcs);
    }
    return explain_waits(waits, topology_, vcs_);
}

}  // namespace

std::unique_ptr<Engine> make_virtual_channel_engine(const Plan& plan, Ways ways, Sink& sink) {
    return std::make_unique<VirtualChannelEngine>(plan, ways, sink);
}

}  // namespace spikefab::noc
