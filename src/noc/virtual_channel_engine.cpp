// SPDX-License-Identifier: Apache-2.0
// The general engine. A router is visited in a tick when something about its lanes or credits changed; a visit evaluates
// all requests on the state before the tick, then updates, so the order of visits changes nothing.
#include "noc/virtual_channel_engine.hpp"

#include "base/contract.hpp"
#include "noc/active_set.hpp"
#include "noc/deadlock.hpp"
#include "noc/engine_core.hpp"
#include "noc/event_list.hpp"
#include "noc/lane.hpp"
#include "noc/separable_match.hpp"
#include "noc/time_wheel.hpp"

#include <algorithm>
#include <bit>

namespace spikefab::noc {
namespace {

/// A flit that reaches a lane or an endpoint.
struct Arrival {
    LaneFlit flit;
    Target to;         ///< a lane: router << lane_bits | lane
    std::uint32_t vc;  ///< the channel it comes by
};
struct LinkBucket {
    EventList<Target> signals;  ///< credits and wakes
    EventList<Arrival> arrivals;
};

/// An allocation whose result takes effect in a later tick.
struct LateGrant {
    std::uint32_t lane;
    std::uint32_t output;
    std::uint32_t vc;
    bool valid;
};
struct StageBucket {
    EventList<std::uint32_t> routed;  ///< lanes whose head has been routed
    EventList<LateGrant> vc_grants;
    EventList<LateGrant> switch_grants;
};

/// When a port can be used again; asynchronous only.
struct PortTimes {
    Tick input = 0;
    Tick output = 0;
};

/// When a router may have to be visited without a new flit or credit.
struct VisitTimes {
    Tick awake_until = 0;  ///< requests that take several ticks may still go out before this tick
    Tick wake = 0;         ///< when a visit is already due (asynchronous)
};

[[nodiscard]] bool reads_destination_only(const RoutingClaims& claims) {
    return claims.choices <= 1 && !claims.rewrites_header && !claims.multicast;
}

/// How routers work, as the plan says.
struct AnyPipeline {
    explicit AnyPipeline(const Plan& plan)
        : stages{plan.stages},
          retry_period{std::max(stages.vc_allocation, stages.switch_allocation)},
          clocked{plan.timing.single_cycle()},
          cut_through{plan.cut_through},
          round_robin{plan.round_robin},
          rewrites_header{plan.routing->claims().rewrites_header},
          multicast{plan.routing->claims().multicast},
          whole_packets{plan.routing->claims().escape && (plan.longest_packet > 1 || !stages.piggyback)} {}

    Stages stages;
    std::uint32_t retry_period;  ///< the longer of the two allocations
    bool clocked;
    bool cut_through;
    bool round_robin;
    bool rewrites_header;
    bool multicast;
    /// A head takes an adaptive channel only where its whole packet has room, or the buffer is empty. Else it could come to
    /// stand behind another packet, or hold a channel without room, and could not ask for the escape channel any more: all
    /// of a cycle at once, they would wait for ever (Ma, Enright Jerger and Wang, "Whole packet forwarding: efficient design
    /// of fully adaptive routing algorithms for networks-on-chip", HPCA 2012). A switch grant goes with room for one flit.
    bool whole_packets;
};

/// The most common way to work, known to the compiler: one cycle for all allocation, one packet to one destination.
struct PlainPipeline {
    explicit PlainPipeline(const Plan& plan) { expects(fits(plan)); }
    [[nodiscard]] static bool fits(const Plan& plan) {
        const AnyPipeline any{plan};
        return any.stages == stages && any.clocked == clocked && any.cut_through == cut_through &&
               any.round_robin == round_robin && any.rewrites_header == rewrites_header && any.multicast == multicast &&
               any.whole_packets == whole_packets;
    }

    static constexpr Stages stages{};
    static constexpr std::uint32_t retry_period = 1;
    static constexpr bool clocked = true;
    static constexpr bool cut_through = false;
    static constexpr bool round_robin = true;
    static constexpr bool rewrites_header = false;
    static constexpr bool multicast = false;
    static constexpr bool whole_packets = false;
};

template <unsigned Ports, unsigned VcBits, class Pipeline>
class VirtualChannelEngine final : public EngineCore {
public:
    VirtualChannelEngine(const Plan& plan, Ways ways, Sink& sink)
        : EngineCore{plan, sink},
          vcs_{plan.vcs},
          how_{plan},
          depth_{plan.buffer_depth},
          ways_known_{ways != Ways::by_algorithm},
          x_first_{ways == Ways::x_then_y},
          destination_suffices_{reads_destination_only(plan.routing->claims())},
          single_option_{plan.routing->claims().deterministic},
          every_vc_{all_vcs(plan.vcs)},
          ring_bits_{static_cast<unsigned>(std::bit_width(plan.buffer_depth - 1))},
          ring_mask_{(1U << ring_bits_) - 1},
          routers_(fabric_.routers),
          upstream_(std::size_t{fabric_.routers} * Ports),
          flits_((std::size_t{fabric_.routers} * Record::lanes) << ring_bits_),
          copies_(how_.multicast ? std::size_t{fabric_.routers} * Record::lanes : 0),
          first_request_(how_.retry_period == 1 ? 0 : std::size_t{fabric_.routers} * Record::lanes),
          visits_(how_.clocked && how_.retry_period == 1 ? 0 : fabric_.routers),
          lookups_end_(how_.stages.routing > 1 ? fabric_.routers : 0),
          occupied_(how_.clocked ? 0 : std::size_t{fabric_.routers} << port_bits),
          active_{fabric_.routers},
          wheel_{timing_.longest()},
          stage_wheel_{std::max(2 * how_.stages.routing + 1, how_.retry_period)},
          channel_match_{Record::lanes, VcBits},
          switch_match_{fabric_.ports} {
        expects(fabric_.ports <= Ports && vcs_ <= (1U << VcBits) && plan.buffer_depth <= Record::deepest);
        for (std::uint32_t router = 0; router < fabric_.routers; ++router) connect(router, plan.buffer_depth);
        bool paired = true;
        for (std::size_t cell = 0; cell < upstream_.size(); ++cell)
            paired = paired && upstream_[cell] == routers_[cell / Ports].downstream[cell % Ports];
        if (paired) upstream_ = std::vector<Target>{};
    }

