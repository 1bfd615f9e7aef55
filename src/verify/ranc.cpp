// SPDX-License-Identifier: Apache-2.0
// RANC's RTL: potentials and spikes of every tick, and the cycle of every potential write, injection, hop and delivery, from
// a chip built of configs/chips/ranc.yaml with the vector's sizes, its cores and its network on chip.
#include "base/error.hpp"
#include "chip/chip.hpp"
#include "config/reader.hpp"
#include "core/message.hpp"
#include "noc/staged_engine.hpp"
#include "verify/event_list.hpp"
#include "verify/json_place.hpp"
#include "verify/kinds.hpp"
#include "verify/shipped_chips.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <map>
#include <optional>
#include <set>

namespace spikefab::verify {
namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string_view>;

constexpr std::int64_t cycle = 10000;       // picoseconds, the clock of configs/chips/ranc.yaml
constexpr std::uint32_t distance_bits = 9;  // of dx and dy in a packet
constexpr std::int64_t most_cores = 256;    // along a side: what dx and dy can reach
constexpr std::int64_t most_neurons = 65536;
constexpr std::int64_t most_delay = 64;
constexpr std::int64_t most_ticks = 1'000'000;
constexpr std::int64_t longest_period = 100'000'000;
constexpr std::uint32_t distance_mask = (1U << distance_bits) - 1;

[[nodiscard]] bool recognises(const Json& vector) {
    return vector.contains("neuron_fields") && vector.contains("grid");
}

/// The numbers of the RTL's grid.
struct Grid {
    explicit Grid(const Json& vector) : Grid{JsonPlace{vector}["grid"], JsonPlace{vector}["timing"]} {}
    Grid(const JsonPlace& grid, const JsonPlace& timing)
        : width{grid["GX"].whole(1, most_cores)},
          height{grid["GY"].whole(1, most_cores)},
          neurons{static_cast<std::uint32_t>(grid["neurons"].whole(1, most_neurons))},
          axons{static_cast<std::uint32_t>(grid["axons"].whole(1, most_neurons))},
          axon_bits{static_cast<std::uint32_t>(std::bit_width(axons - 1))},
          delay_bits{static_cast<std::uint32_t>(std::bit_width(grid["ticks_row"].natural(most_delay) - 1))},
          period{timing["tick_period_cycles"].whole(1, longest_period)},
          ticks{static_cast<std::uint64_t>(timing["ticks"].whole(1, most_ticks))},
          output{grid["output_bus"][0].whole(0, width - 1) + grid["output_bus"][1].whole(0, height - 1) * width} {}

