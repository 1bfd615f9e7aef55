// SPDX-License-Identifier: Apache-2.0
// Domain-wall and oscillator neurons: exact crossings under every leak law, inhibition, energy.
#include "models/column/column_neuron.hpp"

#include "base/error.hpp"
#include "base/set_fields.hpp"
#include "models/numerics/physical_constants.hpp"
#include "models/spintronic/auto_oscillator.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spikefab {
namespace {

[[nodiscard]] std::unique_ptr<ColumnNeuronArray> walls(std::size_t count, const std::map<std::string, double>& values,
                                                       const std::string& law = "constant") {
    ModelChoice<ColumnNeuronModel> model{"dw_lif"};
    set_fields(*model.operator->(), values, {{"law", law}});
    return model->make_array(count, 1, "walls");
}

/// Speed of the default wire's wall for a current, m/s.
[[nodiscard]] double speed_of(double current) {
    return 2.0 * bohr_magneton * 0.7 * current / (50e-9 * 3e-9) / (elementary_charge * 8e5);
}

[[nodiscard]] double first_spike(ColumnNeuronArray& array, double current) {
    std::vector<TimedSpike> spikes;
    array.drive(0.0, DrivePhase::pulse, std::vector<double>(array.size(), current), spikes);
    return array.next_spike();
}

constexpr double strong = 150e-6;  // A: 1e12 A/m2 in the default wire

TEST(DomainWallNeuron, crosses_at_the_time_of_its_net_speed_under_a_constant_leak) {
    EXPECT_NEAR(first_spike(*walls(1, {{"v", 34.0}}), strong), 0.9 * 250e-9 / (speed_of(strong) - 34.0), 1e-18);
    EXPECT_EQ(first_spike(*walls(1, {{"v", 34.0}}), 40e-6), never);  // 27 m/s: the leak wins
}

TEST(DomainWallNeuron, crosses_at_the_closed_form_under_a_linear_leak) {
    const double rate = 34.0 / 250e-9;
    const double rest = speed_of(strong) / rate;  // where push and leak balance
    EXPECT_NEAR(first_spike(*walls(1, {{"v", 34.0}}, "linear"), strong), -std::log1p(-0.9 * 250e-9 / rest) / rate, 1e-17);
    const double weak = 40e-6;  // balances at 0.79 of the wire, before the junction
    EXPECT_EQ(first_spike(*walls(1, {{"v", 34.0}}, "linear"), weak), never);
}

/// A table's values cannot be set by the test's setter, so the visitor fills the list.
class TableSetter final : public FieldVisitor {
public:
    explicit TableSetter(std::vector<double> values) : values_{std::move(values)} {}
    void boolean(const FieldInfo& /*info*/, bool& /*value*/) override {}
    void integer(const FieldInfo& /*info*/, std::int64_t& /*value*/) override {}
    void real(const FieldInfo& /*info*/, double& value) override {
        if (filling_) value = values_[next_++];
    }
    void quantity(const FieldInfo& /*info*/, const Unit& /*unit*/, double& /*value*/) override {}
    void text(const FieldInfo& /*info*/, std::string& /*value*/) override {}
    void path(const FieldInfo& /*info*/, std::filesystem::path& /*value*/) override {}
    void choice(const FieldInfo& info, std::span<const std::string_view> /*names*/, std::size_t& index) override {
        if (info.key == "law") index = 2;
    }
    void section(const FieldInfo& /*info*/, const SectionRef& section) override { section.visit(*this); }
    void list(const FieldInfo& info, const ListRef& list) override {
        list.resize(values_.size());
        filling_ = true;
        for (std::size_t k = 0; k < values_.size(); ++k) list.visit(k, info, *this);
        filling_ = false;
    }
    void map(const FieldInfo& /*info*/, const MapRef& /*map*/) override {}
    void optional(const FieldInfo& /*info*/, const OptionalRef& /*optional*/) override {}
    void model(const FieldInfo& /*info*/, const ChoiceRef& /*choice*/) override {}

private:
    std::vector<double> values_;
    std::size_t next_ = 0;
    bool filling_ = false;
};

[[nodiscard]] std::unique_ptr<ColumnNeuronArray> tabulated(std::vector<double> leak) {
    ModelChoice<ColumnNeuronModel> model{"dw_lif"};
    TableSetter setter{std::move(leak)};
    model->visit(setter);
    return model->make_array(1, 1, "walls");
}

TEST(DomainWallNeuron, with_a_tabulated_leak_equals_the_laws_it_contains) {
    EXPECT_NEAR(first_spike(*tabulated({34.0, 34.0, 34.0}), strong), first_spike(*walls(1, {{"v", 34.0}}), strong), 1e-18);
    EXPECT_NEAR(first_spike(*tabulated({0.0, 17.0, 34.0}), strong), first_spike(*walls(1, {{"v", 34.0}}, "linear"), strong),
                1e-18);
    EXPECT_THROW((void)tabulated({1.0}), InputError);
}

TEST(DomainWallNeuron, follows_its_state_equation_under_a_table_to_small_steps) {
    auto array = tabulated({5.0, 60.0, 20.0, 80.0});
    const auto leak = [](double q) {
        const double place = q / 250e-9 * 3.0;
        const auto k = std::min(static_cast<std::size_t>(place), std::size_t{2});
        const std::array table{5.0, 60.0, 20.0, 80.0};
        return table[k] + (place - static_cast<double>(k)) * (table[k + 1] - table[k]);
    };
    double q = 0.0;
    double time = 0.0;
    constexpr double dt = 1e-14;
    std::vector<TimedSpike> spikes;
    for (const auto& [current, duration] :
         {std::pair{150e-6, 1.5e-9}, std::pair{0.0, 0.7e-9}, std::pair{120e-6, 1e-9}, std::pair{0.0, 20e-9}}) {
        array->drive(time, DrivePhase::pulse, std::vector{current}, spikes);
        for (double t = 0.0; t < duration; t += dt)
            q = std::max(0.0, q + dt * (speed_of(current) - (q > 0.0 || speed_of(current) > leak(0.0) ? leak(q) : 0.0)));
        time += duration;
        array->advance(time, spikes);
        EXPECT_NEAR(array->observable(0), q, 2e-12);
    }
    EXPECT_TRUE(spikes.empty());
    EXPECT_EQ(array->observable(0), 0.0);
}

TEST(DomainWallNeuron, loses_input_during_its_reset_and_dissipates_in_its_wire) {
    auto array = walls(1, {{"v", 0.0}, {"t_reset", 2e-9}, {"e_spike", 1e-15}});
    std::vector<TimedSpike> spikes;
    const double period = first_spike(*array, strong) + 2e-9;
    array->advance(10.5 * period, spikes);
    ASSERT_EQ(spikes.size(), 10U);
    EXPECT_NEAR(spikes[9].time - spikes[0].time, 9.0 * period, 1e-17);
    EXPECT_NEAR(array->energy(), 10e-15 + strong * strong * 1e3 * 10.5 * period, 1e-20);
}

TEST(DomainWallNeuron, that_fires_pushes_its_neighbours_back_and_not_those_beyond_range) {
    const std::vector<double> current{strong, 1.05 * strong, strong, strong};
    std::vector<TimedSpike> free_spikes;
    std::vector<TimedSpike> inhibited_spikes;
    for (const auto& [push, spikes] : {std::pair{0.0, &free_spikes}, std::pair{0.3, &inhibited_spikes}}) {
        auto array = walls(4, {{"inhibition", push}, {"inhibition_range", 1.0}});
        array->drive(0.0, DrivePhase::pulse, current, *spikes);
        array->advance(6e-9, *spikes);
    }
    const auto first = [](const std::vector<TimedSpike>& spikes, std::uint32_t neuron) {
        for (const TimedSpike& spike : spikes)
            if (spike.neuron == neuron) return spike.time;
        return never;
    };
    EXPECT_EQ(first(inhibited_spikes, 1), first(free_spikes, 1));
    EXPECT_EQ(first(inhibited_spikes, 3), first(free_spikes, 3));
    const double delay = 0.3 * 250e-9 / (speed_of(strong) - 34.0);
    EXPECT_NEAR(first(inhibited_spikes, 0), first(free_spikes, 0) + delay, 1e-17);
    EXPECT_NEAR(first(inhibited_spikes, 2), first(free_spikes, 2) + 2.0 * delay, 1e-17);  // by 1, and then by 3
}

TEST(OscillatorNeuron, fires_as_always_after_a_long_pulse_of_the_wrong_sign) {
    const auto array = ModelChoice<ColumnNeuronModel> {
        "stno"
        } -> make_array(1, 1, "test");
    std::vector<TimedSpike> spikes;
    array->drive(0.0, DrivePhase::pulse, std::vector{-1e-3}, spikes);
    array->drive(1e-6, DrivePhase::pulse, std::vector{200e-6}, spikes);
    EXPECT_NEAR(array->next_spike() - 1e-6, AutoOscillator{}.time_to_power(1e-3, 2.0, 0.1), 1e-15);
}

TEST(OscillatorNeuron, fires_when_its_closed_form_says) {
    const auto array = Registry<ColumnNeuronModel>::instance().make("stno")->make_array(1, 1, "stno");
    EXPECT_NEAR(first_spike(*array, 200e-6), AutoOscillator{}.time_to_power(1e-3, 2.0, 0.1), 1e-18);
    std::vector<TimedSpike> spikes;
    array->advance(50e-9, spikes);
    ASSERT_GT(spikes.size(), 3U);
    EXPECT_NEAR(spikes[1].time, 2.0 * spikes[0].time, 1e-17);
    EXPECT_EQ(first_spike(*Registry<ColumnNeuronModel>::instance().make("stno")->make_array(1, 1, "stno"), 90e-6), never);
}

}  // namespace
}  // namespace spikefab
