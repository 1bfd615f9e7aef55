// SPDX-License-Identifier: Apache-2.0
// The learning experiment from outside: it learns, says what that cost, writes the same bytes again, and refuses what is wrong.
#include "smoke/workshop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace spikefab::smoke {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::string_view training_images = "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz";

/// The shipped experiment with fewer images.
Outcome learn(const Workshop& workshop, const std::string& out, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"run",      in_repository("configs/experiments/loihi-learning.yaml"),
                                       "--out",    out,
                                       "--images", "100",
                                       "--set",    "learn.count=200",
                                       "--trace",  "inferences,weights"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return workshop.spikefab(arguments);
}

TEST(Learning, lifts_the_network_above_the_untrained_one_and_states_its_cost) {
    if (!std::filesystem::exists(training_images)) GTEST_SKIP() << training_images << " is not installed";
    const Workshop workshop;
    const Outcome taught = learn(workshop, "taught");
    ASSERT_EQ(taught.exit_code, 0) << describe(taught);
    EXPECT_THAT(taught.out, AllOf(HasSubstr("learning / image"), HasSubstr("images learned from"), HasSubstr("learning time")));
    const json result = json::parse(bytes_of(workshop / "taught/run.json"));
    EXPECT_GT(result["accuracy"], 0.4) << "200 images teach more than chance (0.1)";
    EXPECT_EQ(result["inferences"], 100);
    EXPECT_EQ(result["learning"]["images"], 200);
    EXPECT_GT(result["energy_J"]["by_component"]["learning"], 0.0);
    EXPECT_GT(result["events"]["activities"]["learning_update"], result["events"]["activities"]["synapse_change"]);

    ASSERT_EQ(learn(workshop, "untaught", {"--set", "network.learning.readout.dw=''"}).exit_code, 0);
    const json untaught = json::parse(bytes_of(workshop / "untaught/run.json"));
    EXPECT_LT(untaught["accuracy"], 0.3);
    EXPECT_EQ(untaught["energy_J"]["by_component"]["learning"], 0.0);

    ASSERT_EQ(learn(workshop, "again").exit_code, 0);
    for (const char* const file : {"weights.npz", "inferences.csv"})
        EXPECT_TRUE(bytes_of(workshop / "taught" / file) == bytes_of(workshop / "again" / file)) << file << " differs";
    EXPECT_FALSE(bytes_of(workshop / "taught/weights.npz") == bytes_of(workshop / "untaught/weights.npz"));
}

TEST(Learning, refuses_what_it_cannot_do_and_says_where) {
    if (!std::filesystem::exists(training_images)) GTEST_SKIP() << training_images << " is not installed";
    const Workshop workshop;
    const auto refused = [&](const std::vector<std::string>& more) {
        const Outcome outcome = learn(workshop, "refused", more);
        EXPECT_EQ(outcome.exit_code, 2) << describe(outcome);
        return outcome.err;
    };
    EXPECT_THAT(refused({"--set", "network.learning.readout.dw=2^-4*x1"}),
                AllOf(HasSubstr("network.learning.readout.dw"), HasSubstr("expected one of x0, y0, u<k>")));
    workshop.write("typo.yaml", "from: " + in_repository("configs/experiments/loihi-learning.yaml") +
                                    "\nnetwork:\n  file: " + in_repository("configs/networks/fashion-untrained.nir") +
                                    "\n  learning:\n    readuot: {dw: \"x1*y0\"}\n");
    const Outcome typo = workshop.spikefab({"run", "typo.yaml", "--out", "refused"});
    EXPECT_EQ(typo.exit_code, 2);
    EXPECT_THAT(typo.err, AllOf(HasSubstr("typo.yaml:5:5: network.learning.readuot"), HasSubstr("did you mean")));
    EXPECT_THAT(refused({"--set", "learn.teacher.first_step=25", "--set", "learn.teacher.last_step=30"}),
                HasSubstr("learn.teacher.first_step: step 25 never comes"));
    EXPECT_THAT(refused({"--set", "chip.cores.neuro.learning="}), HasSubstr("no learning engine"));
    EXPECT_THAT(refused({"--set", "learn.labels=''"}), HasSubstr("learn.labels: missing"));
    const std::string reward = "learn.rewards=[{first_step: 12, last_step: 12, amount: 1, labels: [1]}]";
    EXPECT_THAT(refused({"--set", "learn.teacher=", "--set", "learn.labels=''", "--set", reward}),
                HasSubstr("learn.labels: missing (learn.rewards.0 needs them)"));
}

/// ODIN's experiment with fewer images.
Outcome teach_odin(const Workshop& workshop, const std::string& out, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{
        "run", in_repository("configs/experiments/odin-stdp.yaml"), "--out", out, "--images", "200", "--trace", "inferences"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return workshop.spikefab(arguments);
}

TEST(Learning, of_the_images_that_are_asked_needs_no_others) {
    if (!std::filesystem::exists(training_images)) GTEST_SKIP() << training_images << " is not installed";
    const Workshop workshop;
    ASSERT_EQ(teach_odin(workshop, "taught").exit_code, 0);
    const json taught = json::parse(bytes_of(workshop / "taught/run.json"));
    EXPECT_EQ(taught["inferences"], 200);
    EXPECT_GT(taught["accuracy"], 0.2) << "chance is 0.1";
    ASSERT_EQ(teach_odin(workshop, "untaught", {"--set", "chip.cores.odin.controller.plasticity.on_spikes=false"}).exit_code,
              0);
    const json untaught = json::parse(bytes_of(workshop / "untaught/run.json"));
    EXPECT_LT(untaught["accuracy"], taught["accuracy"]);

    const auto refused = [&](const std::vector<std::string>& more) {
        const Outcome outcome = teach_odin(workshop, "refused", more);
        EXPECT_EQ(outcome.exit_code, 2) << describe(outcome);
        return outcome.err;
    };
    EXPECT_THAT(refused({"--set", "learn.teacher.first_step=1"}), HasSubstr("no step in which images are asked"));
    EXPECT_THAT(refused({"--set", "learn.teacher="}), HasSubstr("neither images to learn from"));
    EXPECT_THAT(refused({"--set", "learn.count=5"}), HasSubstr("about learn.images, which is missing"));
    EXPECT_THAT(refused({"--set", "input.labels=''"}), HasSubstr("input.labels: missing (the teacher needs them)"));
    EXPECT_THAT(refused({"--set", "learn.rewards=[{first_step: 12, last_step: 12, amount: 1}]"}), HasSubstr("know no rewards"));
}

}  // namespace
}  // namespace spikefab::smoke
