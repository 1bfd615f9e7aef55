// SPDX-License-Identifier: Apache-2.0
// A sweep ends in the same table whatever happens to it on the way.
#include "sweep/sweep.hpp"

#include "base/error.hpp"
#include "observe/temporary_folder.hpp"
#include "sweep/sweep_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <thread>

namespace spikefab {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

using Values = std::map<std::string, std::vector<std::string>>;
const std::vector<std::string> columns{"accuracy"};

/// Stands in for `spikefab run`: writes DIR/run.json with accuracy = $2, after noting in RUNS that it was started.
constexpr const char* good_run =
    "echo $2 >> $3; mkdir $1.tmp && printf '{\"partial\": false, \"accuracy\": %s}' $2 > $1.tmp/run.json && mv $1.tmp $1";
constexpr const char* slow_run =
    "sleep 0.3; echo $2 >> $3; mkdir $1 && printf '{\"partial\": false, \"accuracy\": %s}' $2 > $1/run.json";
constexpr const char* endless_run = "echo $2 >> $3; exec sleep 1000";
constexpr const char* failing_run = "echo $2 >> $3; echo 'first' >&2; echo 'core 3 is full' >&2; exit 2";

/// A sweep over x in its own folder whose points run a shell script.
class Bench {
public:
    SweepResult run(const Values& values, const std::string& script, SweepOptions options = {}, std::size_t jobs = 2) {
        GridSampler sampler{values};
        LocalExecutor executor{jobs};
        const PointStore store{folder_ / "points"};
        options.patience = std::chrono::milliseconds{20};
        return run_sweep(
            sampler, executor, store, [&](const Point& point) { return resolve(point, store, script); }, options);
    }

    /// How often each value was started.
    [[nodiscard]] std::vector<std::string> started() const {
        std::vector<std::string> lines;
        std::ifstream stream{folder_ / "runs"};
        for (std::string line; std::getline(stream, line);) lines.push_back(line);
        std::sort(lines.begin(), lines.end());
        return lines;
    }
    [[nodiscard]] std::filesystem::path points() const { return folder_ / "points"; }

private:
    [[nodiscard]] ResolvedPoint resolve(const Point& point, const PointStore& store, const std::string& script) const {
        const std::string& value = point.values.back().second;
        if (value == "nonsense") throw InputError{"x: 'nonsense' is not a number"};
        const std::string key = "key" + value;
        return {key, {"/bin/sh", "-c", script, "sh", store.result_folder(key).string(), value, (folder_ / "runs").string()}};
    }

