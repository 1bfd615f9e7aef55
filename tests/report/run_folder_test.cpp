// SPDX-License-Identifier: Apache-2.0
// A run's folder is whole or not there.
#include "report/run_folder.hpp"

#include "base/error.hpp"
#include "observe/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

namespace spikefab {
namespace {

using ::testing::HasSubstr;

std::size_t entries(const std::filesystem::path& folder) {
    const std::filesystem::directory_iterator all{folder};
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

void write(const std::filesystem::path& file) {
    std::ofstream{file} << "x\n";
}

TEST(RunFolder, appears_under_its_name_only_when_committed_and_leaves_nothing_else) {
    const TemporaryFolder parent;
    RunFolder run = RunFolder::create(parent / "a" / "run");
    write(run.path() / "run.json");
    EXPECT_FALSE(std::filesystem::exists(parent / "a" / "run"));
    run.commit();
    EXPECT_TRUE(std::filesystem::exists(parent / "a" / "run" / "run.json"));
    EXPECT_EQ(entries(parent / "a"), 1U);
}

TEST(RunFolder, without_commit_nothing_is_left) {
    const TemporaryFolder parent;
    {
        RunFolder run = RunFolder::create(parent / "run");
        write(run.path() / "half");
    }
    EXPECT_EQ(entries(parent.path()), 0U);
}

TEST(RunFolder, never_writes_over_a_folder_that_is_there) {
    const TemporaryFolder parent;
    std::filesystem::create_directory(parent / "run");
    try {
        (void)RunFolder::create(parent / "run");
        FAIL() << "took an existing folder";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("exists already"));
    }
}

TEST(RunFolder, fails_when_somebody_takes_its_name_meanwhile) {
    const TemporaryFolder parent;
    RunFolder run = RunFolder::create(parent / "run");
    std::filesystem::create_directory(parent / "run");
    EXPECT_THROW(run.commit(), SimulationError);
    run.abandon();
    EXPECT_EQ(entries(parent.path()), 1U);
}

TEST(RunFolder, a_fresh_one_takes_the_first_free_number_even_when_it_is_taken_meanwhile) {
    const TemporaryFolder parent;
    std::filesystem::create_directory(parent / "fashion");
    RunFolder first = RunFolder::create_fresh(parent.path(), "fashion");
    RunFolder second = RunFolder::create_fresh(parent.path(), "fashion");
    first.commit();
    second.commit();
    EXPECT_EQ(first.target().filename(), "fashion-2");
    EXPECT_EQ(second.target().filename(), "fashion-3");
    EXPECT_EQ(entries(parent.path()), 3U);
}

TEST(RunFolder, clears_away_what_a_killed_run_left_but_not_what_a_living_one_writes) {
    const TemporaryFolder parent;
    const pid_t child = fork();
    if (child == 0) {
        const RunFolder run = RunFolder::create(parent / "run");
        write(run.path() / "half");
        _exit(0);  // no destructor runs, as after kill -9
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_EQ(entries(parent.path()), 1U);
    const RunFolder living = RunFolder::create(parent / "run");
    EXPECT_EQ(entries(parent.path()), 1U) << "the dead run's folder is gone";
    const RunFolder other = RunFolder::create(parent / "run");
    EXPECT_EQ(entries(parent.path()), 2U) << "the living run's folder stays";
}

TEST(RunFolder, a_place_that_cannot_be_written_is_wrong_input) {
    EXPECT_THROW((void)RunFolder::create("/dev/null/runs/a"), InputError);
    EXPECT_THROW((void)RunFolder::create("/proc/spikefab-run"), InputError);
}

}  // namespace
}  // namespace spikefab
