// SPDX-License-Identifier: Apache-2.0
// Synthetic traffic: destinations by definition, rates and gaps by statistics with fixed seeds.
#include "models/routing/traffic.hpp"

#include "models/routing/traffic/lagged_random.hpp"
#include "routing_kit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace spikefab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const TrafficSite square{.nodes = 64, .width = 8, .height = 8};
const TrafficSite oblong{.nodes = 15, .width = 5, .height = 3};

std::unique_ptr<TrafficPattern> pattern(const std::string& yaml, const TrafficSite& site = square) {
    return pick_model<TrafficModel>(yaml)->make(site);
}
std::unique_ptr<InjectionProcess> process(const std::string& yaml, double rate) {
    return pick_model<InjectionModel>(yaml)->make(rate);
}

std::uint32_t target(const std::string& yaml, std::uint32_t source, const TrafficSite& site = square) {
    Rng random{1, "traffic", source};
    return pattern(yaml, site)->destination(source, random);
}

TEST(Traffic, permutations_send_where_their_definitions_say) {
    EXPECT_EQ(target("transpose", 8 * 2 + 5), 8U * 5 + 2);
    EXPECT_EQ(target("anti_transpose", 8 * 2 + 5), 8U * (7 - 5) + (7 - 2));
    EXPECT_EQ(target("bit_complement", 0b010101), 0b101010U);
    EXPECT_EQ(target("bit_reverse", 0b110100), 0b001011U);
    EXPECT_EQ(target("shuffle", 0b100110), 0b001101U);
    EXPECT_EQ(target("butterfly", 0b100110), 0b000111U);
    EXPECT_EQ(target("butterfly", 0b100111), 0b100111U);
    EXPECT_EQ(target("tornado", 8 * 7 + 1), 8U * 2 + 4);
    EXPECT_EQ(target("neighbor", 8 * 3 + 7), 8U * 4 + 0);
}

TEST(Traffic, digit_patterns_follow_each_side_of_an_oblong_grid) {
    EXPECT_EQ(target("tornado", 5 * 2 + 4, oblong), 5U * 0 + 1);  // ceil(5/2)-1 = 2 along x, ceil(3/2)-1 = 1 along y
    EXPECT_EQ(target("neighbor", 5 * 2 + 4, oblong), 0U);
}

TEST(Traffic, transpose_without_a_square_grid_swaps_the_halves_of_the_address) {
    const TrafficSite line{.nodes = 16};
    EXPECT_EQ(target("transpose", 0b1101, line), 0b0111U);
}

TEST(Traffic, every_permutation_reaches_every_core_once) {
    for (const char* name : {"transpose", "anti_transpose", "bit_complement", "bit_reverse", "shuffle", "butterfly", "tornado",
                             "neighbor", "permutation"}) {
        std::vector<int> reached(64, 0);
        for (std::uint32_t source = 0; source < 64; ++source) ++reached.at(target(name, source));
        EXPECT_THAT(reached, testing::Each(1)) << name;
    }
}

TEST(Traffic, the_generator_of_permutations_gives_knuths_check_value) {
    LaggedRandom random{310952};
    std::uint32_t value = 0;
    for (int draw = 0; draw <= 2009 * 100; ++draw) value = random.next();
    EXPECT_EQ(value, 995235265U);  // printed by the program in "The Art of Computer Programming" vol. 2, 9th printing
}

TEST(Traffic, a_permutation_is_the_one_that_booksim_draws_from_the_same_seed) {
    // Drawn with Knuth's own program as BookSim2's randperm draws.
    const TrafficSite small{.nodes = 16, .width = 4, .height = 4};
    const std::vector<std::uint32_t> third{9, 11, 14, 8, 13, 0, 10, 5, 3, 4, 2, 12, 6, 7, 15, 1};
    for (std::uint32_t source = 0; source < 16; ++source)
        EXPECT_EQ(target("{model: permutation, permutation_seed: 3}", source, small), third[source]);
    const std::vector<std::uint32_t> first_row{54, 30, 25, 6, 57, 53, 17, 9};  // 64 cores, perm_seed = 0, its default
    for (std::uint32_t source = 0; source < 8; ++source) EXPECT_EQ(target("permutation", source), first_row[source]);
}

