// SPDX-License-Identifier: Apache-2.0
// `spikefab noc` from outside: a table that keeps the laws of a NoC, and the list of algorithms.
#include "smoke/workshop.hpp"

#include <gmock/gmock.h>

#include <sstream>

namespace spikefab::smoke {
namespace {

using ::testing::HasSubstr;

/// The figures of the table's rows.
std::vector<std::vector<double>> rows_of(const std::string& table) {
    std::vector<std::vector<double>> rows;
    std::istringstream lines{table};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words{line};
        std::vector<double> row;
        for (double figure = 0.0; words >> figure;) row.push_back(figure);
        if (row.size() == 7) rows.push_back(row);
    }
    return rows;
}

TEST(Noc, delivers_what_is_offered_below_saturation_and_latency_rises_with_load) {
    const Workshop workshop;
    const Outcome outcome =
        workshop.spikefab({"noc", in_repository("configs/nocs/mesh8.yaml"), "--rate", "0.05..0.2", "--points", "3"});
    ASSERT_EQ(outcome.exit_code, 0) << describe(outcome);
    const auto rows = rows_of(outcome.out);
    ASSERT_EQ(rows.size(), 3U);
    for (const auto& row : rows) {
        EXPECT_NEAR(row[1], row[0], 0.02 * row[0]);  // accepted = offered
        EXPECT_NEAR(row[6], 6.25, 0.05);             // routers visited: mean distance of a uniform 8 x 8 mesh, 5.25, plus 1
    }
    EXPECT_LT(rows[0][3], rows[1][3]);
    EXPECT_LT(rows[1][3], rows[2][3]);
}

TEST(Noc, gives_the_same_table_every_time) {
    const Workshop workshop;
    const std::vector<std::string> arguments{"noc", in_repository("configs/nocs/torus.yaml"), "--rate", "0.1", "--cycles",
                                             "2000"};
    EXPECT_EQ(workshop.spikefab(arguments).out, workshop.spikefab(arguments).out);
}

TEST(Noc, lists_its_algorithms_with_a_line_each) {
    const Workshop workshop;
    const Outcome outcome = workshop.spikefab({"noc", "--algorithms"});
    EXPECT_EQ(outcome.exit_code, 0);
    for (const char* name : {"mesh", "fat_tree", "xy", "odd_even", "up_down", "tornado", "on_off", "round_robin"})
        EXPECT_THAT(outcome.out, HasSubstr(std::string{"  "} + name + " "));
}

}  // namespace
}  // namespace spikefab::smoke
