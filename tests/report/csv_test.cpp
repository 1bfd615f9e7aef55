// SPDX-License-Identifier: Apache-2.0
// The three CSV files, byte for byte.
#include "report/csv.hpp"

#include "observe/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace spikefab {
namespace {

TEST(Csv, steps_are_times_in_seconds_and_counts) {
    const TemporaryFolder folder;
    StepsCsv steps{folder / "steps.csv"};
    steps.add({.step = 1,
               .start = Time{0.0},
               .duration = Time{1500.0},
               .spikes = 12,
               .packets = 7,
               .busiest_core = 3,
               .busiest_time = Time{900.0}});
    steps.close();
    EXPECT_EQ(bytes_of(folder / "steps.csv"),
              "step,start_s,duration_s,spikes,packets,busiest_core,busiest_core_s\n1,0,1.5e-06,12,7,3,9e-07\n");
}

TEST(Csv, inferences_leave_the_label_empty_where_there_is_none) {
    const TemporaryFolder folder;
    InferencesCsv inferences{folder / "inferences.csv"};
    inferences.add({.image = 4,
                    .label = 9,
                    .answer = 9,
                    .start = Time{1e6},
                    .end = Time{3e6},
                    .energy = Energy{5e6},
                    .dynamic_energy = Energy{1e6}});
    inferences.add({.image = 5, .answer = -1, .start = Time{3e6}, .end = Time{5e6}});
    inferences.close();
    EXPECT_EQ(bytes_of(folder / "inferences.csv"),
              "image,label,answer,start_s,end_s,latency_s,energy_J,dynamic_energy_J\n"
              "4,9,9,0.001,0.003,0.002,5e-06,1e-06\n"
              "5,,-1,0.003,0.005,0.002,0,0\n");
}

TEST(Csv, power_has_one_column_per_component_and_a_total) {
    const TemporaryFolder folder;
    PowerCsv power{folder / "power.csv", {"noc", "static", "synapse"}};
    power.add({.start = Time{0.0},
               .duration = Time{1e6},
               .by_component = {{"noc", Power{1.0}}, {"static", Power{29.6}}},
               .total = Power{30.6}});
    power.close();
    EXPECT_EQ(bytes_of(folder / "power.csv"),
              "start_s,duration_s,noc_W,static_W,synapse_W,total_W\n0,0.001,0.001,0.0296,0,0.0306\n");
}

}  // namespace
}  // namespace spikefab
