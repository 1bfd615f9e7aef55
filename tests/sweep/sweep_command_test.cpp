// SPDX-License-Identifier: Apache-2.0
// `spikefab sweep` as a person calls it, on a tiny chip.
#include "observe/temporary_folder.hpp"
#include "places.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <thread>
#include <vector>

namespace spikefab {
namespace {

using ::testing::HasSubstr;

/// A folder with a sweep file, and the program.
class SweepCommand : public ::testing::Test {
protected:
    void write_sweep(const std::string& values,
                     const std::string& base = source_folder() + "/configs/experiments/bench-dense.yaml") {
        std::ofstream{folder_ / "sweep.yaml"} << "name: tiny\nbase: " << base << "\nvalues:\n  chip.noc.topology.width: [1]\n"
                                              << "  chip.noc.topology.height: [1]\n  steps: [2]\n"
                                              << values << "columns: [steps, events.spikes, energy_J.total]\n";
    }

    /// The program, running.
    [[nodiscard]] pid_t start() {
        const std::string file = (folder_ / "sweep.yaml").string();
        const std::string out = (folder_ / "out").string();
        const std::string standard_output = (folder_ / "stdout").string();
        const std::string standard_error = (folder_ / "stderr").string();
        const pid_t child = fork();
        if (child != 0) return child;
        dup2(::open(standard_output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDOUT_FILENO);
        dup2(::open(standard_error.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDERR_FILENO);
        execl(program_file().c_str(), "spikefab", "sweep", file.c_str(), "-j", "2", "--out", out.c_str(), nullptr);
        _exit(127);
    }

    /// Its exit code, or minus the signal that ended it.
    static int finish(pid_t child) {
        int status = 0;
        EXPECT_EQ(waitpid(child, &status, 0), child);
        return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
    }
    int run() { return finish(start()); }

    [[nodiscard]] std::string table() const { return bytes_of(folder_ / "out" / "table.csv"); }
    [[nodiscard]] std::string said() const { return bytes_of(folder_ / "stderr"); }

    void wait_for_a_result() const {
        const auto has_result = [](const auto& entry) { return std::filesystem::exists(entry.path() / "run.json"); };
        std::error_code not_there_yet;
        for (bool found = false; !found; std::this_thread::sleep_for(std::chrono::milliseconds{2})) {
            const std::filesystem::directory_iterator points{folder_ / "out" / "points", not_there_yet};
            found = std::any_of(begin(points), end(points), has_result);
        }
    }

    TemporaryFolder folder_;
};

const std::string eight_seeds = "  seed: [1, 2, 3, 4, 5, 6, 7, 8]\n";

TEST_F(SweepCommand, makes_a_table_of_every_point_and_runs_nothing_twice) {
    write_sweep("  seed: [1, 2]\n");
    ASSERT_EQ(run(), 0) << said();
    const std::string first = table();
    EXPECT_THAT(first, HasSubstr("chip.noc.topology.height,chip.noc.topology.width,seed,steps,result.steps,events.spikes,"
                                 "energy_J.total,status,reason\n"));
    EXPECT_THAT(first, HasSubstr("\n1,1,1,2,2,"));
    EXPECT_THAT(first, HasSubstr("\n1,1,2,2,2,"));
    EXPECT_EQ(std::ranges::count(first, '\n'), 3);
    ASSERT_EQ(run(), 0);
    EXPECT_THAT(said(), HasSubstr("2 points: 0 run now, 2 there before, 0 failed"));
    EXPECT_EQ(table(), first);
}

TEST_F(SweepCommand, interrupted_or_killed_it_ends_in_the_same_table) {
    write_sweep(eight_seeds);
    ASSERT_EQ(run(), 0) << said();
    const std::string whole = table();
    std::filesystem::remove_all(folder_ / "out");

    const pid_t interrupted = start();
    wait_for_a_result();
    kill(interrupted, SIGINT);
    EXPECT_THAT(finish(interrupted), ::testing::AnyOf(130, 0));  // 0: it was done before the signal came

    const pid_t killed = start();
    std::this_thread::sleep_for(std::chrono::milliseconds{30});
    kill(killed, SIGKILL);
    EXPECT_THAT(finish(killed), ::testing::AnyOf(-SIGKILL, 0));

    ASSERT_EQ(run(), 0) << said();
    EXPECT_EQ(table(), whole);
}

TEST_F(SweepCommand, a_point_that_cannot_run_is_a_row_with_its_reason) {
    write_sweep("  chip.cores.neuro.neurons: [1024, 10, lots]\n");
    ASSERT_EQ(run(), 0) << said();
    EXPECT_EQ(std::ranges::count(table(), '\n'), 4);
    EXPECT_THAT(table(), HasSubstr("1024,1,1,2,2,"));
    EXPECT_THAT(table(), HasSubstr("chip.cores.neuro.neurons: 'lots' is not a whole number"));
    EXPECT_THAT(table(), HasSubstr(",failed,\"exit code 2: generator random_lists: 1024 neurons"));
}

TEST_F(SweepCommand, paths_among_the_values_are_read_from_the_sweep_files_folder) {
    std::filesystem::copy_file(source_folder() + "/configs/prices/loihi-sanafe.yaml", folder_ / "other.yaml");
    write_sweep("  chip.prices: [other.yaml]\n");
    ASSERT_EQ(run(), 0) << said();
    EXPECT_THAT(table(), HasSubstr("\n1,1,other.yaml,2,2,")) << said();
}

TEST_F(SweepCommand, refuses_a_wrong_file_before_anything_runs) {
    write_sweep("  seed: []\n");
    EXPECT_EQ(run(), 2);
    EXPECT_THAT(said(), HasSubstr("values.seed: the list is empty"));
    write_sweep("  seed: [1]\nbasis: x\n");
    EXPECT_EQ(run(), 2);
    EXPECT_THAT(said(), HasSubstr("sweep.yaml:"));
    EXPECT_THAT(said(), HasSubstr("basis"));
    write_sweep("  seed: [1]\n", "nowhere.yaml");
    EXPECT_EQ(run(), 2);
    EXPECT_THAT(said(), HasSubstr("nowhere.yaml: cannot read this file"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
}

}  // namespace
}  // namespace spikefab
