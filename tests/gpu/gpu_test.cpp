// SPDX-License-Identifier: Apache-2.0
// The GPU model against its equations, its calibration rows and its own limits.
#include "models/gpu/gpu.hpp"

#include "base/error.hpp"
#include "config/reader.hpp"
#include "models/gpu/brain.hpp"
#include "places.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace spikefab {
namespace {

using ::testing::HasSubstr;

Gpu gpu_file(const std::string& name) {
    return config::read_file<Gpu>(source_folder() + "/configs/gpus/" + name + ".yaml");
}

DenseLayer dense(double inputs, double outputs) {
    return {"dense", 2.0 * inputs * outputs, inputs * outputs + outputs, inputs, outputs};
}

/// 390-256-256-29, the keyword spotter of Blouw et al. 2019, 10.1145/3320288.3320304.
std::vector<DenseLayer> keyword_spotter() {
    return {dense(390, 256), dense(256, 256), dense(256, 29)};
}

/// Round numbers: 1 GFLOP/s = 1 operation per ns, 1 GB/s = 1 byte per ns, 1 W idle, 10 W cap.
Gpu round_gpu() {
    Gpu gpu;
    gpu.name = "round";
    gpu.idle_power.value = Power{1e3};
    gpu.power_cap.value = Power{10e3};
    gpu.launch_time.value = Time{100.0};
    gpu.precisions["fp32"] = {.peak = {.value = Compute{2.0}},
                              .efficiency = {.value = 0.5},
                              .energy_per_flop = {.value = Energy{3.0}},
                              .bytes_per_value = 4.0};
    gpu.memory = {.size = {.value = DataSize{8e6}},
                  .bandwidth = {.value = Bandwidth{4.0}},
                  .efficiency = {.value = 0.25},
                  .energy_per_byte = {.value = Energy{2.0}}};
    return gpu;
}

TEST(GpuModel, a_layer_takes_the_longest_of_launch_arithmetic_and_memory) {
    const std::vector<DenseLayer> tiny{{"tiny", 10.0, 1.0, 1.0, 1.0}};
    const std::vector<DenseLayer> computing{{"computing", 500.0, 1.0, 1.0, 1.0}};
    const std::vector<DenseLayer> reading{{"reading", 10.0, 300.0, 10.0, 10.0}};
    EXPECT_DOUBLE_EQ(estimate(round_gpu(), tiny, 1, "fp32").batch_latency.value(), 100.0);
    EXPECT_DOUBLE_EQ(estimate(round_gpu(), computing, 1, "fp32").batch_latency.value(), 500.0);
    EXPECT_DOUBLE_EQ(estimate(round_gpu(), reading, 1, "fp32").batch_latency.value(), 4.0 * 320.0);
}

TEST(GpuModel, energy_is_idle_power_times_time_plus_operations_plus_bytes) {
    const std::vector<DenseLayer> layers{{"layer", 50.0, 5.0, 2.0, 1.0}};
    const GpuEstimate two = estimate(round_gpu(), layers, 2, "fp32");
    const double bytes = 4.0 * (5.0 + 2 * 3.0);
    const double dynamic = 3.0 * 100.0 + 2.0 * bytes;
    EXPECT_DOUBLE_EQ(two.energy.value(), (1e3 * 100.0 + dynamic) / 2);
    EXPECT_DOUBLE_EQ(two.dynamic_energy.value(), dynamic / 2);
    EXPECT_DOUBLE_EQ(two.time_per_inference.value(), 50.0);
}

TEST(GpuModel, a_loaded_program_raises_the_floor_and_counts_as_dynamic) {
    Gpu gpu = round_gpu();
    const std::vector<DenseLayer> layers{{"layer", 50.0, 5.0, 2.0, 1.0}};
    const GpuEstimate without = estimate(gpu, layers, 1, "fp32");
    gpu.context_power = Sourced<Power>{Power{3e3}, Confidence::seen, "here"};
    const GpuEstimate with = estimate(gpu, layers, 1, "fp32");
    EXPECT_DOUBLE_EQ((with.dynamic_energy - without.dynamic_energy).value(), 2e3 * 100.0);
    EXPECT_DOUBLE_EQ((with.energy - without.energy).value(), 2e3 * 100.0);
}

TEST(GpuModel, a_run_over_the_cap_is_slowed_until_it_draws_the_cap) {
    Gpu gpu = round_gpu();
    gpu.precisions["fp32"].energy_per_flop.value = Energy{18e3};  // 18 W at full rate, 9 W are free
    const std::vector<DenseLayer> layers{{"layer", 1000.0, 1.0, 1.0, 1.0}};
    const GpuEstimate capped = estimate(gpu, layers, 1, "fp32");
    EXPECT_TRUE(capped.power_capped);
    EXPECT_NEAR(capped.power.value(), 10e3, 1e-6);
    EXPECT_NEAR(capped.batch_latency.value(), 2000.0, 0.01);
    EXPECT_FALSE(estimate(round_gpu(), layers, 1, "fp32").power_capped);
}

TEST(GpuModel, the_host_machine_is_left_out_unless_asked_for_and_divided_by_its_supply) {
    Gpu gpu = round_gpu();
    gpu.host.power = Sourced<Power>{Power{4e3}, Confidence::seen, "here"};
    gpu.host.supply_efficiency = Sourced<double>{0.8, Confidence::seen, "here"};
    const std::vector<DenseLayer> layers{{"layer", 50.0, 5.0, 2.0, 1.0}};
    const GpuEstimate board = estimate(gpu, layers, 1, "fp32");
    const GpuEstimate wall = estimate(gpu, layers, 1, "fp32", true);
    EXPECT_DOUBLE_EQ(wall.energy.value(), (board.energy.value() + 4e3 * 100.0) / 0.8);
    EXPECT_DOUBLE_EQ(wall.dynamic_energy.value(), board.dynamic_energy.value());
    EXPECT_THAT(board.includes, HasSubstr("no host machine"));
    EXPECT_THAT(wall.includes, HasSubstr("host machine and its power supply"));
}

TEST(GpuModel, the_best_batch_is_the_cheapest_power_of_two) {
    for (const char* name : {"v100", "a100", "h100"}) {
        const Gpu gpu = gpu_file(name);
        const GpuEstimate best = best_batch(gpu, keyword_spotter(), "fp16_tensor");
        EXPECT_TRUE(best.best_batch);
        for (std::uint32_t batch = 1; batch <= 65536; batch *= 2)
            EXPECT_LE(best.energy.value(), estimate(gpu, keyword_spotter(), batch, "fp16_tensor").energy.value())
                << name << batch;
    }
}

TEST(GpuModel, memory_limits_the_batch) {
    const std::vector<DenseLayer> layers{{"layer", 1.0, 1000.0, 100.0, 100.0}};  // 4 kB + 800 B a sample; 1 MB of memory
    EXPECT_NO_THROW((void)estimate(round_gpu(), layers, 1245, "fp32"));
    EXPECT_THROW((void)estimate(round_gpu(), layers, 1246, "fp32"), InputError);
    EXPECT_LE(best_batch(round_gpu(), layers, "fp32").batch, 1024U);
}

TEST(GpuModel, refuses_an_unknown_precision_and_names_the_known_ones) {
    try {
        (void)estimate(gpu_file("h100"), keyword_spotter(), 1, "fp64");
        FAIL() << "accepted fp64";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("fp16_tensor, fp32, int8"));
    }
}