TEST(Traffic, patterns_refuse_where_they_are_not_defined) {
    EXPECT_THAT(refusal([] { return pattern("taper64", oblong); }), HasSubstr("needs 64 cores, not 15"));
    EXPECT_THAT(refusal([] { return pattern("asymmetric", TrafficSite{.nodes = 1}); }), HasSubstr("at least 2 cores"));
    EXPECT_THAT(refusal([] { return pattern("bit_reverse", oblong); }), HasSubstr("must be a power of two; it is 15"));
    EXPECT_THAT(refusal([] { return pattern("transpose", TrafficSite{.nodes = 32}); }), HasSubstr("square grid, or 4, 16, 64"));
    EXPECT_THAT(refusal([] { return pattern("anti_transpose", oblong); }), HasSubstr("not 5 x 3"));
    EXPECT_THAT(refusal([] { return pattern("tornado", TrafficSite{.nodes = 64}); }), HasSubstr("needs a grid"));
    EXPECT_THAT(refusal([] { return pattern("uniform_no_self", TrafficSite{.nodes = 1}); }), HasSubstr("at least 2 cores"));
    EXPECT_THAT(refusal([] { return pattern("{model: hotspot, hot: [{core: 64, weight: 1}]}"); }), HasSubstr("names core 64"));
    EXPECT_THAT(refusal([] { return pattern("{model: hotspot, background: 0, hot: [{core: 1, weight: 0}]}"); }),
                HasSubstr("add up to 0"));
}

/// How often each core is drawn by `draws` packets of `source`.
std::vector<double> histogram(const TrafficPattern& pattern, std::uint32_t source, int draws) {
    std::vector<double> count(64, 0.0);
    Rng random{7, "traffic", source};
    for (int draw = 0; draw < draws; ++draw) ++count.at(pattern.destination(source, random));
    return count;
}

TEST(Traffic, uniform_includes_the_sender_and_uniform_no_self_does_not) {
    constexpr int draws = 64000;
    const auto all = histogram(*pattern("uniform"), 5, draws);
    for (const double count : all) EXPECT_NEAR(count, draws / 64.0, 4.5 * std::sqrt(draws / 64.0));
    const auto others = histogram(*pattern("uniform_no_self"), 5, draws);
    EXPECT_EQ(others[5], 0.0);
    for (std::size_t core = 0; core < 64; ++core) {
        if (core != 5) {
            EXPECT_NEAR(others[core], draws / 63.0, 4.5 * std::sqrt(draws / 63.0));
        }
    }
}

TEST(Traffic, diagonal_stays_twice_as_often_as_it_goes_to_the_next_core) {
    constexpr int draws = 30000;
    const auto count = histogram(*pattern("diagonal"), 63, draws);
    EXPECT_NEAR(count[63], draws * 2.0 / 3.0, 4.0 * std::sqrt(draws * 2.0 / 9.0));
    EXPECT_EQ(count[63] + count[0], draws);
}

TEST(Traffic, asymmetric_sends_to_one_core_of_either_half) {
    constexpr int draws = 30000;
    const auto count = histogram(*pattern("asymmetric"), 37, draws);
    EXPECT_NEAR(count[5], draws / 2.0, 4.0 * std::sqrt(draws / 4.0));
    EXPECT_EQ(count[5] + count[37], draws);
}

