// SPDX-License-Identifier: Apache-2.0
// The program from outside: what it writes, that it writes it again, how it stops.
#include "smoke/workshop.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <map>
#include <regex>

namespace spikefab::smoke {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string every_trace = "power,steps,inferences,spikes,cycles,noc";
constexpr std::string_view fashion_images = "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz";

json result_of(const std::filesystem::path& folder) {
    return json::parse(bytes_of(folder / "run.json"));
}

/// Every file of a run by its name; `host` of run.json, which is about this computer, left out.
std::map<std::string, std::string> comparable(const std::filesystem::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        files[entry.path().filename().string()] = bytes_of(entry.path());
    }
    json result = json::parse(files.at("run.json"));
    result.erase("host");
    files["run.json"] = result.dump(1);
    return files;
}

std::vector<std::string> names(const std::map<std::string, std::string>& files) {
    std::vector<std::string> all;
    for (const auto& [name, bytes] : files) all.push_back(name);
    return all;
}

void expect_same(const std::filesystem::path& one, const std::filesystem::path& other) {
    const auto expected = comparable(one);
    const auto actual = comparable(other);
    ASSERT_EQ(names(actual), names(expected));
    for (const auto& [name, bytes] : expected) EXPECT_TRUE(actual.at(name) == bytes) << name << " differs";
}

void expect_done(const Outcome& outcome) {
    ASSERT_EQ(outcome.exit_code, 0) << describe(outcome);
}

TEST(Run, writes_the_same_bytes_every_time) {
    const Workshop workshop;
    workshop.write_small_experiment();
    for (const std::string out : {"one", "two"}) {
        expect_done(workshop.spikefab({"run", "small.yaml", "--trace", every_trace, "--out", out}));
    }
    EXPECT_THAT(names(comparable(workshop / "one")),
                ::testing::UnorderedElementsAre("run.json", "config.resolved.yaml", "power.csv", "steps.csv", "inferences.csv",
                                                "spikes.h5", "cycles.h5", "noc_packets.h5", "noc_links.csv"));
    expect_same(workshop / "one", workshop / "two");
}

TEST(Run, of_its_resolved_configuration_gives_the_same_bytes) {
    const Workshop workshop;
    workshop.write_small_experiment();
    expect_done(workshop.spikefab({"run", "small.yaml", "--trace", every_trace, "--set", "steps=5", "--out", "one"}));
    expect_done(workshop.spikefab({"run", "one/config.resolved.yaml", "--out", "two"}));
    expect_same(workshop / "one", workshop / "two");
}

TEST(Run, obeys_assignments_on_the_command_line) {
    const Workshop workshop;
    workshop.write_small_experiment();
    expect_done(workshop.spikefab({"run", "small.yaml", "--out", "short"}));
    expect_done(workshop.spikefab({"run", "small.yaml", "--set", "steps=7", "--set", "input.count=2", "--out", "long"}));
    const json few = result_of(workshop / "short");
    const json many = result_of(workshop / "long");
    EXPECT_EQ(few.at("inferences"), 3);
    EXPECT_EQ(many.at("inferences"), 2);
    EXPECT_EQ(many.at("steps").get<int>() / 2 - few.at("steps").get<int>() / 3, 3);
}

TEST(Run, prints_its_result_as_json_and_nothing_else) {
    const Workshop workshop;
    workshop.write_small_experiment();
    const Outcome outcome = workshop.spikefab({"run", "small.yaml", "--json", "--out", "result"});
    expect_done(outcome);
    EXPECT_EQ(json::parse(outcome.out), result_of(workshop / "result"));
}

TEST(Run, says_what_issue_and_format_promise) {
    const Workshop workshop;
    workshop.write_small_experiment();
    expect_done(workshop.spikefab({"run", "small.yaml", "--out", "result"}));
    const json result = result_of(workshop / "result");
    EXPECT_EQ(result.at("schema"), "spikefab.run.v1");
    EXPECT_EQ(result.at("partial"), false);
    EXPECT_GT(result.at("events").at("spikes").get<double>(), 0);
    const json& energy = result.at("energy_J");
    EXPECT_GT(energy.at("total").get<double>(), 0);
    double sum = 0;
    for (const auto& [component, joules] : energy.at("by_component").items()) sum += joules.get<double>();
    EXPECT_NEAR(sum, energy.at("total").get<double>(), 1e-12 * sum);
}