    /// The core at a distance, when there is one.
    [[nodiscard]] std::optional<std::uint32_t> core(std::int64_t from, std::int64_t dx, std::int64_t dy) const {
        if (std::min(dx, dy) < -most_cores || std::max(dx, dy) >= most_cores)
            throw InputError{fmt::format("dx {}, dy {} are too far", dx, dy)};
        const std::int64_t x = from % width + dx;
        const std::int64_t y = from / width + dy;
        if (x < 0 || x >= width || y < 0 || y >= height) return std::nullopt;
        return static_cast<std::uint32_t>(x + y * width);
    }
    std::int64_t width, height;
    std::uint32_t neurons, axons, axon_bits, delay_bits;
    std::int64_t period;
    std::uint64_t ticks;
    std::int64_t output;
};

[[nodiscard]] ChipPlan plan_of(const Json& vector, const Grid& grid) {
    config::Tree tree = shipped_chip("ranc");
    const auto set = [&](const std::string& path, std::int64_t value, const char* unit = "") {
        config::assign(tree, fmt::format("{}={}{}", path, value, unit));
    };
    set("noc.topology.width", grid.width);
    set("noc.topology.height", grid.height);
    set("noc.buffer_depth", vector.at("grid").at("router_buffer_depth").get<std::int64_t>());
    set("tick", grid.period * cycle, " ps");
    set("host.answers_at_core", grid.output);
    set("cores.ranc.neurons", grid.neurons);
    set("cores.ranc.input_axons", grid.axons);
    set("cores.ranc.max_delay", std::int64_t{1} << grid.delay_bits);
    set("cores.ranc.neuron.potential_bits", vector.at("grid").at("potential_bits").get<std::int64_t>());
    set("cores.ranc.soma.latency", grid.axons * cycle, " ps");
    set("cores.ranc.soma.active", (grid.axons + 2) * cycle, " ps");
    set("cores.ranc.soma.inactive", (grid.axons + 2) * cycle, " ps");
    return ChipPlan{config::read<ChipDescription>(std::move(tree))};
}

/// Positions of a neuron's numbers in its row.
class NeuronFields {
public:
    explicit NeuronFields(const Json& names) {
        for (std::size_t i = 0; i < names.size(); ++i) positions_[names[i].get<std::string>()] = i;
    }
    [[nodiscard]] std::int64_t of(const Json& neuron, const std::string& name) const {
        const auto found = positions_.find(name);
        if (found == positions_.end()) throw InputError{fmt::format("neuron_fields does not name '{}'", name)};
        return neuron.at(found->second).get<std::int64_t>();
    }

private:
    std::map<std::string, std::size_t> positions_;
};

/// Bit `axon` of a connection row in hexadecimal.
[[nodiscard]] bool connected(const std::string& hex, std::size_t axon) {
    const std::size_t digit = axon / 4;
    if (digit >= hex.size()) return false;
    const char letter = hex[hex.size() - 1 - digit];
    const int value = letter <= '9' ? letter - '0' : (letter | 0x20) - 'a' + 10;
    return (value >> (axon % 4) & 1) != 0;
}

[[nodiscard]] BinaryCrossbar crossbar_of(const Json& core, const Grid& grid, const NeuronFields& fields) {
    BinaryCrossbar crossbar;
    crossbar.words_per_row = (grid.neurons + 63) / 64;
    for (const std::int64_t type : JsonPlace{core}["axon_type"].wholes(0, 3))
        crossbar.axon_types.push_back(static_cast<std::uint8_t>(type));
    if (crossbar.axons() != grid.axons)
        throw InputError{fmt::format("axon_type has {} entries for {} axons", crossbar.axons(), grid.axons)};
    crossbar.rows.assign(std::size_t{grid.axons} * crossbar.words_per_row, 0);
    for (std::size_t neuron = 0; neuron < grid.neurons; ++neuron) {
        const auto row = core.at("conn_hex").at(neuron).get<std::string>();
        for (std::size_t axon = 0; axon < grid.axons; ++axon)
            if (connected(row, axon))
                crossbar.rows[axon * crossbar.words_per_row + neuron / 64] |= std::uint64_t{1} << (neuron % 64);
        for (std::size_t type = 0; type < crossbar.type_weights.size(); ++type)
            crossbar.type_weights[type].push_back(
                static_cast<std::int16_t>(fields.of(core.at("neurons").at(neuron), fmt::format("w{}", type))));
    }
    return crossbar;
}

/// Outside the grid there is no core: such a packet would stand in the last router for ever.
[[nodiscard]] std::vector<Destination> destination_of(const Grid& grid, std::int64_t from, std::int64_t dx, std::int64_t dy,
                                                      std::int64_t axon, std::int64_t delay) {
    const std::optional<std::uint32_t> place = grid.core(from, dx, dy);
    if (!place) return {};
    const std::uint32_t core = *place;
    if (core != grid.output && (axon < 0 || axon >= grid.axons))
        throw InputError{fmt::format("core {} sends to axon {}; a core has {}", from, axon, grid.axons)};
    if (delay < 0 || delay >= 1LL << grid.delay_bits)
        throw InputError{
            fmt::format("core {} sends with delay {}; the schedule has {} rows", from, delay, 1U << grid.delay_bits)};
    return {{.core = core == grid.output ? Destination::host : core,
             .axon = static_cast<std::uint32_t>(axon),
             .delay = static_cast<std::uint32_t>(delay + 1)}};
}

[[nodiscard]] CoreImage image_of(const Json& core, const Grid& grid, const NeuronFields& fields) {
    CoreImage image;
    image.core = CoreId{static_cast<std::uint32_t>(JsonPlace{core}["id"].whole(0, grid.width * grid.height - 1))};
    if (core.at("neurons").size() != grid.neurons)
        throw InputError{fmt::format("core {} has {} neurons; the grid's have {}", image.core.value(),
                                     core.at("neurons").size(), grid.neurons)};
    image.synapses = crossbar_of(core, grid, fields);
    image.neurons.columns = {"initial_potential", "reset_potential", "leak", "threshold", "negative_threshold", "reset_mode"};
    std::vector<std::vector<Destination>> destinations;
    for (const Json& neuron : core.at("neurons")) {
        const auto number = [&](const char* name) { return static_cast<double>(fields.of(neuron, name)); };
        image.neurons.row_of_neuron.push_back(static_cast<std::uint16_t>(image.neurons.rows.size()));
        image.neurons.rows.push_back({number("V0"), number("R"), number("leak"), number("pos_threshold"),
                                      -number("neg_threshold"), number("reset_mode")});
        destinations.push_back(destination_of(grid, image.core.value(), fields.of(neuron, "dx"), fields.of(neuron, "dy"),
                                              fields.of(neuron, "dest_axon"), fields.of(neuron, "delay")));
    }
    image.destinations = DestinationTable{destinations};
    return image;
}

/// A vector leaves idle cores out. One that receives spikes is there all the same, without a neuron that listens.
[[nodiscard]] CoreImage idle_core(std::uint32_t core, const Grid& grid) {
    BinaryCrossbar crossbar;
    crossbar.axon_types.assign(grid.axons, 0);
    CoreImage image{.core = CoreId{core}, .neurons = {}, .synapses = std::move(crossbar), .destinations = {}, .slices = {}};
    image.neurons.rows.emplace_back();
    return image;
}

void add_idle_cores(Placement& placement, const Grid& grid) {
    std::set<std::uint32_t> there{Destination::host};
    for (const CoreImage& core : placement.cores)
        if (!there.insert(core.core.value()).second) throw InputError{fmt::format("core {} is there twice", core.core.value())};
    std::vector<std::uint32_t> idle;
    const auto visit = [&](const DestinationTable& table) {
        for (std::size_t source = 0; source < table.sources(); ++source)
            for (const Destination& to : table[source])
                if (there.insert(to.core).second) idle.push_back(to.core);
    };
    visit(placement.inputs);
    for (const CoreImage& core : placement.cores) visit(core.destinations);
    for (const std::uint32_t core : idle) placement.cores.push_back(idle_core(core, grid));
    std::sort(placement.cores.begin(), placement.cores.end(), [](const auto& a, const auto& b) { return a.core < b.core; });
}

/// Every input packet is an input neuron of its own.
[[nodiscard]] Placement placement_of(const Json& vector, const Grid& grid) {
    const NeuronFields fields{vector.at("neuron_fields")};
    Placement placement;
    for (const Json& core : vector.at("cores")) placement.cores.push_back(image_of(core, grid, fields));
    std::vector<std::vector<Destination>> inputs;
    for (const Json& packet : vector.at("input_packets")) {
        inputs.push_back(destination_of(grid, 0, packet.at(1).get<std::int64_t>(), packet.at(2).get<std::int64_t>(),
                                        packet.at(3).get<std::int64_t>(), packet.at(4).get<std::int64_t>()));
        if (inputs.back().empty())
            throw InputError{fmt::format("input packet {} goes to a core outside the grid", packet.dump())};
    }
    placement.inputs = DestinationTable{inputs};
    add_idle_cores(placement, grid);
    return placement;
}

/// The packets of window w are sent in step w: window 0 comes before the first tick.
class PacketSource final : public InputSource {
public:
    explicit PacketSource(const Json& packets) {
        for (std::uint32_t i = 0; i < packets.size(); ++i) windows_[packets[i].at(0).get<std::uint64_t>()].push_back(i);
    }
    [[nodiscard]] std::span<const std::uint32_t> spikes(std::uint64_t step) override { return windows_[step]; }
    [[nodiscard]] bool resets_before(std::uint64_t /*step*/) override { return false; }

private:
    std::map<std::uint64_t, std::vector<std::uint32_t>> windows_;
};

/// Everything that the chip did, in the vector's own columns.
class Recorder final : public RunObserver, public CycleObserver {
public:
    explicit Recorder(const Grid& grid) : grid_{grid} {}

