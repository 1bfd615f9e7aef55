// SPDX-License-Identifier: Apache-2.0
// From weights to programmed cells, and from driven rows to column values.
#include "core/crossbar_tile.hpp"

#include "base/contract.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "models/device/thermal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace spikefab {
namespace {

/// A short of a microohm; beyond it the mesh loses digits beside wires of an ohm, S.
constexpr double most_conductance = 1e6;

[[nodiscard]] double conductance_span(const ArrayDescription& description) {
    return description.high.si() - description.low.si();
}

}  // namespace

ProgrammingTotals& ProgrammingTotals::operator+=(const ProgrammingTotals& other) {
    cells += other.cells;
    pulses += other.pulses;
    missed += other.missed;
    faulty += other.faulty;
    floating_columns += other.floating_columns;
    energy += other.energy;
    seconds += other.seconds;
    return *this;
}

CrossbarTile::CrossbarTile(const WeightBlock& block, double largest_weight, const ArrayDescription& description,
                           const TileStreams& streams)
    : description_{description},
      wires_{description.wire.at(description.temperature)},
      first_axon_{block.first_axon},
      axons_{block.axons},
      first_neuron_{block.first_neuron},
      neurons_{block.neurons},
      streams_{streams},
      unit_{description.input.read.si() * conductance_span(description)} {
    WeightEncodingParams encoding = description.encoding;
    encoding.largest_weight = largest_weight;
    EncodedWeights encoded =
        encode_weights(block.weights, block.axons, block.neurons, encoding, {description.low.si(), description.high.si()});
    rows_ = encoded.rows;
    volts_.resize(rows_.size());
    offset_ = encoded.offset * largest_weight;
    find_sensed_columns(encoded, block.first_neuron);
    measure_columns(encoded);
    if (block.learns) {
        pulsed_.emplace(description, streams.pulses, streams.first_cell);
        // Whatever a cell conducts now, it may come to g_max.
        root_square_ = std::sqrt(static_cast<double>(axons_)) * description.high.si() / conductance_span(description);
    }
    const ReadOptions options{description.mode, description.tolerance, description.inactive_rows, wires_};
    for (std::size_t a = 0; a < encoded.arrays.size(); ++a) {
        const std::uint32_t number = streams.first_array + static_cast<std::uint32_t>(a);
        program(encoded.arrays[a], number);
        readers_.emplace_back(encoded.arrays[a], options, *description.cell, draw_columns(encoded.arrays[a].columns, number));
    }
    if (std::all_of(variance_.begin(), variance_.end(), [](float variance) { return variance == 0.0F; })) variance_.clear();
    current_.resize(columns_);
}

/// Columns of one neuron that count with the same weight, whatever their sign, are combined before they are sensed.
void CrossbarTile::find_sensed_columns(const EncodedWeights& encoded, std::uint32_t first_neuron) {
    std::vector<std::uint32_t> first_column;
    for (const PhysicalArray& array : encoded.arrays) {
        first_column.push_back(static_cast<std::uint32_t>(columns_));
        columns_ += array.columns;
    }
    for (const ColumnUse& use : encoded.columns) {
        const auto neuron = first_neuron + static_cast<std::uint32_t>(use.output);
        const double factor = std::abs(use.factor) * encoded.largest_weight;
        const auto same = [&](const SensedColumn& sensed) { return sensed.neuron == neuron && sensed.factor == factor; };
        auto found = std::find_if(sensed_.begin(), sensed_.end(), same);
        if (found == sensed_.end()) found = sensed_.insert(sensed_.end(), SensedColumn{neuron, factor, {}});
        found->parts.push_back(
            {first_column[use.array] + static_cast<std::uint32_t>(use.column), use.factor < 0.0 ? -1.0 : 1.0});
        subtracts_ |= use.factor < 0.0 || encoded.arrays[use.array].rows_per_node > 1;
    }
    std::stable_sort(sensed_.begin(), sensed_.end(),
                     [](const SensedColumn& a, const SensedColumn& b) { return a.neuron < b.neuron; });
}

