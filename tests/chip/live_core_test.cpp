// SPDX-License-Identifier: Apache-2.0
// Analog cores of a chip without steps: a whole chip against golden spike times; edges, queues and windows by hand.
#include "core/live_core.hpp"
#include "analog/golden.hpp"
#include "base/error.hpp"
#include "plan/multicast.hpp"
#include "reference/recorded_run.hpp"

#include <fmt/format.h>

#include <gmock/gmock.h>

#include <array>
#include <cmath>

namespace spikefab {
namespace {

using testing_support::FixedSource;
using testing_support::InputSpikes;

/// A chip of one core: perfect cells, an ideal array, RC neurons of 1 pF with a leak of 1 us; 1 V across 1 uS a unit of weight.
/// Packets take 2 ps from the host.
ChipPlan small_chip(const std::vector<std::string>& assignments = {}) {
    config::Tree tree = config::parse(R"(
name: small
synchronisation: event
tick: 1 us
noc: {topology: {model: mesh, width: 1, height: 1}, routing: xy, clocked: {clock: 1 THz}}
cores:
  live:
    neurons: 16
    input_axons: 16
    output_axons: 64
    array:
      rows: 16
      columns: 16
      g_min: 0 S
      g_max: 1 uS
      device: {model: gaussian}
      encoding: {weights: differential, placement: separate_arrays, w_max: 1}
      wire: {r_wl: 0 ohm, r_bl: 0 ohm, c_seg: 0 F}
      mode: ideal
      input: {mode: spikes, v_read: 1 V, t_pulse: 100 ns, e_driver: 7 fJ}
    column: {neuron: {model: rc_lif, c: 1 pF, r_leak: 1 Mohm, v_th: 0.05 V, e_spike: 2 pJ}, i_fire: 1 uA}
    axon_in: {latency: 5 ns, queue: 2}
host: {spike_interval: 0 s}
prices: {name: none, source: none, voltage: 1 V, process: none}
)",
                                      "small chip");
    for (const std::string& assignment : assignments) config::assign(tree, assignment);
    return ChipPlan{config::read<ChipDescription>(std::move(tree))};
}

/// One core whose axon i is the input's neuron i; every neuron is an output line.
Placement placement_of(const std::vector<std::vector<float>>& weights) {
    const auto neurons = static_cast<std::uint32_t>(weights.front().size());
    const auto axons = static_cast<std::uint32_t>(weights.size());
    Placement placement;
    placement.input = placement.populations.push_back({"input", axons, 0});
    placement.output = placement.populations.push_back({"layer", neurons, 1});
    CoreImage core;
    core.core = CoreId{0U};
    core.neurons.columns = {"threshold"};
    core.neurons.rows = {{1.0}};
    core.neurons.row_of_neuron.assign(neurons, 0);
    WeightLists lists;
    lists.offsets = {0};
    std::vector<std::vector<Destination>> inputs;
    for (std::uint32_t axon = 0; axon < axons; ++axon) {
        for (std::uint32_t neuron = 0; neuron < neurons; ++neuron) {
            lists.targets.push_back(static_cast<std::uint16_t>(neuron));
            lists.weights.push_back(weights[axon][neuron]);
        }
        lists.offsets.push_back(static_cast<std::uint32_t>(lists.targets.size()));
        inputs.push_back({Destination{.core = 0, .axon = axon, .delay = 1}});
    }
    placement.inputs = DestinationTable{inputs};
    std::vector<std::vector<Destination>> outputs;
    for (std::uint32_t neuron = 0; neuron < neurons; ++neuron)
        outputs.push_back({Destination{.core = Destination::host, .axon = neuron, .delay = 1}});
    core.synapses = lists;
    core.destinations = DestinationTable{outputs};
    core.slices = {{placement.output, 0, neurons, 0}};
    placement.cores.push_back(std::move(core));
    return placement;
}

/// Keeps the times at which neurons crossed their thresholds, and windows and answers.
class CrossingKeeper final : public RunObserver, public CycleObserver {
public:
    [[nodiscard]] CycleObserver* cycles() override { return this; }
    void crossed(const CoreImage& /*core*/, std::span<const TimedSpike> spikes) override {
        crossings.insert(crossings.end(), spikes.begin(), spikes.end());
    }
    void answered(std::uint64_t step, std::uint32_t neuron, std::int32_t /*payload*/) override {
        answers.emplace_back(step, neuron);
    }
    void step_done(const StepEvent& event) override { windows.push_back(event); }
    void delivered(std::uint32_t /*source*/, std::uint32_t destination, std::uint64_t /*data*/, std::int64_t time) override {
        if (destination == 0) arrivals.push_back(time);
        if (destination != 0) deliveries.push_back(time);
    }

