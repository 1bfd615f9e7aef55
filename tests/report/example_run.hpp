// SPDX-License-Identifier: Apache-2.0
// A small run with every kind of record, for the writers' tests.
#pragma once

#include "report/run_result.hpp"

namespace spikefab {

[[nodiscard]] inline RunResult example_run() {
    RunResult run;
    run.experiment = "fashion-loihi";
    run.chip = "loihi";
    run.network = "fashion";
    run.placement = {
        .cores_used = 9, .cores_fitted = 128, .neurons = 1290, .synapses = 261120, .synaptic_memory_used_bit = 2.5e6};
    for (std::uint32_t image = 0; image < 20; ++image) {
        InferenceRecord inference{.image = image, .label = image % 10, .answer = image == 7 ? 3 : image % 10};
        inference.start = Time{1e4 * image};
        inference.end = inference.start + Time{1000.0 * (image + 1)};
        inference.energy = Energy{1e6};
        inference.dynamic_energy = Energy{2e5};
        run.inferences.push_back(inference);
    }
    run.steps = 640;
    run.simulated = Time{2e5};
    run.events.record(Activity::spike, 12345);
    run.events.record(Activity::synaptic_event, 1234567);
    run.events.record(Activity::neuron_update_active, 1000);
    run.events.record(Activity::neuron_update_inactive, 500);
    run.events.record(Activity::packet_sent, 777);
    run.events.record(Activity::router_visit, 999);
    run.energy.by_component = {
        {"noc", Energy{1.0 / 3.0 * 1e6}}, {"synapse", Energy{2.0 / 3.0 * 1e7}}, {"static", Energy{592e4}}};
    run.energy.dynamic = run.energy.by_component["noc"] + run.energy.by_component["synapse"];
    run.energy.static_energy = run.energy.by_component["static"];
    run.energy.total = run.energy.dynamic + run.energy.static_energy;
    run.prices = {.name = "loihi-davies2018", .voltage = Voltage{0.75}, .host_included = false, .unpriced = {"barrier"}};
    run.peak_power = Power{80.0};
    run.power_window = Time{1e4};
    run.gpus.push_back({.gpu = "V100",
                        .batch = 64,
                        .precision = "fp16_tensor",
                        .batch_latency = Time{13200.0},
                        .time_per_inference = Time{206.25},
                        .energy = Energy{1.29e7},
                        .dynamic_energy = Energy{6.46e6},
                        .power = Power{60e3},
                        .best_batch = false,
                        .includes = "GPU board with idle power, no framework time; no host machine"});
    run.host = {.cpu_s = 1.5, .simulate_cpu_s = 1.2, .wall_s = 1.6, .peak_rss_bytes = 50000000};
    run.seed = 42;
    run.versions = {{"spikefab", "0.1.0"}, {"systemc", "2.3.4"}};
    run.notes = {"dt was taken from the file's metadata"};
    return run;
}

}  // namespace spikefab
