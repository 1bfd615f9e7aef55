// SPDX-License-Identifier: Apache-2.0
// A block of a core's weights in crossbar arrays of its own: encoded, programmed, aged, and read as column values.
#pragma once

#include "core/pulsed_cells.hpp"
#include "models/crossbar/array_reader.hpp"
#include "models/synapse/loihi_weights.hpp"
#include "plan/analog_description.hpp"

#include <cstdint>
#include <optional>
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
    bool learns = false;          ///< pulses change its cells during the run
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
    std::uint64_t floating_columns = 0;
    double energy = 0.0;   ///< J
    double seconds = 0.0;  ///< of one cell after the other
    ProgrammingTotals& operator+=(const ProgrammingTotals& other);
};

/// Keys of a core's random streams.
struct TileStreams {
    std::uint64_t cells = 0;
    std::uint64_t read_noise = 0;
    std::uint64_t pulses = 0;
    std::uint32_t first_array = 0;  ///< number of the tile's first array in its core
    std::uint32_t first_cell = 0;   ///< likewise of its first cell
};

/// What changing one synapse took.
struct SynapsePulses {
    std::uint32_t set = 0;    ///< pulses up, on each of the cells that go up
    std::uint32_t reset = 0;  ///< pulses down
    std::uint64_t cells = 0;  ///< pulses on all cells together
    double energy = 0.0;      ///< J in the cells
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

    /// Moves a synapse of a block that learns by `change` units up or down: as many pulses on its cells, those of one sign in
    /// the other direction. Cells of a sign that `sign` excludes stay as they are.
    SynapsePulses change(std::uint32_t axon, std::uint32_t neuron, std::int32_t change, SignMode sign, std::uint64_t step);
    /// The weight that the cells of a synapse of such a block hold now, without wires.
    [[nodiscard]] double weight(std::uint32_t axon, std::uint32_t neuron) const;

    [[nodiscard]] const std::vector<SensedColumn>& sensed() const { return sensed_; }
    [[nodiscard]] std::uint32_t first_axon() const { return first_axon_; }
    [[nodiscard]] std::uint32_t axons() const { return axons_; }
    [[nodiscard]] std::uint32_t first_neuron() const { return first_neuron_; }
    [[nodiscard]] std::uint32_t neurons() const { return neurons_; }
    [[nodiscard]] bool learns() const { return pulsed_.has_value(); }
    [[nodiscard]] std::uint32_t cells() const { return static_cast<std::uint32_t>(rows_.size() * columns_); }
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
    /// One of the cells that a weight is made of.
    struct WeightCell {
        std::size_t array = 0;
        std::size_t row = 0;
        std::size_t column = 0;
        std::size_t number = 0;  ///< over all arrays of the tile
        double sign = 1.0;       ///< with which its conductance counts
        bool shared = false;     ///< by all neurons: it stands for 0
    };

    /// Which columns of array `number` float.
    [[nodiscard]] std::vector<ColumnState> draw_columns(std::size_t columns, std::uint32_t number);
    void program(PhysicalArray& array, std::uint32_t number);
    [[nodiscard]] double program_one(double target, Rng& rng, double& read_deviation);
    [[nodiscard]] double at_temperature(double stated) const;
    void find_sensed_columns(const EncodedWeights& encoded, std::uint32_t first_neuron);
    void measure_columns(const EncodedWeights& encoded);
    /// Visits the cells of a synapse of a block that learns: one or two, and what stands for 0.
    template <class Visit>
    void for_each_cell(std::uint32_t axon, std::uint32_t neuron, Visit visit) const;
    [[nodiscard]] TileRead drive_rows(std::span<const double> level);
    void add_noise(std::uint64_t event);

    const ArrayDescription& description_;
    WireParams wires_;  ///< at the array's temperature
    std::uint32_t first_axon_;
    std::uint32_t axons_;
    std::uint32_t first_neuron_;
    std::uint32_t neurons_;
    TileStreams streams_;
    double unit_;  ///< A of a column value of 1
    std::vector<RowUse> rows_;
    std::vector<SensedColumn> sensed_;
    std::vector<ArrayReader> readers_;
    std::optional<PulsedCells> pulsed_;  ///< when it learns; cells of array after array
    std::vector<float> variance_;        ///< of a read of each cell, S^2; rows x columns over all arrays; empty without noise
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
