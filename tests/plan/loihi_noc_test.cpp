// SPDX-License-Identifier: Apache-2.0
// Loihi's published network figures come out of its chip file: hop times, cross-section, barrier (Davies et al., IEEE Micro
// 38(1), 2018, Table 2 and text).
#include "config/reader.hpp"
#include "noc/make_engine.hpp"
#include "places.hpp"
#include "plan/chip_plan.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace spikefab {
namespace {

ChipPlan loihi(const std::vector<std::string>& assignments = {}) {
    config::Tree tree = config::load(source_folder() + "/configs/chips/loihi.yaml");
    for (const std::string& assignment : assignments) config::assign(tree, assignment);
    return ChipPlan{config::read<ChipDescription>(std::move(tree))};
}

class LastArrival final : public noc::Sink {
public:
    noc::Tick accept(std::uint32_t, const noc::Packet&, noc::Tick now) override {
        ++count;
        last = now;
        return now;
    }
    std::uint64_t count = 0;
    noc::Tick last = 0;
};

/// Nanoseconds of a lone packet from core to core.
double way(const ChipPlan& plan, std::uint32_t from, std::uint32_t to) {
    LastArrival sink;
    const auto engine = noc::make_engine(plan.description().noc, plan.topology(), sink);
    engine->inject(from, {.source = from, .destination = to}, 0);
    engine->run_until(noc::never);
    return static_cast<double>(sink.last) * noc::tick_duration(plan.description().noc).value();
}

TEST(LoihiNoc, takes_the_published_time_for_each_hop) {
    const ChipPlan plan = loihi();
    constexpr std::uint32_t east = 4, north = 8 * 4;  // cores of a tile, and of a row of tiles
    EXPECT_NEAR(way(plan, 0, 1), 2.1, 1e-9);          // within a tile
    EXPECT_NEAR(way(plan, 0, east) - way(plan, 0, 1), 4.1, 1e-9);
    EXPECT_NEAR(way(plan, 0, 2 * east) - way(plan, 0, east), 4.1, 1e-9);
    EXPECT_NEAR(way(plan, 0, north) - way(plan, 0, 1), 6.5, 1e-9);
    EXPECT_NEAR(way(plan, 0, 2 * north) - way(plan, 0, north), 6.5, 1e-9);
}

/// Spikes per ns that all cores of tile 0 get to the tiles at `step` cores further, over both planes.
double cross_section(const ChipPlan& plan, std::uint32_t step) {
    const noc::Options& options = plan.description().noc;
    constexpr std::uint32_t packets = 20'000;
    std::uint64_t count = 0;
    double last = 0.0;
    for (std::uint32_t plane = 0; plane < options.planes; ++plane) {
        LastArrival sink;
        const auto engine = noc::make_engine(options, plan.topology(), sink);
        for (std::uint32_t packet = 0; packet < packets; ++packet)
            engine->inject(packet % 4, {.source = packet % 4, .destination = step + packet / 4 % 4}, 0);
        engine->run_until(noc::never);
        count += sink.count;
        last = std::max(last, static_cast<double>(sink.last) * noc::tick_duration(options).value());
    }
    return static_cast<double>(count) / last;
}

TEST(LoihiNoc, carries_the_published_cross_section_of_a_tile) {
    const ChipPlan plan = loihi();
    EXPECT_NEAR(cross_section(plan, 4), 3.44, 0.01 * 3.44);      // to the east
    EXPECT_NEAR(cross_section(plan, 8 * 4), 3.44, 0.01 * 3.44);  // to the north
}

noc::BarrierWave barrier(const ChipPlan& plan, std::uint32_t tiles) {
    std::vector<EndpointId> members;
    for (std::uint32_t tile = 0; tile < tiles; ++tile) members.push_back(EndpointId{4 * tile});
    return plan.barrier_among(members);
}

TEST(LoihiBarrier, takes_the_fitted_times_of_the_board_by_default) {
    EXPECT_EQ(barrier(loihi(), 1).duration, Time{600.0});
    EXPECT_EQ(barrier(loihi(), 32).duration, Time{1800.0});
    EXPECT_EQ(barrier(loihi(), 32).messages, 0U);
}

TEST(LoihiBarrier, as_messages_takes_the_published_113_to_465_ns) {
    const ChipPlan plan = loihi({"barrier_by=messages"});
    EXPECT_NEAR(barrier(plan, 1).duration.value(), 113.0, 1e-9);
    EXPECT_NEAR(barrier(plan, 32).duration.value(), 465.0, 0.01 * 465.0);
    for (const std::uint32_t tiles : {2U, 8U, 16U, 31U}) {
        const noc::BarrierWave wave = barrier(plan, tiles);
        EXPECT_EQ(wave.messages, 2U * (tiles - 1));
        EXPECT_EQ(wave.counters.delivered, wave.messages);
        EXPECT_GT(wave.duration, Time{113.0});
        EXPECT_LE(wave.duration, barrier(plan, 32).duration);
    }
}

}  // namespace
}  // namespace spikefab
