// SPDX-License-Identifier: Apache-2.0
// Energy and latency of one forward pass of a dense network on a GPU: roofline, launch times, idle power, power cap.
//
//   t = host.call_time + host.sample_time*b + sum_k max(t_launch, F_k*b/(eta_c*peak), B_k/(eta_m*BW))
//   E = P_context*t + sum_k (e_flop*F_k*b + e_byte*B_k + E_launch) + host.sample_energy*b
//   if E/t > P_cap:  t = (E - P_context*t) / (P_cap - P_context),  E = P_cap*t
//   dynamic = E - P_idle*t;  wall = (E + P_host*t) / supply_efficiency, when the host is included
//
// B_k counts the weights once per batch and the activations in and out of every sample, all through device memory (no
// reuse in the L2 cache, so small networks cost the GPU a little too much). The measured powers this is calibrated
// with: configs/gpus; the roofline: Williams, Waterman, Patterson, CACM 52(4):65 (2009), 10.1145/1498765.1498785.
#pragma once

#include "base/field.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spikefab {

/// How sure a figure is: read in the source, recalled from a datasheet, arithmetic over others, fitted, or a guess.
enum class Confidence { seen, memory, derived, fitted, estimated };
constexpr auto enum_names(Confidence) {
    return std::array<std::string_view, 5>{"seen", "memory", "derived", "fitted", "estimated"};
}

/// A value, where it comes from and how sure it is.
template <class Value>
struct Sourced {
    Value value{};
    Confidence confidence = Confidence::estimated;
    std::string source{};
    static constexpr auto fields =
        std::tuple{field("value", &Sourced::value, {0.0, 1e18}, "the figure").required(),
                   field("confidence", &Sourced::confidence, "seen, memory, derived, fitted or estimated").required(),
                   field("source", &Sourced::source, "where the figure comes from").required()};
};

/// What one number format can do.
struct GpuPrecision {
    Sourced<Compute> peak{};
    Sourced<double> efficiency{};
    Sourced<Energy> energy_per_flop{};
    double bytes_per_value = 4.0;
    static constexpr auto fields =
        std::tuple{field("peak", &GpuPrecision::peak, "highest rate of the units used").required(),
                   field("efficiency", &GpuPrecision::efficiency, "share of the peak that large products reach").required(),
                   field("energy_per_flop", &GpuPrecision::energy_per_flop, "energy of one operation above idle").required(),
                   field("bytes_per_value", &GpuPrecision::bytes_per_value, {0.125, 16.0}, "bytes of one weight or activation")
                       .required()};
};

struct GpuMemory {
    Sourced<DataSize> size{};
    Sourced<Bandwidth> bandwidth{};
    Sourced<double> efficiency{};
    Sourced<Energy> energy_per_byte{};
    static constexpr auto fields =
        std::tuple{field("size", &GpuMemory::size, "device memory; limits the batch").required(),
                   field("bandwidth", &GpuMemory::bandwidth, "peak rate of the device memory").required(),
                   field("efficiency", &GpuMemory::efficiency, "share of the peak that copies reach").required(),
                   field("energy_per_byte", &GpuMemory::energy_per_byte, "energy of one byte above idle").required()};
};

/// What the program that drives the GPU adds. All absent: a captured graph whose inputs are already on the device.
struct GpuHost {
    std::optional<Sourced<Time>> call_time{};
    std::optional<Sourced<Time>> sample_time{};
    std::optional<Sourced<Energy>> sample_energy{};
    std::optional<Sourced<Power>> power{};
    std::optional<Sourced<double>> supply_efficiency{};
    static constexpr auto fields = std::tuple{
        field("call_time", &GpuHost::call_time, "time of the framework per batch"),
        field("sample_time", &GpuHost::sample_time, "time per sample to feed it and fetch its answer"),
        field("sample_energy", &GpuHost::sample_energy, "energy of the GPU board per sample fed and fetched"),
        field("power", &GpuHost::power, "power of the rest of the machine; counted only when asked for"),
        field("supply_efficiency", &GpuHost::supply_efficiency, "of the power supply; counted together with the host")};
};

/// A GPU file (configs/gpus).
struct Gpu {
    std::string name{};
    std::string notes{};
    Sourced<Power> idle_power{};
    std::optional<Sourced<Power>> context_power{};
    Sourced<Power> power_cap{};
    Sourced<Time> launch_time{};
    std::optional<Sourced<Energy>> launch_energy{};
    std::map<std::string, GpuPrecision> precisions{};
    GpuMemory memory{};
    GpuHost host{};
    static constexpr auto fields = std::tuple{
        field("name", &Gpu::name, "name in reports").required(),
        field("notes", &Gpu::notes, "what to know before quoting the figures"),
        field("idle_power", &Gpu::idle_power, "board power with no program; what dynamic energy is counted above").required(),
        field("context_power", &Gpu::context_power,
              "board power with a program loaded that computes nothing; default: idle_power"),
        field("power_cap", &Gpu::power_cap, "the board's limit").required(),
        field("launch_time", &Gpu::launch_time, "shortest time of one kernel").required(),
        field("launch_energy", &Gpu::launch_energy, "energy of one launch above context_power; absent: not published, none"),
        field("precisions", &Gpu::precisions, "number formats by name: fp32, fp16_tensor, int8, ...").required(),
        field("memory", &Gpu::memory, "device memory").required(),
        field("host", &Gpu::host, "the program and machine that drive the GPU")};
};

/// The dense work of one layer for ONE inference: one kernel.
struct DenseLayer {
    std::string name{};
    double flops = 0.0;       ///< operations; a multiply-accumulate is two
    double parameters = 0.0;  ///< numbers read as weights and biases, once per batch
    double inputs = 0.0;      ///< activations read
    double outputs = 0.0;     ///< activations written
};

/// What a GPU spends on one inference inside a batch. `includes` says in words what the energies hold.
struct GpuEstimate {
    std::string gpu{};
    std::uint32_t batch = 1;
    std::string precision{};
    Time batch_latency{};       ///< every inference of the batch waits this long
    Time time_per_inference{};  ///< batch_latency / batch, the throughput's inverse
    Energy energy{};            ///< per inference
    Energy dynamic_energy{};    ///< per inference, above idle_power
    Power power{};              ///< mean over the batch
    bool power_capped = false;
    bool best_batch = false;  ///< found by `best_batch`, not asked for
    std::string includes{};
};

/// `batch` inferences of `layers` at `precision`. InputError for an unknown precision (the known ones are listed), a
/// batch of zero, an empty network, or a batch that does not fit into memory (by how much).
[[nodiscard]] GpuEstimate estimate(const Gpu& gpu, std::span<const DenseLayer> layers, std::uint32_t batch,
                                   std::string_view precision, bool include_host = false);

/// The power of two up to 65,536 that fits into memory and spends least energy per inference.
[[nodiscard]] GpuEstimate best_batch(const Gpu& gpu, std::span<const DenseLayer> layers, std::string_view precision,
                                     bool include_host = false);

/// Bytes that a batch holds at once: all weights and the largest layer's inputs and outputs.
[[nodiscard]] DataSize memory_needed(std::span<const DenseLayer> layers, std::uint32_t batch, double bytes_per_value);

/// Everything wrong with a GPU file that types and bounds cannot tell, as "path: message".
[[nodiscard]] std::vector<std::string> problems_of(const Gpu& gpu);

}  // namespace spikefab