    [[nodiscard]] CycleObserver* cycles() override { return this; }
    void pass_done(const CoreImage& core, const PassEvent& pass) override {
        const auto tick = static_cast<std::int64_t>(pass.step) - 1;
        const std::int64_t id = core.core.value();
        for (std::size_t neuron = 0; neuron < pass.potentials.size(); ++neuron)
            potentials.push_back(
                {tick, id, static_cast<std::int64_t>(neuron), static_cast<std::int64_t>(pass.potentials[neuron])});
        for (const Spike& spike : pass.spikes) spikes.push_back({tick, id, spike.neuron, pass.times[spike.neuron] / cycle});
    }
    void injected(std::uint32_t source, std::uint32_t destination, std::uint64_t data, std::int64_t time) override {
        if (source >= grid_.width * grid_.height) return;  // the host
        const auto [dx, dy] = distance(source, destination);
        injections.push_back({time / cycle, source, dx, dy, axon(data), delay(data)});
    }
    void hop(std::uint32_t router, std::uint32_t port, std::uint32_t destination, std::uint64_t data,
             std::int64_t time) override {
        hops.push_back({time / cycle, router, port, packet_bits(router, port, destination, data)});
    }
    /// The RTL's trace samples the write enable of a stage, which stays up while the stage stands still.
    void stalled(std::uint32_t router, std::uint32_t port, std::uint32_t destination, std::uint64_t data, std::int64_t first,
                 std::int64_t last) override {
        for (std::int64_t time = first; time <= last; time += cycle) hop(router, port, destination, data, time);
    }
    void delivered(std::uint32_t /*source*/, std::uint32_t destination, std::uint64_t data, std::int64_t time) override {
        const std::int64_t when = time / cycle;
        if (destination != grid_.output) {
            deliveries.push_back({when, destination, axon(data), delay(data)});
        } else {
            // The bus shows its output in the half cycle before the edge that a core would see.
            outputs.push_back({when - 1, (when - 1) / grid_.period - 1, axon(data)});
        }
    }

