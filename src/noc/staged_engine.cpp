// SPDX-License-Identifier: Apache-2.0
// One cycle of all forwarders: queues move first, then every forwarder that something happened to chooses.
#include "noc/staged_engine.hpp"

#include "base/contract.hpp"
#include "noc/engine_core.hpp"
#include "noc/time_wheel.hpp"

#include <fmt/format.h>

#include <deque>
#include <limits>

namespace spikefab::noc {
namespace {

constexpr std::uint32_t stages = 5;
constexpr std::uint32_t inputs_of_stage = 3;
constexpr std::uint32_t outputs_of_stage = 3;
constexpr std::uint32_t unlimited = std::numeric_limits<std::uint32_t>::max();

[[nodiscard]] constexpr std::uint32_t number(ForwardStage stage) {
    return static_cast<std::uint32_t>(stage);
}

/// Packets waiting between a writer (a stage or a source) and a reader (a stage).
struct PacketQueue {
    std::deque<std::uint32_t> packets;
    std::uint32_t depth = 0;
    std::uint32_t reader = none;
    std::uint32_t writer = none;  ///< a stage; none when a source writes
    [[nodiscard]] bool full() const { return packets.size() >= depth; }
};

struct Stage {
    std::array<std::uint32_t, inputs_of_stage> inputs{none, none, none};    ///< queues, most urgent first
    std::array<std::uint32_t, outputs_of_stage> outputs{none, none, none};  ///< queues
    std::uint32_t full_outputs = 0;
    std::uint32_t last_packet = none;  ///< the one that filled the output
    Tick full_since = 0;
    Tick free_at = 0;     ///< when the transfer at hand is over
    Tick held_until = 0;  ///< when the core has room for the next packet
    bool queued_for_choice = false;
};

/// The two queues behind a core, and what waits in front of them.
struct CoreEntry {
    std::array<std::uint32_t, 2> queues{none, none};  ///< to the east and west forwarders
    std::deque<SourceFlit> waiting;
    Tick may_enter_from = 0;  ///< the first cycle for which the core has seen room
    bool trying = false;
};

struct Bucket {
    std::vector<std::uint32_t> reads;                             ///< queues that lose their first packet
    std::vector<std::pair<std::uint32_t, std::uint32_t>> writes;  ///< (stage, packet)
    std::vector<std::uint32_t> choices;                           ///< stages that are free again
    std::vector<std::uint32_t> entries;                           ///< cores whose packet may enter
};

class StagedEngine final : public EngineCore {
public:
    StagedEngine(const Plan& plan, const StageCycles& cycles, Sink& sink);

    [[nodiscard]] std::string explain_stuck() const override;

private:
    Tick simulate() override;
    [[nodiscard]] Tick next_in_network() const override { return wheel_.next(now_); }

    void build_router(std::uint32_t router, std::uint32_t depth);
    void connect_neighbours(std::uint32_t router);
    void connect_sources(std::uint32_t depth);
    [[nodiscard]] std::uint32_t stage_of(std::uint32_t router, ForwardStage stage) const {
        return router * stages + number(stage);
    }
    std::uint32_t add_queue(std::uint32_t writer, std::uint32_t reader, std::uint32_t depth);

    void finish_reads(Bucket& bucket);
    void finish_writes(Bucket& bucket);
    void unblock(std::uint32_t stage);
    void send_from_sources();
    void try_entry(std::uint32_t core);
    void schedule_entry(std::uint32_t core, Tick when);
    void put(std::uint32_t queue, std::uint32_t packet);
    void consider(std::uint32_t stage);
    void choose(std::uint32_t stage);
    void leave(std::uint32_t stage, std::uint32_t packet);
    [[nodiscard]] std::uint32_t output_of(std::uint32_t stage, std::uint32_t packet) const;

