// SPDX-License-Identifier: Apache-2.0
// A block of a core's weights in crossbar arrays of its own: encoded, programmed, aged, and read as column values.
#pragma once

#include "models/crossbar/array_reader.hpp"
#include "plan/analog_description.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace spikefab {

/// What a block is: rows are axons of the core, columns its neurons.
struct WeightBlock {
    std::uint32_t first_axon = 0;
    std::uint32_t axons = 0;
    std::uint32_t first_neuron = 0;
    std::uint32_t neurons = 0;
    std::vector<double> weights;  ///< axons x neurons
};

/// What a converter or an analog neuron sees: currents of columns that are added and subtracted before it.
struct SensedColumn {
    struct Part {
        std::uint32_t column = 0;  ///< over all arrays of the tile
        double sign = 1.0;
    };
    std::uint32_t neuron = 0;  ///< of the core
    double factor = 1.0;       ///< weight sum = factor * value
    std::vector<Part> parts;
};

/// What programming took.
struct ProgrammingTotals {
    std::uint64_t cells = 0;
    std::uint64_t pulses = 0;
    std::uint64_t missed = 0;  ///< cells that are not within tolerance
    std::uint64_t faulty = 0;
    double energy = 0.0;   ///< J
    double seconds = 0.0;  ///< of one cell after the other
    ProgrammingTotals& operator+=(const ProgrammingTotals& other);
};

/// Keys of a core's random streams.
struct TileStreams {
    std::uint64_t cells = 0;
    std::uint64_t read_noise = 0;
    std::uint32_t first_array = 0;  ///< number of the tile's first array in its core
};

/// What one pulse did.
struct TileRead {
    std::uint32_t driven_rows = 0;  ///< over all arrays of the tile
    double level_sum = 0.0;         ///< of the axons
    ReadPower power{};
    double charging = 0.0;  ///< J that the driven lines' capacitance takes
};

class CrossbarTile final {
public:
    /// `largest_weight` is full scale. `description` must outlive the tile.
    CrossbarTile(const WeightBlock& block, double largest_weight, const ArrayDescription& description,
                 const TileStreams& streams);

    /// Drives the rows for one pulse; `level` has one value per axon of the core, in read voltages. `event` keys the noise.
    /// Afterwards `values` holds what each sensed column gives, in weight levels times input levels; nothing is read, and
    /// `values` stays as it is, when no row of the tile is driven.
    TileRead read(std::span<const double> level, std::uint64_t event, std::span<double> values);

    [[nodiscard]] const std::vector<SensedColumn>& sensed() const { return sensed_; }
    [[nodiscard]] std::uint32_t first_axon() const { return first_axon_; }
    [[nodiscard]] std::uint32_t axons() const { return axons_; }
    [[nodiscard]] std::uint32_t arrays() const { return static_cast<std::uint32_t>(readers_.size()); }
    /// Subtracted digitally from every weight sum, per unit of summed input.
    [[nodiscard]] double digital_offset() const { return offset_; }
    /// True when a sensed column subtracts, so that its values have a sign.
    [[nodiscard]] bool subtracts() const { return subtracts_; }
    /// Root of the summed squared levels of the column where it is largest.
    [[nodiscard]] double largest_root_square() const { return root_square_; }
    /// Time constant of the slowest line, s (Elmore's: half of its resistance times its capacitance).
    [[nodiscard]] double line_delay() const { return line_delay_; }
    [[nodiscard]] const ProgrammingTotals& programming() const { return programming_; }

private:
    void program(PhysicalArray& array, std::uint32_t number, std::uint64_t key);
    [[nodiscard]] double program_one(double target, Rng& rng, double& read_deviation);
    void find_sensed_columns(const EncodedWeights& encoded, std::uint32_t first_neuron);
    void measure_columns(const EncodedWeights& encoded);
    [[nodiscard]] TileRead drive_rows(std::span<const double> level);
    void add_noise(std::uint64_t event);

    const ArrayDescription& description_;
    WireParams wires_;  ///< at the array's temperature
    std::uint32_t first_axon_;
    std::uint32_t axons_;
    TileStreams streams_;
    double unit_;  ///< A of a column value of 1
    std::vector<RowUse> rows_;
    std::vector<SensedColumn> sensed_;
    std::vector<ArrayReader> readers_;
    std::vector<float> variance_;  ///< of a read of each cell, S^2; rows x columns over all arrays; empty without noise
    ProgrammingTotals programming_;
    double offset_ = 0.0;
    bool subtracts_ = false;
    double root_square_ = 0.0;
    double line_delay_ = 0.0;
    std::size_t columns_ = 0;      ///< over all arrays
    std::vector<double> volts_;    ///< of the rows, this read
    std::vector<double> current_;  ///< of the columns, this read
};

}  // namespace spikefab
