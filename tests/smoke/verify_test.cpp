// SPDX-License-Identifier: Apache-2.0
// `spikefab verify` on files that are broken in every way: a message each, the other files still checked, the right exit code.
#include "smoke/workshop.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <functional>

namespace spikefab::smoke {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// One neuron of lava's LIF over two steps.
json lava_vector() {
    return {{"a_in", {{0}, {0}}},
            {"neurons", 1},
            {"params", {{"du", 0}, {"dv", 0}, {"vth", 10}, {"bias_mant", 0}, {"bias_exp", 0}}},
            {"u", {{0}, {0}}},
            {"v", {{0}, {0}}},
            {"s", {{0}, {0}}}};
}

TEST(Verify, ends_with_a_count_of_each_outcome) {
    const Workshop workshop;
    workshop.write("good.json", lava_vector().dump());
    json changed = lava_vector();
    changed["v"][1][0] = 5;
    workshop.write("changed.json", changed.dump());
    workshop.write("notes.json", R"({"answer": 42})");
    const Outcome outcome = workshop.spikefab({"verify", "."});
    EXPECT_EQ(outcome.exit_code, 1) << describe(outcome);
    EXPECT_THAT(outcome.out, AllOf(HasSubstr("step 1, neuron 0: v is 0, expected 5"),
                                   ::testing::EndsWith("1 equal, 1 different, 1 skipped\n")));
}

TEST(Verify, ends_with_0_when_nothing_differs_and_a_file_is_of_no_known_format) {
    const Workshop workshop;
    workshop.write("good.json", lava_vector().dump());
    workshop.write("notes.json", "[1, 2]");
    EXPECT_EQ(workshop.spikefab({"verify", "."}).exit_code, 0);
}

TEST(Verify, says_of_a_folder_that_it_is_empty_or_locked) {
    const Workshop workshop;
    std::filesystem::create_directories(workshop / "empty/below");
    const Outcome empty = workshop.spikefab({"verify", "empty"});
    EXPECT_EQ(empty.exit_code, 2) << describe(empty);
    EXPECT_THAT(empty.out, AllOf(HasSubstr("a folder without vectors"), HasSubstr("0 equal, 0 different, 1 skipped")));
    if (geteuid() == 0) GTEST_SKIP() << "root may read every folder";
    std::filesystem::permissions(workshop / "empty/below", std::filesystem::perms::none);
    const Outcome locked = workshop.spikefab({"verify", "empty"});
    EXPECT_EQ(locked.exit_code, 2) << describe(locked);
    EXPECT_THAT(locked.out, HasSubstr("may not be read"));
    std::filesystem::permissions(workshop / "empty/below", std::filesystem::perms::owner_all);
}

struct Broken {
    std::string name;
    std::function<std::string()> text;
    std::string_view says;
};
void PrintTo(const Broken& broken, std::ostream* out) {
    *out << broken.name;
}

/// The lava vector with `value` at a JSON pointer.
std::function<std::string()> with(std::string_view pointer, const json& value) {
    return [=] {
        json vector = lava_vector();
        vector[json::json_pointer{std::string{pointer}}] = value;
        return vector.dump();
    };
}

const std::string ranc_head = R"("neuron_fields": [], "cores": [], "input_packets": [], "expected": {"V": {}}, )";

std::string ranc(const std::string& grid, const std::string& timing = R"({"ticks": 1, "tick_period_cycles": 100})") {
    return fmt::format(R"({{{}"grid": {}, "timing": {}}})", ranc_head, grid, timing);
}

const std::vector<Broken> broken_files{
    {"empty", [] { return std::string{}; }, "not JSON"},
    {"text", [] { return std::string{"hello"}; }, "not JSON"},
    {"cut_off", [] { return lava_vector().dump().substr(0, 60); }, "not JSON"},
    {"gzip_head_only",
     [] {
         return std::string{"\x1f\x8b\x08\x00", 4};
     },
     "cut off"},
    {"gzip_of_nothing_good", [] { return "\x1f\x8b" + std::string(100, 'x'); }, "damaged"},
    {"not_utf8", [] { return std::string{"{\"a_in\": \"\xff\xfe\"}"}; }, "not JSON"},
    {"nested", [] { return std::string(1'000'000, '[') + std::string(1'000'000, ']'); }, "nested deeper"},
    {"missing_key", with("/u", nullptr), "lacks what its check needs"},
    {"too_few_rows", with("/v", {{0}}), "lacks what its check needs"},
    {"too_many_sums", with("/a_in/0", {0, 0}), "2 sums for 1 neurons"},
    {"text_for_a_number", with("/params/du", "much"), "lacks what its check needs"},
    {"neurons_beyond_all_memory", with("/neurons", 1'000'000'000'000), "neurons are more than"},
    {"value_out_of_range", with("/params/du", 5000), "5000"},
    {"huge_grid", [] { return ranc(R"({"GX": 1000000000, "GY": 1000000000})"); }, "grid.GX"},
    {"grid_of_nothing", [] { return ranc("{}"); }, "'GX' is missing"},
    {"grid_that_is_a_list", [] { return ranc("[]"); }, "expected an object"},
    {"endless_ticks",
     [] {
         return ranc(R"({"GX": 1, "GY": 1, "neurons": 4, "axons": 4, "ticks_row": 16, "output_bus": [0, 0]})",
                     R"({"ticks": 1e18, "tick_period_cycles": 100})");
     },
     "timing.ticks"}};

class BrokenVector : public ::testing::TestWithParam<Broken> {};

TEST_P(BrokenVector, is_skipped_with_its_reason_and_ends_with_2) {
    const Workshop workshop;
    workshop.write("a.json", GetParam().text());
    workshop.write("b.json", lava_vector().dump());
    const Outcome outcome = workshop.spikefab({"verify", "."});
    EXPECT_EQ(outcome.exit_code, 2) << describe(outcome);
    EXPECT_THAT(outcome.out,
                AllOf(StartsWith("skipped"), HasSubstr(GetParam().says), HasSubstr("1 equal, 0 different, 1 skipped")));
    EXPECT_THAT(outcome.out, AllOf(Not(HasSubstr("signal")), Not(HasSubstr("without an answer")), Not(HasSubstr("bad_alloc"))));
}

INSTANTIATE_TEST_SUITE_P(Table, BrokenVector, ::testing::ValuesIn(broken_files),
                         [](const auto& test) { return test.param.name; });

TEST(Verify, of_a_path_that_is_not_there_ends_with_2) {
    const Workshop workshop;
    const Outcome outcome = workshop.spikefab({"verify", "none.json"});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.err, HasSubstr("none.json"));
}

TEST(Record, of_a_run_that_learns_holds_its_rules_lessons_rewards_and_weights) {
    constexpr std::string_view images = "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz";
    if (!std::filesystem::exists(images)) GTEST_SKIP() << images << " is not installed";
    for (const std::vector<std::string>& routing :
         {std::vector<std::string>{}, {"--set", "chip.noc.routing={model: multicast_table, entries: 4096}"}}) {
        const Workshop workshop;
        std::vector<std::string> arguments{"run",      in_repository("configs/experiments/loihi-learning.yaml"),
                                           "--out",    "run",
                                           "--images", "2",
                                           "--set",    "learn.count=2",
                                           "--record", "learned.json.gz"};
        arguments.insert(arguments.end(), routing.begin(), routing.end());
        const Outcome run = workshop.spikefab(arguments);
        ASSERT_EQ(run.exit_code, 0) << describe(run);
        const Outcome verified = workshop.spikefab({"verify", "learned.json.gz"});
        EXPECT_EQ(verified.exit_code, 0) << describe(verified);
        EXPECT_THAT(verified.out, HasSubstr("1 equal, 0 different, 0 skipped"));
    }
}

}  // namespace
}  // namespace spikefab::smoke