    TemporaryFolder folder_;
};

const Values three{{"x", {"1", "2", "3"}}};
const std::string table_of_three = "x,accuracy,status,reason\n1,1,done,\n2,2,done,\n3,3,done,\n";

TEST(GridSampler, gives_every_combination_once_with_the_last_path_fastest) {
    GridSampler sampler{{{"a", {"1", "2"}}, {"b", {"x", "y"}}}};
    const auto points = sampler.next({});
    ASSERT_EQ(points.size(), 4U);
    EXPECT_EQ(points[0], (Point{{{"a", "1"}, {"b", "x"}}}));
    EXPECT_EQ(points[1], (Point{{{"a", "1"}, {"b", "y"}}}));
    EXPECT_EQ(points[3], (Point{{{"a", "2"}, {"b", "y"}}}));
    EXPECT_TRUE(sampler.next({}).empty());
}

TEST(SweepFile, needs_paths_with_values_and_keeps_within_a_million_points) {
    SweepFile sweep{.name = "s", .base = "b.yaml", .values = {}};
    EXPECT_THROW(check(sweep), InputError);
    sweep.values["a"] = {};
    EXPECT_THROW(check(sweep), InputError);
    sweep.values["a"] = {"1"};
    EXPECT_NO_THROW(check(sweep));
    for (const char* path : {"b", "c", "d"}) sweep.values[path] = std::vector<std::string>(101, "1");
    EXPECT_THROW(check(sweep), InputError);
}

TEST(Sweep, runs_every_point_and_makes_its_table) {
    Bench bench;
    const SweepResult result = bench.run(three, good_run);
    EXPECT_EQ(sweep_csv(result.outcomes, columns), table_of_three);
    EXPECT_EQ(result.ran, 3U);
}

TEST(Sweep, a_second_run_runs_nothing_and_makes_the_same_table) {
    Bench bench;
    (void)bench.run(three, good_run);
    const SweepResult again = bench.run(three, good_run);
    EXPECT_EQ(again.ran, 0U);
    EXPECT_EQ(sweep_csv(again.outcomes, columns), table_of_three);
    EXPECT_EQ(bench.started(), (std::vector<std::string>{"1", "2", "3"}));
}

TEST(Sweep, new_values_run_and_old_ones_do_not) {
    Bench bench;
    (void)bench.run(three, good_run);
    EXPECT_EQ(bench.run({{"x", {"3", "4"}}}, good_run).ran, 1U);
}

TEST(Sweep, points_that_resolve_to_the_same_run_share_it) {
    Bench bench;
    const SweepResult result = bench.run({{"x", {"1", "1", "1"}}}, slow_run);
    EXPECT_EQ(result.ran, 1U);
    EXPECT_EQ(sweep_csv(result.outcomes, columns), "x,accuracy,status,reason\n1,1,done,\n1,1,done,\n1,1,done,\n");
}

TEST(Sweep, tells_a_result_from_a_setting_of_the_same_path) {
    const std::vector<PointOutcome> outcomes{{.point = {{{"steps", "8"}}}, .result = R"({"steps": 800})", .reason = ""}};
    EXPECT_EQ(sweep_csv(outcomes, {"steps"}), "steps,result.steps,status,reason\n8,800,done,\n");
}

TEST(Sweep, a_failure_is_a_row_with_its_reason_and_is_not_run_again_unless_asked_for) {
    Bench bench;
    const SweepResult failed = bench.run({{"x", {"1"}}}, failing_run);
    EXPECT_EQ(sweep_csv(failed.outcomes, columns), "x,accuracy,status,reason\n1,,failed,exit code 2: core 3 is full\n");
    const SweepResult again = bench.run({{"x", {"1"}}}, good_run);
    EXPECT_EQ(again.ran, 0U);
    EXPECT_EQ(sweep_csv(again.outcomes, columns), sweep_csv(failed.outcomes, columns));
    const SweepResult retried = bench.run({{"x", {"1"}}}, good_run, {.retry_failed = true});
    EXPECT_EQ(retried.ran, 1U);
    EXPECT_EQ(sweep_csv(retried.outcomes, columns), "x,accuracy,status,reason\n1,1,done,\n");
}

TEST(Sweep, a_reason_is_the_programs_message_whole_and_not_what_it_said_before) {
    Bench bench;
    const SweepResult result = bench.run({{"x", {"1"}}}, "printf 'spikefab: a: wrong\\nb: wrong too\\n' >&2; exit 2");
    EXPECT_EQ(result.outcomes[0].reason, "exit code 2: a: wrong; b: wrong too");
}

TEST(Sweep, retrying_what_fails_again_ends) {
    Bench bench;
    (void)bench.run({{"x", {"1"}}}, failing_run);
    const SweepResult again = bench.run({{"x", {"1"}}}, failing_run, {.retry_failed = true});
    EXPECT_EQ(again.ran, 1U);
    EXPECT_THAT(again.outcomes[0].reason, HasSubstr("core 3 is full"));
}

TEST(Sweep, a_point_that_makes_no_sense_fails_without_a_run_and_spares_the_others) {
    Bench bench;
    const SweepResult result = bench.run({{"x", {"nonsense", "2"}}}, good_run);
    EXPECT_EQ(sweep_csv(result.outcomes, columns),
              "x,accuracy,status,reason\nnonsense,,failed,x: 'nonsense' is not a number\n2,2,done,\n");
}

TEST(Sweep, a_run_that_somebody_kills_is_tried_again_next_time) {
    Bench bench;
    const SweepResult killed = bench.run({{"x", {"1"}}}, "kill -9 $$");
    EXPECT_THAT(killed.outcomes[0].reason, StartsWith("killed by signal 9"));
    EXPECT_EQ(bench.run({{"x", {"1"}}}, good_run).ran, 1U);
}

TEST(Sweep, a_partial_result_is_none) {
    Bench bench;
    std::filesystem::create_directories(bench.points() / "key1");
    std::ofstream{bench.points() / "key1" / "run.json"} << R"({"partial": true, "accuracy": 7})";
    const SweepResult result = bench.run({{"x", {"1"}}}, good_run);
    EXPECT_EQ(result.ran, 1U);
    EXPECT_EQ(sweep_csv(result.outcomes, columns), "x,accuracy,status,reason\n1,1,done,\n");
}

TEST(Sweep, a_run_that_succeeds_without_a_result_has_failed) {
    Bench bench;
    const SweepResult result = bench.run({{"x", {"1"}}}, "exit 0");
    EXPECT_EQ(result.outcomes[0].reason, "left no complete run.json");
}

TEST(Sweep, stops_when_asked_and_ends_in_the_same_table_later) {
    Bench bench;
    SweepOptions options;
    options.stop_requested = [&bench] { return bench.started().size() >= 2; };
    const SweepResult stopped = bench.run(three, endless_run, options);
    EXPECT_TRUE(stopped.interrupted);
    EXPECT_THAT(sweep_csv(stopped.outcomes, columns), HasSubstr("1,,missing,\n"));
    EXPECT_EQ(sweep_csv(bench.run(three, good_run).outcomes, columns), table_of_three);
}

/// Runs a sweep in a child process and kills that without notice once it has started `points` runs.
void run_and_kill(Bench& bench, const std::string& script, std::size_t points) {
    const pid_t child = fork();
    if (child == 0) {
        (void)bench.run(three, script);
        _exit(0);
    }
    while (bench.started().size() < points) std::this_thread::sleep_for(std::chrono::milliseconds{5});
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
}

TEST(Sweep, killed_without_notice_it_takes_its_runs_along_and_ends_in_the_same_table_later) {
    Bench bench;
    run_and_kill(bench, endless_run, 2);  // would block the points for ever if the runs or their claims outlived the sweep
    EXPECT_EQ(sweep_csv(bench.run(three, good_run).outcomes, columns), table_of_three);
}

TEST(Sweep, two_at_once_run_every_point_once_and_make_the_same_table) {
    Bench bench;
    const Values six{{"x", {"1", "2", "3", "4", "5", "6"}}};
    const pid_t child = fork();
    if (child == 0) {
        const SweepResult result = bench.run(six, slow_run);
        _exit(std::all_of(result.outcomes.begin(), result.outcomes.end(),
                          [](const auto& each) { return each.result.has_value(); })
                  ? 0
                  : 1);
    }
    const SweepResult result = bench.run(six, slow_run);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_THAT(sweep_csv(result.outcomes, columns), HasSubstr("6,6,done,\n"));
    EXPECT_EQ(bench.started(), (std::vector<std::string>{"1", "2", "3", "4", "5", "6"}));
}

TEST(Sweep, asks_the_sampler_again_with_what_is_known) {
    /// Halves x until the accuracy, which is x, is below 2.
    class Halving final : public Sampler {
    public:
        std::vector<Point> next(std::span<const PointOutcome> known) override {
            if (known.empty()) return {{{{"x", "8"}}}};
            const int last = std::stoi(known.back().point.values[0].second);
            return last < 2 ? std::vector<Point>{} : std::vector<Point>{{{{"x", std::to_string(last / 2)}}}};
        }
    };
    const TemporaryFolder folder;
    Halving sampler;
    LocalExecutor executor{1};
    const PointStore store{folder / "points"};
    const auto resolve = [&](const Point& point) {
        const std::string& value = point.values[0].second;
        return ResolvedPoint{
            value, {"/bin/sh", "-c", good_run, "sh", store.result_folder(value).string(), value, (folder / "runs").string()}};
    };
    const SweepResult result = run_sweep(sampler, executor, store, resolve, {.patience = std::chrono::milliseconds{20}});
    EXPECT_EQ(sweep_csv(result.outcomes, columns), "x,accuracy,status,reason\n8,8,done,\n4,4,done,\n2,2,done,\n1,1,done,\n");
}

TEST(Sweep, a_run_finds_its_configuration_and_leaves_none_when_it_succeeds) {
    const TemporaryFolder folder;
    GridSampler sampler{{{"x", {"1"}}}};
    LocalExecutor executor{1};
    const PointStore store{folder / "points"};
    const auto resolve = [&](const Point&) {
        const std::string copy =
            "mkdir $1 && printf '{\"partial\": false, \"accuracy\": ' > $1/run.json && cat $2 >> $1/run.json";
        return ResolvedPoint{
            "key",
            {"/bin/sh", "-c", copy, "sh", store.result_folder("key").string(), store.configuration("key").string()},
            "7}"};
    };
    const SweepResult result = run_sweep(sampler, executor, store, resolve, {.patience = std::chrono::milliseconds{20}});
    EXPECT_EQ(sweep_csv(result.outcomes, columns), "x,accuracy,status,reason\n1,7,done,\n");
    EXPECT_FALSE(std::filesystem::exists(store.configuration("key")));
    EXPECT_FALSE(std::filesystem::exists(store.log("key")));
}

TEST(Claim, is_held_by_one_and_free_again_afterwards) {
    const TemporaryFolder folder;
    const PointStore store{folder.path()};
    {
        const auto claim = store.claim("a");
        ASSERT_TRUE(claim);
        EXPECT_FALSE(store.claim("a"));
        EXPECT_TRUE(store.claim("b"));
    }
    EXPECT_TRUE(store.claim("a"));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "no claim files stay";
}

TEST(PointStore, a_folder_that_cannot_be_made_is_wrong_input) {
    EXPECT_THROW(PointStore{"/dev/null/points"}, InputError);
}

TEST(LocalExecutor, a_program_that_does_not_exist_is_an_outcome_with_a_message) {
    const TemporaryFolder folder;
    LocalExecutor executor{1};
    executor.start({.number = 5, .command = {"/nonexistent/program"}, .log = folder / "log"});
    EXPECT_EQ(executor.room(), 0U);
    const auto outcome = executor.wait(std::chrono::seconds{60});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->number, 5U);
    EXPECT_EQ(outcome->exit_code, 127);
    EXPECT_EQ(bytes_of(folder / "log"), "cannot execute the program\n");
}

