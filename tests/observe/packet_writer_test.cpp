// SPDX-License-Identifier: Apache-2.0
// noc_packets.h5 and the routes of spikes.h5: what goes in comes out.
#include "observe/packet_writer.hpp"

#include "base/error.hpp"
#include "observe/hdf5_columns.hpp"
#include "observe/spike_writer.hpp"
#include "observe/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace spikefab {
namespace {

using Numbers = std::vector<std::int64_t>;

Numbers column(const std::filesystem::path& file, const std::string& path) {
    return read_column<std::int64_t>(file, path, H5T_NATIVE_INT64);
}

TEST(PacketWriter, keeps_every_number_of_every_packet) {
    const TemporaryFolder folder;
    const auto file = folder / "noc_packets.h5";
    PacketWriter writer{file};
    constexpr std::int64_t packets = 40'000;  // more than it holds at once
    for (std::int64_t i = 0; i < packets; ++i)
        writer.add({.plane = 1,
                    .source = 4,
                    .destination = static_cast<std::uint32_t>(i % 7),
                    .tag = i % 2 - 1,
                    .created = 10'000'000'000 + i,
                    .source_wait = i,
                    .latency = 5000 + i,
                    .waiting = 3,
                    .hops = 9});
    writer.close();
    for (const std::string path : {"/plane", "/source", "/hops", "/tag"})
        ASSERT_EQ(column(file, path).size(), static_cast<std::size_t>(packets)) << path;
    EXPECT_EQ(column(file, "/plane").front(), 1);
    EXPECT_EQ(column(file, "/destination").back(), (packets - 1) % 7);
    EXPECT_EQ(column(file, "/tag")[0], -1);
    EXPECT_EQ(column(file, "/tag")[1], 0);
    EXPECT_EQ(column(file, "/created_ps").back(), 10'000'000'000 + packets - 1);
    EXPECT_EQ(column(file, "/source_wait_ps")[77], 77);
    EXPECT_EQ(column(file, "/latency_ps")[1], 5001);
    EXPECT_EQ(column(file, "/waiting_ps")[5], 3);
}

TEST(PacketWriter, says_when_its_file_cannot_be_created) {
    const TemporaryFolder folder;
    EXPECT_THROW(PacketWriter{folder / "no" / "such" / "folder.h5"}, InputError);
}

TEST(SpikeWriter, keeps_who_sits_where_and_sends_to_whom) {
    const TemporaryFolder folder;
    const auto file = folder / "spikes.h5";
    RecordedPopulation placed{.name = "layer/1", .neurons = 2, .routes = {}};
    placed.routes = {.core = {5, 6}, .offsets = {0, 3, 3}, .destinations = {7, 7, RecordedRoutes::host}};
    SpikeWriter writer{file, {placed, {.name = "unplaced", .neurons = 1, .routes = {}}}};
    writer.close(Time{1.0});
    EXPECT_EQ(column(file, "/routes/layer:1/core"), (Numbers{5, 6}));
    EXPECT_EQ(column(file, "/routes/layer:1/offsets"), (Numbers{0, 3, 3}));
    EXPECT_EQ(column(file, "/routes/layer:1/destinations"), (Numbers{7, 7, -1}));
    EXPECT_FALSE(has_object(file, "/routes/unplaced"));
}

}  // namespace
}  // namespace spikefab
