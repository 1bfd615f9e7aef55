// SPDX-License-Identifier: Apache-2.0
// What the generators share.
#include "plan/generator.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <string_view>
#include <vector>

namespace spikefab {
namespace {

/// How a neuron of one model fires by itself every `period` steps, having done `phase` of them before step 1. The drive is
/// far above the noise of a balanced input of weights +-1, so the rate stays what was asked for.
struct PeriodicDrive {
    std::string_view model;
    std::vector<std::string> columns;
    std::vector<double> (*row)(double period, double phase);
};

[[nodiscard]] const std::vector<PeriodicDrive>& drives() {
    static const std::vector<PeriodicDrive> all{
        // No leak, a bias of 63 * 64 a step; fires strictly above threshold * 64.
        {"loihi_cuba",
         {"current_decay", "voltage_decay", "bias_mantissa", "threshold", "initial_potential"},
         [](double period, double phase) {
             return std::vector{4095.0, 0.0, 4032.0, 63.0 * period - 1.0, 4032.0 * phase};
         }},
        // A leak of +200 a tick; fires at or above the threshold.
        {"truenorth", {"leak", "threshold", "initial_potential"}, [](double period, double phase) {
             return std::vector{200.0, 200.0 * period, 200.0 * phase};
         }}};
    return all;
}

[[nodiscard]] const PeriodicDrive& drive_of(const std::string& model) {
    for (const PeriodicDrive& drive : drives())
        if (drive.model == model) return drive;
    throw InputError{
        fmt::format("generator: do not know how to drive neurons of model '{}' (known: loihi_cuba, truenorth)", model)};
}

}  // namespace

Placement make_recurrent_placement(const ChipPlan& chip, std::uint32_t neurons) {
    Placement placement;
    placement.input = placement.populations.push_back({"input", 0, 0});
    const auto cores = static_cast<std::uint32_t>(chip.usable_cores().size());
    const PopulationId population = placement.populations.push_back({"neurons", neurons * cores, 0});
    placement.inputs = DestinationTable{0};
    placement.cores.reserve(cores);
    for (std::uint32_t c = 0; c < cores; ++c) {
        CoreImage core;
        core.core = CoreId{c};
        core.slices.push_back({population, c * neurons, neurons, 0});
        placement.cores.push_back(std::move(core));
    }
    return placement;
}

NeuronParameters periodic_neurons(const std::string& model, std::uint32_t neurons, std::uint32_t period) {
    const PeriodicDrive& drive = drive_of(model);
    NeuronParameters parameters;
    parameters.columns = drive.columns;
    for (std::uint32_t phase = 0; phase < period; ++phase) parameters.rows.push_back(drive.row(period, phase));
    for (std::uint32_t neuron = 0; neuron < neurons; ++neuron)
        parameters.row_of_neuron.push_back(static_cast<std::uint16_t>(neuron * 7919U % period));
    return parameters;
}

}  // namespace spikefab