TEST(SweepTable, quotes_what_would_break_a_row_and_leaves_absent_results_empty) {
    const std::vector<PointOutcome> outcomes{
        {{{{"x", "[1, 2]"}}}, R"({"accuracy": 0.5, "gpus": [{"energy_ratio": 3.25}]})", ""},
        {{{{"x", "2"}}}, {}, "say \"no\""}};
    EXPECT_EQ(sweep_csv(outcomes, {"accuracy", "gpus.0.energy_ratio", "gpus.1.energy_ratio"}),
              "x,accuracy,gpus.0.energy_ratio,gpus.1.energy_ratio,status,reason\n"
              "\"[1, 2]\",0.5,3.25,,done,\n"
              "2,,,,failed,\"say \"\"no\"\"\"\n");
}

TEST(SweepTable, names_columns_by_as_few_parts_as_tell_them_apart) {
    const std::vector<PointOutcome> outcomes{
        {{{{"chip.noc.width", "4"}}}, R"({"latency_s": {"mean": 0.123456}, "power_W": {"mean": 2.0}})", ""}};
    EXPECT_EQ(sweep_table(outcomes, {"latency_s.mean", "power_W.mean"}),
              "width  latency_s.mean  power_W.mean  status  reason\n"
              "4      0.1235          2             done\n");
}

}  // namespace
}  // namespace spikefab