TEST(Record, is_a_vector_that_verify_finds_equal_and_notices_every_change_of) {
    const Workshop workshop;
    workshop.write_small_experiment();
    for (const std::string name : {"one", "two"})
        expect_done(workshop.spikefab({"run", "small.yaml", "--images", "1", "--out", name, "--record", name + ".json"}));
    EXPECT_TRUE(bytes_of(workshop / "one.json") == bytes_of(workshop / "two.json")) << "the same run gives the same vector";
    expect_done(workshop.spikefab({"verify", "one.json"}));
    json vector = json::parse(bytes_of(workshop / "one.json"));
    for (const std::string place :
         {"/expected/potentials/9/2/0", "/expected/spikes/rows/3/2", "/expected/hops/rows/5/0", "/expected/deliveries/rows/2/0",
          "/expected/write_times/0/2/0", "/expected/steps/rows/1/3"}) {
        json altered = vector;
        auto& value = altered.at(json::json_pointer{place});
        value = value.get<double>() + 1;
        workshop.write("altered.json", altered.dump());
        const Outcome outcome = workshop.spikefab({"verify", "altered.json"});
        EXPECT_EQ(outcome.exit_code, 1) << place << describe(outcome);
        EXPECT_THAT(outcome.out, HasSubstr("0 equal, 1 different, 0 skipped"));
    }
}

TEST(Record, of_a_ranc_like_chip_is_checked_to_the_cycle_wherever_the_program_is) {
    if (!std::filesystem::exists(fashion_images)) GTEST_SKIP() << "needs Debian's dataset-fashion-mnist";
    const Workshop workshop;
    expect_done(workshop.spikefab({"run", in_repository("configs/experiments/ranc-fashion.yaml"), "--images", "1", "--out",
                                   "run", "--record", "ranc.json.gz"}));
    const Outcome outcome = workshop.spikefab({"verify", "ranc.json.gz"});
    expect_done(outcome);
    EXPECT_THAT(outcome.out, HasSubstr("1 equal, 0 different, 0 skipped"));
}

TEST(Record, is_refused_before_the_run_where_it_could_not_be_written) {
    const Workshop workshop;
    workshop.write_small_experiment();
    workshop.write("there.json", "{}");
    for (const auto& [name, words] : std::map<std::string, std::string>{{"there.json", "exists already"},
                                                                        {"vector.txt", "*.json or *.json.gz"},
                                                                        {"no/such/folder/v.json", "cannot create"}}) {
        const Outcome outcome = workshop.spikefab({"run", "small.yaml", "--out", "result", "--record", name});
        EXPECT_EQ(outcome.exit_code, 2) << describe(outcome);
        EXPECT_THAT(outcome.err, HasSubstr(words));
        EXPECT_FALSE(std::filesystem::exists(workshop / "result"));
    }
    EXPECT_EQ(bytes_of(workshop / "there.json"), "{}");
}