    StageCycles cycles_;
    std::vector<PacketQueue> queues_;
    std::vector<Stage> stages_;
    std::vector<CoreEntry> cores_;
    std::vector<std::uint32_t> edge_queue_;  ///< by edge port: endpoint - cores
    std::vector<std::uint32_t> to_choose_;
    TimeWheel<Bucket> wheel_;
};

[[nodiscard]] Plan without_source_limit(Plan plan) {
    plan.buffer_depth = unlimited;
    return plan;
}

StagedEngine::StagedEngine(const Plan& plan, const StageCycles& cycles, Sink& sink)
    : EngineCore{without_source_limit(plan), sink}, cycles_{cycles}, wheel_{cycles.read + cycles.write + cycles.entry} {
    expects(fits_forwarders(topology_) && plan.longest_packet == 1);
    stages_.resize(std::size_t{fabric_.routers} * stages);
    cores_.resize(topology_.cores());
    for (std::uint32_t router = 0; router < fabric_.routers; ++router) build_router(router, plan.buffer_depth);
    for (std::uint32_t router = 0; router < fabric_.routers; ++router) connect_neighbours(router);
    connect_sources(plan.buffer_depth);
    const Tick transfer = cycles.read + cycles.write;
    pace_.first = transfer;
    pace_.hop.fill(transfer);
    pace_.out.fill(0);
}

std::uint32_t StagedEngine::add_queue(std::uint32_t writer, std::uint32_t reader, std::uint32_t depth) {
    queues_.push_back({.packets = {}, .depth = depth, .reader = reader, .writer = writer});
    return static_cast<std::uint32_t>(queues_.size() - 1);
}

/// Output 0 goes on in the stage's direction, outputs 1 and 2 turn: to north and south, or to the core.
void StagedEngine::build_router(std::uint32_t router, std::uint32_t depth) {
    const auto at = [&](ForwardStage stage) { return stage_of(router, stage); };
    const std::uint32_t north = at(ForwardStage::north);
    const std::uint32_t south = at(ForwardStage::south);
    const std::uint32_t core = at(ForwardStage::core);
    for (const ForwardStage direction : {ForwardStage::east, ForwardStage::west}) {
        const std::uint32_t rank = direction == ForwardStage::east ? 1 : 2;
        Stage& stage = stages_[at(direction)];
        stages_[north].inputs[rank] = stage.outputs[1] = add_queue(at(direction), north, depth);
        stages_[south].inputs[rank] = stage.outputs[2] = add_queue(at(direction), south, depth);
    }
    stages_[core].inputs[0] = stages_[north].outputs[1] = add_queue(north, core, depth);
    stages_[core].inputs[1] = stages_[south].outputs[1] = add_queue(south, core, depth);
    for (const ForwardStage direction : {ForwardStage::east, ForwardStage::west, ForwardStage::north, ForwardStage::south})
        stages_[at(direction)].outputs[0] = add_queue(at(direction), none, depth);
}

void StagedEngine::connect_neighbours(std::uint32_t router) {
    for (std::uint32_t port = 0; port < grid_port::count; ++port) {
        const Peer& peer = fabric_.downstream[fabric_.index(router, port)];
        if (peer.kind != Peer::Kind::router) continue;
        const auto direction = static_cast<ForwardStage>(port);
        const std::uint32_t queue = stages_[stage_of(router, direction)].outputs[0];
        const std::uint32_t reader = stage_of(peer.router, direction);
        queues_[queue].reader = reader;
        stages_[reader].inputs[0] = queue;
    }
}

/// Cores write into two queues of their own; an edge port's source feeds the forwarder that leads away from it.
void StagedEngine::connect_sources(std::uint32_t depth) {
    for (std::uint32_t core = 0; core < cores_.size(); ++core) {
        const std::uint32_t east = stage_of(core, ForwardStage::east);
        const std::uint32_t west = stage_of(core, ForwardStage::west);
        cores_[core].queues = {add_queue(none, east, depth), add_queue(none, west, depth)};
        stages_[east].inputs[1] = cores_[core].queues[0];
        stages_[west].inputs[1] = cores_[core].queues[1];
    }
    constexpr std::array away{ForwardStage::west, ForwardStage::east, ForwardStage::south, ForwardStage::north};
    for (std::uint32_t i = 0; i < topology_.edge_ports(); ++i) {
        const Endpoint& edge = topology_.endpoint(EndpointId{topology_.cores() + i});
        const std::uint32_t stage = stage_of(edge.router.value(), away[edge.port]);
        edge_queue_.push_back(add_queue(none, stage, unlimited));
        stages_[stage].inputs[0] = edge_queue_.back();
    }
}

Tick StagedEngine::simulate() {
    Bucket bucket;
    std::swap(bucket, wheel_.open(now_));
    finish_reads(bucket);
    finish_writes(bucket);
    send_from_sources();
    for (const std::uint32_t core : bucket.entries) try_entry(core);
    for (const std::uint32_t stage : bucket.choices) consider(stage);
    for (const std::uint32_t stage : to_choose_) choose(stage);
    to_choose_.clear();
    return wheel_.next(now_ + 1);
}

void StagedEngine::finish_reads(Bucket& bucket) {
    for (const std::uint32_t number_of_queue : bucket.reads) {
        PacketQueue& queue = queues_[number_of_queue];
        const bool was_full = queue.full();
        queue.packets.pop_front();
        if (!was_full) continue;
        if (queue.writer != none) {
            unblock(queue.writer);
        } else if (const std::uint32_t core = queue.reader / stages;
                   number_of_queue == cores_[core].queues[0] || number_of_queue == cores_[core].queues[1]) {
            cores_[core].may_enter_from = now_ + cycles_.entry;
            if (!cores_[core].waiting.empty()) schedule_entry(core, cores_[core].may_enter_from);
        }
    }
}

void StagedEngine::unblock(std::uint32_t number_of_stage) {
    Stage& stage = stages_[number_of_stage];
    --stage.full_outputs;
    consider(number_of_stage);
    if (observer_ == nullptr) return;
    observer_->stalled(number_of_stage / stages, number_of_stage % stages, pool_[stage.last_packet].packet,
                       stage.full_since + 1, now_);
}

void StagedEngine::finish_writes(Bucket& bucket) {
    for (const auto& [stage, packet] : bucket.writes) {
        note_grant(stage / stages, stage % stages, packet);
        const std::uint32_t output = output_of(stage, packet);
        if (output == none) {
            leave(stage, packet);
            continue;
        }
        ++counters_.router_visits;
        if (output == stages_[stage].outputs[0])
            ++counters_
                  .hops[index_of(stage % stages < number(ForwardStage::north) ? HopKind::east_west : HopKind::north_south)];
        put(output, packet);
    }
}

/// The packet is at its core, or leaves the chip by an edge port.
void StagedEngine::leave(std::uint32_t stage, std::uint32_t packet) {
    ++counters_.hops[index_of(HopKind::inside_tile)];
    const Tick accepted = deliver(packet, pool_[packet].packet.destination);
    stages_[stage].held_until = accepted;
}

/// Which queue `packet` goes to from `stage`; none when it has arrived.
std::uint32_t StagedEngine::output_of(std::uint32_t stage, std::uint32_t packet) const {
    const auto direction = static_cast<ForwardStage>(stage % stages);
    if (direction == ForwardStage::core) return none;
    const EndpointId destination{pool_[packet].packet.destination};
    const Endpoint& target = topology_.endpoint(destination);
    const Router& here = topology_.router(RouterId{stage / stages});
    const Router& there = topology_.router(target.router);
    const auto& outputs = stages_[stage].outputs;
    const bool along_x = direction == ForwardStage::east || direction == ForwardStage::west;
    if (along_x ? here.x != there.x : here.y != there.y) return outputs[0];
    if (target.direction != Direction::local && target.port == number(direction)) return none;
    return outputs[along_x && there.y < here.y ? 2 : 1];
}

void StagedEngine::put(std::uint32_t number_of_queue, std::uint32_t packet) {
    PacketQueue& queue = queues_[number_of_queue];
    queue.packets.push_back(packet);
    ++counters_.buffer_writes;
    if (queue.full() && queue.writer != none) {
        Stage& writer = stages_[queue.writer];
        ++writer.full_outputs;
        writer.last_packet = packet;
        writer.full_since = now_;
    }
    if (queue.reader != none) consider(queue.reader);
}

void StagedEngine::send_from_sources() {
    sources_.send_due(now_, [this](const SourceFlit& flit) {
        if (flit.endpoint >= cores_.size()) {
            note_injection(flit);
            put(edge_queue_[flit.endpoint - cores_.size()], flit.packet);
            return;
        }
        CoreEntry& entry = cores_[flit.endpoint];
        entry.waiting.push_back(flit);
        if (!entry.trying) try_entry(flit.endpoint);
    });
}

void StagedEngine::schedule_entry(std::uint32_t core, Tick when) {
    cores_[core].trying = true;
    wheel_.at(now_, static_cast<std::uint32_t>(when - now_)).entries.push_back(core);
}

/// A core saw `entry` cycles ago whether both its queues had room; if not, its packet waits for the cycle in which they do.
void StagedEngine::try_entry(std::uint32_t core) {
    CoreEntry& entry = cores_[core];
    entry.trying = false;
    if (entry.waiting.empty() || queues_[entry.queues[0]].full() || queues_[entry.queues[1]].full()) return;
    if (now_ < entry.may_enter_from) return schedule_entry(core, entry.may_enter_from);
    const SourceFlit flit = entry.waiting.front();
    entry.waiting.pop_front();
    const Endpoint& target = topology_.endpoint(EndpointId{pool_[flit.packet].packet.destination});
    const bool west = topology_.router(target.router).x < topology_.router(RouterId{core}).x;
    note_injection(flit);
    put(entry.queues[west ? 1 : 0], flit.packet);
    if (!entry.waiting.empty()) schedule_entry(core, now_ + 1);
}

void StagedEngine::consider(std::uint32_t stage) {
    if (stages_[stage].queued_for_choice) return;
    stages_[stage].queued_for_choice = true;
    to_choose_.push_back(stage);
}

void StagedEngine::choose(std::uint32_t number_of_stage) {
    Stage& stage = stages_[number_of_stage];
    stage.queued_for_choice = false;
    if (stage.full_outputs != 0) return;
    if (now_ < stage.free_at) return;  // it will be asked again when the transfer is over
    if (now_ < stage.held_until) return wheel_.at(now_, 1).choices.push_back(number_of_stage);
    for (const std::uint32_t input : stage.inputs) {
        if (input == none || queues_[input].packets.empty()) continue;
        const std::uint32_t transfer = cycles_.read + cycles_.write;
        wheel_.at(now_, cycles_.read).reads.push_back(input);
        wheel_.at(now_, transfer).writes.emplace_back(number_of_stage, queues_[input].packets.front());
        wheel_.at(now_, transfer).choices.push_back(number_of_stage);
        stage.free_at = now_ + transfer;
        return;
    }
}

std::string StagedEngine::explain_stuck() const {
    std::string text;
    for (std::uint32_t index = 0; index < stages_.size(); ++index) {
        for (const std::uint32_t output : stages_[index].outputs) {
            if (output == none || !queues_[output].full()) continue;
            const std::uint32_t reader = queues_[output].reader;
            const auto name = [&](std::uint32_t stage) {
                return fmt::format("{}, {} stage", topology_.name(RouterId{stage / stages}),
                                   enum_names(ForwardStage{})[stage % stages]);
            };
            text += fmt::format("{} waits for {}\n", name(index), reader == none ? "nothing: no way on" : name(reader));
        }
    }
    return text;
}

}  // namespace

bool fits_forwarders(const Topology& topology) {
    return topology.family() == "mesh" && !topology.faulty() && topology.cores() == topology.routers();
}

std::unique_ptr<Engine> make_staged_engine(const Plan& plan, const StageCycles& cycles, Sink& sink) {
    expects(cycles.read > 0 && cycles.write > 0 && cycles.entry > 0);
    return std::make_unique<StagedEngine>(plan, cycles, sink);
}

}  // namespace spikefab::noc
