// SPDX-License-Identifier: Apache-2.0
// RTL of ODIN and tinyODIN: the event trace line by line, from a chip built of configs/chips/odin.yaml or tinyodin.yaml with
// the vector's registers, neurons and synapses, and a host that raises its requests.
#include "base/error.hpp"
#include "chip/event_chip.hpp"
#include "config/reader.hpp"
#include "verify/kinds.hpp"
#include "verify/shipped_chips.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

namespace spikefab::verify {
namespace {

using Json = nlohmann::json;

/// What the two chips' vectors differ in.
struct Family {
    std::string_view chip;                ///< file of configs/chips and name of its core
    std::size_t state_numbers;            ///< of a neuron that the trace shows
    std::array<int, 9> state_of_machine;  ///< the RTL's number of each ControllerState
};

// ChFrenkel/ODIN 1781931 src/controller.v and ChFrenkel/tinyODIN 1865653 controller.v number their states so.
constexpr Family odin_family{"odin", 3, {0, 8, 5, 6, 7, 9, 10, 0, 12}};
constexpr Family tinyodin_family{"tinyodin", 1, {0, 6, 5, 0, 0, 7, 8, 9, 11}};

[[nodiscard]] const Family& family_of(const Json& vector) {
    return vector.contains("spi_regs") ? odin_family : tinyodin_family;
}

[[nodiscard]] bool recognises(const Json& vector) {
    const bool registers = vector.contains("spi_regs") || (vector.contains("spi") && vector.at("spi").contains("max_neur"));
    return registers && vector.contains("aerout_ack_delay") && vector.contains("trace");
}

/// ODIN's configuration registers by address (ChFrenkel/ODIN doc/README.md, section 4); one that is not written is 0.
class Registers {
public:
    explicit Registers(const Json& pairs) {
        for (const Json& pair : pairs) values_[pair.at(0).get<std::uint32_t>()] = pair.at(1).get<std::uint32_t>();
    }
    [[nodiscard]] std::uint32_t operator[](std::uint32_t address) const {
        const auto found = values_.find(address);
        return found == values_.end() ? 0 : found->second;
    }

