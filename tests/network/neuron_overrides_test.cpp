// SPDX-License-Identifier: Apache-2.0
// What a person writes for populations beside a network file: parameters of their neurons, and trees of compartments.
#include "network/neuron_overrides.hpp"
#include "base/error.hpp"
#include "network/dendrites.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace spikefab {
namespace {

using ::testing::HasSubstr;

LoweredNetwork network_for(const std::string& model) {
    LoweredNetwork network{.name = "n", .neuron_model = model};
    network.populations.push_back({.name = "pixels", .size = 4, .is_input = true});
    for (const auto& [name, size] :
         {std::pair{"hidden", 3}, std::pair{"gate", 3}, std::pair{"other", 3}, std::pair{"answer", 2}}) {
        LoweredPopulation population{.name = name, .size = static_cast<std::size_t>(size)};
        population.parameters.columns = {"threshold"};
        population.parameters.rows = {{10.0}, {20.0}};
        population.parameters.row_of_neuron.assign(population.size, 1);
        network.populations.push_back(std::move(population));
    }
    return network;
}

double value(const LoweredNetwork& network, std::uint32_t population, const std::string& key, std::size_t row = 0) {
    const NeuronParameters& table = network.populations[PopulationId{population}].parameters;
    const auto column = std::find(table.columns.begin(), table.columns.end(), key);
    if (column == table.columns.end()) return -1.0;
    return table.rows[row][static_cast<std::size_t>(column - table.columns.begin())];
}

template <class Action>
std::string complaint(const Action& action) {
    try {
        action();
    } catch (const InputError& error) {
        return error.what();
    }
    return "none";
}

std::string override_complaint(const NeuronOverrides& overrides) {
    LoweredNetwork network = network_for("loihi_cuba");
    const auto model = Registry<NeuronModel>::instance().make("loihi_cuba");
    return complaint([&] { override_parameters(network, overrides, *model); });
}

TEST(NeuronOverrides, set_numbers_names_and_switches_in_every_row) {
    LoweredNetwork network = network_for("truenorth");
    const auto model = Registry<NeuronModel>::instance().make("truenorth");
    override_parameters(network, {{"hidden", {{"threshold", "7"}, {"reset_mode", "linear"}, {"stochastic_leak", "true"}}}},
                        *model);
    for (const std::size_t row : {0U, 1U}) {
        EXPECT_EQ(value(network, 1, "threshold", row), 7.0);
        EXPECT_EQ(value(network, 1, "reset_mode", row), 1.0);
        EXPECT_EQ(value(network, 1, "stochastic_leak", row), 1.0);
    }
    EXPECT_EQ(value(network, 2, "threshold", 1), 20.0);
}

TEST(NeuronOverrides, leave_the_chip_s_value_to_all_other_populations) {
    LoweredNetwork network = network_for("loihi_cuba");
    const auto model = Registry<NeuronModel>::instance().make("loihi_cuba");
    override_parameters(network, {{"hidden", {{"refractory", "5"}}}}, *model);
    EXPECT_EQ(value(network, 1, "refractory"), 5.0);
    EXPECT_EQ(value(network, 4, "refractory"), 1.0);
    EXPECT_EQ(network.populations[PopulationId{1U}].parameters.columns,
              network.populations[PopulationId{4U}].parameters.columns);
}

TEST(NeuronOverrides, reach_every_parameter_of_a_loihi_compartment) {
    const NeuronOverrides all{{"hidden",
                               {{"bias_mantissa", "-7"},
                                {"bias_exponent", "3"},
                                {"v_min", "-100"},
                                {"v_max", "100000"},
                                {"refractory", "4"},
                                {"noise", "current"},
                                {"noise_exponent", "7"},
                                {"noise_offset", "1"},
                                {"reset_interval", "16"},
                                {"reset_offset", "3"},
                                {"overflow", "nengo_loihi"}}}};
    EXPECT_EQ(override_complaint(all), "none");
}

TEST(NeuronOverrides, refuse_what_does_not_exist_or_does_not_fit) {
    EXPECT_THAT(override_complaint({{"hiden", {{"threshold", "1"}}}}), HasSubstr("did you mean 'hidden'?"));
    EXPECT_THAT(override_complaint({{"pixels", {{"threshold", "1"}}}}), HasSubstr("no population of that name"));
    EXPECT_THAT(override_complaint({{"hidden", {{"treshold", "1"}}}}), HasSubstr("did you mean 'threshold'?"));
    EXPECT_THAT(override_complaint({{"hidden", {{"threshold", "high"}}}}), HasSubstr("'high' is not a number"));
    EXPECT_THAT(override_complaint({{"hidden", {{"noise", "loud"}}}}), HasSubstr("not one of none, current, voltage"));
    EXPECT_THAT(override_complaint({{"hidden", {{"refractory", "65"}}}}), HasSubstr("between 1 and 64"));
    EXPECT_THAT(override_complaint({{"hidden", {{"refractory", "1.5"}}}}), HasSubstr("whole number"));
}

DendriteLink link(const std::string& compartment, const std::string& parent, DendriteJoin join = DendriteJoin::pass) {
    return {.compartment = compartment, .parent = parent, .join = join, .passes = DendritePass::spike};
}

std::string link_complaint(const std::vector<DendriteLink>& links, const std::string& model = "loihi_dendrites") {
    LoweredNetwork network = network_for(model);
    return complaint([&] { attach_dendrites(network, links); });
}

TEST(Dendrites, become_parents_and_parameters_of_compartments) {
    LoweredNetwork network = network_for("loihi_dendrites");
    network.outputs = {PopulationId{2U}, PopulationId{4U}};
    attach_dendrites(network, {link("gate", "hidden"), link("other", "gate", DendriteJoin::max)});
    EXPECT_EQ(network.outputs, std::vector<PopulationId>{PopulationId{4U}}) << "a compartment is no output";
    EXPECT_EQ(network.populations[PopulationId{2U}].parent, PopulationId{1U});
    EXPECT_EQ(network.populations[PopulationId{3U}].parent, PopulationId{2U});
    EXPECT_EQ(value(network, 1, "takes"), 1.0);
    EXPECT_EQ(value(network, 1, "join"), 3.0);  // pass
    EXPECT_EQ(value(network, 1, "passes"), 0.0);
    EXPECT_EQ(value(network, 2, "takes"), 1.0);
    EXPECT_EQ(value(network, 2, "join"), 1.0);    // max
    EXPECT_EQ(value(network, 2, "passes"), 4.0);  // spike
    EXPECT_EQ(value(network, 4, "takes"), 0.0);
}

TEST(Dendrites, are_refused_where_they_make_no_tree) {
    EXPECT_THAT(link_complaint({link("gate", "hidden")}, "loihi_cuba"),
                HasSubstr("has no compartments; use 'loihi_dendrites'"));
    EXPECT_THAT(link_complaint({link("gat", "hidden")}), HasSubstr("did you mean 'gate'?"));
    EXPECT_THAT(link_complaint({link("pixels", "hidden")}), HasSubstr("is an input"));
    EXPECT_THAT(link_complaint({link("gate", "answer")}), HasSubstr("has 3 neurons and its parent 'answer' 2"));
    EXPECT_THAT(link_complaint({link("gate", "gate")}), HasSubstr("a compartment of itself"));
    EXPECT_THAT(link_complaint({link("gate", "hidden"), link("hidden", "gate")}), HasSubstr("a compartment of itself"));
    EXPECT_THAT(link_complaint({link("gate", "hidden"), link("gate", "other")}), HasSubstr("two parents"));
    EXPECT_THAT(link_complaint({link("gate", "hidden"), link("other", "hidden", DendriteJoin::add)}), HasSubstr("one join"));
}

}  // namespace
}  // namespace spikefab