TEST(Traffic, taper64_sends_half_of_its_packets_into_its_neighbourhood) {
    constexpr int draws = 64000;
    const auto count = histogram(*pattern("taper64"), 56, draws);  // where a row starts: its west is the end of the one below
    const double far = draws / 128.0;
    const double near = far + draws / 18.0;
    for (std::uint32_t core = 0; core < 64; ++core) {
        const std::uint32_t offset = (core + 64 - 56 + 9) % 64;  // 0 for eight and one less
        const double expected = offset / 8 < 3 && offset % 8 < 3 ? near : far;
        EXPECT_NEAR(count[core], expected, 4.5 * std::sqrt(expected)) << core;
    }
}

TEST(Traffic, hotspot_draws_by_weight_as_booksim_does) {
    constexpr int draws = 71000;
    const auto count = histogram(*pattern("{model: hotspot, hot: [{core: 27, weight: 8}]}"), 3, draws);
    EXPECT_NEAR(count[27], 8000.0, 4.0 * std::sqrt(8000.0));  // 63 cores of weight 1 and one of 8
    EXPECT_NEAR(count[26], 1000.0, 4.0 * std::sqrt(1000.0));
    const auto only =
        histogram(*pattern("{model: hotspot, background: 0, hot: [{core: 9, weight: 3}, {core: 63, weight: 1}]}"), 3, 4000);
    EXPECT_EQ(only[9] + only[63], 4000.0);
    EXPECT_NEAR(only[9], 3000.0, 4.0 * std::sqrt(750.0));
}

/// The square with some dead cores.
TrafficSite square_without(std::initializer_list<std::uint32_t> cores) {
    TrafficSite site = square;
    site.dead.assign(site.nodes, false);
    for (const std::uint32_t core : cores) site.dead[core] = true;
    return site;
}

TEST(Traffic, dead_cores_neither_send_nor_receive_whatever_the_pattern) {
    const TrafficSite site = square_without({0, 27, 63});
    for (const std::string_view name : Registry<TrafficModel>::instance().names()) {
        const std::string yaml = name == "hotspot" ? "{model: hotspot, hot: [{core: 28, weight: 8}]}" : std::string{name};
        const auto some = pattern(yaml, site);
        std::size_t sent = 0;
        Rng random{7, "traffic"};
        for (std::uint32_t draw = 0; draw < 6400; ++draw) {
            const std::uint32_t core = some->destination(draw % 64, random);
            if (core == no_core) continue;
            ++sent;
            EXPECT_FALSE(site.dead[core]) << name;
            EXPECT_FALSE(site.dead[draw % 64]) << name;
        }
        // Of the working cores a permutation may leave one for each dead core without a partner.
        EXPECT_GE(sent, 58U * 100U) << name;
        EXPECT_LE(sent, 61U * 100U) << name;
    }
}

TEST(Traffic, random_patterns_draw_among_working_cores_with_the_chances_they_have_without_the_dead) {
    constexpr int draws = 61000;
    const auto all = histogram(*pattern("uniform", square_without({0, 27, 63})), 5, draws);
    EXPECT_EQ(all[0] + all[27] + all[63], 0.0);
    EXPECT_NEAR(all[1], draws / 61.0, 4.5 * std::sqrt(draws / 61.0));
    const auto others = histogram(*pattern("uniform_no_self", square_without({0, 4})), 5, draws);
    EXPECT_EQ(others[0] + others[4] + others[5], 0.0);
    EXPECT_NEAR(others[1], draws / 61.0, 4.5 * std::sqrt(draws / 61.0));
    EXPECT_NEAR(others[63], draws / 61.0, 4.5 * std::sqrt(draws / 61.0));
}

TEST(Traffic, a_pattern_that_needs_the_dead_is_refused) {
    EXPECT_THAT(refusal([] { return pattern("{model: hotspot, hot: [{core: 27, weight: 8}]}", square_without({27})); }),
                HasSubstr("names core 27, whose router is dead"));
    TrafficSite lone = square_without({});
    lone.dead.assign(64, true);
    lone.dead[9] = false;
    EXPECT_THAT(refusal([&] { return pattern("uniform_no_self", lone); }),
                HasSubstr("needs at least 2 cores whose router works; there is 1"));
}

