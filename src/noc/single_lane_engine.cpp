// SPDX-License-Identifier: Apache-2.0
// The fast engine. A router is one compact record; flits and credits are events in a time wheel; a bitmap names the
// routers that may grant something in this tick. A router is visited because a flit or a credit arrived or an
// occupancy ended, never to find out.
#include "noc/single_lane_engine.hpp"

#include "base/contract.hpp"
#include "noc/active_set.hpp"
#include "noc/deadlock.hpp"
#include "noc/engine_core.hpp"
#include "noc/event_list.hpp"
#include "noc/target.hpp"
#include "noc/time_wheel.hpp"
#include "noc/way.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace spikefab::noc {
namespace {

struct Flit {
    std::uint32_t packet;
    Way way;
};
static_assert(sizeof(Flit) == 8);

/// A flit that reaches an input or an endpoint.
struct Arrival {
    Flit flit;
    Target to;
};
struct Bucket {
    EventList<Target> signals;  ///< credits and wakes
    EventList<Arrival> arrivals;
};

/// When the ports of a router are free again, in ticks since the engine's `epoch_`; asynchronous only.
template <std::size_t Ports, bool SingleCycle>
struct Occupancies {
    std::array<std::uint32_t, Ports> input{};
    std::array<std::uint32_t, Ports> output{};
    std::uint32_t wake = 0;  ///< when a visit is already due
};
template <std::size_t Ports>
struct Occupancies<Ports, true> {};

/// All of a router but the flits behind the first of each input: two cache lines for 5 ports. Bit-fields and not bytes,
/// because a store to a byte would make the compiler load everything else again.
template <std::size_t Ports, bool SingleCycle>
struct RouterState {
    struct Input {
        std::uint16_t first : 8 = 0;  ///< where the ring of the flits behind the first one starts
        std::uint16_t count : 8 = 0;  ///< flits, the first one included
    };
    struct Output {
        std::uint16_t credits : 8 = 0;  ///< free places behind it
        std::uint16_t turn : 8 = 0;     ///< the input that it serves first
    };
    std::uint16_t occupied = 0;  ///< inputs with a flit
    std::array<Output, Ports> outputs{};
    std::array<Input, Ports> inputs{};
    std::array<Target, Ports> downstream{};  ///< where each output leads
    std::array<Flit, Ports> front{};         ///< the first flit of each input; its way names the output that it wants
    [[no_unique_address]] Occupancies<Ports, SingleCycle> until{};

    [[nodiscard]] unsigned wanted(unsigned input) const { return front[input].way.output(); }
};
static_assert(sizeof(RouterState<5, false>) == 128);

template <std::size_t Ports, bool SingleCycle, bool Algorithm>
class SingleLaneEngine final : public EngineCore {
public:
    SingleLaneEngine(const Plan& plan, Ways ways, Sink& sink);
    [[nodiscard]] std::string explain_stuck() const override;

private:
    static constexpr std::uint32_t stride = Ports <= 8 ? 8 : 16;
    static constexpr std::size_t cache_line = 64;
    static constexpr Tick longest_epoch = Tick{1} << 31U;  ///< and the longest occupancy must fit into 32 bits
    using State = RouterState<Ports, SingleCycle>;

