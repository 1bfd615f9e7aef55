// SPDX-License-Identifier: Apache-2.0
// The fast engine. A router is one compact record; flits and credits are events in a time wheel; a bitmap names the
// routers that may grant something in this tick. A router is visited because a flit, a credit or the end of an
// occupancy arrived, never to find out.
#include "noc/single_lane_engine.hpp"

#include "base/contract.hpp"
#include "base/error.hpp"
#include "noc/packet_pool.hpp"
#include "noc/time_wheel.hpp"
#include "noc/wake_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <queue>
#include <utility>

namespace spikefab::noc {
namespace {

/// A flit on its way: packet number, what is left of the way along each axis, and the port at which it leaves.
class Flit final {
public:
    Flit() = default;
    Flit(std::uint32_t packet, std::uint32_t x_distance, bool west, std::uint32_t y_distance, bool south, std::uint32_t exit)
        : bits_{packet | std::uint64_t{x_distance} << x_shift | std::uint64_t{y_distance} << y_shift |
                std::uint64_t{west} << west_shift | std::uint64_t{south} << south_shift | std::uint64_t{exit} << exit_shift} {}

    static constexpr std::uint32_t longest_axis = 2048;
    static constexpr std::uint64_t one_x = std::uint64_t{1} << 32;
    static constexpr std::uint64_t one_y = std::uint64_t{1} << 43;

    [[nodiscard]] std::uint32_t packet() const { return static_cast<std::uint32_t>(bits_); }
    [[nodiscard]] bool moves_x() const { return ((bits_ >> x_shift) & 2047U) != 0; }
    [[nodiscard]] bool moves_y() const { return ((bits_ >> y_shift) & 2047U) != 0; }
    [[nodiscard]] std::uint32_t west() const { return static_cast<std::uint32_t>(bits_ >> west_shift) & 1U; }
    [[nodiscard]] std::uint32_t south() const { return static_cast<std::uint32_t>(bits_ >> south_shift) & 1U; }
    [[nodiscard]] std::uint32_t exit() const { return static_cast<std::uint32_t>(bits_ >> exit_shift); }
    [[nodiscard]] Flit after(std::uint64_t step) const {
        Flit moved = *this;
        moved.bits_ -= step;
        return moved;
    }

private:
    static constexpr unsigned x_shift = 32, y_shift = 43, west_shift = 54, south_shift = 55, exit_shift = 56;
    std::uint64_t bits_ = 0;
};

struct Arrival {
    Flit flit;
    std::uint32_t where;  ///< router * stride + input
};
struct Delivery {
    std::uint32_t packet;
    std::uint32_t endpoint;
    std::uint32_t from;  ///< router * stride + output
};

/// The other end of a port: an endpoint or a port of another router, and the direction of the link.
class Peer final {
public:
    Peer() = default;
    Peer(std::uint32_t index, Direction direction, bool endpoint)
        : bits_{index | static_cast<std::uint32_t>(direction) << 28 | std::uint32_t{endpoint} << 31} {}
    static constexpr std::uint32_t index_limit = 1U << 28;

    [[nodiscard]] std::uint32_t index() const { return bits_ & (index_limit - 1); }
    [[nodiscard]] std::size_t direction() const { return (bits_ >> 28) & 3U; }
    [[nodiscard]] bool endpoint() const { return bits_ >> 31 != 0; }

private:
    std::uint32_t bits_ = index_limit - 1;
};

struct Bucket {
    std::vector<Arrival> arrivals;
    std::vector<std::uint32_t> credits;         ///< router * stride + output
    std::vector<std::uint32_t> source_credits;  ///< endpoint
    std::vector<std::uint32_t> releases;        ///< (router * stride + output) << 4 | input: ends of occupancies
    std::vector<Delivery> deliveries;
};

/// The hot part of a router: 32 bytes for 5 ports.
template <std::size_t Ports>
struct Router {
    using Mask = std::conditional_t<Ports <= 8, std::uint8_t, std::uint16_t>;
    Mask occupied = 0;                          ///< inputs with a flit
    Mask busy_inputs = 0;                       ///< inputs whose last flit still occupies the switch
    Mask busy_outputs = 0;                      ///< outputs whose link is occupied
    std::array<std::uint8_t, Ports> wanted{};   ///< output of each input's first flit
    std::array<std::uint8_t, Ports> first{};    ///< where each input's ring starts
    std::array<std::uint8_t, Ports> count{};    ///< flits in each input
    std::array<std::uint8_t, Ports> credits{};  ///< free places behind each output
    std::array<std::uint8_t, Ports> turn{};     ///< the input that each output serves first
};
static_assert(sizeof(Router<5>) <= 32);

template <std::size_t Ports, bool SingleCycle>
class SingleLaneEngine final : public Engine {
public:
    SingleLaneEngine(const SingleLanePlan& plan, Sink& sink);