    std::vector<TimedSpike> crossings;
    std::vector<std::pair<std::uint64_t, std::uint32_t>> answers;
    std::vector<StepEvent> windows;
    std::vector<std::int64_t> arrivals;    ///< at the core, ps
    std::vector<std::int64_t> deliveries;  ///< at the host, ps
};

TEST(LiveChip, with_8_x_4_cells_fires_at_the_golden_times_to_1e_12_s) {
    SPIKEFAB_NEEDS_GOLDEN("lif/core8x4.json");
    const nlohmann::json golden = test::golden_json("lif/core8x4.json");
    const double volts = golden["V_pulse"];
    const double full = 1e-4;  // S, the conductance of a weight of 1
    // A plane of the NoC for each row, so that packets of one slot arrive together.
    const ChipPlan plan = small_chip(
        {"noc.planes=8", fmt::format("tick={}s", golden["slot"].get<double>()), "cores.live.array.rows=8",
         "cores.live.array.columns=4", "cores.live.array.mode=geff", fmt::format("cores.live.array.g_max={}S", full),
         fmt::format("cores.live.array.wire.r_wl={}ohm", golden["r_wl"].get<double>()),
         fmt::format("cores.live.array.wire.r_bl={}ohm", golden["r_bl"].get<double>()),
         fmt::format("cores.live.array.input.v_read={}V", volts),
         fmt::format("cores.live.array.input.t_pulse={}s", golden["t_pulse"].get<double>()),
         fmt::format("cores.live.column.neuron={{model: rc_lif, c: {} F, r_leak: {} ohm, v_th: {} V, v_reset: {} V, gain: {}}}",
                     golden["C"].get<double>(), golden["R_leak"].get<double>(), golden["V_th"].get<double>(),
                     golden["V_reset"].get<double>(), golden["gain"].get<double>()),
         fmt::format("cores.live.column.i_fire={}A", volts * full)});
    std::vector<std::vector<float>> weights;
    for (const auto& row : golden["G"]) {
        weights.emplace_back();
        for (const double conductance : row.get<std::vector<double>>())
            weights.back().push_back(static_cast<float>(conductance / full));
    }
    const std::size_t slots = golden["raster"][0].size();
    InputSpikes input(slots);
    for (std::size_t slot = 0; slot < slots; ++slot)
        for (std::uint32_t row = 0; row < 8; ++row)
            if (golden["raster"][row][slot].get<int>() != 0) input[slot].push_back(row);
    const Placement placement = placement_of(weights);
    FixedSource source{input, 1000};
    CrossingKeeper keeper;
    Chip chip{plan, placement, source, keeper, 1};
    chip.run(slots);
    ASSERT_FALSE(keeper.arrivals.empty());
    const double delay = static_cast<double>(keeper.arrivals.front()) * 1e-12 + 5e-9;  // to the row's driver
    std::size_t count = 0;
    for (std::uint32_t column = 0; column < 4; ++column) {
        std::vector<double> times;
        for (const TimedSpike& spike : keeper.crossings)
            if (spike.neuron == column) times.push_back(spike.time - delay);
        const auto expected = golden["spike_times_exact"][column].get<std::vector<double>>();
        EXPECT_THAT(times, ::testing::Pointwise(::testing::DoubleNear(1e-12), expected)) << "column " << column;
        count += expected.size();
    }
    EXPECT_EQ(count, 16U);
    EXPECT_EQ(keeper.answers.size(), count);
}

TEST(LiveChip, fires_within_a_pulse_at_the_closed_form_and_sends_at_the_next_multiple_of_its_resolution) {
    // 1 uA into 1 Mohm and 1 pF reaches 50 mV after -1 us ln(1 - 0.05).
    const ChipPlan plan = small_chip({"cores.live.column.t_resolution=10ns", "cores.live.soma.latency=3ns"});
    const Placement placement = placement_of({{1.0F}});
    const InputSpikes input{{0}};
    FixedSource source{input, 100};
    CrossingKeeper keeper;
    Chip chip{plan, placement, source, keeper, 1};
    chip.run(1);
    ASSERT_GE(keeper.crossings.size(), 1U);
    const double start = static_cast<double>(keeper.arrivals.front()) * 1e-12 + 5e-9;
    EXPECT_NEAR(keeper.crossings[0].time, start - 1e-6 * std::log1p(-0.05), 1e-18);
    ASSERT_EQ(keeper.crossings.size(), 1U);  // 49 ns of the pulse are left, less than the 51 ns of a second spike
    const std::int64_t seen = static_cast<std::int64_t>(std::ceil(keeper.crossings[0].time * 1e8)) * 10'000;
    ASSERT_EQ(keeper.deliveries.size(), 1U);
    EXPECT_GE(keeper.deliveries[0], seen + 3000);
    EXPECT_LE(keeper.deliveries[0], seen + 3000 + 10);
}

TEST(LiveChip, counts_windows_energy_and_answers) {
    const ChipPlan plan = small_chip();
    const Placement placement = placement_of({{1.0F, 0.25F}, {0.5F, 0.0F}});
    const InputSpikes input{{0}, {1}, {}};
    FixedSource source{input, 100};
    CrossingKeeper keeper;
    Chip chip{plan, placement, source, keeper, 1};
    chip.run(3);
    ASSERT_EQ(keeper.windows.size(), 3U);
    for (const StepEvent& window : keeper.windows) EXPECT_EQ(window.end - window.start, 1'000'000);
    EXPECT_EQ(keeper.windows[0].activity[Activity::row_pulse], 1U);
    EXPECT_EQ(keeper.windows[1].activity[Activity::row_pulse], 1U);
    EXPECT_EQ(keeper.windows[2].activity[Activity::row_pulse], 0U);
    // 1 V over 1.25 uS for 100 ns, then over 0.5 uS; 7 fJ a driver; in aJ.
    EXPECT_NEAR(static_cast<double>(keeper.windows[0].activity[Activity::energy_cells]), 125'000.0, 1.0);
    EXPECT_NEAR(static_cast<double>(keeper.windows[1].activity[Activity::energy_cells]), 50'000.0, 1.0);
    EXPECT_EQ(keeper.windows[0].activity[Activity::energy_drivers], 7000U);
    EXPECT_EQ(keeper.windows[0].activity[Activity::spike], 1U);
    EXPECT_EQ(keeper.windows[0].activity[Activity::energy_columns], 2'000'000U);
    // What the first pulse left after its spike, and 50 mV in the second window, are enough for one more.
    EXPECT_THAT(keeper.answers, ::testing::ElementsAre(std::pair<std::uint64_t, std::uint32_t>{1, 0},
                                                       std::pair<std::uint64_t, std::uint32_t>{2, 0}));
}

/// The core of the small chip alone.
struct Bare {
    explicit Bare(const std::vector<std::vector<float>>& weights, const std::vector<std::string>& assignments = {})
        : plan{small_chip(assignments)},
          placement{placement_of(weights)},
          core{placement.cores[0], plan.core_type(CoreId{0U}), 1, "core.0", activity} {}
    std::vector<TimedSpike> run(Picoseconds until) {
        std::vector<TimedSpike> spikes;
        while (core.next() <= until) core.advance(core.next(), spikes);
        core.advance(until, spikes);
        return spikes;
    }
    ChipPlan plan;
    Placement placement;
    ActivityCounts activity;
    LiveCore core;
};

TEST(LiveCore, cancels_a_predicted_spike_when_inhibition_comes_first_and_plans_it_again_afterwards) {
    Bare alone{{{1.0F}, {-1.0F}}};
    alone.core.receive(0, 1, 0);
    const auto free = alone.run(1'000'000);
    ASSERT_EQ(free.size(), 1U);
    Bare inhibited{{{1.0F}, {-1.0F}}};
    inhibited.core.receive(0, 1, 0);
    std::vector<TimedSpike> spikes;
    inhibited.core.advance(6000, spikes);
    const Picoseconds predicted = inhibited.core.next();
    EXPECT_EQ(predicted, static_cast<Picoseconds>(std::ceil(free[0].time * 1e12)));
    inhibited.core.receive(1, 1, 20'000);  // acts from 25 ns to 125 ns: nothing is left of the first pulse but its ends
    spikes = inhibited.run(1'000'000);
    EXPECT_TRUE(spikes.empty());
    inhibited.core.receive(0, 1, 1'000'000);
    EXPECT_EQ(inhibited.run(2'000'000).size(), 1U);
}

TEST(LiveCore, lets_spikes_of_one_row_wait_for_each_other_and_loses_what_the_queue_does_not_hold) {
    Bare bare{{{0.1F}}, {"cores.live.column.neuron.v_th=1V"}};
    for (int k = 0; k < 5; ++k) bare.core.receive(0, 1, 0);
    static_cast<void>(bare.run(2'000'000));
    EXPECT_EQ(bare.activity[Activity::row_pulse], 3U);  // one at once, two in the queue
    EXPECT_EQ(bare.core.lost_spikes(), 2U);
    // Three pulses in a row are one of 300 ns.
    Bare once{{{0.1F}}, {"cores.live.column.neuron.v_th=1V", "cores.live.array.input.t_pulse=300ns"}};
    once.core.receive(0, 1, 0);
    static_cast<void>(once.run(2'000'000));
    EXPECT_NEAR(bare.core.observable(0), once.core.observable(0), 1e-15);
}

TEST(LiveCore, gives_the_same_spikes_however_often_it_is_asked) {
    const std::vector<std::vector<float>> weights{{0.9F, 0.3F, -0.5F}, {0.4F, 0.8F, 0.7F}, {-0.6F, 0.2F, 1.0F}};
    std::vector<std::vector<TimedSpike>> results;
    for (const Picoseconds cut : {1'000'000'000L, 37'000L}) {
        Bare bare{weights,
                  {"cores.live.array.mode=geff", "cores.live.column.neuron.v_th_sigma=0.05",
                   "cores.live.array.device={model: gaussian, sigma_rel: 0.05, read_noise: 0.02}"}};
        Rng rng{5, "arrivals"};
        std::vector<TimedSpike> spikes;
        Picoseconds now = 0;
        for (int k = 0; k < 400; ++k) {
            const Picoseconds next = now + 1 + rng.below(60'000);
            for (Picoseconds at = now; at < next; at += cut) bare.core.advance(at, spikes);
            now = next;
            bare.core.advance(now, spikes);
            bare.core.receive(rng.below(3), 1, now);
        }
        results.push_back(spikes);
    }
    ASSERT_GT(results[0].size(), 20U);
    EXPECT_EQ(results[0], results[1]);
}

TEST(LiveCore, sums_the_currents_of_overlapping_pulses) {
    // Two rows of weight 0.5 that overlap by 60 ns: 0.5 uA, 1 uA, 0.5 uA; without leak the charge is the sum.
    Bare bare{{{0.5F}, {0.5F}}, {"cores.live.column.neuron={model: rc_lif, c: 1 pF, r_leak: 1e12 ohm, v_th: 10 V}"}};
    bare.core.receive(0, 1, 0);
    bare.core.receive(1, 1, 40'000);
    static_cast<void>(bare.run(85'000));  // 80 ns and 40 ns of the pulses
    EXPECT_NEAR(bare.core.observable(0), 0.5e-6 * 120e-9 / 1e-12, 1e-7);
    static_cast<void>(bare.run(500'000));
    EXPECT_NEAR(bare.core.observable(0), 0.5e-6 * 200e-9 / 1e-12, 1e-7);
}

/// A chain: the input onto neuron 0 of core 0, that onto neuron 0 of cores 1 and 2, and neuron 0 of core 1 is the answer.
Placement fan_out(const ChipPlan& plan) {
    Placement placement = placement_of({{1.0F}});
    for (std::uint32_t core : {1U, 2U}) {
        CoreImage next = placement.cores[0];
        next.core = CoreId{core};
        if (core == 2) next.destinations = DestinationTable{std::vector<std::vector<Destination>>(1)};
        placement.cores.push_back(next);
    }
    placement.inputs = DestinationTable{{{{.core = 0, .axon = 0, .delay = 1}, {.core = 1, .axon = 0, .delay = 1}}}};
    placement.cores[0].destinations =
        DestinationTable{{{{.core = 1, .axon = 0, .delay = 1}, {.core = 2, .axon = 0, .delay = 1}}}};
    use_multicast(placement, plan);
    return placement;
}

/// Spikes by core, packets and arrivals of one input spike; one network a process.
struct FanOut {
    std::array<std::uint64_t, 3> spikes{};
    std::uint64_t sent = 0, received = 0, injected = 0;
};
FanOut run_fan_out(const std::string& routing) {
    class Keeper final : public RunObserver {
    public:
        void fired(std::uint64_t /*step*/, const CoreImage& core, std::span<const Spike> spikes) override {
            counts[core.core.value()] += spikes.size();
        }
        std::array<std::uint64_t, 3> counts{};
    };
    const ChipPlan plan = small_chip({"noc.topology={model: tree, children: [4]}", "noc.routing=" + routing, "host.router=4"});
    const Placement placement = fan_out(plan);
    const InputSpikes input{{0}, {}, {}};
    FixedSource source{input, 100};
    Keeper keeper;
    Chip chip{plan, placement, source, keeper, 1};
    chip.run(3);
    const ActivityCounts counts = chip.activity();
    return {keeper.counts, counts[Activity::packet_sent], counts[Activity::packet_received], chip.totals().noc.injected};
}

// A pulse of 100 ns makes a neuron fire once, after 51 ns. The input reaches cores 0 and 1, core 0's spike cores 1 and 2: core
// 1 gets 200 ns in a row and fires three times, each of which is an answer.
TEST(LiveChip, sends_a_packet_to_every_core_where_the_network_knows_no_tags) {
    const FanOut result = run_fan_out("tree");
    EXPECT_EQ(result.spikes, (std::array<std::uint64_t, 3>{1, 3, 1}));
    EXPECT_EQ(result.sent, 2U + 3U);
    EXPECT_EQ(result.received, 4U);
    EXPECT_EQ(result.injected, 2U + 2U + 3U);
}

TEST(LiveChip, sends_one_packet_with_a_tag_to_all_cores_that_match_it) {
    const FanOut result = run_fan_out("tree_tag");
    EXPECT_EQ(result.spikes, (std::array<std::uint64_t, 3>{1, 3, 1}));
    EXPECT_EQ(result.sent, 1U + 3U);
    EXPECT_EQ(result.received, 4U);
    EXPECT_EQ(result.injected, 1U + 1U + 3U);
}

TEST(LiveChip, of_what_needs_steps_is_refused) {
    const auto refusal = [](const std::vector<std::string>& assignments) {
        try {
            static_cast<void>(small_chip(assignments));
        } catch (const InputError& error) {
            return std::string{error.what()};
        }
        return std::string{};
    };
    EXPECT_THAT(refusal({"cores.live.column.neuron={model: mtj_stochastic}"}), ::testing::HasSubstr("synchronisation: tick"));
    EXPECT_THAT(refusal({"cores.live.array.input.mode=dac"}), ::testing::HasSubstr("use spikes"));
    EXPECT_THAT(refusal({"synchronisation=barrier"}), ::testing::HasSubstr("tick or event"));
}

}  // namespace
}  // namespace spikefab
