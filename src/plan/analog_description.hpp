// SPDX-License-Identifier: Apache-2.0
// The analog part of a core as a person writes it: crossbar arrays and what stands at their edges.
#pragma once

#include "base/field.hpp"
#include "base/registry.hpp"
#include "models/column/column_neuron.hpp"
#include "models/column/sar_adc.hpp"
#include "models/crossbar/array_reader.hpp"
#include "models/crossbar/cell_law.hpp"
#include "models/crossbar/weight_encoding.hpp"
#include "models/crossbar/wires.hpp"
#include "models/device/conductance_statistics.hpp"
#include "models/device/memristor.hpp"
#include "models/device/programming.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace spikefab {

/// How a row turns the spikes of one step into voltage.
enum class RowInput : std::uint8_t { spikes, pwm, dac, bit_serial };
constexpr auto enum_names(RowInput) {
    return std::array<std::string_view, 4>{"spikes", "pwm", "dac", "bit_serial"};
}

struct RowStage {
    RowInput mode = RowInput::spikes;
    std::uint32_t bits = 1;
    Voltage read{0.2};
    Time pulse{10.0};
    Energy driver{};
    static constexpr auto fields = std::tuple{
        field("mode", &RowStage::mode,
              "spikes: a pulse per spike; pwm: one pulse as long as all; dac: one pulse as high as all; bit_serial: a read per "
              "bit of their number"),
        field("bits", &RowStage::bits, {1, 12}, "dac, bit_serial: bits of the number of spikes that a row may get in a step"),
        field("v_read", &RowStage::read, {1e-6, 10.0}, "voltage of a pulse"),
        field("t_pulse", &RowStage::pulse, {1e-3, 1e9}, "length of a pulse, settling included"),
        field("e_driver", &RowStage::driver, {0.0, 1e9}, "energy of one row's driver for one pulse, without the row's current"),
    };
};

/// The pulses by which a learning rule moves cells during a run: one per unit of change, on every cell of the synapse.
struct UpdatePulses {
    Voltage set{1.0};
    Voltage reset{-1.0};
    Time pulse{50.0};
    double device_sigma = 0.0;
    double cycle_sigma = 0.0;
    Energy driver{};
    static constexpr auto fields = std::tuple{
        field("v_set", &UpdatePulses::set, {-100.0, 100.0}, "pulse that raises a cell's conductance").required(),
        field("v_reset", &UpdatePulses::reset, {-100.0, 100.0}, "pulse that lowers it").required(),
        field("t_pulse", &UpdatePulses::pulse, {1e-6, 1e12}, "length of a pulse").required(),
        field("d2d", &UpdatePulses::device_sigma, {0.0, 5.0},
              "log-normal spread of a pulse's effective length between devices"),
        field("c2c", &UpdatePulses::cycle_sigma, {0.0, 1.0},
              "standard deviation that every pulse adds to the device's state, as a share of its range in the array"),
        field("e_driver", &UpdatePulses::driver, {0.0, 1e9},
              "energy of one row's driver for one pulse, without the cells' current"),
    };
};

