// SPDX-License-Identifier: Apache-2.0
// Delay nodes of NIR: before, between and after linear nodes, beside each other, and as steps of a chip.
#include "base/error.hpp"
#include "network/lowering.hpp"
#include "network/nir.hpp"
#include "network/nir_writer.hpp"
#include "network/temporary_folder.hpp"

#include <gmock/gmock.h>

namespace spikefab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Inputs (2) and IF neurons (2) at dt = 1 s; what is between is the test's.
class NirDelay : public testing::Test {
protected:
    template <class Fill>
    Network read(const std::vector<std::string>& names, const Fill& fill) {
        return write_and_read([&](NirWriter& graph) {
            fill(graph);
            std::vector<std::string> chain{"input"};
            chain.insert(chain.end(), names.begin(), names.end());
            chain.insert(chain.end(), {"neurons", "output"});
            graph.chain(chain);
        });
    }
    template <class Fill>
    Network write_and_read(const Fill& fill) {
        {
            Hdf5Writer file{path_};
            NirWriter graph{file};
            graph.port("input", "Input", {2});
            graph.integrate_and_fire("neurons");
            graph.node("output", "Output");
            fill(graph);
        }
        return read_nir(path_);
    }
    static void delay(NirWriter& graph, const std::string& name, const std::vector<double>& seconds) {
        graph.node(name, "Delay");
        graph.set(name, "delay", seconds, {seconds.size()});
    }
    static LoweredProjection lowered(const Network& network, const LoweringOptions& options = {.dt = Time::from_si(1.0)},
                                     const ChipLimits& limits = {}) {
        return lower(network, "loihi_cuba", options, limits).projections.front();
    }

    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "network.nir";
};

TEST_F(NirDelay, before_a_dense_layer_is_the_sources) {
    const Network network = read({"late", "fc"}, [](NirWriter& graph) {
        delay(graph, "late", {3.0, 5.0});
        graph.dense("fc", {1, 2, 3, 4}, 2, 2);
    });
    ASSERT_EQ(network.projections.size(), 1U);
    EXPECT_EQ(network.projections[0].name, "late > fc");
    EXPECT_THAT(network.projections[0].weights.values, ElementsAre(1, 2, 3, 4));
    EXPECT_THAT(network.projections[0].delays, ElementsAre(3, 5, 3, 5));
    EXPECT_THAT(lowered(network).delays, ElementsAre(3, 5, 3, 5));
}

TEST_F(NirDelay, behind_a_dense_layer_is_the_targets_and_adds_to_others) {
    const Network network = read({"late", "fc", "later"}, [](NirWriter& graph) {
        delay(graph, "late", {3.0, 5.0});
        graph.dense("fc", {1, 0, 3, 4}, 2, 2);
        delay(graph, "later", {10.0, 20.0});
    });
    ASSERT_EQ(network.projections.size(), 1U);
    EXPECT_THAT(network.projections[0].weights.values, ElementsAre(1, 3, 4));
    EXPECT_THAT(network.projections[0].delays, ElementsAre(13, 23, 25));
}

TEST_F(NirDelay, without_a_layer_is_a_synapse_of_its_own_for_each_neuron) {
    const Network network = read({"late"}, [](NirWriter& graph) { delay(graph, "late", {1.0, 2.0}); });
    EXPECT_THAT(network.projections[0].weights.values, ElementsAre(1, 1));
    EXPECT_THAT(network.projections[0].delays, ElementsAre(1, 2));
}

TEST_F(NirDelay, the_same_for_all_is_one_of_the_projection) {
    const Network network = read({"late", "fc"}, [](NirWriter& graph) {
        delay(graph, "late", {4.0});
        graph.dense("fc", {1, 2, 3, 4}, 2, 2);
    });
    EXPECT_EQ(lowered(network).delay, 4U);
    EXPECT_TRUE(lowered(network).delays.empty());
}