    void inject(std::uint32_t endpoint, const Packet& packet, Tick not_before) override;
    [[nodiscard]] std::size_t queued(std::uint32_t endpoint) const override { return sources_[endpoint].size; }
    [[nodiscard]] std::optional<Tick> next_event() const override;
    Tick run_until(Tick horizon) override;
    void limit_horizon(Tick horizon) override { horizon_ = std::min(horizon_, horizon); }
    [[nodiscard]] Tick now() const override { return now_; }
    [[nodiscard]] Counters counters() const override;
    [[nodiscard]] const LatencyStatistics& latency() const override { return latency_; }
    [[nodiscard]] std::span<const std::uint64_t> link_flits() const override { return link_flits_; }
    void observe(Observer* observer) override { observer_ = observer; }
    [[nodiscard]] std::string explain_stuck() const override;

private:
    static constexpr std::uint32_t stride = Ports <= 8 ? 8 : 16;
    static constexpr unsigned port_bits = Ports <= 8 ? 3 : 4;
    using RouterType = Router<Ports>;
    using Mask = typename RouterType::Mask;
    struct LateCredit {
        Tick at;
        std::uint32_t where;
        bool operator>(const LateCredit& other) const { return std::tie(at, where) > std::tie(other.at, other.where); }
    };

    void link_peers();
    void simulate(Tick tick);
    void take_late_credits();
    void take_credit(std::uint32_t where);
    void take_releases(const std::vector<std::uint32_t>& releases);
    void take_arrival(const Arrival& arrival);
    void deliver(const Delivery& delivery);
    void wake_source(std::uint32_t endpoint);
    void send_from_source(std::uint32_t endpoint, SourceQueue& source);
    void visit_active_routers();
    void arbitrate(std::uint32_t router);
    void grant(std::uint32_t number, RouterType& router, std::uint32_t input, std::uint32_t output);
    void note_grant(std::uint32_t router, std::uint32_t output, Flit flit);
    void return_credit(Peer upstream);
    void activate(std::uint32_t router);
    [[nodiscard]] std::uint32_t output_of(Flit flit) const;
    [[nodiscard]] Flit first_flit(std::uint32_t packet, std::uint32_t source, std::uint32_t destination) const;
    [[nodiscard]] bool may_grant(const RouterType& router) const;
    [[nodiscard]] Flit& place(std::uint32_t router, std::uint32_t input, std::uint32_t slot) {
        return flits_[((std::size_t{router} * Ports + input) << ring_bits_) + slot];
    }

    Fabric fabric_;
    Timing timing_;
    MeshShape mesh_;
    Sink& sink_;
    Observer* observer_ = nullptr;
    unsigned ring_bits_;
    std::uint32_t ring_mask_;
    bool round_robin_;
    std::array<std::uint64_t, Ports> step_{};  ///< what a flit subtracts from its way when it leaves by a port

    std::vector<RouterType> routers_;
    std::vector<Flit> flits_;
    std::vector<Peer> downstream_;  ///< [router * stride + output]
    std::vector<Peer> upstream_;    ///< [router * stride + input]
    std::vector<std::uint64_t> active_;
    std::vector<std::uint64_t> active_words_;

    TimeWheel<Bucket> wheel_;
    std::priority_queue<LateCredit, std::vector<LateCredit>, std::greater<>> late_credits_;
    PacketPool pool_;
    std::vector<SourceQueue> sources_;
    WakeList wakes_;