void CrossbarTile::measure_columns(const EncodedWeights& encoded) {
    std::vector<double> level(rows_.size() * columns_);
    std::size_t first = 0;
    for (const PhysicalArray& array : encoded.arrays) {
        for (std::size_t i = 0; i < array.rows; ++i)
            for (std::size_t j = 0; j < array.columns; ++j)
                level[i * columns_ + first + j] = rows_[i].sign * array.conductance[i * array.columns + j];
        first += array.columns;
        const auto width = static_cast<double>(array.columns);
        const auto height = static_cast<double>(array.rows);
        line_delay_ =
            std::max({line_delay_, (wires_.driver.si() + 0.5 * wires_.word_line.si() * width) * width * wires_.segment.si(),
                      (wires_.sense.si() + 0.5 * wires_.bit_line.si() * height) * height * wires_.segment.si()});
    }
    for (const SensedColumn& sensed : sensed_) {
        double square = 0.0;
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            double sum = 0.0;
            for (const SensedColumn::Part& part : sensed.parts) sum += part.sign * level[i * columns_ + part.column];
            square += sum * sum;
        }
        root_square_ = std::max(root_square_, std::sqrt(square) / conductance_span(description_));
    }
}

/// What a cell conducts that conducts `stated` at 300 K.
double CrossbarTile::at_temperature(double stated) const {
    const CellThermal thermal{description_.low.si(), description_.high.si(), description_.activation};
    return thermal.conductance_at(description_.temperature.value(), stated);
}

std::vector<ColumnState> CrossbarTile::draw_columns(std::size_t columns, std::uint32_t number) {
    std::vector<ColumnState> states(columns, ColumnState::sensed);
    constexpr std::uint64_t behind_cells = std::uint64_t{1} << 32U;
    if (description_.faults.floating_columns == 0.0) return states;
    for (std::size_t j = 0; j < columns; ++j) {
        Rng rng{streams_.cells, number, behind_cells + j};
        if (rng.uniform() >= description_.faults.floating_columns) continue;
        states[j] = ColumnState::floating;
        ++programming_.floating_columns;
    }
    return states;
}

void CrossbarTile::program(PhysicalArray& array, std::uint32_t number) {
    const std::size_t before = variance_.size();
    variance_.resize(before + array.conductance.size());
    for (std::size_t k = 0; k < array.conductance.size(); ++k) {
        Rng rng{streams_.cells, number, k};
        double deviation = 0.0;
        const double stated = program_one(array.conductance[k], rng, deviation);
        array.conductance[k] = at_temperature(stated);
        if (!(array.conductance[k] <= most_conductance))
            throw InputError{
                fmt::format("array: a cell of {:.4g} S would conduct {:.3g} S when it is read, at {:.4g} K; expected at "
                            "most {:.0g} S; check temperature, activation and the device's drift",
                            stated, array.conductance[k], description_.temperature.value(), most_conductance)};
        if (stated > 0.0) deviation *= array.conductance[k] / stated;
        variance_[before + k] = static_cast<float>(deviation * deviation);
    }
}

/// The conductance of one cell when the array is in use, at 300 K, and the standard deviation of a read of it.
double CrossbarTile::program_one(double target, Rng& rng, double& read_deviation) {
    ++programming_.cells;
    const Fault fault = draw_fault(description_.faults, rng);
    if (fault != Fault::none) {
        ++programming_.faulty;
        const double stuck = fault == Fault::open         ? 0.0
                             : fault == Fault::stuck_high ? description_.high.si()
                                                          : description_.low.si();
        if (pulsed_) pulsed_->add_stuck(stuck);
        return stuck;
    }
    const ProgramTarget wanted{target, conductance_span(description_)};
    const ConductanceStatistics& statistics = *description_.device;
    const ProgramOutcome outcome =
        description_.memristor
            ? program_cell(**description_.memristor, (*description_.memristor)->initial(), wanted, description_.program, rng)
            : program_cell(statistics, wanted, description_.program, rng);
    if (!std::isfinite(outcome.cell.conductance) || !std::isfinite(outcome.energy))
        throw InputError{
            fmt::format("array.memristor: programming a cell to {:.4g} S takes {:.3g} J and gives {:.3g} S; check the "
                        "device's parameters and array.program",
                        target, outcome.energy, outcome.cell.conductance)};
    programming_.pulses += outcome.pulses;
    programming_.missed += outcome.converged ? 0U : 1U;
    programming_.energy += outcome.energy;
    programming_.seconds += outcome.seconds;
    if (pulsed_) pulsed_->add(outcome.state);
    const double age = description_.drift_time.si();
    const double now = age > 0.0 ? statistics.conductance(outcome.cell, age) : outcome.cell.conductance;
    if (description_.read_noise) read_deviation = statistics.read_sigma(outcome.cell.conductance, now, age);
    return now;
}

