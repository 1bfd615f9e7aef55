// SPDX-License-Identifier: Apache-2.0
// The general engine. Each channel of each input is a lane: a ring of flits and the state of the packet at its head.
// A router is visited in a tick when something about its lanes or credits changed; a visit evaluates all requests on the
// state before the tick, then updates, so the order of visits changes nothing.
#include "noc/virtual_channel_engine.hpp"

#include "base/contract.hpp"
#include "noc/active_set.hpp"
#include "noc/deadlock.hpp"
#include "noc/engine_core.hpp"
#include "noc/separable_allocator.hpp"
#include "noc/time_wheel.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace spikefab::noc {
namespace {

struct Flit {
    std::uint32_t packet = none;
    bool head = false;
    bool tail = false;
};
static_assert(sizeof(Flit) == 8);

enum class LaneState : std::uint8_t {
    idle,      ///< no packet
    routing,   ///< the head's route is being looked up
    waiting,   ///< the head has a route and needs a channel of the next router
    active,    ///< the packet holds an output and a channel
    copying,   ///< a multicast packet with copies still to send
    dropping,  ///< the packet has no way to go
};

/// One channel of one input.
struct Lane {
    LaneState state = LaneState::idle;
    std::uint8_t options = 0;
    std::uint8_t output = 0;     ///< when active, or when `granted`
    std::uint8_t output_vc = 0;  ///< the same
    bool granted = false;        ///< waiting, but a channel has been allocated and will be taken in this tick
    std::uint16_t first = 0;     ///< where the ring starts
    std::uint16_t count = 0;
    Tick phase = 0;            ///< requests go out at this tick and every allocation delay after it
    std::uint64_t copies = 0;  ///< outputs still to be served when copying
    std::array<RouteOption, Route::capacity> option{};
};

/// What a router keeps of one port, as input and as output.
struct PortState {
    VcMask wants_vc = 0;         ///< lanes of this input that ask for a channel
    VcMask wants_switch = 0;     ///< lanes of this input that ask for the switch
    VcMask free = 0;             ///< channels behind this output that no packet holds
    VcMask credited = 0;         ///< channels behind this output with room
    std::uint8_t lane_turn = 0;  ///< lane of this input that may ask first
    std::uint8_t vc_turn = 0;    ///< channel behind this output to be given first
};

/// When a port can be used again; asynchronous only.
struct PortTimes {
    Tick input = 0;
    Tick output = 0;
};

struct RouterState {
    std::uint64_t vc_ports = 0;      ///< inputs with a lane that asks for a channel
    std::uint64_t switch_ports = 0;  ///< inputs with a lane that asks for the switch
    Tick awake_until = 0;            ///< requests may still go out up to this tick
    Tick wake = 0;                   ///< when a visit is already due (asynchronous)
    [[nodiscard]] bool pending() const { return (vc_ports | switch_ports) != 0; }
};

struct Arrival {
    Flit flit;
    std::uint32_t lane;
};
struct Departure {
    Flit flit;
    std::uint32_t endpoint;
    std::uint32_t from;  ///< (router * ports + output) * vcs + channel
};
/// An allocation whose result takes effect in a later tick.
struct Grant {
    std::uint32_t lane;
    std::uint32_t output;
    std::uint32_t vc;  ///< of a channel allocation
    bool valid = true;
};
struct Bucket {
    std::vector<Arrival> arrivals;
    std::vector<std::uint32_t> credits;         ///< as Departure::from
    std::vector<std::uint32_t> source_credits;  ///< endpoint * vcs + channel
    std::vector<std::uint32_t> routed;          ///< lanes whose head has been routed
    std::vector<std::uint32_t> wakes;           ///< routers
    std::vector<Departure> departures;
    std::vector<Grant> vc_grants;
    std::vector<Grant> switch_grants;
};

template <class Mask, class Visit>
void for_each_bit(Mask mask, Visit&& visit) {
    for (std::uint64_t bits = mask; bits != 0; bits &= bits - 1) visit(static_cast<std::uint32_t>(std::countr_zero(bits)));
}

class VirtualChannelEngine final : public EngineCore {
public:
    VirtualChannelEngine(const Plan& plan, Sink& sink);
    [[nodiscard]] std::string explain_stuck() const override;

private:
    struct Place {
        std::uint32_t router;
        std::uint32_t port;
        std::uint32_t vc;
    };