TEST(GpuModel, refuses_a_batch_of_zero_and_an_empty_network) {
    EXPECT_THROW((void)estimate(round_gpu(), keyword_spotter(), 0, "fp32"), InputError);
    EXPECT_THROW((void)estimate(round_gpu(), {}, 1, "fp32"), InputError);
}

class ShippedGpus : public ::testing::TestWithParam<const char*> {};

TEST_P(ShippedGpus, read_without_problems) {
    for (const std::string& problem : problems_of(gpu_file(GetParam()))) ADD_FAILURE() << problem;
}

TEST_P(ShippedGpus, never_draw_less_than_idle_nor_more_than_the_cap) {
    const Gpu gpu = gpu_file(GetParam());
    for (const auto& [precision, figures] : gpu.precisions)
        for (const double width : {16.0, 1024.0, 16384.0})
            for (const std::uint32_t batch : {1U, 64U, 4096U}) {
                const std::vector<DenseLayer> layers{dense(width, width)};
                const GpuEstimate row = estimate(gpu, layers, batch, precision);
                EXPECT_GE(row.power.value(), gpu.idle_power.value.value());
                EXPECT_LE(row.power.value(), gpu.power_cap.value.value() * (1 + 1e-12));
                EXPECT_GT(row.dynamic_energy.value(), 0.0);
            }
}

