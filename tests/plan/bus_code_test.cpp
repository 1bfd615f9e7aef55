// SPDX-License-Identifier: Apache-2.0
// Bus addresses by pattern.
#include "plan/bus_code.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace spikefab {
namespace {

const std::vector<BusEvent> events{{.address = "1 ss nn", .action = BusAction::synapse},
                                   {.address = "0 .. 11", .action = BusAction::time_reference, .after_queue = true},
                                   {.address = "0 ss vv", .action = BusAction::queue}};

TEST(BusCode, reads_the_first_pattern_that_fits) {
    const BusCode code{events};
    EXPECT_EQ(code.address_bits(), 5U);
    const auto synapse = code.decode(0b11001);
    ASSERT_TRUE(synapse);
    EXPECT_EQ(synapse->action, BusAction::synapse);
    EXPECT_EQ(synapse->source, 2U);
    EXPECT_EQ(synapse->neuron, 1U);
    const auto reference = code.decode(0b01011);
    ASSERT_TRUE(reference);
    EXPECT_EQ(reference->action, BusAction::time_reference);
    EXPECT_TRUE(reference->after_queue);
    EXPECT_FALSE(reference->neuron) << "no letter n: all neurons";
    EXPECT_EQ(code.decode(0b00110)->stimulus, 2U);
}

TEST(BusCode, writes_what_it_reads) {
    const BusCode code{events};
    for (std::uint32_t address = 0; address < 32; ++address) {
        const auto command = code.decode(address);
        ASSERT_TRUE(command);
        const auto again = code.encode(*command);
        ASSERT_TRUE(again) << address;
        EXPECT_EQ(code.decode(*again), command) << address;
    }
}

TEST(BusCode, writes_nothing_that_would_be_read_otherwise_or_does_not_fit) {
    const BusCode code{events};
    EXPECT_FALSE(code.encode({.action = BusAction::queue, .source = 1, .neuron = {}, .stimulus = 3}))
        << "it would be read as a time reference";
    EXPECT_FALSE(code.encode({.action = BusAction::queue, .source = 4, .neuron = {}, .stimulus = 0}));
    EXPECT_FALSE(code.encode({.action = BusAction::bistability, .source = 1, .neuron = {}, .stimulus = {}}));
}

TEST(BusCode, refuses_patterns_that_make_no_sense) {
    const auto refuses = [](std::vector<BusEvent> bad) { EXPECT_THROW(BusCode{bad}, InputError) << bad.back().address; };
    refuses({{.address = "", .action = BusAction::time_reference}});
    refuses({{.address = "01x", .action = BusAction::time_reference}});
    refuses({{.address = "01ss", .action = BusAction::queue}, {.address = "ss", .action = BusAction::queue}});
    refuses({{.address = "01..", .action = BusAction::queue}});
    refuses({{.address = "01ss", .action = BusAction::synapse}});
    refuses({{.address = std::string(33, 's'), .action = BusAction::queue}});
}

}  // namespace
}  // namespace spikefab