    // One tick.
    Tick simulate() override;
    [[nodiscard]] Tick next_in_network() const override { return active_.empty() ? wheel_.next(now_) : now_; }
    void take_credit(std::uint32_t where);
    void take_arrival(const Arrival& arrival);
    void depart(const Departure& departure);
    void send_from_source(const SourceFlit& flit);

    // The packet at the head of a lane.
    void begin_packet(std::uint32_t lane, Tick from);
    void ask(std::uint32_t lane, Tick at);
    void stop_asking(std::uint32_t lane);

    // A visit: requests, matching, updates.
    void visit(std::uint32_t router);
    void request_channels(std::uint32_t router);
    void match_channels(std::uint32_t router);
    void request_switch(std::uint32_t router);
    void request_switch_for(std::uint32_t router, std::uint32_t input, std::uint32_t vc);
    void add_switch_request(std::uint32_t router, std::uint32_t input, std::uint32_t vc, std::uint32_t output, bool certain);
    void match_switch(std::uint32_t router);
    void plan_next_visit(std::uint32_t router);
    void check_late_grants(Bucket& bucket);
    void use_late_grants(Bucket& bucket);

    // Using what was granted.
    void take_channel(std::uint32_t lane);
    [[nodiscard]] bool settle(Grant& grant);
    void use(Grant grant);
    void send(const Grant& grant);
    void send_copy(const Grant& grant);
    void discard(std::uint32_t lane);
    Flit pop(std::uint32_t lane);
    void advance(std::uint32_t lane, const Flit& sent);
    void put_on_link(const Place& from, std::uint32_t output, std::uint32_t vc, const Flit& flit);

    [[nodiscard]] std::uint32_t lane_of(std::uint32_t router, std::uint32_t port, std::uint32_t vc) const {
        return (router * ports_ + port) * vcs_ + vc;
    }
    [[nodiscard]] Place place_of(std::uint32_t lane) const {
        const std::uint32_t port = lane / vcs_;
        return {port / ports_, port % ports_, lane % vcs_};
    }
    [[nodiscard]] PortState& port(std::uint32_t router, std::uint32_t number) { return port_states_[router * ports_ + number]; }
    [[nodiscard]] Flit& head_of(std::uint32_t lane) { return flits_[(std::size_t{lane} << ring_bits_) + lanes_[lane].first]; }
    /// Channels of `option` that no packet holds and, with cut-through, that have room for the whole packet of `lane`.
    [[nodiscard]] VcMask free_channels(std::uint32_t router, const RouteOption& option, std::uint32_t lane);
    [[nodiscard]] bool due(const Lane& lane, std::uint32_t period) const {
        return period == 1 || (now_ - lane.phase) % period == 0;
    }

    std::uint32_t ports_;
    std::uint32_t vcs_;
    std::uint32_t depth_;
    Stages stages_;
    std::uint32_t retry_period_;  ///< the longer of the two allocations
    bool clocked_;
    bool cut_through_;
    bool round_robin_;
    unsigned ring_bits_;
    std::uint32_t ring_mask_;

    std::vector<RouterState> routers_;
    std::vector<PortState> port_states_;  ///< [router * ports + port]
    std::vector<PortTimes> occupied_;     ///< the same; asynchronous only
    std::vector<Lane> lanes_;
    std::vector<Flit> flits_;                                       ///< [lane << ring_bits]: rings
    std::vector<std::uint16_t> credits_;                            ///< [(router * ports + output) * vcs + channel]
    std::vector<Turn> channel_grant_turns_, channel_accept_turns_;  ///< [lane or output channel]
    std::vector<Turn> switch_grant_turns_, switch_accept_turns_;    ///< [router * ports + port]
    ActiveSet active_;
    TimeWheel<Bucket> wheel_;

