// SPDX-License-Identifier: Apache-2.0
// Memristors that learn, and the chip like DYNAP-SE, from outside.
#include "smoke/workshop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace spikefab::smoke {
namespace {

using nlohmann::json;

constexpr std::string_view training_images = "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz";

Outcome learn(const Workshop& workshop, const std::string& out, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"run",      in_repository("configs/experiments/memristor-learning.yaml"),
                                       "--out",    out,
                                       "--images", "100",
                                       "--set",    "learn.count=200",
                                       "--trace",  "weights"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return workshop.spikefab(arguments);
}

TEST(MemristorLearning, lifts_the_network_above_the_untrained_one_and_states_what_its_pulses_cost) {
    if (!std::filesystem::exists(training_images)) GTEST_SKIP() << training_images << " is not installed";
    const Workshop workshop;
    const Outcome taught = learn(workshop, "taught");
    ASSERT_EQ(taught.exit_code, 0) << describe(taught);
    const json result = json::parse(bytes_of(workshop / "taught/run.json"));
    EXPECT_GT(result["energy_J"]["by_component"]["pulses"], 0.0);
    EXPECT_GT(result["events"]["activities"]["cell_pulse"], 1000);
    ASSERT_EQ(learn(workshop, "untaught", {"--set", "network.learning.readout.dw=''"}).exit_code, 0);
    const json untaught = json::parse(bytes_of(workshop / "untaught/run.json"));
    EXPECT_EQ(untaught["events"]["activities"]["cell_pulse"], 0);
    EXPECT_GT(result["accuracy"], 0.1 + untaught["accuracy"].get<double>());
    ASSERT_EQ(learn(workshop, "again").exit_code, 0);
    EXPECT_TRUE(bytes_of(workshop / "taught/weights.npz") == bytes_of(workshop / "again/weights.npz"));
}

TEST(DynapseLike, answers_and_sends_fewer_packets_with_tags_than_without) {
    if (!std::filesystem::exists(training_images)) GTEST_SKIP() << training_images << " is not installed";
    const Workshop workshop;
    const auto run = [&](const std::string& out, const std::string& routing) {
        const Outcome outcome = workshop.spikefab({"run", in_repository("configs/experiments/fashion-dynapse.yaml"), "--out",
                                                   out, "--images", "4", "--set", "chip.noc.routing=" + routing});
        EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
        return json::parse(bytes_of(workshop / out / "run.json"));
    };
    const json tags = run("tags", "tree_tag");
    const json single = run("single", "tree");
    EXPECT_GE(tags["accuracy"], 0.5) << "of four images";
    EXPECT_LT(tags["noc"]["injected"].get<double>(), 0.6 * single["noc"]["injected"].get<double>());
}

}  // namespace
}  // namespace spikefab::smoke