TEST_F(NirDelay, on_one_of_two_ways_makes_a_second_projection_where_both_meet) {
    const Network network = write_and_read([](NirWriter& graph) {
        graph.dense("now", {1, 0, 2, 3}, 2, 2, {0.5, 0.5});
        delay(graph, "late", {2.0});
        graph.dense("then", {4, 5, 0, 0}, 2, 2);
        graph.edges({{"input", "now"},
                     {"now", "neurons"},
                     {"input", "late"},
                     {"late", "then"},
                     {"then", "neurons"},
                     {"neurons", "output"}});
    });
    ASSERT_EQ(network.projections.size(), 2U);
    const Projection& first = network.projections[0];
    EXPECT_THAT(first.weights.sources, ElementsAre(0, 1, 0, 1));
    EXPECT_THAT(first.weights.values, ElementsAre(1, 5, 2, 3));
    EXPECT_THAT(first.delays, ElementsAre(0, 2, 0, 0));
    EXPECT_THAT(first.bias, ElementsAre(0.5, 0.5));
    const Projection& second = network.projections[1];
    EXPECT_THAT(second.weights.values, ElementsAre(4));
    EXPECT_THAT(second.delays, ElementsAre(2));
    EXPECT_TRUE(second.bias.empty()) << "a bias counts once";
    EXPECT_NE(first.name, second.name);
}

TEST_F(NirDelay, of_two_equal_ways_adds_their_weights) {
    const Network network = write_and_read([](NirWriter& graph) {
        delay(graph, "late", {2.0});
        graph.dense("one", {1, 2, 3, 4}, 2, 2);
        graph.dense("other", {10, 20, 30, -4}, 2, 2);
        graph.edges({{"input", "late"},
                     {"late", "one"},
                     {"late", "other"},
                     {"one", "neurons"},
                     {"other", "neurons"},
                     {"neurons", "output"}});
    });
    ASSERT_EQ(network.projections.size(), 1U);
    EXPECT_THAT(network.projections[0].weights.values, ElementsAre(11, 22, 33)) << "4 - 4 is no synapse";
}

TEST_F(NirDelay, becomes_steps_and_says_where_it_was_rounded) {
    const Network network = read({"late", "fc"}, [](NirWriter& graph) {
        delay(graph, "late", {3.4, 5.0});
        graph.dense("fc", {1, 2, 3, 4}, 2, 2);
    });
    const LoweredNetwork result = lower(network, "loihi_cuba", {.dt = Time::from_si(1.0)});
    EXPECT_THAT(result.projections.front().delays, ElementsAre(3, 5, 3, 5));
    EXPECT_THAT(result.report.notes, testing::Contains(HasSubstr("2 delays were rounded to whole steps of 1 s")));
}

TEST_F(NirDelay, beyond_the_chips_is_refused_with_neuron_value_and_range_or_clipped_and_counted) {
    const Network network = read({"late", "fc"}, [](NirWriter& graph) {
        delay(graph, "late", {62.0, 63.0});
        graph.dense("fc", {1, 2, 3, 4}, 2, 2);
    });
    try {
        static_cast<void>(lowered(network));
        FAIL() << "accepted";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("neuron 0: its delay from neuron 1 would be 63 on the chip, which "
                                            "holds 0 to 62"));
    }
    const LoweredNetwork clipped =
        lower(network, "loihi_cuba", {.dt = Time::from_si(1.0), .on_out_of_range = OutOfRange::clip});
    EXPECT_EQ(clipped.report.layers.front().clipped, 2U);
    EXPECT_EQ(clipped.projections.front().delay, 62U);
    EXPECT_THROW(static_cast<void>(lowered(network, {.dt = Time::from_si(1.0)}, {.longest_delay = 14})), InputError);
}

TEST_F(NirDelay, of_less_than_nothing_is_refused) {
    try {
        static_cast<void>(read({"late"}, [](NirWriter& graph) { delay(graph, "late", {1.0, -2.0}); }));
        FAIL() << "accepted";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("node 'late' (Delay): 'delay' holds -2 s"));
    }
}

TEST_F(NirDelay, that_leads_nowhere_or_does_not_fit_is_refused) {
    EXPECT_THROW(static_cast<void>(write_and_read([](NirWriter& graph) {
                     delay(graph, "late", {1.0});
                     graph.edges({{"input", "neurons"}, {"neurons", "output"}, {"neurons", "late"}});
                 })),
                 InputError);
    EXPECT_THROW(static_cast<void>(read({"late"},
                                        [](NirWriter& graph) {
                                            delay(graph, "late", {1.0, 2.0, 3.0});
                                        })),
                 InputError);
}

}  // namespace
}  // namespace spikefab