INSTANTIATE_TEST_SUITE_P(Files, ShippedGpus, ::testing::Values("v100", "a100", "h100", "k4000"),
                         [](const auto& test) { return std::string{test.param}; });

// Blouw et al. 2019, raw power logs: batch 1 and batch 64 on a Quadro K4000; Loihi took 0.272 mJ of dynamic energy.
struct MeasuredRow {
    std::uint32_t batch;
    double latency_ms, power_w, dynamic_mj, ratio_to_loihi;
};

class KeywordSpotterOnK4000 : public ::testing::TestWithParam<MeasuredRow> {};

TEST_P(KeywordSpotterOnK4000, comes_back_from_the_calibration) {
    const MeasuredRow& row = GetParam();
    const GpuEstimate gpu = estimate(gpu_file("k4000"), keyword_spotter(), row.batch, "fp32");
    EXPECT_NEAR(gpu.batch_latency.si() * 1e3 / row.latency_ms, 1.0, 0.01);
    EXPECT_NEAR(gpu.power.si() / row.power_w, 1.0, 0.01);
    EXPECT_NEAR(gpu.dynamic_energy.si() * 1e3 / row.dynamic_mj, 1.0, 0.01);
    const double ratio = gpu.dynamic_energy.si() * 1e3 / 0.272;
    RecordProperty("batch_" + std::to_string(row.batch) + "_fp32_dynamic_over_loihi_dynamic", std::to_string(ratio));
    EXPECT_NEAR(ratio / row.ratio_to_loihi, 1.0, 0.02);
}

INSTANTIATE_TEST_SUITE_P(Published, KeywordSpotterOnK4000,
                         ::testing::Values(MeasuredRow{1, 1.298, 37.83, 29.67, 109.0},
                                           MeasuredRow{64, 1.770, 41.25, 0.727, 2.7}),
                         [](const auto& test) { return "batch_" + std::to_string(test.param.batch); });

TEST(KeywordSpotterOnK4000, waits_for_its_framework_nearly_all_the_time) {
    const Gpu gpu = gpu_file("k4000");
    const GpuEstimate one = estimate(gpu, keyword_spotter(), 1, "fp32");
    EXPECT_GT((gpu.host.call_time->value + gpu.host.sample_time->value) / one.batch_latency, 0.95);
    EXPECT_THAT(one.includes, HasSubstr("framework time"));
}

TEST(Brain, is_twenty_watts_of_which_a_tenth_of_a_watt_computes) {
    EXPECT_DOUBLE_EQ(brain_power[0].power.si(), 20.0);
    EXPECT_DOUBLE_EQ(brain_power[1].power.si(), 3.5);
    EXPECT_DOUBLE_EQ(brain_power[2].power.si(), 0.1);
    for (const BrainPower& term : brain_power) EXPECT_FALSE(term.source.empty());
}

}  // namespace
}  // namespace spikefab