    // Scratch of one visit.
    SeparableAllocator channel_allocator_;
    SeparableAllocator switch_allocator_;
    std::vector<Grant> channel_grants_;
    std::vector<Grant> switch_grants_;
    std::vector<std::uint32_t> discards_;
    std::vector<std::uint8_t> asking_lane_;  ///< [input * ports + output]: the lane that asks for it
    std::uint64_t asked_outputs_ = 0;        ///< outputs that the input being looked at asks for
    std::uint64_t certain_outputs_ = 0;      ///< ... for a packet that holds a channel
    Tick next_free_ = never;                 ///< when a port that someone asks for is free again (asynchronous)
    bool changed_ = false;
};

VirtualChannelEngine::VirtualChannelEngine(const Plan& plan, Sink& sink)
    : EngineCore{plan, sink},
      ports_{fabric_.ports},
      vcs_{plan.vcs},
      depth_{plan.buffer_depth},
      stages_{plan.stages},
      retry_period_{std::max(stages_.vc_allocation, stages_.switch_allocation)},
      clocked_{plan.timing.single_cycle()},
      cut_through_{plan.cut_through},
      round_robin_{plan.round_robin},
      ring_bits_{static_cast<unsigned>(std::bit_width(plan.buffer_depth - 1))},
      ring_mask_{(1U << ring_bits_) - 1},
      routers_(fabric_.routers),
      port_states_(std::size_t{fabric_.routers} * ports_),
      occupied_(clocked_ ? 0 : port_states_.size()),
      lanes_(port_states_.size() * vcs_),
      flits_(lanes_.size() << ring_bits_),
      credits_(lanes_.size(), static_cast<std::uint16_t>(depth_)),
      channel_grant_turns_(lanes_.size(), 0),
      channel_accept_turns_(lanes_.size(), 0),
      switch_grant_turns_(port_states_.size(), 0),
      switch_accept_turns_(port_states_.size(), 0),
      active_{fabric_.routers},
      wheel_{std::max({timing_.longest(), stages_.routing + 1, retry_period_})},
      channel_allocator_{std::size_t{ports_} * vcs_, std::size_t{ports_} * vcs_, round_robin_},
      switch_allocator_{ports_, ports_, round_robin_},
      asking_lane_(std::size_t{ports_} * ports_) {
    for (PortState& state : port_states_) state.free = state.credited = all_vcs(vcs_);
}

// ---------------------------------------------------------------- one tick

/// Credits and arrivals first, then deliveries (a sink may inject), then sources, then the visits. Results of allocations
/// that take several ticks are checked before the visits and used after them.
Tick VirtualChannelEngine::simulate() {
    Bucket& bucket = wheel_.open(now_);
    for (const std::uint32_t where : bucket.credits) take_credit(where);
    bucket.credits.clear();
    for (; !late_credits_.empty() && late_credits_.top().at == now_; late_credits_.pop())
        take_credit(late_credits_.top().where);
    for (const std::uint32_t where : bucket.source_credits) sources_.credit(where / vcs_, where % vcs_, now_);
    bucket.source_credits.clear();
    for (const std::uint32_t router : bucket.wakes) active_.add(router);
    bucket.wakes.clear();
    for (const Arrival& arrival : bucket.arrivals) take_arrival(arrival);
    bucket.arrivals.clear();
    for (const std::uint32_t lane : bucket.routed) ask(lane, now_);
    bucket.routed.clear();
    for (const Departure& departure : bucket.departures) depart(departure);
    bucket.departures.clear();
    if (sources_.next() == now_) sources_.send_due(now_, [this](const SourceFlit& flit) { send_from_source(flit); });
    check_late_grants(bucket);
    active_.drain([this](std::uint32_t router) { visit(router); });
    use_late_grants(bucket);
    return active_.empty() ? wheel_.next(now_ + 1) : now_ + 1;
}

void VirtualChannelEngine::take_credit(std::uint32_t where) {
    const Place at = place_of(where);
    ++credits_[where];
    PortState& output = port(at.router, at.port);
    output.credited = static_cast<VcMask>(output.credited | 1U << at.vc);
    RouterState& router = routers_[at.router];
    if (!router.pending()) return;
    router.awake_until = std::max(router.awake_until, now_ + retry_period_ - 1);
    active_.add(at.router);
}

void VirtualChannelEngine::take_arrival(const Arrival& arrival) {
    Lane& lane = lanes_[arrival.lane];
    flits_[(std::size_t{arrival.lane} << ring_bits_) + ((lane.first + lane.count) & ring_mask_)] = arrival.flit;
    ++counters_.buffer_writes;
    if (lane.count++ != 0) return;
    if (lane.state == LaneState::idle)
        begin_packet(arrival.lane, now_);
    else
        ask(arrival.lane, now_);
}

void VirtualChannelEngine::depart(const Departure& departure) {
    const Tick freed = departure.flit.tail ? deliver(departure.flit.packet, departure.endpoint) : now_;
    const Tick wait = freed - now_ + timing_.of(HopKind::inside_tile).credit;
    if (wheel_.reaches(wait))
        wheel_.at(now_, static_cast<std::uint32_t>(wait)).credits.push_back(departure.from);
    else
        late_credits_.push({now_ + wait, departure.from});
}

void VirtualChannelEngine::send_from_source(const SourceFlit& source) {
    note_injection(source);
    const Endpoint& at = topology_.endpoint(EndpointId{source.endpoint});
    const Arrival arrival{{source.packet, source.head, source.tail}, lane_of(at.router.value(), at.port, source.vc)};
    if (timing_.injection_latency == 0)
        take_arrival(arrival);
    else
        wheel_.at(now_, timing_.injection_latency).arrivals.push_back(arrival);
}

// ---------------------------------------------------------------- the packet at the head of a lane

/// Looks up the route of a head that has reached the front; its first request goes out at `from` plus the routing delay.
/// `from` is this tick before the visits and the next tick after them.
void VirtualChannelEngine::begin_packet(std::uint32_t number, Tick from) {
    Lane& lane = lanes_[number];
    const Place at = place_of(number);
    const Flit& head = head_of(number);
    expects(head.head);
    Route route;
    routing_.route({RouterId{at.router}, static_cast<PortIndex>(at.port), static_cast<std::uint8_t>(at.vc)},
                   pool_[head.packet].header, route);
    lane.options = route.count;
    std::copy_n(route.options.begin(), route.count, lane.option.begin());
    lane.copies = route.copies;
    if (route.copies != 0) lane.option[0].vcs = route.copy_vcs;
    lane.state = LaneState::routing;
    if (stages_.routing == 0) return ask(number, from);
    stop_asking(number);
    wheel_.at(now_, static_cast<std::uint32_t>(from + stages_.routing - now_)).routed.push_back(number);
}

/// Lets the packet at the head of a lane ask for what it needs next, from tick `at` on.
void VirtualChannelEngine::ask(std::uint32_t number, Tick at) {
    Lane& lane = lanes_[number];
    const Place place = place_of(number);
    if (lane.state == LaneState::routing) {
        lane.state = lane.copies != 0 ? LaneState::copying : lane.options == 0 ? LaneState::dropping : LaneState::waiting;
    }
    lane.phase = at;
    PortState& input = port(place.router, place.port);
    RouterState& router = routers_[place.router];
    const bool wants_vc = lane.state == LaneState::waiting && !stages_.piggyback;
    if (wants_vc) {
        input.wants_vc = static_cast<VcMask>(input.wants_vc | 1U << place.vc);
        router.vc_ports |= std::uint64_t{1} << place.port;
    }
    if (!wants_vc || stages_.speculative) {
        input.wants_switch = static_cast<VcMask>(input.wants_switch | 1U << place.vc);
        router.switch_ports |= std::uint64_t{1} << place.port;
    }
    router.awake_until = std::max(router.awake_until, at + retry_period_ - 1);
    active_.add(place.router);
}

void VirtualChannelEngine::stop_asking(std::uint32_t number) {
    const Place place = place_of(number);
    PortState& input = port(place.router, place.port);
    RouterState& router = routers_[place.router];
    input.wants_vc = static_cast<VcMask>(input.wants_vc & ~(1U << place.vc));
    input.wants_switch = static_cast<VcMask>(input.wants_switch & ~(1U << place.vc));
    if (input.wants_vc == 0) router.vc_ports &= ~(std::uint64_t{1} << place.port);
    if (input.wants_switch == 0) router.switch_ports &= ~(std::uint64_t{1} << place.port);
}

// ---------------------------------------------------------------- a visit

void VirtualChannelEngine::visit(std::uint32_t router) {
    changed_ = false;
    next_free_ = never;
    request_channels(router);
    match_channels(router);
    request_switch(router);
    match_switch(router);
    for (const Grant& grant : channel_grants_) take_channel(grant.lane);
    channel_grants_.clear();
    for (const Grant& grant : switch_grants_) use(grant);
    switch_grants_.clear();
    for (const std::uint32_t lane : discards_) discard(lane);
    discards_.clear();
    plan_next_visit(router);
}

VcMask VirtualChannelEngine::free_channels(std::uint32_t router, const RouteOption& option, std::uint32_t lane) {
    auto channels = static_cast<VcMask>(option.vcs & port(router, option.port).free);
    if (!cut_through_) return channels;
    const std::uint32_t needed = pool_[head_of(lane).packet].packet.flits;
    for_each_bit(channels, [&](std::uint32_t vc) {
        if (credits_[lane_of(router, option.port, vc)] < needed) channels = static_cast<VcMask>(channels & ~(1U << vc));
    });
    return channels;
}

void VirtualChannelEngine::request_channels(std::uint32_t router) {
    const std::size_t first = lane_of(router, 0, 0);
    const Turns turns{&channel_grant_turns_[first], &channel_accept_turns_[first]};
    for_each_bit(routers_[router].vc_ports, [&](std::uint32_t input) {
        for_each_bit(port(router, input).wants_vc, [&](std::uint32_t vc) {
            const std::uint32_t number = lane_of(router, input, vc);
            const Lane& lane = lanes_[number];
            if (!due(lane, stages_.vc_allocation)) return;
            for (unsigned i = 0; i < lane.options; ++i) {
                const RouteOption& option = lane.option[i];
                for_each_bit(free_channels(router, option, number), [&](std::uint32_t output_vc) {
                    channel_allocator_.request(turns, input * vcs_ + vc, option.port * vcs_ + output_vc);
                });
            }
        });
    });
}

void VirtualChannelEngine::match_channels(std::uint32_t router) {
    if (channel_allocator_.idle()) return;
    const std::uint32_t first = lane_of(router, 0, 0);
    const Turns turns{&channel_grant_turns_[first], &channel_accept_turns_[first]};
    channel_allocator_.match(turns, [&](std::uint32_t input, std::uint32_t output) {
        const Grant grant{first + input, output / vcs_, output % vcs_};
        changed_ = true;
        ++counters_.allocations;
        if (stages_.vc_allocation > 1) {
            PortState& from = port(router, input / vcs_);
            from.wants_vc = static_cast<VcMask>(from.wants_vc & ~(1U << (input % vcs_)));
            wheel_.at(now_, stages_.vc_allocation - 1).vc_grants.push_back(grant);
            return;
        }
        Lane& lane = lanes_[grant.lane];
        lane.granted = true;
        lane.output = static_cast<std::uint8_t>(grant.output);
        lane.output_vc = static_cast<std::uint8_t>(grant.vc);
        channel_grants_.push_back(grant);
    });
}

void VirtualChannelEngine::request_switch(std::uint32_t router) {
    const std::size_t first = std::size_t{router} * ports_;
    const Turns turns{&switch_grant_turns_[first], &switch_accept_turns_[first]};
    for_each_bit(routers_[router].switch_ports, [&](std::uint32_t input) {
        asked_outputs_ = certain_outputs_ = 0;
        for_each_bit(port(router, input).wants_switch, [&](std::uint32_t vc) { request_switch_for(router, input, vc); });
        for_each_bit(asked_outputs_, [&](std::uint32_t output) { switch_allocator_.request(turns, input, output); });
    });
}

/// A packet that holds a channel asks where that channel has room; one that does not, and is allowed to speculate, where
/// any channel it may take is free and has room.
void VirtualChannelEngine::request_switch_for(std::uint32_t router, std::uint32_t input, std::uint32_t vc) {
    const std::uint32_t number = lane_of(router, input, vc);
    const Lane& lane = lanes_[number];
    if (!due(lane, stages_.switch_allocation)) return;
    switch (lane.state) {
        case LaneState::active:
            if ((port(router, lane.output).credited >> lane.output_vc & 1U) != 0)
                add_switch_request(router, input, vc, lane.output, true);
            break;
        case LaneState::waiting:
            for (unsigned i = 0; i < lane.options; ++i) {
                const RouteOption& option = lane.option[i];
                if ((free_channels(router, option, number) & port(router, option.port).credited) != 0)
                    add_switch_request(router, input, vc, option.port, false);
            }
            break;
        case LaneState::copying:
            for_each_bit(lane.copies, [&](std::uint32_t output) {
                const PortState& to = port(router, output);
                if ((lane.option[0].vcs & to.free & to.credited) != 0) add_switch_request(router, input, vc, output, true);
            });
            break;
        case LaneState::dropping:
            discards_.push_back(number);
            break;
        case LaneState::idle:
        case LaneState::routing:
            break;
    }
}

/// One lane of an input may ask for an output: one that holds a channel before one that speculates, then in turn.
void VirtualChannelEngine::add_switch_request(std::uint32_t router, std::uint32_t input, std::uint32_t vc, std::uint32_t output,
                                              bool certain) {
    if (!clocked_) {
        const std::size_t first = std::size_t{router} * ports_;
        const Tick free = std::max(occupied_[first + input].input, occupied_[first + output].output);
        if (free > now_) {
            next_free_ = std::min(next_free_, free);
            return;
        }
    }
    const std::uint64_t bit = std::uint64_t{1} << output;
    std::uint8_t& asking = asking_lane_[input * ports_ + output];
    const bool asked = (asked_outputs_ & bit) != 0;
    const bool asked_certain = (certain_outputs_ & bit) != 0;
    const unsigned turn = port(router, input).lane_turn;
    const auto before = [&] { return static_cast<std::uint8_t>(vc - turn) < static_cast<std::uint8_t>(asking - turn); };
    if (asked && (asked_certain != certain ? asked_certain : !before())) return;
    asked_outputs_ |= bit;
    if (certain) certain_outputs_ |= bit;
    asking = static_cast<std::uint8_t>(vc);
}

void VirtualChannelEngine::match_switch(std::uint32_t router) {
    if (switch_allocator_.idle()) return;
    const std::size_t first = std::size_t{router} * ports_;
    const Turns turns{&switch_grant_turns_[first], &switch_accept_turns_[first]};
    switch_allocator_.match(turns, [&](std::uint32_t input, std::uint32_t output) {
        const std::uint8_t vc = asking_lane_[input * ports_ + output];
        PortState& from = port(router, input);
        if (round_robin_) from.lane_turn = static_cast<std::uint8_t>(vc + 1);
        changed_ = true;
        const Grant grant{lane_of(router, input, vc), output, 0};
        if (stages_.switch_allocation == 1) return switch_grants_.push_back(grant);
        from.wants_switch = static_cast<VcMask>(from.wants_switch & ~(1U << vc));
        wheel_.at(now_, stages_.switch_allocation - 1).switch_grants.push_back(grant);
    });
}

/// Visits again while something changes, or while requests with another phase have not been tried since the last change;
/// otherwise a flit, a credit or the end of an occupancy will wake the router.
void VirtualChannelEngine::plan_next_visit(std::uint32_t number) {
    RouterState& router = routers_[number];
    if (changed_) router.awake_until = std::max(router.awake_until, now_ + retry_period_);
    if (!router.pending()) return;
    if (now_ < router.awake_until) return active_.add(number);
    if (next_free_ == never || (router.wake > now_ && router.wake <= next_free_)) return;
    router.wake = next_free_;
    wheel_.at(now_, static_cast<std::uint32_t>(next_free_ - now_)).wakes.push_back(number);
}

// ---------------------------------------------------------------- allocations of several ticks

/// Results that are due now hold only where, before anything moves in this tick, the channel is still free and has room.
void VirtualChannelEngine::check_late_grants(Bucket& bucket) {
    for (Grant& grant : bucket.vc_grants) {
        const Place at = place_of(grant.lane);
        grant.valid = (port(at.router, grant.output).free >> grant.vc & 1U) != 0;
        if (!grant.valid) continue;
        Lane& lane = lanes_[grant.lane];
        lane.granted = true;
        lane.output = static_cast<std::uint8_t>(grant.output);
        lane.output_vc = static_cast<std::uint8_t>(grant.vc);
    }
    for (Grant& grant : bucket.switch_grants) grant.valid = settle(grant);
}

void VirtualChannelEngine::use_late_grants(Bucket& bucket) {
    for (const Grant& grant : bucket.vc_grants) {
        if (grant.valid)
            take_channel(grant.lane);
        else
            ask(grant.lane, now_ + 1);
    }
    bucket.vc_grants.clear();
    for (const Grant& grant : bucket.switch_grants) {
        if (grant.valid)
            use(grant);
        else
            ask(grant.lane, now_ + 1);
    }
    bucket.switch_grants.clear();
}

// ---------------------------------------------------------------- using what was granted

/// The packet waiting in a lane takes the channel it was granted.
void VirtualChannelEngine::take_channel(std::uint32_t number) {
    Lane& lane = lanes_[number];
    const Place at = place_of(number);
    PortState& output = port(at.router, lane.output);
    output.free = static_cast<VcMask>(output.free & ~(1U << lane.output_vc));
    lane.state = LaneState::active;
    lane.granted = false;
    PortState& input = port(at.router, at.port);
    input.wants_vc = static_cast<VcMask>(input.wants_vc & ~(1U << at.vc));
    if (input.wants_vc == 0) routers_[at.router].vc_ports &= ~(std::uint64_t{1} << at.port);
    if (!stages_.speculative) ask(number, now_ + 1);
}

/// Whether a switch grant can be used: the packet has a channel behind that very output, with room. Without a channel
/// allocator the grant brings one along, in turn.
bool VirtualChannelEngine::settle(Grant& grant) {
    const Lane& lane = lanes_[grant.lane];
    const Place at = place_of(grant.lane);
    PortState& output = port(at.router, grant.output);
    if (lane.state == LaneState::active || lane.granted) {
        grant.vc = lane.output_vc;
        return lane.output == grant.output && (output.credited >> grant.vc & 1U) != 0;
    }
    unsigned channels = 0;
    if (lane.state == LaneState::copying) {
        channels = unsigned{lane.option[0].vcs} & output.free & output.credited;
    } else if (stages_.piggyback) {
        for (unsigned i = 0; i < lane.options; ++i)
            if (lane.option[i].port == grant.output)
                channels |= unsigned{free_channels(at.router, lane.option[i], grant.lane)} & output.credited;
    }
    if (channels == 0) return false;
    const unsigned later = channels >> output.vc_turn << output.vc_turn;
    grant.vc = static_cast<std::uint32_t>(std::countr_zero(later != 0 ? later : channels));
    if (round_robin_) output.vc_turn = static_cast<std::uint8_t>(grant.vc + 1);
    return true;
}

void VirtualChannelEngine::use(Grant grant) {
    if (stages_.switch_allocation == 1 && !settle(grant)) return;
    if (lanes_[grant.lane].state == LaneState::copying)
        send_copy(grant);
    else
        send(grant);
}

void VirtualChannelEngine::send(const Grant& grant) {
    Lane& lane = lanes_[grant.lane];
    const Place at = place_of(grant.lane);
    PortState& output = port(at.router, grant.output);
    lane.state = LaneState::active;
    lane.output = static_cast<std::uint8_t>(grant.output);
    lane.output_vc = static_cast<std::uint8_t>(grant.vc);
    const Flit flit = pop(grant.lane);
    const unsigned channel = 1U << grant.vc;
    output.free = static_cast<VcMask>(flit.tail ? output.free | channel : output.free & ~channel);
    put_on_link(at, grant.output, grant.vc, flit);
    advance(grant.lane, flit);
}

/// Sends one copy of a multicast packet; the last one is the packet itself.
void VirtualChannelEngine::send_copy(const Grant& grant) {
    Lane& lane = lanes_[grant.lane];
    const Place at = place_of(grant.lane);
    lane.copies &= ~(std::uint64_t{1} << grant.output);
    if (lane.copies == 0) {
        const Flit flit = pop(grant.lane);
        put_on_link(at, grant.output, grant.vc, flit);
        return advance(grant.lane, flit);
    }
    const PacketPool::Entry original = pool_[head_of(grant.lane).packet];
    const Flit copy{pool_.add(original.packet, original.header), true, true};
    ++counters_.copied;
    put_on_link(at, grant.output, grant.vc, copy);
    ask(grant.lane, now_ + 1);
}

/// Throws away one flit of a packet that has no way to go.
void VirtualChannelEngine::discard(std::uint32_t number) {
    const Flit flit = pop(number);
    changed_ = true;
    ++counters_.dropped_flits;
    if (flit.tail) drop(flit.packet, place_of(number).router);
    advance(number, flit);
}

/// Takes the first flit off a lane and returns its place to whoever fills the lane.
Flit VirtualChannelEngine::pop(std::uint32_t number) {
    Lane& lane = lanes_[number];
    const Flit flit = head_of(number);
    lane.first = static_cast<std::uint16_t>((lane.first + 1U) & ring_mask_);
    --lane.count;
    const Place at = place_of(number);
    const Peer& from = fabric_.upstream[fabric_.index(at.router, at.port)];
    Bucket& bucket = wheel_.at(now_, timing_.of(from.hop).credit);
    if (from.kind == Peer::Kind::endpoint)
        bucket.source_credits.push_back(from.endpoint * vcs_ + at.vc);
    else
        bucket.credits.push_back(lane_of(from.router, from.port, at.vc));
    return flit;
}

/// What the lane does after `sent` has left it.
void VirtualChannelEngine::advance(std::uint32_t number, const Flit& sent) {
    Lane& lane = lanes_[number];
    if (sent.tail) lane.state = LaneState::idle;
    if (lane.count == 0)
        stop_asking(number);
    else if (sent.tail)
        begin_packet(number, now_ + 1);
    else
        ask(number, now_ + 1);
}

void VirtualChannelEngine::put_on_link(const Place& from, std::uint32_t output, std::uint32_t vc, const Flit& flit) {
    const std::uint32_t channel = lane_of(from.router, output, vc);
    if (--credits_[channel] == 0) {
        PortState& state = port(from.router, output);
        state.credited = static_cast<VcMask>(state.credited & ~(1U << vc));
    }
    note_grant(from.router, output, flit.packet);
    ++counters_.router_visits;
    const Peer& to = fabric_.downstream[fabric_.index(from.router, output)];
    ++counters_.hops[index_of(to.hop)];
    const HopTimes& times = timing_.of(to.hop);
    if (!clocked_) {
        const std::size_t first = std::size_t{from.router} * ports_;
        occupied_[first + from.port].input = occupied_[first + output].output = now_ + times.occupancy;
    }
    Bucket& bucket = wheel_.at(now_, times.latency);
    if (to.kind == Peer::Kind::endpoint) return bucket.departures.push_back({flit, to.endpoint, channel});
    if (flit.head && routing_.claims().rewrites_header) {
        const Position at{RouterId{from.router}, static_cast<PortIndex>(from.port), static_cast<std::uint8_t>(from.vc)};
        Header& header = pool_[flit.packet].header;
        header = routing_.forward(at, header, static_cast<PortIndex>(output));
    }
    bucket.arrivals.push_back({flit, lane_of(to.router, to.port, vc)});
}

// ---------------------------------------------------------------- reports

std::string VirtualChannelEngine::explain_stuck() const {
    std::vector<Wait> waits;
    const auto add = [&](const Place& at, std::uint32_t output, VcMask channels) {
        const Peer& to = fabric_.downstream[fabric_.index(at.router, output)];
        if (to.kind != Peer::Kind::router) return;
        for_each_bit(channels, [&](std::uint32_t vc) {
            waits.push_back({{at.router, at.port, at.vc}, {to.router, to.port, vc}});
        });
    };
    for (std::uint32_t number = 0; number < lanes_.size(); ++number) {
        const Lane& lane = lanes_[number];
        const Place at = place_of(number);
        if (lane.count == 0) continue;
        if (lane.state == LaneState::active)
            add(at, lane.output, static_cast<VcMask>(1U << lane.output_vc));
        else if (lane.state == LaneState::copying)
            for_each_bit(lane.copies, [&](std::uint32_t output) { add(at, output, lane.option[0].vcs); });
        else
            for (unsigned i = 0; i < lane.options; ++i) add(at, lane.option[i].port, lane.option[i].vcs);
    }
    return explain_waits(waits, topology_, vcs_);
}

}  // namespace

std::unique_ptr<Engine> make_virtual_channel_engine(const Plan& plan, Sink& sink) {
    return std::make_unique<VirtualChannelEngine>(plan, sink);
}

}  // namespace spikefab::noc
