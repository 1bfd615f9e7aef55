// SPDX-License-Identifier: Apache-2.0
// The table on stdout: it fits, says what matters, and no ratio stands alone.
#include "report/run_table.hpp"

#include "report/example_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace spikefab {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(RunTable, fits_into_a_hundred_columns) {
    RunResult run = example_run();
    run.notes.push_back(std::string(30, 'n') + " " + std::string(70, 'm') + " and so on");
    std::istringstream lines{run_table(run)};
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
}

TEST(RunTable, says_accuracy_energy_latency_and_power_first) {
    const std::string table = run_table(example_run());
    EXPECT_LT(table.find("accuracy            95.00 %"), table.find("energy / inference"));
    EXPECT_LT(table.find("energy / inference"), table.find("latency             10.5 us"));
    EXPECT_LT(table.find("latency             10.5 us"), table.find("power"));
    EXPECT_LT(table.find("power"), table.find("GPU (model)"));
}

TEST(RunTable, tells_of_lost_spikes_when_there_are_any) {
    RunResult run = example_run();
    EXPECT_THAT(run_table(run), Not(HasSubstr("lost spikes")));
    run.lost_spikes = 1234;
    EXPECT_THAT(run_table(run), HasSubstr("lost spikes         1,234           a queue was full, or a schedule being cleared"));
}

TEST(RunTable, gives_batch_precision_and_inclusions_with_every_ratio) {
    const std::string table = run_table(example_run());
    EXPECT_THAT(table, HasSubstr("V100                   64  fp16_tensor"));
    EXPECT_THAT(table, HasSubstr("x 20"));
    EXPECT_THAT(table, HasSubstr("no host machine"));
    EXPECT_THAT(table, HasSubstr("chip with its events, static power; no host"));
}

TEST(RunTable, names_prices_what_they_leave_out_and_the_brain) {
    const std::string table = run_table(example_run());
    EXPECT_THAT(table, HasSubstr("Prices: loihi-davies2018 at 0.75 V."));
    EXPECT_THAT(table, HasSubstr("has no published price: barrier."));
    EXPECT_THAT(table, HasSubstr("Human brain: 20 W"));
}

TEST(RunTable, keeps_values_and_details_apart_on_the_largest_chips) {
    RunResult run = example_run();
    run.placement.cores_used = 4096;
    run.placement.cores_fitted = 4096;
    EXPECT_THAT(run_table(run), HasSubstr("4096 of 4096 cores 1,290 neurons"));
}

TEST(RunTable, marks_a_partial_run_and_one_without_labels) {
    RunResult run = example_run();
    run.partial = true;
    for (InferenceRecord& inference : run.inferences) inference.label.reset();
    const std::string table = run_table(run);
    EXPECT_THAT(table, HasSubstr("partial"));
    EXPECT_THAT(table, HasSubstr("no labels"));
    EXPECT_THAT(table, Not(HasSubstr("accuracy  ")));
}

}  // namespace
}  // namespace spikefab