    Tick simulate() override;
    [[nodiscard]] Tick next_in_network() const override { return active_.empty() ? wheel_.next(now_) : now_; }
    void open_buckets();
    void close_buckets();
    [[gnu::always_inline]] inline void take_signal(Target signal);
    [[gnu::always_inline]] inline void take_credit(std::uint32_t where);
    [[gnu::always_inline]] inline void take_arrival(Flit flit, std::uint32_t where);
    void lose(std::uint32_t packet, std::uint32_t where);
    void depart(std::uint32_t packet, std::uint32_t endpoint);
    void send_from_source(const SourceFlit& flit);
    void visit(std::uint32_t number);
    [[nodiscard]] bool may_grant(const State& router, std::uint32_t input) const;
    void arbitrate(std::uint32_t number, State& router);
    [[gnu::always_inline]] inline void grant(std::uint32_t number, State& router, std::uint32_t input, std::uint32_t output);
    void plan_next_visit(std::uint32_t number, State& router);
    void return_credit(Target upstream);
    void fetch_ahead(Tick at);
    void move_epoch();
    [[nodiscard]] std::uint32_t since_epoch() const { return static_cast<std::uint32_t>(now_ - epoch_); }
    [[nodiscard]] Flit* ring_of(std::uint32_t router, std::uint32_t input) {
        return &flits_[(std::size_t{router} * Ports + input) << ring_bits_];
    }
    /// Who fills the input `port` of a router.
    [[nodiscard]] Target upstream_of(std::uint32_t number, const State& router, std::uint32_t port) const {
        return upstream_.empty() ? router.downstream[port] : upstream_[number * Ports + port];
    }
    [[nodiscard]] static Target target_of(const Peer& peer) {
        if (peer.kind == Peer::Kind::endpoint) return {Target::Kind::endpoint, peer.hop, peer.endpoint};
        return {Target::Kind::port, peer.hop, peer.kind == Peer::Kind::router ? peer.router * stride + peer.port : 0};
    }
    [[nodiscard]] std::uint32_t where_is(std::uint32_t endpoint) const {
        const Endpoint& at = topology_.endpoint(EndpointId{endpoint});
        return at.router.value() * stride + at.port;
    }
    [[nodiscard]] Way way_from_source(std::uint32_t packet) const {
        const Header& header = pool_[packet].header;
        return way_between(topology_, header.source, header.destination, x_first_);
    }
    [[nodiscard]] Way way_at(std::uint32_t where, std::uint32_t packet) const;