    std::vector<Event> potentials, spikes, injections, hops, deliveries, outputs;

private:
    [[nodiscard]] static std::int64_t axon(std::uint64_t data) { return Message::unpack(data, 0).axon; }
    [[nodiscard]] static std::int64_t delay(std::uint64_t data) {
        return static_cast<std::int64_t>(Message::unpack(data, 0).step) - 1;
    }
    [[nodiscard]] std::pair<std::int64_t, std::int64_t> distance(std::int64_t from, std::int64_t to) const {
        return {to % grid_.width - from % grid_.width, to / grid_.width - from / grid_.width};
    }
    /// The packet as the stage hands it on: dx is gone behind the column's stages, dy behind the row's.
    [[nodiscard]] std::int64_t packet_bits(std::uint32_t router, std::uint32_t port, std::uint32_t destination,
                                           std::uint64_t data) const {
        const auto [dx, dy] = distance(router, destination);
        const auto stage = static_cast<noc::ForwardStage>(port);
        std::int64_t bits = (axon(data) << grid_.delay_bits) | delay(data);
        if (stage == noc::ForwardStage::core) return bits;
        bits |= (dy & distance_mask) << (grid_.axon_bits + grid_.delay_bits);
        if (stage == noc::ForwardStage::north || stage == noc::ForwardStage::south) return bits;
        return bits | (dx & distance_mask) << (distance_bits + grid_.axon_bits + grid_.delay_bits);
    }