    static constexpr std::uint32_t open_loop = 1;
    static constexpr std::uint32_t synapse_sign = 2;  ///< 16 registers of 16 bits
    static constexpr std::uint32_t spikes_from_controller = 19;
    static constexpr std::uint32_t monitoring = 20;
    static constexpr std::uint32_t monitored_neuron = 21;
    static constexpr std::uint32_t monitored_source = 22;
    static constexpr std::uint32_t update_unmapped = 23;
    static constexpr std::uint32_t propagate_unmapped = 24;
    static constexpr std::uint32_t learn_on_single_synapses = 25;

private:
    std::map<std::uint32_t, std::uint32_t> values_;
};

/// The chip's file with the vector's registers.
class ChipFile {
public:
    explicit ChipFile(const Family& family)
        : tree_{shipped_chip(std::string{family.chip})}, controller_{fmt::format("cores.{}.controller.", family.chip)} {
        config::expand(tree_);
    }
    template <class Value>
    void set(std::string_view path, const Value& value) {
        config::assign(tree_, fmt::format("{}{}={}", controller_, path, value));
    }
    [[nodiscard]] ChipPlan plan() && { return ChipPlan{config::read<ChipDescription>(std::move(tree_))}; }

private:
    config::Tree tree_;
    std::string controller_;
};

[[nodiscard]] std::string_view when_spikes_leave(bool from_controller) {
    return from_controller ? "when_processed" : "when_fired";
}

[[nodiscard]] ChipPlan plan_of(const Json& vector) {
    ChipFile file{family_of(vector)};
    file.set("output.acknowledge", vector.at("aerout_ack_delay").get<std::uint32_t>());
    if (vector.contains("spi_regs")) {
        const Registers registers{vector.at("spi_regs")};
        file.set("recurrent", registers[Registers::open_loop] == 0);
        file.set("output.spikes_leave", when_spikes_leave(registers[Registers::spikes_from_controller] != 0));
        file.set("output.leave_at_neuron", registers[Registers::monitored_neuron]);
        if (registers[Registers::monitoring] != 0) {
            file.set("output.monitor.neuron", registers[Registers::monitored_neuron]);
            file.set("output.monitor.source", registers[Registers::monitored_source]);
        }
        file.set("unmapped_synapses_act", registers[Registers::propagate_unmapped] != 0);
        file.set("plasticity.unmapped_synapses", registers[Registers::update_unmapped] != 0);
        file.set("plasticity.on_single_synapses", registers[Registers::learn_on_single_synapses] != 0);
    } else {
        const Json& registers = vector.at("spi");
        file.set("recurrent", registers.at("open_loop").get<int>() == 0);
        file.set("output.spikes_leave", when_spikes_leave(registers.at("aer_src_ctrl_nneur").get<int>() != 0));
        file.set("last_of_sweep", registers.at("max_neur").get<std::uint32_t>());
    }
    return std::move(file).plan();
}

/// Columns of a vector's neurons, and the neuron model's name for each.
using Columns = std::vector<std::pair<const char*, const char*>>;

[[nodiscard]] NeuronParameters neurons_of(const Json& vector) {
    const Columns odin{{"dis", "disabled"},
                       {"leak_str", "leak"},
                       {"leak_en", "leaks"},
                       {"thr", "threshold"},
                       {"ca_en", "calcium_enabled"},
                       {"thetamem", "membrane_threshold"},
                       {"ca1", "calcium_threshold_1"},
                       {"ca2", "calcium_threshold_2"},
                       {"ca3", "calcium_threshold_3"},
                       {"caleak", "calcium_leak"},
                       {"v", "initial_potential"},
                       {"ca", "initial_calcium"}};
    const Columns tinyodin{{"dis", "disabled"}, {"leak", "leak"}, {"thr", "threshold"}, {"v", "initial_potential"}};
    const Columns& columns = vector.contains("spi_regs") ? odin : tinyodin;
    NeuronParameters table;
    for (const auto& [column, field] : columns) table.columns.emplace_back(field);
    for (const Json& neuron : vector.at("neurons")) {
        table.row_of_neuron.push_back(static_cast<std::uint16_t>(table.rows.size()));
        table.rows.emplace_back();
        for (const auto& [column, field] : columns) table.rows.back().push_back(neuron.at(column).get<double>());
    }
    return table;
}

[[nodiscard]] std::uint32_t digit(char letter) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(&letter, &letter + 1, value, 16);
    if (error != std::errc{}) throw InputError{fmt::format("synapses: '{}' is not a hexadecimal digit", letter)};
    return value;
}

/// ODIN: a digit per synapse (mapping bit, 3 bits of weight) in the neurons' order, and a sign per source.
void read_mapped(const Json& vector, std::uint32_t neurons, WeightMatrix& matrix) {
    const Registers registers{vector.at("spi_regs")};
    const Json& rows = vector.at("synapses");
    matrix.mapped.assign(matrix.weights.size(), 0);
    for (std::uint32_t source = 0; source < matrix.sources(); ++source) {
        const std::uint32_t signs = registers[Registers::synapse_sign + source / 16];
        matrix.inhibitory.push_back(static_cast<std::uint8_t>(signs >> (source % 16) & 1U));
        if (source >= rows.size()) continue;
        const auto digits = rows[source].get<std::string>();
        for (std::uint32_t neuron = 0; neuron < std::min<std::size_t>(neurons, digits.size()); ++neuron) {
            const std::uint32_t synapse = digit(digits[neuron]);
            matrix.weights[std::size_t{source} * neurons + neuron] = static_cast<std::int16_t>(synapse & 7U);
            matrix.mapped[std::size_t{source} * neurons + neuron] = static_cast<std::uint8_t>(synapse >> 3U);
        }
    }
}

/// tinyODIN: signed weights.
void read_signed(const Json& rows, std::uint32_t neurons, WeightMatrix& matrix) {
    for (std::uint32_t source = 0; source < std::min(rows.size(), matrix.sources()); ++source)
        for (std::uint32_t neuron = 0; neuron < std::min<std::size_t>(neurons, rows[source].size()); ++neuron)
            matrix.weights[std::size_t{source} * neurons + neuron] = rows[source][neuron].get<std::int16_t>();
}

[[nodiscard]] Placement placement_of(const Json& vector, const ChipPlan& plan) {
    const std::uint32_t sources = plan.core_type(CoreId{0U}).input_axons;
    CoreImage image;
    image.core = CoreId{0U};
    image.neurons = neurons_of(vector);
    const auto neurons = static_cast<std::uint32_t>(image.neurons.neurons());
    WeightMatrix matrix{.neurons = neurons, .weights = {}, .mapped = {}, .inhibitory = {}};
    matrix.weights.assign(std::size_t{sources} * neurons, 0);
    if (vector.contains("spi_regs")) {
        read_mapped(vector, neurons, matrix);
    } else {
        read_signed(vector.at("synapses"), neurons, matrix);
    }
    image.synapses = std::move(matrix);
    Placement placement;
    placement.cores.push_back(std::move(image));
    return placement;
}

/// One line of a trace, with what orders lines of one cycle: the RTL's bench prints them in no order of causes.
struct Line {
    std::int64_t cycle = 0;
    int kind = 0;
    std::string text;
    auto operator<=>(const Line&) const = default;
};

constexpr std::array<std::string_view, 9> kinds_of_line{"IN", "ACK", "OUT", "OUTDONE", "S", "N", "W", "PUSH", "POP"};

[[nodiscard]] Line line_of(const std::string& text) {
    const auto comma = text.find(',');
    const auto kind = std::find(kinds_of_line.begin(), kinds_of_line.end(), text.substr(0, comma));
    if (comma == std::string::npos || kind == kinds_of_line.end())
        throw InputError{fmt::format("trace: '{}' is no line that this check knows", text)};
    std::int64_t cycle = 0;
    const char* end = text.data() + text.size();
    const auto [behind, error] = std::from_chars(text.data() + comma + 1, end, cycle);
    if (error != std::errc{} || (behind != end && *behind != ','))
        throw InputError{fmt::format("trace: '{}' has no cycle behind its first comma", text)};
    return {.cycle = cycle, .kind = static_cast<int>(kind - kinds_of_line.begin()), .text = text};
}

[[nodiscard]] std::vector<Line> lines_of(const Json& trace) {
    std::vector<Line> lines;
    for (const Json& line : trace) lines.push_back(line_of(line.get<std::string>()));
    return lines;
}

/// Everything that the core did, as lines of the vector.
class TraceRecorder final : public EventObserver {
public:
    TraceRecorder(const Family& family, Picoseconds period) : family_{family}, period_{period} {}