TEST(Traffic, knows_the_cores_of_dead_routers_from_the_topology) {
    const TrafficSite site =
        traffic_site(build_topology("{model: mesh, width: 4, height: 2, cores_per_router: 2, faults: {routers: [1]}}"));
    EXPECT_THAT(site.dead, ElementsAre(false, false, true, true, false, false, false, false, false, false, false, false, false,
                                       false, false, false));
    EXPECT_TRUE(traffic_site(build_topology("{model: mesh, width: 4, height: 2}")).dead.empty());
}

TEST(Traffic, takes_its_grid_from_the_topology_only_when_every_router_has_one_core) {
    EXPECT_EQ(traffic_site(build_topology("{model: mesh, width: 5, height: 3}")).width, 5U);
    const TrafficSite shared = traffic_site(build_topology("{model: mesh, width: 5, height: 3, cores_per_router: 2}"));
    EXPECT_EQ(shared.nodes, 30U);
    EXPECT_EQ(shared.width, 0U);
}

/// The cycles of the packets before `end`.
std::vector<std::uint64_t> cycles(InjectionProcess& process, std::uint64_t end, std::uint32_t source = 0) {
    Rng random{11, "injection", source};
    std::vector<std::uint64_t> sent;
    for (std::uint64_t cycle = process.next(random); cycle < end; cycle = process.next(random)) sent.push_back(cycle);
    return sent;
}

TEST(Bernoulli, sends_at_its_rate_with_geometric_gaps) {
    constexpr std::uint64_t end = 1'000'000;
    constexpr double rate = 0.1;
    const auto sent = cycles(*process("bernoulli", rate), end);
    EXPECT_NEAR(static_cast<double>(sent.size()), rate * end, 4.0 * std::sqrt(end * rate * (1 - rate)));
    EXPECT_TRUE(std::ranges::is_sorted(sent));
    const auto back_to_back = std::ranges::count_if(sent, [previous = std::uint64_t{0}](std::uint64_t cycle) mutable {
        const bool adjacent = cycle == previous + 1;
        previous = cycle;
        return adjacent;
    });
    EXPECT_NEAR(static_cast<double>(back_to_back), rate * rate * end, 4.0 * std::sqrt(rate * rate * end));
}

TEST(Bernoulli, sends_in_every_cycle_at_rate_one_and_never_at_zero) {
    EXPECT_THAT(cycles(*process("bernoulli", 1.0), 4), ElementsAre(0, 1, 2, 3));
    EXPECT_THAT(cycles(*process("bernoulli", 0.0), 1'000'000), ElementsAre());
    EXPECT_THAT(refusal([] { return process("bernoulli", 1.5); }), HasSubstr("at most one packet per cycle"));
}

TEST(Bernoulli, its_first_packet_is_in_cycle_zero_as_often_as_the_rate_says) {
    int in_first = 0;
    for (std::uint32_t source = 0; source < 10000; ++source)
        in_first += cycles(*process("bernoulli", 0.3), 1, source).empty() ? 0 : 1;
    EXPECT_NEAR(in_first, 3000, 4.0 * std::sqrt(2100.0));
}

/// BookSim's process, cycle by cycle, for comparison.
double booksim_on_off_adjacency(double alpha, double beta, double on_rate, int total) {
    Rng random{3, "reference"};
    bool on = false;
    bool before = false;
    int adjacent = 0;
    for (int cycle = 0; cycle < total; ++cycle) {
        on = on ? random.uniform() >= beta : random.uniform() < alpha;
        const bool sends = on && random.uniform() < on_rate;
        adjacent += sends && before ? 1 : 0;
        before = sends;
    }
    return adjacent;
}