    const Grid& grid_;
};

[[nodiscard]] std::vector<Event> rows_of(const Json& rows) {
    return rows.get<std::vector<Event>>();
}

[[nodiscard]] std::vector<Event> hops_of(const Json& rows) {
    constexpr std::string_view letters = "EWNSL";
    std::vector<Event> hops;
    for (const Json& row : rows)
        hops.push_back({row.at(0).get<std::int64_t>(), row.at(1).get<std::int64_t>(),
                        static_cast<std::int64_t>(letters.find(row.at(2).get<std::string>())), row.at(3).get<std::int64_t>()});
    return hops;
}

[[nodiscard]] std::int64_t number(const std::string& text) {
    std::int64_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size())
        throw InputError{fmt::format("expected.V: '{}' is not a number of a tick or a core", text)};
    return value;
}

[[nodiscard]] std::vector<Event> potentials_of(const Json& ticks) {
    std::vector<Event> potentials;
    for (const auto& [tick, cores] : ticks.items())
        for (const auto& [core, values] : cores.items())
            for (std::size_t neuron = 0; neuron < values.size(); ++neuron)
                potentials.push_back({number(tick), number(core), static_cast<std::int64_t>(neuron),
                                      values[neuron].template get<std::int64_t>()});
    return potentials;
}

[[nodiscard]] Verdict compare(const Json& expected, const Recorder& recorder) {
    Comparison comparison;
    if (expected.contains("errors") && !expected.at("errors").empty())
        comparison.fail(
            fmt::format("the RTL raised errors, the first of them {}: a core still busy when a tick came leaves it out "
                        "there, and does not here",
                        expected.at("errors").at(0).dump()));
    const auto check = [&](const char* key, const char* what, const Words& fields, const std::vector<Event>& actual) {
        if (expected.contains(key)) check_events(comparison, what, fields, rows_of(expected.at(key)), actual);
    };
    check_events(comparison, "potential", Words{"tick", "core", "neuron", "value"}, potentials_of(expected.at("V")),
                 recorder.potentials);
    check("spikes", "spike", {"tick", "core", "neuron", "cycle"}, recorder.spikes);
    check("inject", "injection", {"cycle", "core", "dx", "dy", "axon", "delay"}, recorder.injections);
    check("deliver", "delivery", {"cycle", "core", "axon", "delay"}, recorder.deliveries);
    check("output_bus", "output", {"cycle", "tick", "output"}, recorder.outputs);
    if (expected.contains("hop"))
        check_events(comparison, "hop", Words{"cycle", "core", "stage", "packet"}, hops_of(expected.at("hop")), recorder.hops);
    return comparison.verdict();
}

[[nodiscard]] Verdict check(const Json& vector) {
    const Grid grid{vector};
    const ChipPlan plan = plan_of(vector, grid);
    const Placement placement = placement_of(vector, grid);
    PacketSource source{vector.at("input_packets")};
    Recorder recorder{grid};
    Chip chip{plan, placement, source, recorder, 0};
    chip.run(grid.ticks);
    return compare(vector.at("expected"), recorder);
}

}  // namespace

constinit const VectorKind ranc{"RANC RTL", "potentials, spikes, injections, hops, deliveries and outputs, each with its cycle",
                                recognises, check};

}  // namespace spikefab::verify