    void requested(std::uint32_t address, std::int64_t time) override { add(fmt::format("IN,{},{}", cycle(time), address)); }
    void acknowledged(std::int64_t time) override { add(fmt::format("ACK,{}", cycle(time))); }
    void entered(ControllerState state, std::int64_t time) override {
        add(fmt::format("S,{},{}", cycle(time), family_.state_of_machine[static_cast<std::size_t>(state)]));
    }
    void neuron_written(std::uint32_t neuron, std::span<const std::int64_t> state, bool fired, std::int64_t time) override {
        std::string line = fmt::format("N,{},{},{},{}", cycle(time), neuron, state[0], fired ? 1 : 0);
        for (std::size_t i = 1; i < family_.state_numbers; ++i) line += fmt::format(",{}", state[i]);
        add(line);
    }
    void word_changed(std::uint32_t word, std::uint64_t value, std::int64_t time) override {
        add(fmt::format("W,{},{},{:08x}", cycle(time), word, value));
    }
    void queued(std::uint32_t event, bool lost, std::int64_t time) override {
        add(fmt::format("PUSH,{},{},{}", cycle(time), event, lost ? 1 : 0));
    }
    void taken(std::uint32_t event, std::int64_t time) override { add(fmt::format("POP,{},{}", cycle(time), event)); }
    void output_requested(std::uint32_t neuron, std::int64_t time) override {
        add(fmt::format("OUT,{},{}", cycle(time), neuron));
    }
    void output_done(std::int64_t time) override { add(fmt::format("OUTDONE,{}", cycle(time))); }

    std::vector<Line> lines;

private:
    [[nodiscard]] std::int64_t cycle(std::int64_t time) const { return time / period_; }
    void add(const std::string& line) { lines.push_back(line_of(line)); }

    const Family& family_;
    Picoseconds period_;
};

/// The vector's events, each raised when its gap is over and the bus is free, until the trace ends.
class VectorHost final : public BusHost {
public:
    VectorHost(const Json& events, Picoseconds period, Picoseconds horizon)
        : events_{events}, period_{period}, horizon_{horizon} {}