/// Enough images to be stopped among them.
void write_long_experiment(const Workshop& workshop) {
    workshop.write_npy("many.npy", {20'000, 28, 28}, 128);
    workshop.write_npy("labels.npy", {20'000}, 1);
    workshop.write("long.yaml",
                   fmt::format("from: {}\nname: long\ninput: {{images: many.npy, labels: labels.npy, count: 20000}}\n"
                               "gpus: {{models: []}}\n",
                               in_repository("configs/experiments/fashion-loihi.yaml")));
}

/// Waits until the run has written at least one row of inferences.csv, so that it is in the middle of things.
bool has_begun(const Workshop& workshop) {
    for (const auto& entry : std::filesystem::directory_iterator{workshop / "."}) {
        const auto rows = entry.path() / "inferences.csv";
        if (entry.is_directory() && std::filesystem::exists(rows)) return true;
    }
    return false;
}

TEST(Interrupt, writes_what_there_is_and_marks_it_partial) {
    const Workshop workshop;
    write_long_experiment(workshop);
    Process process{workshop.command({"run", "long.yaml", "--out", "result"})};
    ASSERT_TRUE(process.wait_for([&] { return has_begun(workshop); })) << describe(process.finish());
    process.send(SIGINT);
    const Outcome outcome = process.finish();
    EXPECT_EQ(outcome.exit_code, 130) << describe(outcome);
    const json result = result_of(workshop / "result");
    EXPECT_EQ(result.at("partial"), true);
    EXPECT_LT(result.at("inferences").get<int>(), 20'000);
}

TEST(Kill, leaves_nothing_under_the_name_that_was_asked_for_and_the_next_run_cleans_up) {
    const Workshop workshop;
    write_long_experiment(workshop);
    {
        Process process{workshop.command({"run", "long.yaml", "--out", "result"})};
        ASSERT_TRUE(process.wait_for([&] { return has_begun(workshop); })) << describe(process.finish());
        process.send(SIGKILL);
        EXPECT_EQ(process.finish().signal, SIGKILL);
    }
    EXPECT_FALSE(std::filesystem::exists(workshop / "result"));
    expect_done(workshop.spikefab({"run", "long.yaml", "--set", "input.count=1", "--out", "result"}));
    EXPECT_THAT(workshop.leftovers(), ::testing::ElementsAre("result"));
}

TEST(Validate, passes_every_configuration_of_the_repository) {
    const Workshop workshop;
    std::vector<std::string> arguments{"validate"};
    for (const auto& entry : std::filesystem::recursive_directory_iterator{in_repository("configs")}) {
        if (entry.path().extension() == ".yaml") arguments.push_back(entry.path().string());
    }
    ASSERT_GT(arguments.size(), 5U);
    const Outcome outcome = workshop.spikefab(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
}

TEST(Validate, reports_every_mistake_with_its_line) {
    const Workshop workshop;
    std::filesystem::create_directory(workshop / "experiments");
    workshop.write("experiments/bad.yaml", fmt::format("from: {}\nstebs: 3\nencoding: nonsense\n",
                                                       in_repository("configs/experiments/fashion-loihi.yaml")));
    const Outcome outcome = workshop.spikefab({"validate", "experiments/bad.yaml"});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("bad.yaml:2:1: stebs"), HasSubstr("steps"), HasSubstr("bad.yaml:3:")));
}

TEST(Describe, says_what_a_chip_has) {
    const Workshop workshop;
    const Outcome outcome = workshop.spikefab({"describe", in_repository("configs/chips/loihi.yaml")});
    expect_done(outcome);
    EXPECT_THAT(outcome.out, AllOf(HasSubstr("128 on 32 routers"), HasSubstr("131072 neurons"), HasSubstr("23.6 pJ")));
}

TEST(Example, reaches_on_real_images_what_it_had_in_training) {
    if (!std::filesystem::exists(fashion_images)) GTEST_SKIP() << "needs Debian's package dataset-fashion-mnist";
    const Workshop workshop;
    expect_done(workshop.spikefab(
        {"run", in_repository("configs/experiments/fashion-loihi.yaml"), "--set", "input.count=100", "--out", "result"}));
    EXPECT_GE(result_of(workshop / "result").at("accuracy").get<double>(), 0.8);  // 89 % on the first 1,000
}

TEST(Run, answers_both_of_two_tasks_where_dendrites_gate_by_context_and_one_without) {
    if (!std::filesystem::exists(fashion_images)) GTEST_SKIP() << "needs Debian's package dataset-fashion-mnist";
    const Workshop workshop;
    const auto right = [&](const std::string& experiment) {
        expect_done(workshop.spikefab({"run", in_repository("configs/experiments/" + experiment + ".yaml"), "--images", "40",
                                       "--steps", "24", "--out", experiment}));
        const json result = result_of(workshop / experiment);
        std::vector<double> shares;
        for (const json& context : result.at("accuracy_by_context")) shares.push_back(context.at("accuracy").get<double>());
        return shares;
    };
    const std::vector<double> with = right("loihi-dendrites");
    ASSERT_EQ(with.size(), 2U);
    EXPECT_GT(with[0], 0.7);
    EXPECT_GT(with[1], 0.7);
    const std::vector<double> without = right("loihi-dendrites-without");
    EXPECT_LT(without.at(0), 0.2) << "the first task is forgotten";
    EXPECT_GT(without.at(1), 0.7);
}

}  // namespace
}  // namespace spikefab::smoke