template <class Visit>
void CrossbarTile::for_each_cell(std::uint32_t axon, std::uint32_t neuron, Visit visit) const {
    const bool zeros = description_.encoding.scheme == WeightScheme::offset_column;
    const std::size_t rows_each = rows_.size() / axons_;
    const std::size_t first_row = (axon - first_axon_) * rows_each;
    for (const SensedColumn::Part& part : sensed_[neuron - first_neuron_].parts) {  // without slices there is one of a neuron
        WeightCell cell{.array = 0, .row = 0, .column = part.column, .number = 0, .shared = zeros && part.sign < 0.0};
        std::size_t before = 0;  // cells of the arrays before
        for (; cell.column >= readers_[cell.array].columns(); ++cell.array) {
            cell.column -= readers_[cell.array].columns();
            before += readers_[cell.array].rows() * readers_[cell.array].columns();
        }
        for (cell.row = first_row; cell.row < first_row + rows_each; ++cell.row) {
            cell.number = before + cell.row * readers_[cell.array].columns() + cell.column;
            cell.sign = part.sign * rows_[cell.row].sign;
            visit(cell);
        }
    }
}

SynapsePulses CrossbarTile::change(std::uint32_t axon, std::uint32_t neuron, std::int32_t change, SignMode sign,
                                   std::uint64_t step) {
    expects(learns() && change != 0);
    SynapsePulses done;
    const auto count = static_cast<std::uint32_t>(std::abs(change));
    for_each_cell(axon, neuron, [&](const WeightCell& cell) {
        if (cell.shared || sign == (cell.sign > 0.0 ? SignMode::inhibitory : SignMode::excitatory)) return;
        const bool up = (change > 0) == (cell.sign > 0.0);
        const PulsedCell pulsed = pulsed_->pulse(cell.number, up, count, step);
        const double now = at_temperature(pulsed.conductance);
        readers_[cell.array].write(cell.row, cell.column, now);
        if (!variance_.empty()) {
            const double deviation = description_.device->read_sigma(now, now, 0.0);
            variance_[cell.number] = static_cast<float>(deviation * deviation);
        }
        (up ? done.set : done.reset) = count;
        done.cells += count;
        done.energy += pulsed.energy;
    });
    return done;
}

double CrossbarTile::weight(std::uint32_t axon, std::uint32_t neuron) const {
    double sum = -offset_;
    const double unit = sensed_[neuron - first_neuron_].factor / conductance_span(description_);
    for_each_cell(axon, neuron, [&](const WeightCell& cell) {
        sum += unit * cell.sign * readers_[cell.array].conductance(cell.row, cell.column);
    });
    return sum;
}

TileRead CrossbarTile::drive_rows(std::span<const double> level) {
    TileRead result;
    const double read = description_.input.read.si();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const double here = level[first_axon_ + rows_[i].input];
        volts_[i] = rows_[i].sign * here * read;
        if (here == 0.0) continue;
        result.driven_rows += arrays();
        result.level_sum += std::max(0.0, rows_[i].sign) * here;  // a pair of rows counts once
        result.charging += volts_[i] * volts_[i] * static_cast<double>(columns_) * description_.wire.segment.si();
    }
    return result;
}

TileRead CrossbarTile::read(std::span<const double> level, std::uint64_t event, std::span<double> values) {
    expects(values.size() == sensed_.size());
    TileRead result = drive_rows(level);
    if (result.driven_rows == 0) return result;
    std::size_t first = 0;
    for (ArrayReader& reader : readers_) {
        result.power += reader.read(volts_, std::span{current_}.subspan(first, reader.columns()));
        first += reader.columns();
    }
    if (!variance_.empty()) add_noise(event);
    for (std::size_t k = 0; k < sensed_.size(); ++k) {
        double sum = 0.0;
        for (const SensedColumn::Part& part : sensed_[k].parts) sum += part.sign * current_[part.column];
        values[k] = sum / unit_;
    }
    return result;
}

/// One draw per column with the sum of its driven cells' variances.
void CrossbarTile::add_noise(std::uint64_t event) {
    std::size_t first = 0;
    std::size_t cell = 0;
    for (const ArrayReader& reader : readers_) {
        std::vector<double> variance(reader.columns(), 0.0);
        for (std::size_t i = 0; i < reader.rows(); ++i, cell += reader.columns()) {
            if (volts_[i] == 0.0) continue;
            const double squared = volts_[i] * volts_[i];
            for (std::size_t j = 0; j < reader.columns(); ++j)
                variance[j] += squared * static_cast<double>(variance_[cell + j]);
        }
        for (std::size_t j = 0; j < reader.columns(); ++j) {
            if (reader.floats(j)) continue;
            Rng rng{streams_.read_noise, streams_.first_array * 65536U + static_cast<std::uint32_t>(first + j), event};
            current_[first + j] += std::sqrt(variance[j]) * rng.normal();
        }
        first += reader.columns();
    }
}

}  // namespace spikefab