    [[nodiscard]] std::optional<Request> next(Picoseconds earliest) override {
        if (next_ == events_.size()) return std::nullopt;
        const Json& event = events_[next_];
        // The first event is raised in cycle 0, whatever its gap.
        if (next_++ > 0) last_ = std::max(earliest, last_ + event.at("min_gap").get<std::int64_t>() * period_);
        return Request{.address = event.at("aer").get<std::uint32_t>(), .time = last_};
    }
    [[nodiscard]] bool goes_on(Picoseconds /*time*/) override { return false; }
    [[nodiscard]] Picoseconds horizon() const override { return horizon_; }

private:
    const Json& events_;
    Picoseconds period_;
    Picoseconds horizon_;
    std::size_t next_ = 0;
    Picoseconds last_ = 0;
};

/// Cycles for which a core may go on after a trace that ends idle, before it is stopped: enough to see that it does.
constexpr std::int64_t patience = 10000;

/// True when everything that the trace tells of has ended, and every event came. Otherwise its bench had a last cycle, with the
/// core at work or between two events.
[[nodiscard]] bool is_whole(const std::vector<Line>& trace, std::size_t events) {
    std::map<std::string_view, std::size_t> count;
    bool idle = true;
    for (const Line& line : trace) {
        const std::string_view kind = kinds_of_line[static_cast<std::size_t>(line.kind)];
        if (kind == "PUSH" && line.text.ends_with(",1")) continue;  // lost in a full queue
        ++count[kind];
        if (kind == "S") idle = line.text.ends_with(",0");
    }
    return idle && count["IN"] == events && count["ACK"] == events && count["OUT"] == count["OUTDONE"] &&
           count["PUSH"] == count["POP"];
}

void compare_lines(Comparison& comparison, std::vector<Line> expected, std::vector<Line> actual, bool whole) {
    std::sort(expected.begin(), expected.end());
    std::sort(actual.begin(), actual.end());
    if (!whole) std::erase_if(actual, [&](const Line& line) { return line.cycle > expected.back().cycle; });
    for (std::size_t i = 0; i < std::max(expected.size(), actual.size()); ++i)
        comparison.check_line("trace line", i, i < expected.size() ? expected[i].text : "nothing more",
                              i < actual.size() ? actual[i].text : "nothing more");
}

/// The learned weights at the end, where the vector has them.
void compare_weights(Comparison& comparison, const Json& rows, const EventCore& core) {
    const WeightWords& weights = core.weights();
    for (std::uint32_t source = 0; source < rows.size(); ++source) {
        const auto digits = rows[source].get<std::string>();
        for (std::uint32_t neuron = 0; neuron < std::min<std::size_t>(core.neurons(), digits.size()); ++neuron)
            comparison.check("weight", "source", source, "neuron", neuron, digit(digits[neuron]) & 7U,
                             weights.weight(source, neuron));
    }
}

[[nodiscard]] Verdict check(const Json& vector) {
    const ChipPlan plan = plan_of(vector);
    const Placement placement = placement_of(vector, plan);
    const Picoseconds cycle = to_picoseconds(period(plan.core_type(CoreId{0U}).controller->clock));
    std::vector<Line> expected = lines_of(vector.at("trace"));
    if (expected.empty()) return {.note = "the trace is empty"};
    const bool whole = is_whole(expected, vector.at("events").size());
    const Picoseconds horizon = (expected.back().cycle + (whole ? patience : 0)) * cycle;
    VectorHost host{vector.at("events"), cycle, horizon};
    TraceRecorder recorder{family_of(vector), cycle};
    EventChip chip{plan, placement, host, &recorder};
    chip.run();
    Comparison comparison;
    compare_lines(comparison, std::move(expected), std::move(recorder.lines), whole);
    if (whole && vector.contains("synapses_final")) compare_weights(comparison, vector.at("synapses_final"), chip.core());
    return comparison.verdict();
}

}  // namespace

constinit const VectorKind odin{
    "ODIN RTL", "ODIN and tinyODIN: bus, controller, queue, neuron and weight writes, each with its cycle", recognises, check};

}  // namespace spikefab::verify
