// SPDX-License-Identifier: Apache-2.0
// spikes.h5: what goes in comes out, the same spikes give the same bytes, a full disk is an error.
#include "observe/spike_writer.hpp"

#include "base/error.hpp"
#include "observe/file_size_limit.hpp"
#include "observe/hdf5_columns.hpp"
#include "observe/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace spikefab {
namespace {

void write_example(const std::filesystem::path& file, std::uint32_t spikes) {
    SpikeWriter writer{file, {{"hidden", 100}, {"if/out", 10, true}, {"silent", 5}}};
    for (std::uint32_t i = 0; i < spikes; ++i) writer.add(PopulationId{0U}, i / 10, i % 100, Time{double(i)});
    writer.add(PopulationId{1U}, 3, 7, Time{1500.0}, -1);
    writer.close(Time{1e6});
}

TEST(SpikeWriter, keeps_every_spike_of_every_population_across_chunks) {
    const TemporaryFolder folder;
    constexpr std::uint32_t spikes = 40000;  // two full chunks and a rest
    write_example(folder / "spikes.h5", spikes);
    const auto neurons =
        read_column<std::int32_t>(folder / "spikes.h5", "/nodes/hidden/observables/spikes/idx", H5T_NATIVE_INT32);
    const auto times = read_column<double>(folder / "spikes.h5", "/nodes/hidden/observables/spikes/time", H5T_NATIVE_DOUBLE);
    const auto steps =
        read_column<std::uint64_t>(folder / "spikes.h5", "/nodes/hidden/observables/spikes/step", H5T_NATIVE_UINT64);
    ASSERT_EQ(neurons.size(), spikes);
    for (std::uint32_t i = 0; i < spikes; ++i) {
        ASSERT_EQ(neurons[i], static_cast<std::int32_t>(i % 100));
        ASSERT_EQ(times[i], Time{double(i)}.si());
        ASSERT_EQ(steps[i], i / 10);
    }
    EXPECT_TRUE(
        read_column<std::int32_t>(folder / "spikes.h5", "/nodes/silent/observables/spikes/idx", H5T_NATIVE_INT32).empty());
}

TEST(SpikeWriter, keeps_values_where_spikes_have_them_and_renames_what_a_group_cannot_be_called) {
    const TemporaryFolder folder;
    write_example(folder / "spikes.h5", 1);
    const auto values =
        read_column<std::int32_t>(folder / "spikes.h5", "/nodes/if:out/observables/spikes/value", H5T_NATIVE_INT32);
    EXPECT_EQ(values, (std::vector<std::int32_t>{-1}));
}

TEST(SpikeWriter, the_same_spikes_give_the_same_bytes_at_another_time) {
    const TemporaryFolder folder;
    write_example(folder / "first.h5", 20000);
    std::this_thread::sleep_for(std::chrono::milliseconds{1100});  // HDF5's own timestamps count seconds
    write_example(folder / "second.h5", 20000);
    EXPECT_TRUE(bytes_of(folder / "first.h5") == bytes_of(folder / "second.h5"));
}

TEST(SpikeWriter, a_folder_that_is_not_there_is_wrong_input) {
    EXPECT_THROW((SpikeWriter{"/nonexistent-folder/spikes.h5", {}}), InputError);
}

TEST(SpikeWriter, a_disk_that_takes_no_more_is_a_failed_simulation) {
    const TemporaryFolder folder;
    const FileSizeLimit limit{64 * 1024};
    EXPECT_THROW(write_example(folder / "spikes.h5", 1000000), SimulationError);
}

}  // namespace
}  // namespace spikefab
