// SPDX-License-Identifier: Apache-2.0
// ODIN's and tinyODIN's neurons and SDSP, case by case from their equations.
#include "models/neuron/event_neuron.hpp"
#include "base/partial_visitor.hpp"
#include "models/plasticity/sdsp.hpp"

#include <gtest/gtest.h>

#include <map>

namespace spikefab {
namespace {

/// One neuron of an event-driven model.
class OneNeuron {
public:
    OneNeuron(std::string_view model, const std::map<std::string, double>& parameters) {
        NeuronParameters table{.columns = {}, .rows = {{}}, .row_of_neuron = {0}};
        for (const auto& [key, value] : parameters) {
            table.columns.push_back(key);
            table.rows[0].push_back(value);
        }
        neurons_ = Registry<NeuronModel>::instance().make(model)->make_event_neurons(table);
    }
    bool receive(std::int32_t weight) {
        std::vector<Spike> spikes;
        neurons_->receive(0, {&weight, 1}, spikes);
        return !spikes.empty();
    }
    bool time() {
        std::vector<Spike> spikes;
        neurons_->refer_to_time(0, 1, spikes);
        return !spikes.empty();
    }
    [[nodiscard]] std::int64_t state(std::string_view key) {
        Reader reader;
        neurons_->visit_state(0, reader);
        return reader.numbers.at(std::string{key});
    }
    [[nodiscard]] int direction() const { return neurons_->plasticity()[0]; }

private:
    struct Reader final : PartialVisitor {
        void integer(const FieldInfo& info, std::int64_t& value) override { numbers[std::string{info.key}] = value; }
        std::map<std::string, std::int64_t> numbers;
    };
    std::unique_ptr<EventNeurons> neurons_;
};

TEST(TinyOdinNeuron, saturates_at_twelve_bits_and_leaks_towards_zero_from_both_sides) {
    OneNeuron neuron{"tinyodin_lif", {{"threshold", 4095.0}, {"leak", 100.0}, {"initial_potential", 2040.0}}};
    EXPECT_FALSE(neuron.receive(7)) << "a threshold above 2047 is never reached";
    EXPECT_FALSE(neuron.receive(7));
    EXPECT_EQ(neuron.state("potential"), 2047);
    neuron.time();
    EXPECT_EQ(neuron.state("potential"), 1947);
    OneNeuron low{"tinyodin_lif", {{"threshold", 5.0}, {"leak", 100.0}, {"initial_potential", -2047.0}}};
    low.receive(-8);
    EXPECT_EQ(low.state("potential"), -2048);
    for (int i = 0; i < 21; ++i) low.time();
    EXPECT_EQ(low.state("potential"), 0) << "the leak stops at zero";
}

TEST(TinyOdinNeuron, fires_at_its_threshold_and_not_below_also_when_time_passes) {
    OneNeuron neuron{"tinyodin_lif", {{"threshold", 10.0}, {"leak", 3.0}, {"initial_potential", 2.0}}};
    EXPECT_FALSE(neuron.receive(7));
    EXPECT_TRUE(neuron.receive(1));
    EXPECT_EQ(neuron.state("potential"), 0);
    OneNeuron above{"tinyodin_lif", {{"threshold", 10.0}, {"leak", 3.0}, {"initial_potential", 14.0}}};
    EXPECT_TRUE(above.time()) << "11 is above the threshold even after the leak";
}

TEST(OdinNeuron, stays_within_eight_bits_without_a_sign) {
    OneNeuron neuron{"odin_lif", {{"threshold", 255.0}, {"leak", 5.0}, {"initial_potential", 3.0}}};
    EXPECT_FALSE(neuron.receive(-7));
    EXPECT_EQ(neuron.state("potential"), 0);
    for (int i = 0; i < 36; ++i) EXPECT_FALSE(neuron.receive(7));
    EXPECT_EQ(neuron.state("potential"), 252);
    EXPECT_TRUE(neuron.receive(7)) << "255 is held, and is the threshold";
}

TEST(OdinNeuron, that_is_disabled_is_reset_without_a_spike) {
    OneNeuron neuron{"odin_lif", {{"threshold", 5.0}, {"disabled", 1.0}}};
    EXPECT_FALSE(neuron.receive(6));
    EXPECT_EQ(neuron.state("potential"), 0);
}

TEST(OdinNeuron, counts_its_spikes_in_calcium_which_leaks_with_every_so_many_time_references) {
    OneNeuron neuron{"odin_lif", {{"threshold", 5.0}, {"calcium_enabled", 1.0}, {"calcium_leak", 3.0}}};
    for (int i = 0; i < 9; ++i) neuron.receive(5);
    EXPECT_EQ(neuron.state("calcium"), 7) << "three bits";
    neuron.time();
    neuron.time();
    EXPECT_EQ(neuron.state("calcium"), 7);
    neuron.time();
    EXPECT_EQ(neuron.state("calcium"), 6);
    EXPECT_EQ(neuron.state("time_references"), 0);
}

TEST(OdinNeuron, keeps_its_calcium_when_a_spike_and_a_leak_meet) {
    OneNeuron neuron{"odin_lif",
                     {{"threshold", 5.0},
                      {"leaks", 0.0},
                      {"calcium_enabled", 1.0},
                      {"calcium_leak", 1.0},
                      {"initial_calcium", 3.0},
                      {"initial_potential", 9.0}}};
    EXPECT_TRUE(neuron.time());
    EXPECT_EQ(neuron.state("calcium"), 3);
}

TEST(OdinNeuron, says_which_way_weights_move_from_what_it_is_after_the_event) {
    OneNeuron neuron{"odin_lif",
                     {{"threshold", 200.0},
                      {"calcium_enabled", 1.0},
                      {"membrane_threshold", 6.0},
                      {"calcium_threshold_1", 1.0},
                      {"calcium_threshold_2", 4.0},
                      {"calcium_threshold_3", 4.0},
                      {"initial_calcium", 2.0}}};
    EXPECT_EQ(neuron.direction(), 0) << "before its first event";
    neuron.receive(5);
    EXPECT_EQ(neuron.direction(), -1);
    neuron.receive(1);
    EXPECT_EQ(neuron.direction(), 1);
}

TEST(Sdsp, follows_the_regions_of_its_equation) {
    constexpr SdspThresholds thresholds{.membrane = 10, .calcium_1 = 1, .calcium_2 = 3, .calcium_3 = 5};
    const auto direction = [&](int potential, int calcium) { return int{sdsp_direction(potential, calcium, thresholds)}; };
    EXPECT_EQ(direction(10, 0), 0);
    EXPECT_EQ(direction(10, 1), 1);
    EXPECT_EQ(direction(10, 4), 1);
    EXPECT_EQ(direction(10, 5), 0);
    EXPECT_EQ(direction(9, 0), 0);
    EXPECT_EQ(direction(9, 1), -1);
    EXPECT_EQ(direction(9, 2), -1);
    EXPECT_EQ(direction(9, 3), 0);
}

TEST(Sdsp, stops_weights_at_both_ends_and_drifts_to_the_nearer_one) {
    EXPECT_EQ(sdsp_step(7, 1, 7), 7);
    EXPECT_EQ(sdsp_step(0, -1, 7), 0);
    EXPECT_EQ(sdsp_step(3, 1, 7), 4);
    EXPECT_EQ(sdsp_drift(4, 7), 5);
    EXPECT_EQ(sdsp_drift(3, 7), 2);
    EXPECT_EQ(sdsp_drift(7, 7), 7);
    EXPECT_EQ(sdsp_drift(0, 7), 0);
}

TEST(EventNeurons, exist_for_models_that_work_event_by_event_only) {
    EXPECT_EQ(Registry<NeuronModel>::instance().make("lif")->make_event_neurons({}), nullptr);
    EXPECT_NE(Registry<NeuronModel>::instance().make("odin_lif")->make_event_neurons({}), nullptr);
}

}  // namespace
}  // namespace spikefab
