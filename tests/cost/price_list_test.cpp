// SPDX-License-Identifier: Apache-2.0
// What a price list may not say, and that every figure of the shipped ones names its source.
#include "cost/price_list.hpp"

#include "base/error.hpp"
#include "cost/price_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spikefab {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

PriceList small_list() {
    PriceList prices;
    prices.name = "small";
    prices.source = "this test";
    prices.process = "none";
    prices.voltage = Voltage{1.0};
    prices.events["synaptic_event"] = {Energy{10.0},        "synapse", "all",      PriceKind::marginal,
                                       Evidence::published, {},        "this test"};
    return prices;
}

class ShippedPrices : public ::testing::TestWithParam<const char*> {};

TEST_P(ShippedPrices, read_without_problems) {
    for (const PriceProblem& problem : problems_of(price_file(GetParam())))
        ADD_FAILURE() << problem.path << ": " << problem.message;
}

TEST_P(ShippedPrices, say_where_the_energy_of_synapses_and_neurons_is) {
    const PriceList prices = price_file(GetParam());
    for (const char* activity : {"synaptic_event", "neuron_update_active", "neuron_update_inactive"})
        EXPECT_TRUE(prices.events.contains(activity) || prices.included.contains(activity)) << activity;
}

INSTANTIATE_TEST_SUITE_P(Files, ShippedPrices, ::testing::Values("loihi-davies2018", "loihi-sanafe", "truenorth", "odin"),
                         [](const auto& test) {
                             std::string name = test.param;
                             for (char& letter : name)
                                 if (letter == '-') letter = '_';
                             return name;
                         });

TEST(PriceList, a_mistyped_activity_names_the_nearest_known_one) {
    PriceList prices = small_list();
    prices.events["synaptic_evnt"] = prices.events["synaptic_event"];
    const auto problems = problems_of(prices);
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(problems[0].path, "events.synaptic_evnt");
    EXPECT_THAT(problems[0].message, HasSubstr("did you mean 'synaptic_event'?"));
}

TEST(PriceList, an_activity_like_no_other_lists_all_known_ones) {
    PriceList prices = small_list();
    prices.events["q"] = prices.events["synaptic_event"];
    const auto problems = problems_of(prices);
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_THAT(problems[0].message, HasSubstr("hop_east_west"));
}

TEST(PriceList, refuses_an_operating_point_average_or_a_board_figure_as_price_of_an_event) {
    for (const PriceKind kind : {PriceKind::operating_point, PriceKind::board}) {
        PriceList prices = small_list();
        prices.events["synaptic_event"].kind = kind;
        ASSERT_EQ(problems_of(prices).size(), 1U);
        EXPECT_EQ(problems_of(prices)[0].path, "events.synaptic_event.kind");
    }
}

TEST(PriceList, refuses_a_figure_without_source_or_meaning) {
    PriceList prices = small_list();
    prices.events["synaptic_event"].source = "  ";
    prices.events["synaptic_event"].covers = "";
    prices.static_power["leak"] = {.power = Power{1.0}, .covers = "all", .source = ""};
    EXPECT_EQ(problems_of(prices).size(), 3U);
}

TEST(PriceList, an_activity_is_priced_or_included_but_never_both) {
    PriceList prices = small_list();
    prices.included["synaptic_event"] = "elsewhere";
    ASSERT_EQ(problems_of(prices).size(), 1U);
    EXPECT_EQ(problems_of(prices)[0].path, "included.synaptic_event");
}

TEST(PriceList, keeps_static_host_and_total_out_of_event_components) {
    for (const char* name : {"static", "host", "total", "", "Synapse", "a b"}) {
        PriceList prices = small_list();
        prices.events["synaptic_event"].component = name;
        EXPECT_EQ(problems_of(prices).size(), 1U) << name;
    }
}

TEST(PriceList, check_reports_every_problem_at_once) {
    PriceList prices = small_list();
    prices.events["synaptic_event"].source = "";
    prices.voltage_scaling = VoltageScaling{.lower = Voltage{0.9}, .upper = Voltage{0.5}, .source = "here"};
    try {
        check(prices);
        FAIL() << "accepted a wrong list";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("events.synaptic_event.source"));
        EXPECT_THAT(error.what(), HasSubstr("voltage_scaling"));
    }
}

}  // namespace
}  // namespace spikefab
