// SPDX-License-Identifier: Apache-2.0
// An experiment as a person writes it in YAML: a chip, a network, inputs, how long, what to record, what to compare with.
#pragma once

#include "base/field.hpp"
#include "base/registry.hpp"
#include "config/tree.hpp"
#include "models/encoding/encoder.hpp"
#include "models/gpu/gpu.hpp"
#include "network/dendrites.hpp"
#include "network/lowering.hpp"
#include "network/neuron_overrides.hpp"
#include "network/projection_learning.hpp"
#include "plan/chip_description.hpp"
#include "plan/generator.hpp"
#include "run/lessons.hpp"

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spikefab {

/// A trained network from a file, or a synthetic one.
struct NetworkChoice {
    std::filesystem::path file;
    LoweringOptions lowering;
    NeuronOverrides neurons;
    std::vector<DendriteLink> dendrites;
    std::map<std::string, ProjectionLearning> learning;
    std::optional<ModelChoice<NetworkGenerator>> generator;
    static constexpr auto fields = std::tuple{
        field("file", &NetworkChoice::file, "a .nir file"),
        field("lowering", &NetworkChoice::lowering, "how its numbers become the chip's"),
        field("neurons", &NetworkChoice::neurons,
              "parameters of the chip's neuron model by population, over what the file says: {dense1: {refractory: 2}}"),
        field("dendrites", &NetworkChoice::dendrites, "populations that are compartments of others (Loihi's dendrites)"),
        field("learning", &NetworkChoice::learning, "projections whose synapses learn, by name, each with its rule"),
        field("generator", &NetworkChoice::generator, "a synthetic network instead of a file"),
    };
};

struct InputChoice {
    std::filesystem::path images;
    std::filesystem::path labels;
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    std::uint32_t pool = 1;
    std::vector<std::uint32_t> classes;
    std::vector<std::vector<std::uint32_t>> context;
    static constexpr auto fields = std::tuple{
        field("images", &InputChoice::images, "idx, npy, npz or HDF5 file"),
        field("labels", &InputChoice::labels, "idx or npy file with one class per image"),
        field("first", &InputChoice::first, {0, 4e9}, "first image"),
        field("count", &InputChoice::count, {0, 4e9}, "images to run; 0: all from the first on"),
        field("pool", &InputChoice::pool, {1, 1024}, "side of the squares of pixels that count as one, their mean"),
        field("classes", &InputChoice::classes, {0, 2147483647.0},
              "keep only images with these labels, and number them anew; empty: all"),
        field("context", &InputChoice::context, {0, 2147483647.0},
              "one more input after the pixels for each list, as bright as can be for images whose label is in it"),
    };
};

struct Readout {
    std::uint32_t classes = 0;
    static constexpr auto fields = std::tuple{
        field("classes", &Readout::classes, {0, 1 << 20},
              "classes that output neurons vote for, in equal groups in their order; 0: one neuron, one class"),
    };
};

enum class Trace { power, steps, inferences, spikes, cycles, noc, weights };
constexpr auto enum_names(Trace) {
    return std::array<std::string_view, 7>{"power", "steps", "inferences", "spikes", "cycles", "noc", "weights"};
}

/// One line on each trace, for `run --help`.
[[nodiscard]] constexpr std::string_view meaning(Trace trace) {
    switch (trace) {
        case Trace::power:
            return "power.csv: watts per component, one row per window";
        case Trace::steps:
            return "steps.csv: duration, spikes, packets, busiest core of every time step";
        case Trace::inferences:
            return "inferences.csv: label, answer, latency, energy of every image";
        case Trace::spikes:
            return "spikes.h5: every spike of every population";
        case Trace::cycles:
            return "cycles.h5: every potential, injection, hop, wait and delivery with its time (large)";
        case Trace::noc:
            return "noc_packets.h5, noc_links.csv: latency, hops and waiting of every packet; load of every link";
        case Trace::weights:
            return "weights.npz: what was learned, synapse by synapse, at the end of the run";
    }
    return "";
}

struct GpuComparison {
    std::vector<Gpu> models;
    std::string precision;
    std::vector<std::uint32_t> batches{1, 64};
    static constexpr auto fields = std::tuple{
        field("models", &GpuComparison::models, "GPU files (configs/gpus)"),
        field("precision", &GpuComparison::precision, "number format; default: fp16_tensor where the GPU has it, else fp32"),
        field("batches", &GpuComparison::batches, {1, 65536}, "batch sizes; the best one is always added"),
    };
};

struct Experiment {
    std::string name;
    ChipDescription chip;
    NetworkChoice network;
    std::optional<Lessons> learn;
    InputChoice input;
    ModelChoice<Encoder> encoding{"integrate"};
    std::uint32_t steps = 32;
    std::optional<std::uint32_t> drain;
    bool reset_between_images = true;
    Readout readout;
    std::vector<Trace> traces{Trace::power, Trace::steps, Trace::inferences};
    Time power_window{1e5};
    bool include_host_power = false;
    GpuComparison gpus;
    std::uint64_t seed = 1;
    static constexpr auto fields = std::tuple{
        field("name", &Experiment::name, "names the run's folder").required(),
        field("chip", &Experiment::chip, "the chip (configs/chips)").required(),
        field("network", &Experiment::network, "what runs on it").required(),
        field("learn", &Experiment::learn, "images shown before the input, with learning on; it is off afterwards"),
        field("input", &Experiment::input, "images and labels"),
        field("encoding", &Experiment::encoding, "how a pixel becomes spikes"),
        field("steps", &Experiment::steps, {1, 1e9},
              "steps per image in which the encoder sends; for generated networks: all steps"),
        field("drain", &Experiment::drain, {0, 1e6},
              "further steps per image until the last input has reached the output; default: the depth of the network"),
        field("reset_between_images", &Experiment::reset_between_images, "neurons start every image from their initial state"),
        field("readout", &Experiment::readout, "how output spikes become an answer"),
        field("traces", &Experiment::traces, "files to write besides run.json"),
        field("power_window", &Experiment::power_window, {1e-3, 1e15}, "window of power.csv"),
        field("include_host_power", &Experiment::include_host_power, "add the power of the awake host processors"),
        field("gpus", &Experiment::gpus, "GPUs to stand beside the chip"),
        field("seed", &Experiment::seed, {0, 9e15}, "of every random stream"),
    };
};

/// Reads an experiment; InputError lists every mistake with its place, those in learning rules too.
[[nodiscard]] Experiment read_experiment(config::Tree tree);

/// Adds what is wrong with the rules of `learning`; `prefix` stands before their keys, `place_of` says where each was written.
void add_rule_problems(const ProjectionLearning& learning, const std::string& prefix,
                       const std::function<config::Origin(const std::string& key)>& place_of, config::Problems& problems);

/// True when the images of the input are taught themselves, each after it was asked (`learn` without images).
[[nodiscard]] bool teaches_inputs(const Experiment& experiment);

/// InputError unless the experiment says what to run.
void check(const Experiment& experiment);

}  // namespace spikefab