    Tick now_ = 0;
    Tick horizon_ = 0;
    std::uint64_t injected_ = 0;
    std::uint64_t delivered_ = 0;
    std::uint64_t arrived_ = 0;
    std::uint64_t entered_ = 0;
    std::array<std::uint64_t, direction_count> hops_{};
    LatencyStatistics latency_;
    std::vector<std::uint64_t> link_flits_;
};

template <std::size_t Ports, bool SingleCycle>
SingleLaneEngine<Ports, SingleCycle>::SingleLaneEngine(const SingleLanePlan& plan, Sink& sink)
    : fabric_{plan.fabric},
      timing_{plan.timing},
      mesh_{plan.mesh},
      sink_{sink},
      ring_bits_{static_cast<unsigned>(std::bit_width(plan.buffer_depth - 1))},
      ring_mask_{(1U << ring_bits_) - 1},
      round_robin_{plan.round_robin},
      routers_(fabric_.routers),
      flits_((std::size_t{fabric_.routers} * Ports) << ring_bits_),
      active_((fabric_.routers + 63) / 64, 0),
      active_words_((active_.size() + 63) / 64, 0),
      wheel_{timing_.longest()},
      sources_(fabric_.endpoints()),
      wakes_{fabric_.endpoints()} {
    expects(fabric_.ports <= Ports && std::uint64_t{fabric_.routers} * stride < Peer::index_limit);
    for (RouterType& router : routers_) router.credits.fill(static_cast<std::uint8_t>(plan.buffer_depth));
    for (SourceQueue& source : sources_) source.credits = plan.buffer_depth;
    step_[mesh_.east] = step_[mesh_.west] = Flit::one_x;
    step_[mesh_.north] = step_[mesh_.south] = Flit::one_y;
    link_peers();
    if (plan.count_links) link_flits_.assign(std::size_t{fabric_.routers} * fabric_.ports, 0);
}

template <std::size_t Ports, bool SingleCycle>
void SingleLaneEngine<Ports, SingleCycle>::link_peers() {
    downstream_.resize(std::size_t{fabric_.routers} * stride);
    upstream_.resize(downstream_.size());
    for (std::uint32_t router = 0; router < fabric_.routers; ++router) {
        for (std::uint32_t port = 0; port < fabric_.ports; ++port) {
            const std::size_t cell = fabric_.index(router, port);
            const std::uint32_t where = router * stride + port;
            if (const std::uint32_t endpoint = fabric_.endpoint[cell]; endpoint != none) {
                downstream_[where] = upstream_[where] = Peer{endpoint, fabric_.direction[cell], true};
            } else {
                if (const PortRef to = fabric_.downstream[cell]; to.connected())
                    downstream_[where] = Peer{to.router * stride + to.port, fabric_.direction[cell], false};
                if (const PortRef from = fabric_.upstream[cell]; from.connected())
                    upstream_[where] = Peer{from.router * stride + from.port, fabric_.direction[fabric_.index(from)], false};
            }
        }
    }
}

template <std::size_t Ports, bool SingleCycle>
Flit SingleLaneEngine<Ports, SingleCycle>::first_flit(std::uint32_t packet, std::uint32_t source,
                                                      std::uint32_t destination) const {
    const std::uint32_t from = fabric_.attached[source].router;
    const PortRef to = fabric_.attached[destination];
    const std::uint32_t from_x = from % mesh_.width, from_y = from / mesh_.width;
    const std::uint32_t to_x = to.router % mesh_.width, to_y = to.router / mesh_.width;
    const bool west = to_x < from_x;
    const bool south = to_y < from_y;
    return {packet, west ? from_x - to_x : to_x - from_x, west, south ? from_y - to_y : to_y - from_y, south, to.port};
}

template <std::size_t Ports, bool SingleCycle>
std::uint32_t SingleLaneEngine<Ports, SingleCycle>::output_of(Flit flit) const {
    const std::uint32_t along_x = flit.west() != 0 ? mesh_.west : mesh_.east;
    const std::uint32_t along_y = flit.south() != 0 ? mesh_.south : mesh_.north;
    if (mesh_.x_first) return flit.moves_x() ? along_x : flit.moves_y() ? along_y : flit.exit();
    return flit.moves_y() ? along_y : flit.moves_x() ? along_x : flit.exit();
}

template <std::size_t Ports, bool SingleCycle>
void SingleLaneEngine<Ports, SingleCycle>::activate(std::uint32_t router) {
    active_[router / 64] |= std::uint64_t{1} << (router % 64);
    active_words_[router / 4096] |= std::uint64_t{1} << (router / 64 % 64);
}

// ---------------------------------------------------------------- sources

template <std::size_t Ports, bool SingleCycle>
void SingleLaneEngine<Ports, SingleCycle>::inject(std::uint32_t endpoint, const Packet& packet, Tick not_before) {
    expects(endpoint < sources_.size() && packet.destination < sources_.size() && packet.flits == 1);
    expects(not_before >= now_);
    SourceQueue& source = sources_[endpoint];
    Packet stamped = packet;
    stamped.source = endpoint;
    stamped.created = std::max(not_before, now_);
    source.push(pool_, pool_.add(stamped));
    ++injected_;
    if (source.size != 1 || source.scheduled || source.credits == 0) return;
    source.scheduled = true;
    wakes_.schedule(endpoint, std::max(stamped.created, source.free_at));
}

/// Sends the first packet if there is one, and schedules the next unless it has to wait for a credit.
template <std::size_t Ports, bool SingleCycle>
void SingleLaneEngine<Ports, SingleCycle>::wake_source(std::uint32_t endpoint) {
    SourceQueue& source = sources_[endpoint];
    source.scheduled = false;
    if (source.size == 0 || source.credits == 0) return;
    Tick earliest = std::max(pool_[source.head].packet.created, source.free_at);
    if (earliest <= now_) {
        send_from_source(endpoint, source);
        if (source.size == 0 || source.credits == 0) return;
        earliest = std::max(pool_[source.head].packet.created, source.free_at);
    }
    source.scheduled = true;
    wakes_.schedule(endpoint, earliest);
}

template <std::size_t Ports, bool SingleCycle>
void SingleLaneEngine<Ports, SingleCycle>::send_from_source(std::uint32_t endpoint, SourceQueue& source) {
    const std::uint32_t number = source.pop(pool_);
    const Packet& packet = pool_[number].packet;
    --source.credits;
    source.free_at = now_ + timing_.injection_occupancy;
    latency_.source_wait += now_ - packet.created;
    ++entered_;
    const PortRef at = fabric_.attached[endpoint];
    const Arrival arrival{first_flit(number, endpoint, packet.destination), at.router * stride + at.port};
    if (observer_ != nullptr) observer_->injected(endpoint, packet, now_);
    if (timing_.injection_latency == 0)
        take_arrival(arrival);
    else
        wheel_.at(now_, timing_.injection_latency).arrivals.push_back(arrival);
}

// ---------------------------------------------------------------- one tick

template <std::size_t Ports, bool SingleCycle>
std::optional<Tick> SingleLaneEngine<Ports, SingleCycle>::next_event() const {
    for (const std::uint64_t words : active_words_)
        if (words != 0) return now_;
    Tick next = std::min(wheel_.next(now_), wakes_.next());
    if (!late_credits_.empty()) next = std::min(next, late_credits_.top().at);
    return next == never ? std::nullopt : std::optional{next};
}

template <std::size_t Ports, bool SingleCycle>
Tick SingleLaneEngine<Ports, SingleCycle>::run_until(Tick horizon) {
    horizon_ = horizon;
    while (true) {
        const std::optional<Tick> next = next_event();
        if (!next || *next >= horizon_) break;
        simulate(*next);
    }
    if (horizon_ != never) now_ = std::max(now_, horizon_);
    return now_;
}

/// Credits and arrivals first, then deliveries (a sink may inject), then sources, then every grant of this tick.
/// All that a grant causes lies at least one tick ahead, so the order of visits changes nothing.
template <std::size_t Ports, bool SingleCycle>
void SingleLaneEngine<Ports, SingleCycle>::simulate(Tick tick) {
    now_ = tick;
    Bucket& bucket = wheel_.open(tick);
    for (const std::uint32_t where : bucket.credits) take_credit(where);
    bucket.credits.clear();
    if constexpr (!SingleCycle) take_releases(bucket.releases);
    bucket.releases.clear();
    for (const Arrival& arrival : bucket.arrivals) take_arrival(arrival);
    bucket.arrivals.clear();
    if (!late_credits_.empty()) take_late_credits();
    for (const Delivery& delivery : bucket.deliveries) deliver(delivery);
    bucket.deliveries.clear();
    for (const std::uint32_t endpoint : bucket.source_credits) {
        ++sources_[endpoint].credits;
        if (!sources_[endpoint].scheduled) wake_source(endpoint);
    }
    bucket.source_credits.clear();
    if (wakes_.next() == tick) wakes_.advance(tick, [this](std::uint32_t endpoint) { wake_source(endpoint); });
    visit_active_routers();
    ++now_;
}

template <std::size_t Ports, bool SingleCycle>
void SingleLaneEngine<Ports, SingleCycle>::take_late_credits() {
    while (!late_credits_.empty() && late_credits_.top().at == now_) {
        take_credit(late_credits_.top().where);
        late_credits_.pop();
    }
}

template <std::size_t Ports, bool SingleCycle>
void SingleLaneEngine<Ports, SingleCycle>::take_credit(std::uint32_t where) {
    RouterType& router = routers_[where / stride];
    ++router.credits[where % stride];
    if (router.occupied != 0) activate(where / stride);
}

template <std::size_t Ports, bool SingleCycle>
void SingleLaneEngine<Ports, SingleCycle>::take_releases(const std::vector<std::uint32_t>& releases) {
    for (const std::uint32_t release : releases) {
        const std::uint32_t where = release >> 4;
        RouterType& router = routers_[where / stride];
        router.busy_outputs = static_cast<Mask>(router.busy_outputs & ~(1U << (where % stride)));
        router.busy_inputs = static_cast<Mask>(router.busy_inputs & ~(1U << (release & 15U)));
        if (router.occupied != 0) activate(where / stride);
    }
}

template <std::size_t Ports, bool SingleCycle>
void SingleLaneEngine<Ports, SingleCycle>::take_arrival(const Arrival& arrival) {
    const std::uint32_t number = arrival.where / stride;
    const std::uint32_t input = arrival.where % stride;
    RouterType& router = routers_[number];
    const std::uint32_t waiting = router.count[input]++;
    place(number, input, (router.first[input] + waiting) & ring_mask_) = arrival.flit;
    ++arrived_;
    if (waiting != 0) return;
    router.occupied = static_cast<Mask>(router.occupied | 1U << input);
    router.wanted[input] = static_cast<std::uint8_t>(output_of(arrival.flit));
    activate(number);
}

template <std::size_t Ports, bool SingleCycle>
void SingleLaneEngine<Ports, SingleCycle>::deliver(const Delivery& delivery) {
    const Packet packet = pool_[delivery.packet].packet;
    pool_.remove(delivery.packet);
    ++delivered_;
    const Tick latency = now_ - packet.created;
    latency_.sum += latency;
    latency_.longest = std::max(latency_.longest, latency);
    latency_.histogram.record(latency);
    if (observer_ != nullptr) observer_->delivered(delivery.endpoint, packet, now_);
    const Tick freed = std::max(sink_.accept(delivery.endpoint, packet, now_), now_);
    const Tick wait = freed - now_ + timing_.of(Direction::inside_tile).credit;
    if (wheel_.reaches(wait))
        wheel_.at(now_, static_cast<std::uint32_t>(wait)).credits.push_back(delivery.from);
    else
        late_credits_.push({now_ + wait, delivery.from});
}

// ---------------------------------------------------------------- routers

template <std::size_t Ports, bool SingleCycle>
void SingleLaneEngine<Ports, SingleCycle>::visit_active_routers() {
    for (std::uint32_t group = 0; group < active_words_.size(); ++group) {
        for (std::uint64_t words = std::exchange(active_words_[group], 0); words != 0; words &= words - 1) {
            const std::uint32_t word = group * 64 + static_cast<std::uint32_t>(std::countr_zero(words));
            for (std::uint64_t routers = std::exchange(active_[word], 0); routers != 0; routers &= routers - 1)
                arbitrate(word * 64 + static_cast<std::uint32_t>(std::countr_zero(routers)));
        }
    }
}

/// One grant per output and per input, to the first input at or after the output's turn.
template <std::size_t Ports, bool SingleCycle>
void SingleLaneEngine<Ports, SingleCycle>::arbitrate(std::uint32_t number) {
    RouterType& router = routers_[number];
    unsigned inputs = router.occupied;
    if constexpr (!SingleCycle) inputs &= ~unsigned{router.busy_inputs};
    std::array<Mask, stride> requests{};
    unsigned wanted = 0;
    for (; inputs != 0; inputs &= inputs - 1) {
        const auto input = static_cast<unsigned>(std::countr_zero(inputs));
        const unsigned output = router.wanted[input];
        requests[output] = static_cast<Mask>(requests[output] | 1U << input);
        wanted |= 1U << output;
    }
    if constexpr (!SingleCycle) wanted &= ~unsigned{router.busy_outputs};
    for (; wanted != 0; wanted &= wanted - 1) {
        const auto output = static_cast<unsigned>(std::countr_zero(wanted));
        if (router.credits[output] == 0) continue;
        const unsigned all = requests[output];
        const unsigned later = all >> router.turn[output] << router.turn[output];
        const auto input = static_cast<unsigned>(std::countr_zero(later != 0 ? later : all));
        grant(number, router, input, output);
    }
    if (SingleCycle && may_grant(router)) activate(number);
}

/// True when some input could be granted in the next tick as things stand.
template <std::size_t Ports, bool SingleCycle>
bool SingleLaneEngine<Ports, SingleCycle>::may_grant(const RouterType& router) const {
    for (unsigned inputs = router.occupied; inputs != 0; inputs &= inputs - 1)
        if (router.credits[router.wanted[static_cast<unsigned>(std::countr_zero(inputs))]] != 0) return true;
    return false;
}

template <std::size_t Ports, bool SingleCycle>
void SingleLaneEngine<Ports, SingleCycle>::grant(std::uint32_t number, RouterType& router, std::uint32_t input,
                                                 std::uint32_t output) {
    const std::uint32_t first = router.first[input];
    const Flit flit = place(number, input, first);
    const std::uint32_t second = (first + 1) & ring_mask_;
    router.first[input] = static_cast<std::uint8_t>(second);
    if (--router.count[input] != 0)
        router.wanted[input] = static_cast<std::uint8_t>(output_of(place(number, input, second)));
    else
        router.occupied = static_cast<Mask>(router.occupied ^ 1U << input);
    --router.credits[output];
    if (round_robin_) router.turn[output] = static_cast<std::uint8_t>(input + 1);

    const std::uint32_t from = number * stride + output;
    const Peer to = downstream_[from];
    const HopTimes& times = timing_.hop[to.direction()];
    ++hops_[to.direction()];
    Bucket& bucket = wheel_.at(now_, times.latency);
    if (to.endpoint())
        bucket.deliveries.push_back({flit.packet(), to.index(), from});
    else
        bucket.arrivals.push_back({flit.after(step_[output]), to.index()});
    if constexpr (!SingleCycle) {
        router.busy_inputs = static_cast<Mask>(router.busy_inputs | 1U << input);
        router.busy_outputs = static_cast<Mask>(router.busy_outputs | 1U << output);
        wheel_.at(now_, times.occupancy).releases.push_back(from << 4 | input);
    }
    return_credit(upstream_[number * stride + input]);
    if (observer_ != nullptr || !link_flits_.empty()) note_grant(number, output, flit);
}

template <std::size_t Ports, bool SingleCycle>
void SingleLaneEngine<Ports, SingleCycle>::note_grant(std::uint32_t router, std::uint32_t output, Flit flit) {
    if (!link_flits_.empty()) ++link_flits_[fabric_.index(router, output)];
    if (observer_ != nullptr) observer_->hop(router, output, pool_[flit.packet()].packet, now_);
}

template <std::size_t Ports, bool SingleCycle>
void SingleLaneEngine<Ports, SingleCycle>::return_credit(Peer upstream) {
    Bucket& bucket = wheel_.at(now_, timing_.hop[upstream.direction()].credit);
    if (upstream.endpoint())
        bucket.source_credits.push_back(upstream.index());
    else
        bucket.credits.push_back(upstream.index());
}

// ---------------------------------------------------------------- reports

template <std::size_t Ports, bool SingleCycle>
Counters SingleLaneEngine<Ports, SingleCycle>::counters() const {
    Counters counters;
    counters.injected = injected_;
    counters.delivered = delivered_;
    counters.hops = hops_;
    for (const std::uint64_t hops : hops_) counters.router_visits += hops;
    counters.hops[static_cast<std::size_t>(Direction::inside_tile)] += entered_;
    counters.buffer_writes = arrived_;
    counters.buffer_reads = counters.allocations = counters.crossbar_traversals = counters.router_visits;
    return counters;
}

template <std::size_t Ports, bool SingleCycle>
std::string SingleLaneEngine<Ports, SingleCycle>::explain_stuck() const {
    std::string text;
    for (std::uint32_t number = 0; number < fabric_.routers; ++number) {
        const RouterType& router = routers_[number];
        for (unsigned inputs = router.occupied; inputs != 0; inputs &= inputs - 1) {
            const auto input = static_cast<unsigned>(std::countr_zero(inputs));
            const PortRef to = fabric_.downstream[fabric_.index(number, router.wanted[input])];
            if (!to.connected()) continue;
            text += fmt::format("router {} {} waits for router {} {}\n", fabric_.router_names[number],
                                fabric_.port_names[input], fabric_.router_names[to.router], fabric_.port_names[to.port]);
        }
    }
    return text;
}

template <std::size_t Ports>
std::unique_ptr<Engine> make(const SingleLanePlan& plan, Sink& sink) {
    if (plan.timing.single_cycle()) return std::make_unique<SingleLaneEngine<Ports, true>>(plan, sink);
    return std::make_unique<SingleLaneEngine<Ports, false>>(plan, sink);
}

}  // namespace

std::unique_ptr<Engine> make_single_lane_engine(const SingleLanePlan& plan, Sink& sink) {
    if (plan.fabric.ports <= 5) return make<5>(plan, sink);
    if (plan.fabric.ports <= 8) return make<8>(plan, sink);
    expects(plan.fabric.ports <= 16);
    return make<16>(plan, sink);
}

Fabric mesh_fabric(std::uint32_t width, std::uint32_t height, std::uint32_t cores) {
    constexpr std::uint32_t east = 0, west = 1, north = 2, south = 3;
    Fabric fabric = make_fabric(width * height, 4 + cores);
    fabric.port_names = {"east", "west", "north", "south"};
    for (std::uint32_t core = 0; core < cores; ++core) fabric.port_names.push_back(fmt::format("core {}", core));
    for (std::uint32_t y = 0; y < height; ++y) {
        for (std::uint32_t x = 0; x < width; ++x) {
            const std::uint32_t router = y * width + x;
            fabric.router_names[router] = fmt::format("({},{})", x, y);
            if (x + 1 < width) {
                fabric.connect({router, east}, {router + 1, west}, Direction::east_west);
                fabric.connect({router + 1, west}, {router, east}, Direction::east_west);
            }
            if (y + 1 < height) {
                fabric.connect({router, north}, {router + width, south}, Direction::north_south);
                fabric.connect({router + width, south}, {router, north}, Direction::north_south);
            }
            for (std::uint32_t core = 0; core < cores; ++core) fabric.attach({router, 4 + core});
        }
    }
    return fabric;
}

}  // namespace spikefab::noc