    [[nodiscard]] std::string explain_stuck() const override;

private:
    using Record = RouterRecord<Ports, VcBits>;
    using LaneType = typename Record::LaneType;
    using Words = typename Record::Words;
    static constexpr auto port_bits = static_cast<unsigned>(std::bit_width(Ports - 1));
    static constexpr unsigned lane_bits = port_bits + VcBits;  ///< of numbers that name a lane of any router

    /// A lane, or the channel behind an output with the same numbers.
    struct Site {
        Record* router;
        std::uint32_t number;  ///< of the router
        std::uint32_t lane;    ///< port << VcBits | channel
        [[nodiscard]] std::uint32_t port() const { return lane >> VcBits; }
        [[nodiscard]] std::uint32_t vc() const { return lane & ((1U << VcBits) - 1); }
        [[nodiscard]] std::uint32_t global() const { return number << lane_bits | lane; }
        /// Its place in arrays over the lanes of all routers.
        [[nodiscard]] std::size_t cell() const { return std::size_t{number} * Record::lanes + lane; }
        [[nodiscard]] LaneType& state() const { return router->lane[lane]; }
        [[nodiscard]] PortState& input() const { return router->port[port()]; }
        [[nodiscard]] std::uint32_t word() const { return lane / 64; }
        [[nodiscard]] std::uint64_t bit() const { return std::uint64_t{1} << (lane % 64); }
    };
    struct Grant {
        Site site;
        std::uint32_t output;
        std::uint32_t vc;
    };

    [[nodiscard]] Site site_of(std::uint32_t global) {
        const std::uint32_t router = global >> lane_bits;
        return {&routers_[router], router, global & ((1U << lane_bits) - 1)};
    }
    [[nodiscard]] static std::uint32_t lane_of(std::uint32_t port, std::uint32_t vc) { return port << VcBits | vc; }
    [[nodiscard]] LaneFlit* ring_of(const Site& site) { return &flits_[site.cell() << ring_bits_]; }
    /// Calls visit(RouteOption) for every way that the packet at the front of a lane may take.
    template <class Visit>
    void for_each_option(const Site& site, Visit&& visit) const {
        const LaneType& lane = site.state();
        if (lane.options <= LaneType::kept)
            for (std::size_t place = 0; place < lane.options; ++place) visit(lane.option[place]);
        else
            for (std::size_t place = 0; place < lane.options; ++place)
                visit(more_options_[site.cell() * Route::capacity + place]);
    }
    /// Who fills an input of a router.
    [[nodiscard]] Target upstream_of(const Site& site) const {
        return upstream_.empty() ? site.router->downstream[site.port()] : upstream_[site.number * Ports + site.port()];
    }
    [[nodiscard]] Target target_of(const Peer& peer) const {
        if (peer.kind == Peer::Kind::endpoint) return {Target::Kind::endpoint, peer.hop, peer.endpoint};
        const bool connected = peer.kind == Peer::Kind::router;
        return {Target::Kind::port, peer.hop, connected ? peer.router << lane_bits | lane_of(peer.port, 0) : 0};
    }
    void connect(std::uint32_t router, std::uint32_t depth);

    // One tick.
    Tick simulate() override;
    [[nodiscard]] Tick next_in_network() const override { return active_.empty() ? next_in_wheels(now_) : now_; }
    [[nodiscard]] Tick next_in_wheels(Tick from) const {
        return has_stages() ? std::min(wheel_.next(from), stage_wheel_.next(from)) : wheel_.next(from);
    }
    [[nodiscard]] bool has_stages() const { return how_.stages.routing != 0 || how_.retry_period > 1; }
    void open_buckets();
    void close_buckets();
    void fetch_ports(Target to) const;
    void fetch_lane(const Arrival& arrival) const;
    [[gnu::always_inline]] inline void take_signal(Target signal);
    [[gnu::always_inline]] inline void take_credit(std::uint32_t channel);
    [[gnu::always_inline]] inline void take_arrival(const LaneFlit& flit, std::uint32_t lane);
    void depart(const Arrival& arrival);
    void send_from_source(const SourceFlit& flit);

    // The packet at the front of a lane.
    void begin_packet(const Site& site, Tick from);
    [[nodiscard]] Tick end_of_lookup(std::uint32_t router, Tick from);
    void find_route(const Site& site, const LaneFlit& head);
    void keep_many_options(const Site& site, const Route& route);
    [[gnu::always_inline]] inline void ask(const Site& site, Tick at);
    void stop_asking(const Site& site) { site.router->asking_switch[site.word()] &= ~site.bit(); }
    [[gnu::always_inline]] inline void keep_awake(std::uint32_t router, Tick at);

    // A visit: requests, matching, updates.
    void visit(std::uint32_t router);
    void serve_lone(const Site& site);
    void serve_lone_adaptive(const Site& site);
    [[nodiscard]] bool take_lone_channel(const Site& site);
    void serve_all(std::uint32_t router);
    void allocate_channels(std::uint32_t router);
    [[nodiscard]] std::uint32_t first_choice(const Site& site) const;
    void allocate_switch(std::uint32_t router);
    void request_switch(const Site& site);
    void ask_switch(const Site& site, std::uint32_t output, bool certain);
    [[gnu::always_inline]] inline void move_turns(const Site& site, std::uint32_t output);
    void plan_next_visit(std::uint32_t router);
    void check_late_grants(StageBucket& bucket);
    void use_late_grants(StageBucket& bucket);
    void ask_again(const Site& site, Words Record::*asking);

