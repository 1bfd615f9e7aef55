// SPDX-License-Identifier: Apache-2.0
// Energy is linear in counts and time, components sum to the total, and voltage moves what it should.
#include "cost/energy.hpp"

#include "base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace spikefab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

EventPrice price(double pico_joules, std::string component) {
    return {Energy{pico_joules}, std::move(component), "all", PriceKind::marginal, Evidence::published, {}, "this test"};
}

PowerPrice power(double milli_watts, PowerScope per) {
    return {Power{milli_watts}, per, "all", Evidence::published, {}, "this test"};
}

PriceList example() {
    PriceList prices;
    prices.name = "example";
    prices.source = "this test";
    prices.process = "none";
    prices.voltage = Voltage{1.0};
    prices.events["synaptic_event"] = price(10.0, "synapse");
    prices.events["synapse_word_read"] = price(3.0, "synapse");
    prices.events["hop_east_west"] = price(2.0, "noc");
    prices.included["spike"] = "in synaptic_event";
    prices.static_power["chip"] = power(5.0, PowerScope::chip);
    prices.static_power["core"] = power(0.5, PowerScope::used_core);
    prices.static_power["fitted"] = power(0.25, PowerScope::fitted_core);
    prices.host["cpu"] = power(7.0, PowerScope::chip);
    return prices;
}

constexpr HardwareInUse hardware{.chips = 2, .cores_fitted = 8, .cores_used = 3};

ActivityCounts counts_of(std::uint64_t synapses, std::uint64_t hops) {
    ActivityCounts counts;
    counts.record(Activity::synaptic_event, synapses);
    counts.record(Activity::hop_east_west, hops);
    return counts;
}

TEST(Energy, is_count_times_price_by_component) {
    ActivityCounts counts = counts_of(100, 7);
    counts.record(Activity::synapse_word_read, 11);
    const EnergyBreakdown energy = EnergyModel{example(), hardware}.energy(counts, Time{0.0});
    EXPECT_DOUBLE_EQ(energy.by_component.at("synapse").value(), 100 * 10.0 + 11 * 3.0);
    EXPECT_DOUBLE_EQ(energy.by_component.at("noc").value(), 14.0);
    EXPECT_EQ(energy.static_energy.value(), 0.0);
}

TEST(Energy, static_power_counts_chips_fitted_cores_and_used_cores) {
    const EnergyModel model{example(), hardware};
    EXPECT_DOUBLE_EQ(model.static_power().value(), 2 * 5.0 + 3 * 0.5 + 8 * 0.25);
    EXPECT_DOUBLE_EQ(model.energy({}, Time{10.0}).static_energy.value(), 135.0);
}

TEST(Energy, the_host_is_left_out_unless_asked_for) {
    const EnergyModel without{example(), hardware};
    const EnergyModel with{example(), hardware, {.include_host = true}};
    EXPECT_FALSE(without.energy({}, Time{10.0}).by_component.contains("host"));
    EXPECT_DOUBLE_EQ(with.energy({}, Time{10.0}).host.value(), 2 * 7.0 * 10.0);
    EXPECT_DOUBLE_EQ((with.energy({}, Time{10.0}).total - without.energy({}, Time{10.0}).total).value(), 140.0);
}

TEST(Energy, components_sum_to_the_total_and_so_do_dynamic_static_and_host) {
    const EnergyModel model{example(), hardware, {.include_host = true}};
    const EnergyBreakdown energy = model.energy(counts_of(123456789, 98765), Time{1234.5}, {{"array", Energy{17.25}}});
    Energy sum;
    for (const auto& [name, joules] : energy.by_component) sum += joules;
    EXPECT_DOUBLE_EQ(sum.value(), energy.total.value());
    EXPECT_DOUBLE_EQ((energy.dynamic + energy.static_energy + energy.host).value(), energy.total.value());
    EXPECT_EQ(energy.by_component.at("array").value(), 17.25);
}

TEST(Energy, windows_add_up_to_the_whole_run) {
    const EnergyModel model{example(), hardware};
    const EnergyBreakdown first = model.energy(counts_of(10, 1), Time{3.0});
    const EnergyBreakdown second = model.energy(counts_of(32, 5), Time{4.0});
    EXPECT_DOUBLE_EQ((first.total + second.total).value(), model.energy(counts_of(42, 6), Time{7.0}).total.value());
}