TEST(OnOff, sends_at_its_rate_in_bursts_like_the_chain_stepped_cycle_by_cycle) {
    constexpr int end = 2'000'000;
    const auto sent = cycles(*process("{model: on_off, alpha: 0.02, beta: 0.08}", 0.1), end);
    // The variance of the count is that of Bernoulli plus the correlation of the chain, which decays as 0.9 per cycle.
    EXPECT_NEAR(static_cast<double>(sent.size()), 0.1 * end, 4.0 * std::sqrt(end * (0.09 + 2 * 0.04 * 9)));
    int adjacent = 0;
    for (std::size_t index = 1; index < sent.size(); ++index) adjacent += sent[index] == sent[index - 1] + 1 ? 1 : 0;
    const double expected = booksim_on_off_adjacency(0.02, 0.08, 0.5, end);  // on_rate = 0.1 * (0.02 + 0.08) / 0.02
    EXPECT_NEAR(adjacent, expected, 0.02 * expected);
    EXPECT_NEAR(adjacent, 0.1 * 0.92 * 0.5 * end, 0.02 * expected);
}

TEST(OnOff, derives_the_parameter_that_is_left_out) {
    const auto count = [](const std::string& yaml) {
        return static_cast<double>(cycles(*process(yaml, 0.1), 2'000'000).size());
    };
    EXPECT_NEAR(count("{model: on_off, alpha: 0.02, on_rate: 0.5}"), 200000.0, 4000.0);
    EXPECT_NEAR(count("{model: on_off, beta: 0.08, on_rate: 0.5}"), 200000.0, 4000.0);
    EXPECT_THAT(refusal([] { return process("{model: on_off, alpha: 0.1}", 0.1); }),
                HasSubstr("needs two of alpha, beta and on_rate"));
    EXPECT_THAT(refusal([] { return process("{model: on_off, alpha: 0.1, beta: 0.1}", 0.9); }),
                HasSubstr("on_rate would be 1.8"));
    EXPECT_THAT(refusal([] { return process("{model: on_off, beta: 0.1, on_rate: 0.05}", 0.1); }), HasSubstr("alpha would be"));
}

TEST(Burst, all_spikes_of_a_tick_leave_in_one_pass_over_the_neurons) {
    const auto sent = cycles(
        *process("{model: burst, tick: 1000, neurons: 50, cycles_per_neuron: 2, packets_per_spike: 3}", 0.03), 1'000'000);
    EXPECT_NEAR(static_cast<double>(sent.size()), 30000.0, 3 * 4.0 * std::sqrt(10000.0 * 0.8));
    for (std::size_t index = 0; index < sent.size(); ++index) {
        ASSERT_LT(sent[index] % 1000, 100U);
        ASSERT_EQ(sent[index] % 2, 0U);
        ASSERT_EQ(sent[index], sent[index / 3 * 3]);
    }
}

TEST(Burst, every_neuron_fires_in_every_tick_at_the_highest_rate) {
    EXPECT_THAT(cycles(*process("{model: burst, tick: 10, neurons: 2, cycles_per_neuron: 4}", 0.2), 20),
                ElementsAre(0, 4, 10, 14));
    EXPECT_THAT(refusal([] { return process("{model: burst, tick: 10, neurons: 2}", 0.3); }),
                HasSubstr("chance of a neuron to fire"));
    EXPECT_THAT(refusal([] { return process("{model: burst, tick: 10, neurons: 6, cycles_per_neuron: 2}", 0.1); }),
                HasSubstr("do not fit into a tick of 10 cycles"));
}

TEST(Registries, every_pattern_and_process_says_in_one_line_what_it_is) {
    for (const std::string_view name : Registry<TrafficModel>::instance().names())
        EXPECT_GT(Registry<TrafficModel>::instance().find(name)->summary.size(), 20U) << name;
    for (const std::string_view name : Registry<InjectionModel>::instance().names())
        EXPECT_GT(Registry<InjectionModel>::instance().find(name)->summary.size(), 20U) << name;
}

}  // namespace
}  // namespace spikefab
