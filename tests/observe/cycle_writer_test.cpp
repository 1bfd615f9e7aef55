// SPDX-License-Identifier: Apache-2.0
// cycles.h5: what goes in comes out, with cycles where there is a clock; the same events give the same bytes.
#include "observe/cycle_writer.hpp"

#include "base/error.hpp"
#include "observe/file_size_limit.hpp"
#include "observe/hdf5_columns.hpp"
#include "observe/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace spikefab {
namespace {

using Numbers = std::vector<std::int64_t>;

constexpr CycleFile clocked{.cycle = 10000, .cores = 16, .host = 16, .answers = 3, .delays_from_arrival = true};
constexpr CycleFile clockless{.cycle = std::nullopt, .cores = 16, .host = 16, .answers = 16, .delays_from_arrival = false};
constexpr CarriedSpike spike{.destination = 5, .axon = 77, .due = 2, .value = -3};

void write_example(const std::filesystem::path& file, const CycleFile& head, std::int64_t writes = 1) {
    CycleWriter writer{file, head};
    for (std::int64_t i = 0; i < writes; ++i) writer.write(25000 + 10000 * i, 1, 4, 6, -1.5, 1);
    writer.inject(30000, 16, spike);
    writer.hop(40000, 9, 2, spike);
    writer.stall(50000, 79999, 8, 4, spike);
    writer.deliver(90000, 16, spike);
    writer.close();
}

Numbers column(const std::filesystem::path& file, const std::string& path) {
    return read_column<std::int64_t>(file, path, H5T_NATIVE_INT64);
}

TEST(CycleWriter, keeps_every_number_of_every_kind_of_event) {
    const TemporaryFolder folder;
    const auto file = folder / "cycles.h5";
    write_example(file, clocked);
    EXPECT_EQ(column(file, "/writes/time_ps"), Numbers{25000});
    EXPECT_EQ(column(file, "/writes/step"), Numbers{1});
    EXPECT_EQ(column(file, "/writes/core"), Numbers{4});
    EXPECT_EQ(column(file, "/writes/neuron"), Numbers{6});
    EXPECT_EQ(column(file, "/writes/spike"), Numbers{1});
    EXPECT_EQ(read_column<double>(file, "/writes/potential", H5T_NATIVE_DOUBLE), std::vector<double>{-1.5});
    EXPECT_EQ(column(file, "/injections/source"), Numbers{16});
    EXPECT_EQ(column(file, "/hops/router"), Numbers{9});
    EXPECT_EQ(column(file, "/hops/port"), Numbers{2});
    EXPECT_EQ(column(file, "/stalls/until_ps"), Numbers{79999});
    for (const std::string group : {"/injections", "/hops", "/stalls", "/deliveries"}) {
        EXPECT_EQ(column(file, group + "/destination"), Numbers{5});
        EXPECT_EQ(column(file, group + "/axon"), Numbers{77});
        EXPECT_EQ(column(file, group + "/delay"), Numbers{2});
        EXPECT_EQ(column(file, group + "/value"), Numbers{-3});
    }
}

TEST(CycleWriter, adds_whole_cycles_where_the_network_has_a_clock) {
    const TemporaryFolder folder;
    write_example(folder / "clocked.h5", clocked);
    EXPECT_EQ(column(folder / "clocked.h5", "/writes/cycle"), Numbers{2});
    EXPECT_EQ(column(folder / "clocked.h5", "/stalls/cycle"), Numbers{5});
    EXPECT_EQ(column(folder / "clocked.h5", "/stalls/until_cycle"), Numbers{7});
    write_example(folder / "clockless.h5", clockless);
    EXPECT_FALSE(has_object(folder / "clockless.h5", "/writes/cycle"));
    EXPECT_EQ(column(folder / "clockless.h5", "/hops/acts_in_step"), Numbers{2});
}

TEST(CycleWriter, keeps_more_events_than_it_holds) {
    const TemporaryFolder folder;
    write_example(folder / "cycles.h5", clocked, 40000);
    const Numbers cycles = column(folder / "cycles.h5", "/writes/cycle");
    ASSERT_EQ(cycles.size(), 40000U);
    for (std::size_t i = 0; i < cycles.size(); ++i) ASSERT_EQ(cycles[i], static_cast<std::int64_t>(i) + 2);
}

TEST(CycleWriter, the_same_events_give_the_same_bytes) {
    const TemporaryFolder folder;
    write_example(folder / "first.h5", clocked, 20000);
    write_example(folder / "second.h5", clocked, 20000);
    EXPECT_TRUE(bytes_of(folder / "first.h5") == bytes_of(folder / "second.h5"));
}

TEST(CycleWriter, a_disk_that_takes_no_more_is_a_failed_simulation) {
    const TemporaryFolder folder;
    const FileSizeLimit limit{64 * 1024};
    EXPECT_THROW(write_example(folder / "cycles.h5", clocked, 1000000), SimulationError);
}

}  // namespace
}  // namespace spikefab