TEST(Energy, event_energy_is_the_dynamic_part_without_time) {
    const EnergyModel model{example(), hardware};
    EXPECT_DOUBLE_EQ(model.event_energy(counts_of(10, 1)).value(), model.energy(counts_of(10, 1), Time{55.0}).dynamic.value());
}

TEST(Energy, names_what_happened_without_a_price) {
    const EnergyModel model{example(), hardware};
    ActivityCounts counts = counts_of(1, 1);
    EXPECT_THAT(model.unpriced(counts), IsEmpty());
    counts.record(Activity::spike, 5);  // included in another price
    EXPECT_THAT(model.unpriced(counts), IsEmpty());
    counts.record(Activity::barrier);
    EXPECT_THAT(model.unpriced(counts), ElementsAre("barrier"));
}

TEST(Energy, a_clock_costs_its_cycles_whatever_happens) {
    PriceList prices = example();
    prices.clock_cycle = price(1.78, "clock");
    const EnergyModel model{prices, {}, {.clock = Frequency{0.075}}};
    EXPECT_DOUBLE_EQ(model.energy({}, Time{1000.0}).by_component.at("clock").value(), 1.78 * 75.0);
    EXPECT_THROW(EnergyModel(prices, {}), InputError);
}

TEST(Energy, voltage_scales_events_by_one_exponent_and_leakage_by_another) {
    PriceList prices = example();
    prices.voltage_scaling = VoltageScaling{
        .dynamic_exponent = 2.0, .leakage_exponent = 3.0, .lower = Voltage{0.5}, .upper = Voltage{2.0}, .source = "x"};
    const EnergyModel model{prices, hardware, {.voltage = Voltage{2.0}}};
    EXPECT_DOUBLE_EQ(model.price(Activity::synaptic_event).value(), 40.0);
    EXPECT_DOUBLE_EQ(model.static_power().value(), 8.0 * 13.5);
}

TEST(Energy, a_price_measured_at_its_own_voltage_scales_from_there) {
    PriceList prices = example();
    prices.voltage_scaling =
        VoltageScaling{.leakage_exponent = 1.0, .lower = Voltage{0.5}, .upper = Voltage{2.0}, .source = "x"};
    prices.events["hop_east_west"].voltage = Voltage{0.5};
    const EnergyModel model{prices, hardware};
    EXPECT_DOUBLE_EQ(model.price(Activity::hop_east_west).value(), 8.0);
    EXPECT_DOUBLE_EQ(model.price(Activity::synaptic_event).value(), 10.0);
}

TEST(Energy, refuses_a_voltage_that_the_list_has_no_rule_for) {
    try {
        (void)EnergyModel{example(), hardware, {.voltage = Voltage{0.9}}};
        FAIL() << "scaled without a rule";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("holds at 1 V only"));
    }
    PriceList prices = example();
    prices.voltage_scaling = VoltageScaling{.lower = Voltage{0.9}, .upper = Voltage{1.1}, .source = "x"};
    EXPECT_NO_THROW((EnergyModel{prices, hardware, {.voltage = Voltage{1.1}}}));
    EXPECT_THROW((EnergyModel{prices, hardware, {.voltage = Voltage{1.11}}}), InputError);
}

TEST(PowerSeries, is_energy_over_time_per_window_and_component) {
    const EnergyModel model{example(), hardware};
    const auto series = power_series(model, {{Time{0.0}, Time{10.0}, counts_of(10, 0)},
                                             {Time{10.0}, Time{5.0}, counts_of(0, 5)},
                                             {Time{15.0}, Time{0.0}, counts_of(0, 0)}});
    ASSERT_EQ(series.size(), 2U);
    EXPECT_DOUBLE_EQ(series[0].by_component.at("synapse").value(), 10.0);
    EXPECT_DOUBLE_EQ(series[1].by_component.at("noc").value(), 2.0);
    EXPECT_DOUBLE_EQ(series[1].by_component.at("static").value(), 13.5);
    EXPECT_DOUBLE_EQ(series[1].total.value(), 15.5);
}

}  // namespace
}  // namespace spikefab