/// The crossbar arrays of one core. A core's weights are cut into as many arrays as they need.
struct ArrayDescription {
    std::uint32_t rows = 128;
    std::uint32_t columns = 128;
    Conductance low = Conductance::from_si(1e-6);
    Conductance high = Conductance::from_si(1e-4);
    ModelChoice<CellLaw> cell{"linear"};
    ModelChoice<ConductanceStatistics> device{"gaussian"};
    std::optional<ModelChoice<Memristor>> memristor;
    ProgramParams program;
    std::optional<UpdatePulses> update;
    FaultParams faults;
    Time drift_time{};
    Temperature temperature{300.0};
    double activation = 0.0;
    bool read_noise = true;
    WeightEncodingParams encoding;
    double full_scale = 1.0;
    WireParams wire;
    RowState inactive_rows = RowState::driven;
    ReadMode mode = ReadMode::geff;
    double tolerance = 1e-6;
    RowStage input;
    static constexpr auto fields = std::tuple{
        field("rows", &ArrayDescription::rows, {1, 4096}, "word lines of one array"),
        field("columns", &ArrayDescription::columns, {1, 4096}, "bit lines of one array"),
        field("g_min", &ArrayDescription::low, {0.0, 1e6}, "conductance of a cell that holds 0"),
        field("g_max", &ArrayDescription::high, {1e-12, 1e6}, "conductance of a cell that holds the largest weight"),
        field("cell", &ArrayDescription::cell, "current law of a cell"),
        field("device", &ArrayDescription::device, "how far programming, drift and reads stray from the target"),
        field("memristor", &ArrayDescription::memristor,
              "a physical device that is programmed pulse by pulse; default: the device's statistics alone"),
        field("program", &ArrayDescription::program, "how cells are programmed"),
        field("update", &ArrayDescription::update,
              "pulses of projections that learn (network.learning); they need a memristor and the core's learning engine"),
        field("faults", &ArrayDescription::faults, "cells that cannot be programmed, columns that float"),
        field("drift_time", &ArrayDescription::drift_time, {0.0, 1e21}, "time since programming"),
        field("temperature", &ArrayDescription::temperature, {1.0, 1000.0},
              "of cells and wires when they are read; they are programmed, and all values hold, at 300 K"),
        field("activation", &ArrayDescription::activation, {0.0, 2.0},
              "activation energy of the conduction of a cell at g_min, eV; falls linearly to 0 at g_max"),
        field("read_noise", &ArrayDescription::read_noise, "the device's read noise is added to every read"),
        field("encoding", &ArrayDescription::encoding, "how signed weights become conductances"),
        field("full_scale", &ArrayDescription::full_scale, {1e-3, 1e3},
              "weight that takes g_max over the core's largest one; below 1 the largest are clipped and cells' errors matter "
              "less (encoding.w_max sets it in absolute terms)"),
        field("wire", &ArrayDescription::wire, "wires and the circuits at their ends"),
        field("inactive_rows", &ArrayDescription::inactive_rows, "what rows without a spike are"),
        field("mode", &ArrayDescription::mode, "ideal: no wires; geff: wires as one matrix; exact and approx: solved per read"),
        field("tolerance", &ArrayDescription::tolerance, {1e-14, 0.1}, "approx: relative residual at which a solution stops"),
        field("input", &ArrayDescription::input, "row drivers"),
    };
};

/// How much of a core's weight matrix one array holds.
struct ArrayCapacity {
    std::size_t inputs = 0;
    std::size_t outputs = 0;
};
/// InputError when the array is too small for a single weight.
[[nodiscard]] ArrayCapacity array_capacity(const ArrayDescription& array);

/// What stands at the foot of a core's columns: converters in front of digital neurons, or analog neurons.
struct ColumnDescription {
    std::optional<SarAdcParams> adc;
    std::optional<ModelChoice<ColumnNeuronModel>> neuron;
    Time sample{};
    std::optional<Current> firing;
    Time resolution = Time::from_si(1e-12);
    static constexpr auto fields = std::tuple{
        field("adc", &ColumnDescription::adc, "converters; the core's neuron model adds their values up digitally"),
        field("neuron", &ColumnDescription::neuron,
              "analog neurons in place of converters; they need synchronisation: tick or event"),
        field("t_sample", &ColumnDescription::sample, {0.0, 1e9},
              "time from the end of the pulses until the columns are sampled"),
        field(
            "i_fire", &ColumnDescription::firing, {1e-15, 1e6},
            "event chips: current into a neuron whose weights sum up to its threshold; default: what makes it fire at the end "
            "of one pulse"),
        field("t_resolution", &ColumnDescription::resolution, {1e-3, 1e9}, "event chips: spikes are seen at multiples of it"),
    };
};

}  // namespace spikefab