    // Using what was granted.
    void note_channel(const Site& site, std::uint32_t output, std::uint32_t vc) {
        LaneType& lane = site.state();
        lane.state = LaneState::granted;
        lane.output = output & ((1U << port_bits) - 1);
        lane.output_vc = vc & 15U;
    }
    void take_channel(const Site& site);
    [[nodiscard]] std::uint32_t next_channel(PortState& output, unsigned channels) const {
        const std::uint32_t vc = first_in_turn(channels, output.vc_turn);
        if (how_.round_robin) output.vc_turn = (vc + 1) & 255U;
        return vc;
    }
    [[nodiscard]] bool settle(Grant& grant);
    void use(const Grant& grant);
    void send_copy(const Grant& grant);
    void discard(const Site& site);
    [[gnu::always_inline]] inline LaneFlit pop(const Site& site);
    [[gnu::always_inline]] inline void advance(const Site& site, bool tail);
    [[gnu::always_inline]] inline void put_on_link(const Grant& grant, LaneFlit flit);

    /// Channels of `option` that no packet holds and that have room for the whole packet of the lane where that is asked.
    [[nodiscard]] VcMask free_channels(const Site& site, const RouteOption& option) const {
        const auto channels = static_cast<VcMask>(option.vcs & site.router->port[option.port].free);
        if (how_.cut_through) return roomy_channels(site, option.port, channels);
        if (!how_.whole_packets) return channels;
        const VcMask escape = channels & 1U;
        return escape | roomy_channels(site, option.port, channels ^ escape);
    }
    [[nodiscard]] VcMask roomy_channels(const Site& site, std::uint32_t output, VcMask channels) const;
    /// Requests go out when the packet is ready and every `period` ticks after that.
    [[nodiscard]] bool due(const Site& site, std::uint32_t period) const {
        return period == 1 || (now_ - first_request_[site.cell()]) % period == 0;
    }
    template <class Visit>
    static void for_each_lane(const Words& words, Visit&& visit) {
        for (std::uint32_t word = 0; word < Record::words; ++word)
            for_each_bit(words[word], [&](std::uint32_t bit) { visit(word * 64 + bit); });
    }

    std::uint32_t vcs_;
    [[no_unique_address]] Pipeline how_;
    std::uint32_t depth_;
    bool ways_known_;  ///< heads carry their way
    bool x_first_;
    bool destination_suffices_;  ///< heads carry their destination, and nothing else of the header matters on the way
    bool single_option_;
    VcMask every_vc_;
    unsigned ring_bits_;
    std::uint32_t ring_mask_;

    std::vector<Record> routers_;
    std::vector<Target> upstream_;           ///< [router * Ports + input]; empty where its output's peer fills every input
    std::vector<LaneFlit> flits_;            ///< [lane << ring_bits]: rings
    std::vector<RouteOption> more_options_;  ///< [lane * Route::capacity]; empty until a packet has that many
    std::vector<std::uint64_t> copies_;      ///< [lane]: outputs still to be served; multicast only
    std::vector<Tick> first_request_;        ///< [lane] of its packet; allocations of several ticks only
    std::vector<VisitTimes> visits_;         ///< [router]; asynchronous, or allocations of several ticks
    std::vector<Tick> lookups_end_;          ///< [router]: end of its latest look-up of routes; of several ticks only
    std::vector<PortTimes> occupied_;        ///< [router << port_bits | port]; asynchronous only
    ActiveSet active_;
    TimeWheel<LinkBucket> wheel_;
    TimeWheel<StageBucket> stage_wheel_;
    std::array<LinkBucket*, hop_kinds> flits_to_{};    ///< where this tick's grants put flits, by kind of hop
    std::array<LinkBucket*, hop_kinds> credits_to_{};  ///< ... and credits

