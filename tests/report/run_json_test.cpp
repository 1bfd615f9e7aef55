// SPDX-License-Identifier: Apache-2.0
// run.json keeps its promises: the keys, exact sums, ratios with what they include, same bytes.
#include "report/run_json.hpp"

#include "report/decimal.hpp"
#include "report/example_run.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <random>
#include <string>

namespace spikefab {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

/// A printed decimal number as a whole number of 10^-30.
__extension__ using Wide = __int128;
Wide exact_value(const json& number) {
    const std::string text = number.dump();
    const std::size_t exponent_at = text.find('e');
    const int exponent = exponent_at == std::string::npos ? 0 : std::stoi(text.substr(exponent_at + 1));
    int places = 30 + exponent;
    Wide value = 0;
    bool after_point = false;
    for (const char letter : text.substr(0, exponent_at)) {
        if (letter == '.') {
            after_point = true;
            continue;
        }
        value = value * 10 + (letter - '0');
        if (after_point) --places;
    }
    for (; places > 0; --places) value *= 10;
    EXPECT_EQ(places, 0) << text << " has more digits than the test can hold";
    return value;
}

TEST(RunJson, has_the_keys_of_its_schema) {
    const json run = json::parse(run_json(example_run()));
    EXPECT_EQ(run.at("schema"), "spikefab.run.v1");
    EXPECT_EQ(run.at("chip").at("name"), "loihi");
    EXPECT_EQ(run.at("network").at("name"), "fashion");
    EXPECT_EQ(run.at("placement").at("cores_used"), 9);
    EXPECT_EQ(run.at("inferences"), 20);
    EXPECT_DOUBLE_EQ(run.at("accuracy"), 0.95);
    EXPECT_EQ(run.at("steps"), 640);
    EXPECT_DOUBLE_EQ(run.at("simulated_s"), 2e-4);
    for (const char* key : {"total", "dynamic", "static", "host", "by_component"})
        EXPECT_TRUE(run.at("energy_J").contains(key)) << key;
    for (const char* key : {"mean", "p50", "p95", "max"})
        EXPECT_TRUE(run.at("per_inference").at("latency_s").contains(key)) << key;
    for (const char* key : {"spikes", "synaptic_events", "neuron_updates", "packets", "hops"})
        EXPECT_TRUE(run.at("events").contains(key)) << key;
    for (const char* key : {"cpu_s", "simulate_cpu_s", "wall_s", "peak_rss_bytes"})
        EXPECT_TRUE(run.at("host").contains(key)) << key;
    EXPECT_EQ(run.at("partial"), false);
    EXPECT_EQ(run.at("seed"), 42);
    EXPECT_EQ(run.at("versions").at("spikefab"), "0.1.0");
    EXPECT_EQ(run.at("events").at("neuron_updates"), 1500);
    EXPECT_EQ(run.at("events").at("hops"), 999);
    EXPECT_EQ(run.at("events").at("lost_spikes"), 0);
}

TEST(RunJson, latency_percentiles_are_nearest_ranks) {
    const json latency = json::parse(run_json(example_run())).at("per_inference").at("latency_s");
    EXPECT_DOUBLE_EQ(latency.at("p50"), 10e-6);  // of 1..20 us
    EXPECT_DOUBLE_EQ(latency.at("p95"), 19e-6);
    EXPECT_DOUBLE_EQ(latency.at("max"), 20e-6);
    EXPECT_DOUBLE_EQ(latency.at("mean"), 10.5e-6);
}

TEST(RunJson, every_gpu_ratio_stands_beside_batch_precision_and_what_is_included) {
    const json gpu = json::parse(run_json(example_run())).at("gpus").at(0);
    EXPECT_EQ(gpu.at("batch"), 64);
    EXPECT_EQ(gpu.at("precision"), "fp16_tensor");
    EXPECT_THAT(std::string{gpu.at("includes")}, HasSubstr("idle power"));
    EXPECT_THAT(std::string{gpu.at("chip_includes")}, HasSubstr("static power; no host"));
    const RunResult run = example_run();
    EXPECT_NEAR(gpu.at("energy_ratio"), 1.29e7 / (run.energy.total.value() / 20), 1e-9);
    EXPECT_NEAR(gpu.at("dynamic_energy_ratio"), 6.46e6 / (run.energy.dynamic.value() / 20), 1e-9);
}

TEST(RunJson, energies_sum_digit_for_digit_at_any_magnitude) {
    std::mt19937_64 random{1};
    std::uniform_real_distribution<double> mantissa{0.0, 1.0};
    for (int magnitude = -1; magnitude <= 16; ++magnitude) {  // 0.1 pJ to 10 kJ
        RunResult run = example_run();
        run.energy = {};
        for (const char* name : {"axon", "host", "neuron", "noc", "static", "synapse"})
            run.energy.by_component[name] = Energy{mantissa(random) * std::pow(10.0, magnitude)};
        run.energy.static_energy = run.energy.by_component["static"];
        run.energy.host = run.energy.by_component["host"];
        for (const auto& [name, energy] : run.energy.by_component) run.energy.total += energy;
        run.energy.dynamic = run.energy.total - run.energy.static_energy - run.energy.host;

        const json energy = json::parse(run_json(run)).at("energy_J");
        Wide sum = 0;
        for (const auto& [name, part] : energy.at("by_component").items()) sum += exact_value(part);
        EXPECT_TRUE(sum == exact_value(energy.at("total"))) << energy.dump();
        EXPECT_TRUE(sum ==
                    exact_value(energy.at("dynamic")) + exact_value(energy.at("static")) + exact_value(energy.at("host")));
        EXPECT_NEAR(double(energy.at("total")) / run.energy.total.si(), 1.0, magnitude < 0 ? 1e-8 : 1e-9);
    }
}

TEST(RunJson, without_inferences_shares_and_ratios_are_null_and_not_numbers) {
    RunResult run = example_run();
    run.inferences.clear();
    const json document = json::parse(run_json(run));
    EXPECT_TRUE(document.at("accuracy").is_null());
    EXPECT_TRUE(document.at("per_inference").at("energy_J").is_null());
    EXPECT_TRUE(document.at("gpus").at(0).at("energy_ratio").is_null());
}

TEST(RunJson, only_host_differs_between_two_runs_of_the_same) {
    RunResult again = example_run();
    again.host = {.cpu_s = 9.0, .simulate_cpu_s = 8.0, .wall_s = 9.0, .peak_rss_bytes = 9};
    json first = json::parse(run_json(example_run()));
    json second = json::parse(run_json(again));
    EXPECT_NE(first.dump(), second.dump());
    first.erase("host");
    second.erase("host");
    EXPECT_EQ(first.dump(), second.dump());
}

TEST(Decimal, drops_the_last_bits_that_a_change_of_unit_leaves) {
    EXPECT_EQ(decimal(Time{3.37e6}.si()), "0.00337");
    EXPECT_EQ(decimal(0.1 + 0.2), "0.3");
    EXPECT_EQ(decimal(1e6 / 3.0), "333333.333333");
}

}  // namespace
}  // namespace spikefab