    bool x_first_;
    bool rewrites_header_;
    bool round_robin_;
    unsigned ring_bits_;
    std::uint32_t ring_mask_;
    Tick epoch_ = 0;
    std::vector<State> routers_;
    std::vector<Flit> flits_;       ///< [(router * Ports + input) << ring_bits]: rings
    std::vector<Target> upstream_;  ///< [router * Ports + input]; empty where every input is fed by its output's peer
    ActiveSet active_;
    TimeWheel<Bucket> wheel_;
    std::array<Bucket*, hop_kinds> flits_to_{};    ///< where this tick's grants put flits, by kind of hop
    std::array<Bucket*, hop_kinds> credits_to_{};  ///< ... and credits
};

template <std::size_t Ports, bool SingleCycle, bool Algorithm>
SingleLaneEngine<Ports, SingleCycle, Algorithm>::SingleLaneEngine(const Plan& plan, Ways ways, Sink& sink)
    : EngineCore{plan, sink},
      x_first_{ways == Ways::x_then_y},
      rewrites_header_{plan.routing->claims().rewrites_header},
      round_robin_{plan.round_robin},
      ring_bits_{static_cast<unsigned>(std::bit_width(plan.buffer_depth - 1))},
      ring_mask_{(1U << ring_bits_) - 1},
      routers_(fabric_.routers),
      flits_((std::size_t{fabric_.routers} * Ports) << ring_bits_),
      upstream_(std::size_t{fabric_.routers} * Ports),
      active_{fabric_.routers},
      wheel_{timing_.longest()} {
    expects(fits_single_lane(plan) && fabric_.ports <= Ports);
    for (State& router : routers_)
        for (auto& output : router.outputs) output.credits = plan.buffer_depth & 255U;
    bool paired = true;
    for (std::uint32_t router = 0; router < fabric_.routers; ++router) {
        for (std::uint32_t port = 0; port < fabric_.ports; ++port) {
            const std::size_t cell = fabric_.index(router, port);
            const Target to = routers_[router].downstream[port] = target_of(fabric_.downstream[cell]);
            const Target from = upstream_[router * Ports + port] = target_of(fabric_.upstream[cell]);
            paired = paired && to == from;
        }
    }
    if (paired) upstream_ = std::vector<Target>{};
}

// ---------------------------------------------------------------- ways

/// The output that the routing algorithm names at an input; the way stops at `Way::nowhere` when there is none.
template <std::size_t Ports, bool SingleCycle, bool Algorithm>
Way SingleLaneEngine<Ports, SingleCycle, Algorithm>::way_at(std::uint32_t where, std::uint32_t packet) const {
    const Position at{RouterId{where / stride}, static_cast<PortIndex>(where % stride), 0};
    Route route;
    routing_.route(at, pool_[packet].header, route);
    expects(route.copies == 0);
    return route.count == 0 ? Way{Way::nowhere} : Way{route.options[0].port};
}

// ---------------------------------------------------------------- one tick

/// Credits first, then arrivals and deliveries (a sink may inject), then sources, then every grant of this tick.
/// All that a grant causes lies at least one tick ahead, so the order of visits changes nothing.
template <std::size_t Ports, bool SingleCycle, bool Algorithm>
Tick SingleLaneEngine<Ports, SingleCycle, Algorithm>::simulate() {
    if constexpr (!SingleCycle)
        if (now_ - epoch_ > longest_epoch) [[unlikely]]
            move_epoch();
    if constexpr (!SingleCycle) fetch_ahead(wheel_.next(now_ + 1));
    Bucket& bucket = wheel_.open(now_);
    for (const Target signal : bucket.signals) take_signal(signal);
    bucket.signals.clear();
    for (; !late_credits_.empty() && late_credits_.top().at == now_; late_credits_.pop())
        take_credit(late_credits_.top().where);
    for (const Arrival& arrival : bucket.arrivals) {
        if (arrival.to.kind() == Target::Kind::port)
            take_arrival(arrival.flit, arrival.to.index());
        else
            depart(arrival.flit.packet, arrival.to.index());
    }
    bucket.arrivals.clear();
    if (sources_.next() == now_) sources_.send_due(now_, [this](const SourceFlit& flit) { send_from_source(flit); });
    if (!active_.empty()) {
        if constexpr (SingleCycle) open_buckets();
        active_.drain([this](std::uint32_t router) { visit(router); });
        if constexpr (SingleCycle) close_buckets();
        if (!active_.empty()) return now_ + 1;
    }
    return wheel_.next(now_ + 1);
}

/// Brings the routers that the events of tick `at` concern into the cache. Without a clock the few events of a tick lie
/// anywhere in the network, and each would wait for memory in turn.
template <std::size_t Ports, bool SingleCycle, bool Algorithm>
void SingleLaneEngine<Ports, SingleCycle, Algorithm>::fetch_ahead(Tick at) {
    if (at == never) return;
    const auto fetch = [this](Target to) {
        if (to.kind() != Target::Kind::port) return;
        const auto* const record = reinterpret_cast<const char*>(&routers_[to.index() / stride]);
        for (std::size_t line = 0; line < sizeof(State); line += cache_line) __builtin_prefetch(record + line);
    };
    const Bucket& bucket = wheel_.peek(at);
    for (const Arrival& arrival : bucket.arrivals) fetch(arrival.to);
    for (const Target signal : bucket.signals) fetch(signal);
}

/// Moves the origin of the 32-bit times to now; those that have passed become 0.
template <std::size_t Ports, bool SingleCycle, bool Algorithm>
void SingleLaneEngine<Ports, SingleCycle, Algorithm>::move_epoch() {
    if constexpr (!SingleCycle) {
        const Tick shift = now_ - epoch_;
        const auto moved = [shift](std::uint32_t& time) { time = time > shift ? static_cast<std::uint32_t>(time - shift) : 0; };
        for (State& router : routers_) {
            std::ranges::for_each(router.until.input, moved);
            std::ranges::for_each(router.until.output, moved);
            moved(router.until.wake);
        }
        epoch_ = now_;
    }
}

/// Looks up once per tick where its grants put their events, and marks what was used afterwards. It pays in a clocked
/// NoC, where many grants share a tick.
template <std::size_t Ports, bool SingleCycle, bool Algorithm>
void SingleLaneEngine<Ports, SingleCycle, Algorithm>::open_buckets() {
    for (std::size_t kind = 0; kind < hop_kinds; ++kind) {
        flits_to_[kind] = &wheel_.peek(now_ + timing_.hop[kind].latency);
        credits_to_[kind] = &wheel_.peek(now_ + timing_.hop[kind].credit);
    }
}

template <std::size_t Ports, bool SingleCycle, bool Algorithm>
void SingleLaneEngine<Ports, SingleCycle, Algorithm>::close_buckets() {
    for (std::size_t kind = 0; kind < hop_kinds; ++kind) {
        if (!flits_to_[kind]->arrivals.empty()) wheel_.mark(now_ + timing_.hop[kind].latency);
        if (!credits_to_[kind]->signals.empty()) wheel_.mark(now_ + timing_.hop[kind].credit);
    }
}

template <std::size_t Ports, bool SingleCycle, bool Algorithm>
void SingleLaneEngine<Ports, SingleCycle, Algorithm>::take_signal(Target signal) {
    switch (signal.kind()) {
        case Target::Kind::port:
            return take_credit(signal.index());
        case Target::Kind::endpoint:
            return sources_.credit(signal.index(), 0, now_);
        case Target::Kind::wake:
            return active_.add(signal.index());
    }
}

template <std::size_t Ports, bool SingleCycle, bool Algorithm>
void SingleLaneEngine<Ports, SingleCycle, Algorithm>::take_credit(std::uint32_t where) {
    State& router = routers_[where / stride];
    ++router.outputs[where % stride].credits;
    if (router.occupied != 0) active_.add(where / stride);
}

template <std::size_t Ports, bool SingleCycle, bool Algorithm>
void SingleLaneEngine<Ports, SingleCycle, Algorithm>::take_arrival(Flit flit, std::uint32_t where) {
    const std::uint32_t number = where / stride;
    const std::uint32_t port = where % stride;
    ++counters_.buffer_writes;
    if constexpr (Algorithm) {
        flit.way = way_at(where, flit.packet);
        if (flit.way.output() == Way::nowhere) return lose(flit.packet, where);
    }
    State& router = routers_[number];
    auto& input = router.inputs[port];
    if (const unsigned waiting = input.count++; waiting != 0) {
        ring_of(number, port)[(input.first + waiting - 1) & ring_mask_] = flit;
        return;
    }
    router.front[port] = flit;
    router.occupied = static_cast<std::uint16_t>(router.occupied | 1U << port);
    active_.add(number);
}

/// Drops a flit that cannot reach its destination from the input `where`.
template <std::size_t Ports, bool SingleCycle, bool Algorithm>
void SingleLaneEngine<Ports, SingleCycle, Algorithm>::lose(std::uint32_t packet, std::uint32_t where) {
    const Target upstream = upstream_of(where / stride, routers_[where / stride], where % stride);
    wheel_.at(now_, timing_.hop[upstream.hop()].credit).signals.push(upstream);
    ++counters_.dropped_flits;
    drop(packet, where / stride);
}

template <std::size_t Ports, bool SingleCycle, bool Algorithm>
void SingleLaneEngine<Ports, SingleCycle, Algorithm>::depart(std::uint32_t packet, std::uint32_t endpoint) {
    const Tick wait = deliver(packet, endpoint) - now_ + timing_.of(HopKind::inside_tile).credit;
    const std::uint32_t where = where_is(endpoint);
    if (wheel_.reaches(wait))
        wheel_.at(now_, static_cast<std::uint32_t>(wait)).signals.push({Target::Kind::port, HopKind::inside_tile, where});
    else
        late_credits_.push({now_ + wait, where});
}

template <std::size_t Ports, bool SingleCycle, bool Algorithm>
void SingleLaneEngine<Ports, SingleCycle, Algorithm>::send_from_source(const SourceFlit& source) {
    note_injection(source);
    const Flit flit{source.packet, Algorithm ? Way{} : way_from_source(source.packet)};
    const std::uint32_t where = where_is(source.endpoint);
    if (timing_.injection_latency == 0) return take_arrival(flit, where);
    const Target to{Target::Kind::port, HopKind::inside_tile, where};
    wheel_.at(now_, timing_.injection_latency).arrivals.push({flit, to});
}

// ---------------------------------------------------------------- routers

/// One grant per output and per input, to the first input at or after the output's turn.
template <std::size_t Ports, bool SingleCycle, bool Algorithm>
void SingleLaneEngine<Ports, SingleCycle, Algorithm>::visit(std::uint32_t number) {
    State& router = routers_[number];
    const unsigned occupied = router.occupied;
    if ((occupied & (occupied - 1)) == 0) {
        const auto input = static_cast<unsigned>(std::countr_zero(occupied));
        if (may_grant(router, input)) grant(number, router, input, router.wanted(input));
    } else {
        arbitrate(number, router);
    }
    if (router.occupied != 0) plan_next_visit(number, router);
}

/// True when the first flit of `input` has room ahead and, without a clock, neither end of its way is occupied.
template <std::size_t Ports, bool SingleCycle, bool Algorithm>
bool SingleLaneEngine<Ports, SingleCycle, Algorithm>::may_grant(const State& router, std::uint32_t input) const {
    const unsigned output = router.wanted(input);
    if (router.outputs[output].credits == 0) return false;
    if constexpr (SingleCycle)
        return true;
    else
        return std::max(router.until.input[input], router.until.output[output]) <= since_epoch();
}

template <std::size_t Ports, bool SingleCycle, bool Algorithm>
void SingleLaneEngine<Ports, SingleCycle, Algorithm>::arbitrate(std::uint32_t number, State& router) {
    std::array<std::uint16_t, Ports> requests;  // only the entries named by `wanted` are ever set or read
    unsigned wanted = 0;
    for (unsigned inputs = router.occupied; inputs != 0; inputs &= inputs - 1) {
        const auto input = static_cast<unsigned>(std::countr_zero(inputs));
        if (!may_grant(router, input)) continue;
        const unsigned output = router.wanted(input);
        const unsigned others = (wanted >> output & 1U) != 0 ? requests[output] : 0U;
        requests[output] = static_cast<std::uint16_t>(others | 1U << input);
        wanted |= 1U << output;
    }
    for (; wanted != 0; wanted &= wanted - 1) {
        const auto output = static_cast<unsigned>(std::countr_zero(wanted));
        const unsigned all = requests[output];
        const unsigned later = all >> router.outputs[output].turn << router.outputs[output].turn;
        grant(number, router, static_cast<unsigned>(std::countr_zero(later != 0 ? later : all)), output);
    }
}

template <std::size_t Ports, bool SingleCycle, bool Algorithm>
void SingleLaneEngine<Ports, SingleCycle, Algorithm>::grant(std::uint32_t number, State& router, std::uint32_t port,
                                                            std::uint32_t output) {
    auto& input = router.inputs[port];
    Flit flit = router.front[port];
    if (--input.count != 0) {
        router.front[port] = ring_of(number, port)[input.first];
        input.first = (input.first + 1U) & ring_mask_ & 255U;
    } else {
        router.occupied = static_cast<std::uint16_t>(router.occupied ^ 1U << port);
    }
    --router.outputs[output].credits;
    if (round_robin_) router.outputs[output].turn = static_cast<std::uint16_t>(port + 1) & 255U;
    note_grant(number, output, flit.packet);

    const Target to = router.downstream[output];
    ++counters_.hops[to.hop()];
    ++counters_.router_visits;
    if constexpr (!SingleCycle)
        router.until.input[port] = router.until.output[output] = since_epoch() + timing_.hop[to.hop()].occupancy;
    if constexpr (Algorithm) {
        PacketPool::Entry& entry = pool_[flit.packet];
        const Position at{RouterId{number}, static_cast<PortIndex>(port), 0};
        if (rewrites_header_ && to.kind() == Target::Kind::port)
            entry.header = routing_.forward(at, entry.header, static_cast<PortIndex>(output));
    } else {
        flit.way = flit.way.after_one_hop();
    }
    return_credit(upstream_of(number, router, port));
    Bucket& bucket = SingleCycle ? *flits_to_[to.hop()] : wheel_.at(now_, timing_.hop[to.hop()].latency);
    bucket.arrivals.push({flit, to});
}

/// A router with flits left has to be visited again when the first of them could be granted as things stand; where none
/// could, a credit will wake it.
template <std::size_t Ports, bool SingleCycle, bool Algorithm>
void SingleLaneEngine<Ports, SingleCycle, Algorithm>::plan_next_visit(std::uint32_t number, State& router) {
    std::uint32_t earliest = none;
    for (unsigned inputs = router.occupied; inputs != 0; inputs &= inputs - 1) {
        const auto input = static_cast<unsigned>(std::countr_zero(inputs));
        const unsigned output = router.wanted(input);
        if (router.outputs[output].credits == 0) continue;
        if constexpr (SingleCycle)
            return active_.add(number);
        else
            earliest = std::min(earliest, std::max(router.until.input[input], router.until.output[output]));
    }
    if constexpr (!SingleCycle) {
        std::uint32_t& wake = router.until.wake;
        if (earliest == none || (wake > since_epoch() && wake <= earliest)) return;
        wake = earliest;
        wheel_.at(now_, earliest - since_epoch()).signals.push({Target::Kind::wake, HopKind::other, number});
    }
}

template <std::size_t Ports, bool SingleCycle, bool Algorithm>
void SingleLaneEngine<Ports, SingleCycle, Algorithm>::return_credit(Target upstream) {
    Bucket& bucket = SingleCycle ? *credits_to_[upstream.hop()] : wheel_.at(now_, timing_.hop[upstream.hop()].credit);
    bucket.signals.push(upstream);
}

// ---------------------------------------------------------------- reports

template <std::size_t Ports, bool SingleCycle, bool Algorithm>
std::string SingleLaneEngine<Ports, SingleCycle, Algorithm>::explain_stuck() const {
    std::vector<Wait> waits;
    for (std::uint32_t number = 0; number < fabric_.routers; ++number) {
        const State& router = routers_[number];
        for (unsigned inputs = router.occupied; inputs != 0; inputs &= inputs - 1) {
            const auto input = static_cast<unsigned>(std::countr_zero(inputs));
            const Peer& to = fabric_.downstream[fabric_.index(number, router.wanted(input))];
            if (to.kind == Peer::Kind::router) waits.push_back({{number, input, 0}, {to.router, to.port, 0}});
        }
    }
    return explain_waits(waits, topology_, 1);
}

template <std::size_t Ports, bool SingleCycle>
std::unique_ptr<Engine> make(const Plan& plan, Ways ways, Sink& sink) {
    if (ways == Ways::by_algorithm) return std::make_unique<SingleLaneEngine<Ports, SingleCycle, true>>(plan, ways, sink);
    return std::make_unique<SingleLaneEngine<Ports, SingleCycle, false>>(plan, ways, sink);
}

template <std::size_t Ports>
std::unique_ptr<Engine> make(const Plan& plan, Ways ways, Sink& sink) {
    return plan.timing.single_cycle() ? make<Ports, true>(plan, ways, sink) : make<Ports, false>(plan, ways, sink);
}

}  // namespace

bool fits_single_lane(const Plan& plan) {
    const Stages& stages = plan.stages;
    return plan.vcs == 1 && plan.longest_packet == 1 && plan.buffer_depth <= 255 && stages.routing == 0 &&
           stages.switch_allocation == 1 && stages.piggyback && most_ports(*plan.topology) <= Way::most_ports &&
           plan.topology->routers() * 16 < Target::limit && !plan.routing->claims().multicast;
}

std::unique_ptr<Engine> make_single_lane_engine(const Plan& plan, Ways ways, Sink& sink) {
    const unsigned ports = most_ports(*plan.topology);
    if (ports <= 5) return make<5>(plan, ways, sink);
    if (ports <= 8) return make<8>(plan, ways, sink);
    return make<16>(plan, ways, sink);
}

}  // namespace spikefab::noc