    // Scratch of one visit.
    ChannelMatch channel_match_;
    SwitchMatch switch_match_;
    EventList<Grant> channel_grants_;
    EventList<Grant> switch_grants_;
    EventList<Site> discards_;
    Tick next_free_ = never;  ///< when a port that someone asks for is free again (asynchronous)
    bool changed_ = false;
};

template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::connect(std::uint32_t number, std::uint32_t depth) {
    Record& router = routers_[number];
    router.credits.fill(static_cast<std::uint16_t>(depth));
    for (std::uint32_t port = 0; port < fabric_.ports; ++port) {
        const std::size_t cell = fabric_.index(number, port);
        router.port[port].free = router.port[port].credited = all_vcs(vcs_);
        router.downstream[port] = target_of(fabric_.downstream[cell]);
        upstream_[number * Ports + port] = target_of(fabric_.upstream[cell]);
    }
}

// ---------------------------------------------------------------- one tick

/// Credits first, then arrivals and deliveries (a sink may inject), then sources, then the visits. Results of allocations
/// that take several ticks are checked before the visits and used after them.
template <unsigned Ports, unsigned VcBits, class Pipeline>
Tick VirtualChannelEngine<Ports, VcBits, Pipeline>::simulate() {
    open_buckets();
    LinkBucket& bucket = wheel_.open(now_);
    bucket.signals.for_each([this](Target signal) { fetch_ports(signal); }, [this](Target signal) { take_signal(signal); });
    bucket.signals.clear();
    for (; !late_credits_.empty() && late_credits_.top().at == now_; late_credits_.pop())
        take_credit(late_credits_.top().where);
    bucket.arrivals.for_each([this](const Arrival& arrival) { fetch_lane(arrival); },
                             [this](const Arrival& arrival) {
                                 if (arrival.to.kind() == Target::Kind::port)
                                     take_arrival(arrival.flit, arrival.to.index());
                                 else
                                     depart(arrival);
                             });
    bucket.arrivals.clear();
    if (has_stages()) {
        StageBucket& stages = stage_wheel_.open(now_);
        for (const std::uint32_t lane : stages.routed) ask(site_of(lane), now_);
        stages.routed.clear();
        check_late_grants(stages);
    }
    if (sources_.next() == now_) sources_.send_due(now_, [this](const SourceFlit& flit) { send_from_source(flit); });
    active_.drain([this](std::uint32_t router) { visit(router); });
    if (has_stages()) use_late_grants(stage_wheel_.peek(now_));
    close_buckets();
    return active_.empty() ? next_in_wheels(now_ + 1) : now_ + 1;
}

/// Looks up once per tick where its grants put their events, and marks what was used afterwards.
template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::open_buckets() {
    for (std::size_t kind = 0; kind < hop_kinds; ++kind) {
        flits_to_[kind] = &wheel_.peek(now_ + timing_.hop[kind].latency);
        credits_to_[kind] = &wheel_.peek(now_ + timing_.hop[kind].credit);
    }
}

template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::close_buckets() {
    for (std::size_t kind = 0; kind < hop_kinds; ++kind) {
        if (!flits_to_[kind]->arrivals.empty()) wheel_.mark(now_ + timing_.hop[kind].latency);
        if (!credits_to_[kind]->signals.empty()) wheel_.mark(now_ + timing_.hop[kind].credit);
    }
}

/// Brings what a credit changes into the cache; in large networks the events of a tick lie anywhere in memory, and each would
/// wait for it in turn.
template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::fetch_ports(Target to) const {
    if (to.kind() != Target::Kind::port) return;
    const Record& router = routers_[to.index() >> lane_bits];
    __builtin_prefetch(&router, 1);
    __builtin_prefetch(router.downstream.data(), 1);
}

/// The same for an arrival and the visit that follows it.
template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::fetch_lane(const Arrival& arrival) const {
    if (arrival.to.kind() != Target::Kind::port) return pool_.fetch(arrival.flit.packet);
    fetch_ports(arrival.to);
    __builtin_prefetch(&routers_[arrival.to.index() >> lane_bits].lane[arrival.to.index() & ((1U << lane_bits) - 1)], 1);
}

template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::take_signal(Target signal) {
    switch (signal.kind()) {
        case Target::Kind::port:
            return take_credit(signal.index());
        case Target::Kind::endpoint:
            return sources_.credit(signal.index() >> VcBits, signal.index() & ((1U << VcBits) - 1), now_);
        case Target::Kind::wake:
            return active_.add(signal.index());
    }
}

template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::take_credit(std::uint32_t channel) {
    const Site site = site_of(channel);
    ++site.router->credits[site.lane];
    PortState& output = site.input();
    output.credited = static_cast<VcMask>(output.credited | 1U << site.vc());
    if (site.router->pending()) keep_awake(site.number, now_);
}

template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::take_arrival(const LaneFlit& flit, std::uint32_t global) {
    const Site site = site_of(global);
    LaneType& lane = site.state();
    ++counters_.buffer_writes;
    if (const unsigned waiting = lane.count++; waiting != 0) {
        ring_of(site)[(lane.first + waiting - 1) & ring_mask_] = flit;
        return;
    }
    lane.front = flit;
    if (lane.state == LaneState::idle)
        begin_packet(site, now_);
    else
        ask(site, now_);
}

template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::depart(const Arrival& arrival) {
    const Tick freed = arrival.flit.tail != 0 ? deliver(arrival.flit.packet, arrival.to.index()) : now_;
    const Tick wait = freed - now_ + timing_.of(HopKind::inside_tile).credit;
    const Endpoint& at = topology_.endpoint(EndpointId{arrival.to.index()});
    const std::uint32_t channel = at.router.value() << lane_bits | lane_of(at.port, arrival.vc);
    if (wheel_.reaches(wait))
        wheel_.at(now_, static_cast<std::uint32_t>(wait)).signals.push({Target::Kind::port, HopKind::inside_tile, channel});
    else
        late_credits_.push({now_ + wait, channel});
}

template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::send_from_source(const SourceFlit& source) {
    note_injection(source);
    LaneFlit flit{source.packet, source.head, source.tail};
    if (source.head) {
        const Header& header = pool_[source.packet].header;
        flit.way = ways_known_ ? way_between(topology_, header.source, header.destination, x_first_)
                               : Way::holding(header.destination.value());
    }
    const Endpoint& at = topology_.endpoint(EndpointId{source.endpoint});
    const std::uint32_t lane = at.router.value() << lane_bits | lane_of(at.port, source.vc);
    if (timing_.injection_latency == 0) return take_arrival(flit, lane);
    const Target to{Target::Kind::port, HopKind::inside_tile, lane};
    wheel_.at(now_, timing_.injection_latency).arrivals.push({flit, to, source.vc});
}

// ---------------------------------------------------------------- the packet at the front of a lane

/// Looks up the route of a head that has reached the front; its first request goes out when a look-up from `from` on ends.
/// `from` is this tick before the visits and the next tick after them.
template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::begin_packet(const Site& site, Tick from) {
    const LaneFlit& head = site.state().front;
    expects(head.head != 0);
    LaneType& lane = site.state();
    if (ways_known_) {
        lane.begin(LaneState::waiting, 1);
        lane.option.keep({static_cast<PortIndex>(head.way.output()), every_vc_});
    } else {
        find_route(site, head);
    }
    if (how_.stages.routing == 0) return ask(site, from);
    stop_asking(site);
    stage_wheel_.at(now_, static_cast<std::uint32_t>(end_of_lookup(site.number, from) - now_)).routed.push(site.global());
}

/// A router looks up the routes of all heads that are there together; those that come meanwhile wait for the next look-up, as
/// with BookSim2's routing_delay.
template <unsigned Ports, unsigned VcBits, class Pipeline>
Tick VirtualChannelEngine<Ports, VcBits, Pipeline>::end_of_lookup(std::uint32_t router, Tick from) {
    const Tick takes = how_.stages.routing;
    if (lookups_end_.empty()) return from + takes;
    Tick& end = lookups_end_[router];
    if (from + takes > end) end = std::max(from, end) + takes;
    return end;
}

/// Keeps what the routing algorithm says of a head.
template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::find_route(const Site& site, const LaneFlit& head) {
    Route route;
    const Position at{RouterId{site.number}, static_cast<PortIndex>(site.port()), static_cast<std::uint8_t>(site.vc())};
    if (destination_suffices_)
        routing_.route(at, Header{.destination = EndpointId{head.way.held()}}, route);
    else
        routing_.route(at, pool_[head.packet].header, route);
    LaneType& lane = site.state();
    lane.begin(route.nowhere() ? LaneState::dropping : LaneState::waiting, route.count);
    if (route.count <= LaneType::kept)
        lane.option.keep(route);
    else
        keep_many_options(site, route);
    if (how_.multicast && route.copies != 0) {
        copies_[site.cell()] = route.copies;
        lane.option.keep({0, route.copy_vcs});
        lane.state = LaneState::copying;
    }
}

template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::keep_many_options(const Site& site, const Route& route) {
    more_options_.resize(routers_.size() * Record::lanes * Route::capacity);
    std::copy_n(route.options.begin(), route.count, &more_options_[site.cell() * Route::capacity]);
}

/// Lets the packet at the front of a lane ask for what it needs next, from tick `at` on.
template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::ask(const Site& site, Tick at) {
    if (how_.retry_period > 1) first_request_[site.cell()] = at;
    const bool wants_vc = site.state().state == LaneState::waiting && !how_.stages.piggyback;
    if (wants_vc) site.router->asking_vc[site.word()] |= site.bit();
    if (!wants_vc || how_.stages.speculative)
        site.router->asking_switch[site.word()] |= site.bit();
    else
        stop_asking(site);  // as the packet before it did
    keep_awake(site.number, at);
}

/// The router is visited in this tick or, when called by a visit, in the next, and until every request has been tried
/// once from tick `at` on.
template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::keep_awake(std::uint32_t router, Tick at) {
    active_.add(router);
    if (how_.retry_period == 1) return;
    visits_[router].awake_until = std::max(visits_[router].awake_until, at + how_.retry_period - 1);
}

// ---------------------------------------------------------------- a visit

template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::visit(std::uint32_t number) {
    changed_ = false;
    next_free_ = never;
    Record& router = routers_[number];
    const std::uint64_t asking = router.asking_vc[0] | router.asking_switch[0];
    if (Record::words == 1 && how_.retry_period == 1 && how_.clocked && (asking & (asking - 1)) == 0) {
        if (asking != 0) serve_lone({&router, number, static_cast<std::uint32_t>(std::countr_zero(asking))});
    } else {
        serve_all(number);
    }
    if (router.pending()) plan_next_visit(number);
}

/// What the allocators come to when a single lane of the router asks: it gets what is first in its turn.
template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::serve_lone(const Site& site) {
    const LaneType& lane = site.state();
    if (lane.state == LaneState::waiting && lane.options > 1 && how_.stages.piggyback) return serve_lone_adaptive(site);
    if (lane.state != LaneState::active && (lane.state != LaneState::waiting || lane.options != 1))
        return serve_all(site.number);
    const bool had_channel = lane.state == LaneState::active;
    const std::uint32_t output = had_channel ? lane.output : lane.option[0].port;
    const VcMask channels = had_channel ? static_cast<VcMask>(1U << lane.output_vc) : free_channels(site, lane.option[0]);
    PortState& to = site.router->port[output];
    const unsigned roomy = channels & to.credited;
    const bool asks_switch = roomy != 0 && (had_channel || how_.stages.speculative);
    if (!had_channel && !how_.stages.piggyback && !take_lone_channel(site)) return;
    if (!asks_switch) return;
    changed_ = true;
    if (how_.round_robin) move_turns(site, output);
    Grant grant{site, output, lane.output_vc};
    if (lane.state == LaneState::waiting) {
        grant.vc = next_channel(to, roomy);
    } else if ((unsigned{to.credited} >> grant.vc & 1U) == 0) {
        return;
    }
    use(grant);
}

/// The same for a packet with several ways, where the switch grant brings a channel along.
template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::serve_lone_adaptive(const Site& site) {
    std::array<RouteOption, Route::capacity> open;  // options, with the channels that are free and have room
    std::size_t options = 0;
    std::uint64_t outputs = 0;
    for_each_option(site, [&](RouteOption option) {
        const unsigned channels = free_channels(site, option) & site.router->port[option.port].credited;
        outputs |= std::uint64_t{channels != 0} << option.port;
        open[options++] = {option.port, static_cast<VcMask>(channels)};
    });
    if (outputs == 0) return;
    changed_ = true;
    const std::uint32_t output = first_in_turn(outputs, site.input().accept_turn);
    unsigned channels = 0;
    for (std::size_t place = 0; place < options; ++place) channels |= open[place].port == output ? open[place].vcs : 0U;
    if (how_.round_robin) move_turns(site, output);
    use({site, output, next_channel(site.router->port[output], channels)});
}

/// The channel allocation of `serve_lone`: every free channel grants, the lane accepts the first in its turn.
template <unsigned Ports, unsigned VcBits, class Pipeline>
bool VirtualChannelEngine<Ports, VcBits, Pipeline>::take_lone_channel(const Site& site) {
    const RouteOption option = site.state().option[0];
    const VcMask channels = free_channels(site, option);
    if (channels == 0) return false;
    Record& router = *site.router;
    const std::uint32_t channel = channel_match_.alone(option.port, channels, router.channel_accept_turn[site.lane]);
    if (how_.round_robin) {
        router.channel_grant_turn[channel] = static_cast<typename Record::Turn>(site.lane + 1);
        router.channel_accept_turn[site.lane] = static_cast<typename Record::Turn>(channel + 1);
    }
    note_channel(site, channel >> VcBits, channel & ((1U << VcBits) - 1));
    ++counters_.allocations;
    changed_ = true;
    take_channel(site);
    return true;
}

template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::serve_all(std::uint32_t router) {
    if (!how_.stages.piggyback) allocate_channels(router);
    allocate_switch(router);
    for (const Grant& grant : channel_grants_) take_channel(grant.site);
    channel_grants_.clear();
    for (Grant& grant : switch_grants_)
        if (settle(grant)) use(grant);
    switch_grants_.clear();
    for (const Site& site : discards_) discard(site);
    discards_.clear();
}

template <unsigned Ports, unsigned VcBits, class Pipeline>
VcMask VirtualChannelEngine<Ports, VcBits, Pipeline>::roomy_channels(const Site& site, std::uint32_t output,
                                                                     VcMask channels) const {
    const std::uint32_t needed = std::min(pool_[site.state().front.packet].packet.flits, depth_);
    VcMask roomy = 0;
    for_each_bit(channels, [&](std::uint32_t vc) {
        if (site.router->credits[lane_of(output, vc)] >= needed) roomy = static_cast<VcMask>(roomy | 1U << vc);
    });
    return roomy;
}

template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::allocate_channels(std::uint32_t number) {
    Record& router = routers_[number];
    for_each_lane(router.asking_vc, [&](std::uint32_t lane) {
        const Site site{&router, number, lane};
        if (!due(site, how_.stages.vc_allocation)) return;
        if (how_.stages.speculative && site.state().options > 1)
            site.state().output = first_choice(site) & ((1U << port_bits) - 1);
        for_each_option(site, [&](RouteOption option) { channel_match_.ask(lane, option.port, free_channels(site, option)); });
    });
    if (channel_match_.idle()) return;
    changed_ = true;
    const auto accept = [&](std::uint32_t lane, std::uint32_t output, std::uint32_t vc) {
        const Site site{&router, number, lane};
        ++counters_.allocations;
        if (how_.stages.vc_allocation > 1) {
            router.asking_vc[site.word()] &= ~site.bit();
            return stage_wheel_.at(now_, how_.stages.vc_allocation - 1).vc_grants.push({site.global(), output, vc, true});
        }
        note_channel(site, output, vc);
        channel_grants_.push({site, output, vc});
    };
    channel_match_.match(router.channel_grant_turn.data(), router.channel_accept_turn.data(), how_.round_robin, single_option_,
                         accept);
}

/// The output of the channel that a head accepts when every channel it asks for is granted: there it speculates.
template <unsigned Ports, unsigned VcBits, class Pipeline>
std::uint32_t VirtualChannelEngine<Ports, VcBits, Pipeline>::first_choice(const Site& site) const {
    const ChannelMatch::Turn turn = site.router->channel_accept_turn[site.lane];
    std::uint32_t nearest = none;
    std::uint32_t output = 0;
    for_each_option(site, [&](RouteOption option) {
        const VcMask channels = free_channels(site, option);
        if (channels == 0) return;
        const auto behind = static_cast<ChannelMatch::Turn>(channel_match_.alone(option.port, channels, turn) - turn);
        if (behind >= nearest) return;
        nearest = behind;
        output = option.port;
    });
    return output;
}

template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::allocate_switch(std::uint32_t number) {
    Record& router = routers_[number];
    std::uint32_t input = none;
    for_each_lane(router.asking_switch, [&](std::uint32_t lane) {
        const Site site{&router, number, lane};
        if (site.port() != input) {
            if (input != none) switch_match_.end();
            input = site.port();
            switch_match_.begin(input, site.input().lane_turn);
        }
        request_switch(site);
    });
    if (input == none) return;
    switch_match_.end();
    switch_match_.match(router.port.data(), [&](std::uint32_t from, std::uint32_t output, std::uint32_t vc) {
        const Site site{&router, number, lane_of(from, vc)};
        changed_ = true;
        if (how_.round_robin) move_turns(site, output);
        if (how_.stages.switch_allocation == 1) return switch_grants_.push({site, output, 0});
        stop_asking(site);
        stage_wheel_.at(now_, how_.stages.switch_allocation - 1).switch_grants.push({site.global(), output, 0, true});
    });
}

/// A packet that holds a channel asks where that channel has room; one that does not, and is allowed to speculate, where
/// any channel it may take is free and has room: with an allocator for channels, where that is going to give it one.
template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::request_switch(const Site& site) {
    const LaneType& lane = site.state();
    if (!due(site, how_.stages.switch_allocation)) return;
    const auto& ports = site.router->port;
    switch (lane.state) {
        case LaneState::active:
            if ((unsigned{ports[lane.output].credited} >> lane.output_vc & 1U) != 0) ask_switch(site, lane.output, true);
            break;
        case LaneState::waiting:
        case LaneState::granted:
            for_each_option(site, [&](RouteOption option) {
                if (!how_.stages.piggyback && lane.options > 1 && option.port != lane.output) return;
                if ((free_channels(site, option) & ports[option.port].credited) != 0) ask_switch(site, option.port, false);
            });
            break;
        case LaneState::copying:
            for_each_bit(copies_[site.cell()], [&](std::uint32_t output) {
                if ((lane.option[0].vcs & ports[output].free & ports[output].credited) != 0) ask_switch(site, output, true);
            });
            break;
        case LaneState::dropping:
            discards_.push(site);
            break;
        case LaneState::idle:
        case LaneState::routing:
            break;
    }
}

template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::ask_switch(const Site& site, std::uint32_t output, bool certain) {
    if (!how_.clocked) {
        const std::uint32_t first = site.number << port_bits;
        const Tick free = std::max(occupied_[first | site.port()].input, occupied_[first | output].output);
        if (free > now_) {
            next_free_ = std::min(next_free_, free);
            return;
        }
    }
    switch_match_.ask(output, site.vc(), certain);
}

/// After the lane of `site` was served by the switch.
template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::move_turns(const Site& site, std::uint32_t output) {
    PortState& input = site.input();
    site.router->port[output].grant_turn = (site.port() + 1) % port_limit;
    input.accept_turn = (output + 1) % port_limit;
    input.lane_turn = (site.vc() + 1) & 255U;
}

/// Visits again while something changes, or while requests with another phase have not been tried since the last change;
/// otherwise a flit, a credit or the end of an occupancy will wake the router.
template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::plan_next_visit(std::uint32_t router) {
    if (changed_) return keep_awake(router, now_ + 1);
    if (visits_.empty()) return;
    VisitTimes& times = visits_[router];
    if (now_ < times.awake_until) return active_.add(router);
    if (next_free_ == never || (times.wake > now_ && times.wake <= next_free_)) return;
    times.wake = next_free_;
    wheel_.at(now_, static_cast<std::uint32_t>(next_free_ - now_)).signals.push({Target::Kind::wake, HopKind::other, router});
}

// ---------------------------------------------------------------- allocations of several ticks

/// Results that are due now hold only where, before anything moves in this tick, the channel is still free and has room.
template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::check_late_grants(StageBucket& bucket) {
    for (LateGrant& late : bucket.vc_grants) {
        const Site site = site_of(late.lane);
        const RouteOption granted{static_cast<PortIndex>(late.output), static_cast<VcMask>(1U << late.vc)};
        late.valid = free_channels(site, granted) != 0;
        if (!late.valid) continue;
        note_channel(site, late.output, late.vc);
    }
    for (LateGrant& late : bucket.switch_grants) {
        Grant grant{site_of(late.lane), late.output, 0};
        late.valid = settle(grant);
        late.vc = grant.vc;
    }
}

/// After a grant that came to nothing, for that very thing and in the same phase: what else the lane asked for may be on its
/// way.
template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::ask_again(const Site& site, Words Record::*asking) {
    (site.router->*asking)[site.word()] |= site.bit();
    keep_awake(site.number, now_ + 1);
}

template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::use_late_grants(StageBucket& bucket) {
    for (const LateGrant& late : bucket.vc_grants) {
        if (late.valid)
            take_channel(site_of(late.lane));
        else
            ask_again(site_of(late.lane), &Record::asking_vc);
    }
    bucket.vc_grants.clear();
    for (const LateGrant& late : bucket.switch_grants) {
        if (late.valid)
            use({site_of(late.lane), late.output, late.vc});
        else
            ask_again(site_of(late.lane), &Record::asking_switch);
    }
    bucket.switch_grants.clear();
}

// ---------------------------------------------------------------- using what was granted

/// The packet waiting in a lane takes the channel it was granted.
template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::take_channel(const Site& site) {
    LaneType& lane = site.state();
    PortState& output = site.router->port[lane.output];
    output.free = static_cast<VcMask>(output.free & ~(1U << lane.output_vc));
    lane.state = LaneState::active;
    site.router->asking_vc[site.word()] &= ~site.bit();
    if (!how_.stages.speculative) ask(site, now_ + 1);
}

/// Whether a switch grant can be used: the packet has a channel behind that very output, with room. Without a channel
/// allocator the grant brings one along, in turn.
template <unsigned Ports, unsigned VcBits, class Pipeline>
bool VirtualChannelEngine<Ports, VcBits, Pipeline>::settle(Grant& grant) {
    const Site& site = grant.site;
    const LaneType& lane = site.state();
    PortState& output = site.router->port[grant.output];
    if (lane.state == LaneState::active || lane.state == LaneState::granted) {
        grant.vc = lane.output_vc;
        return lane.output == grant.output && (unsigned{output.credited} >> grant.vc & 1U) != 0;
    }
    unsigned channels = 0;
    if (lane.state == LaneState::copying) {
        channels = unsigned{lane.option[0].vcs} & output.free & output.credited;
    } else if (how_.stages.piggyback) {
        for_each_option(site, [&](RouteOption option) {
            if (option.port == grant.output) channels |= unsigned{free_channels(site, option)} & output.credited;
        });
    }
    if (channels == 0) return false;
    grant.vc = next_channel(output, channels);
    return true;
}

/// Sends the first flit of a lane.
template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::use(const Grant& grant) {
    LaneType& lane = grant.site.state();
    if (how_.multicast && lane.state == LaneState::copying) return send_copy(grant);
    PortState& output = grant.site.router->port[grant.output];
    const LaneFlit flit = pop(grant.site);
    const unsigned channel = 1U << grant.vc;
    if (flit.tail != 0) {
        output.free = static_cast<VcMask>(output.free | channel);
    } else {
        output.free = static_cast<VcMask>(output.free & ~channel);
        note_channel(grant.site, grant.output, grant.vc);
        lane.state = LaneState::active;
    }
    put_on_link(grant, flit);
    advance(grant.site, flit.tail != 0);
}

/// Sends one copy of a multicast packet; the last one is the packet itself.
template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::send_copy(const Grant& grant) {
    std::uint64_t& copies = copies_[grant.site.cell()];
    copies &= ~(std::uint64_t{1} << grant.output);
    if (copies == 0) {
        put_on_link(grant, pop(grant.site));
        return advance(grant.site, true);
    }
    const PacketPool::Entry original = pool_[grant.site.state().front.packet];
    ++counters_.copied;
    const std::uint32_t copy = pool_.add(original.packet, original.header);
    note_copy(grant.site.state().front.packet, copy);
    put_on_link(grant, {copy, true, true});
    ask(grant.site, now_ + 1);
}

/// Throws away one flit of a packet that has no way to go.
template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::discard(const Site& site) {
    const LaneFlit flit = pop(site);
    changed_ = true;
    ++counters_.dropped_flits;
    if (flit.tail != 0) drop(flit.packet, site.number);
    advance(site, flit.tail != 0);
}

/// Takes the first flit off a lane and returns its place to whoever fills the lane.
template <unsigned Ports, unsigned VcBits, class Pipeline>
LaneFlit VirtualChannelEngine<Ports, VcBits, Pipeline>::pop(const Site& site) {
    LaneType& lane = site.state();
    const LaneFlit flit = lane.front;
    if (--lane.count != 0) {
        lane.front = ring_of(site)[lane.first];
        lane.first = (lane.first + 1U) & ring_mask_ & Record::deepest;
    }
    const Target from = upstream_of(site);
    const std::uint32_t index =
        from.kind() == Target::Kind::endpoint ? from.index() << VcBits | site.vc() : from.index() | site.vc();
    credits_to_[from.hop()]->signals.push({from.kind(), HopKind::other, index});
    return flit;
}

/// What a lane does after a flit has left it.
template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::advance(const Site& site, bool tail) {
    LaneType& lane = site.state();
    if (lane.count == 0) {
        stop_asking(site);
        if (tail) lane.state = LaneState::idle;
    } else if (tail) {
        begin_packet(site, now_ + 1);
    } else {
        ask(site, now_ + 1);
    }
}

template <unsigned Ports, unsigned VcBits, class Pipeline>
void VirtualChannelEngine<Ports, VcBits, Pipeline>::put_on_link(const Grant& grant, LaneFlit flit) {
    const Site& from = grant.site;
    PortState& output = from.router->port[grant.output];
    if (--from.router->credits[lane_of(grant.output, grant.vc)] == 0)
        output.credited = static_cast<VcMask>(output.credited & ~(1U << grant.vc));
    note_grant(from.number, grant.output, flit.packet, flit.head != 0);
    const Target to = from.router->downstream[grant.output];
    ++counters_.router_visits;
    ++counters_.hops[to.hop()];
    if (!how_.clocked) {
        const std::uint32_t first = from.number << port_bits;
        occupied_[first | from.port()].input = occupied_[first | grant.output].output = now_ + timing_.hop[to.hop()].occupancy;
    }
    LinkBucket& bucket = *flits_to_[to.hop()];
    if (to.kind() == Target::Kind::endpoint) return bucket.arrivals.push({flit, to, grant.vc});
    if (ways_known_) {
        flit.way = flit.way.after_one_hop();
    } else if (how_.rewrites_header && flit.head != 0) {
        const Position at{RouterId{from.number}, static_cast<PortIndex>(from.port()), static_cast<std::uint8_t>(from.vc())};
        Header& header = pool_[flit.packet].header;
        header = routing_.forward(at, header, static_cast<PortIndex>(grant.output));
    }
    bucket.arrivals.push({flit, {Target::Kind::port, HopKind::other, to.index() | grant.vc}, grant.vc});
}

// ---------------------------------------------------------------- reports

template <unsigned Ports, unsigned VcBits, class Pipeline>
std::string VirtualChannelEngine<Ports, VcBits, Pipeline>::explain_stuck() const {
    std::vector<Wait> waits;
    for (std::uint32_t number = 0; number < fabric_.routers; ++number) {
        for (std::uint32_t lane = 0; lane < Record::lanes; ++lane) {
            // Site hands out references that may change; this function only reads through it.
            const Site site{const_cast<Record*>(&routers_[number]), number, lane};
            const auto wait_for = [&](std::uint32_t output, VcMask channels) {
                const Peer& to = fabric_.downstream[fabric_.index(number, output)];
                if (to.kind != Peer::Kind::router) return;
                for_each_bit(channels, [&](std::uint32_t vc) {
                    waits.push_back({{number, site.port(), site.vc()}, {to.router, to.port, vc}});
                });
            };
            const LaneType& state = site.state();
            if (state.count == 0) continue;
            if (state.state == LaneState::active)
                wait_for(state.output, static_cast<VcMask>(1U << state.output_vc));
            else if (state.state == LaneState::copying)
                for_each_bit(copies_[site.cell()], [&](std::uint32_t output) { wait_for(output, state.option[0].vcs); });
            else
                for_each_option(site, [&](RouteOption option) { wait_for(option.port, option.vcs); });
        }
    }
    return explain_waits(waits, topology_, vcs_);
}

template <unsigned Ports, unsigned VcBits>
std::unique_ptr<Engine> make(const Plan& plan, Ways ways, Sink& sink) {
    return std::make_unique<VirtualChannelEngine<Ports, VcBits, AnyPipeline>>(plan, ways, sink);
}
/// For the sizes that most networks have.
template <unsigned Ports, unsigned VcBits>
std::unique_ptr<Engine> make_common(const Plan& plan, Ways ways, Sink& sink) {
    if (!PlainPipeline::fits(plan)) return make<Ports, VcBits>(plan, ways, sink);
    return std::make_unique<VirtualChannelEngine<Ports, VcBits, PlainPipeline>>(plan, ways, sink);
}

}  // namespace

/// One size for each common router, two for everything else.
std::unique_ptr<Engine> make_virtual_channel_engine(const Plan& plan, Ways ways, Sink& sink) {
    const unsigned ports = most_ports(*plan.topology);
    const bool shallow = plan.buffer_depth <= RouterRecord<5, 2>::deepest;
    if (shallow && ports <= 5 && plan.vcs == 1) return make_common<5, 0>(plan, ways, sink);
    if (shallow && ports <= 5 && plan.vcs == 2) return make_common<5, 1>(plan, ways, sink);
    if (shallow && ports <= 5 && plan.vcs <= 4) return make_common<5, 2>(plan, ways, sink);
    if (shallow && ports <= 8 && plan.vcs <= 4) return make<8, 2>(plan, ways, sink);
    if (shallow && ports <= 16 && plan.vcs <= 4) return make<16, 2>(plan, ways, sink);
    if (ports <= 8) return make<8, 4>(plan, ways, sink);
    return make<64, 4>(plan, ways, sink);
}

}  // namespace spikefab::noc
