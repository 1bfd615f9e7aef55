// SPDX-License-Identifier: Apache-2.0
// The crossbar's mesh against a direct solver, the laws of circuits, and bad input.
#include "models/crossbar/mesh.hpp"

#include "analog/golden.hpp"
#include "analog/nodal_oracle.hpp"
#include "base/error.hpp"
#include "models/crossbar/effective_matrix.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace spikefab {
namespace {

using test::hashed;
using test::NodalOracle;
using test::OracleCase;

[[nodiscard]] const CellLaw& linear() {
    static const auto law = Registry<CellLaw>::instance().make("linear");
    return *law;
}

[[nodiscard]] WireParams wires(double word, double bit, double driver = 0.0, double sense = 0.0) {
    return {.word_line = Resistance::from_si(word),
            .bit_line = Resistance::from_si(bit),
            .driver = Resistance::from_si(driver),
            .sense = Resistance::from_si(sense)};
}

[[nodiscard]] std::vector<double> hashed_cells(std::size_t rows, std::size_t columns, std::uint64_t seed, double low,
                                               double high) {
    std::vector<double> cells(rows * columns);
    for (std::size_t k = 0; k < cells.size(); ++k) cells[k] = low + (high - low) * hashed(seed, k / columns, k % columns);
    return cells;
}

[[nodiscard]] std::vector<double> hashed_volts(std::size_t rows, std::uint64_t seed, double top) {
    std::vector<double> volts(rows);
    for (std::size_t i = 0; i < rows; ++i) volts[i] = top * hashed(seed, i, 0xFFFFF);
    return volts;
}

[[nodiscard]] double largest(const std::vector<double>& values) {
    double top = 0.0;
    for (const double value : values) top = std::max(top, std::abs(value));
    return top;
}

void expect_close(const std::vector<double>& actual, const std::vector<double>& expected, double tolerance) {
    ASSERT_EQ(actual.size(), expected.size());
    const double scale = largest(expected);
    for (std::size_t k = 0; k < actual.size(); ++k) EXPECT_NEAR(actual[k], expected[k], tolerance * scale) << "at " << k;
}

/// A random circuit: sizes, resistances over six decades, empty cells, floating lines.
[[nodiscard]] OracleCase random_circuit(std::uint64_t seed) {
    const auto draw = [&](std::uint64_t i) { return hashed(1000 + seed, i, 0); };
    OracleCase circuit;
    circuit.rows = 5 + static_cast<std::size_t>(16.0 * draw(0));
    circuit.columns = 5 + static_cast<std::size_t>(16.0 * draw(1));
    circuit.wires =
        wires(std::pow(10.0, 3.0 * draw(2) - 2.0), std::pow(10.0, 3.0 * draw(3) - 2.0), 100.0 * draw(4), 100.0 * draw(5));
    circuit.conductance = hashed_cells(circuit.rows, circuit.columns, seed, 0.0, std::pow(10.0, -6.0 + 4.0 * draw(6)));
    for (std::size_t k = 0; k < circuit.conductance.size(); ++k)
        if (hashed(seed, 77, k) < 0.1) circuit.conductance[k] = 0.0;
    circuit.volts = hashed_volts(circuit.rows, seed, 0.5);
    for (double& v : circuit.volts) v -= 0.2;
    circuit.row_floats.assign(circuit.rows, false);
    circuit.column_floats.assign(circuit.columns, false);
    for (std::size_t i = 1; i < circuit.rows; ++i) circuit.row_floats[i] = hashed(seed, 78, i) < 0.2;
    for (std::size_t j = 1; j < circuit.columns; ++j) circuit.column_floats[j] = hashed(seed, 79, j) < 0.2;
    return circuit;
}

[[nodiscard]] Mesh mesh_of(const OracleCase& circuit) {
    Mesh mesh{{circuit.rows, circuit.columns}, circuit.wires};
    std::vector<RowState> rows(circuit.rows, RowState::driven);
    std::vector<ColumnState> columns(circuit.columns, ColumnState::sensed);
    for (std::size_t i = 0; i < circuit.row_floats.size(); ++i)
        if (circuit.row_floats[i]) rows[i] = RowState::floating;
    for (std::size_t j = 0; j < circuit.column_floats.size(); ++j)
        if (circuit.column_floats[j]) columns[j] = ColumnState::floating;
    mesh.connect(rows, columns);
    mesh.program(circuit.conductance);
    return mesh;
}

TEST(Mesh, agrees_with_a_direct_solver_on_random_circuits) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        SCOPED_TRACE(seed);
        const OracleCase circuit = random_circuit(seed);
        NodalOracle oracle{circuit};
        oracle.factor();
        Mesh mesh = mesh_of(circuit);
        mesh.solve(circuit.volts, linear(), 1e-13);
        expect_close(mesh.column_current(), oracle.column_current(), 1e-8);
    }
}

TEST(Mesh, approximates_about_as_closely_as_the_tolerance_asks) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const OracleCase circuit = random_circuit(seed);
        NodalOracle oracle{circuit};
        oracle.factor();
        for (const double tolerance : {1e-3, 1e-6}) {
            SCOPED_TRACE(seed);
            Mesh mesh = mesh_of(circuit);
            mesh.solve(circuit.volts, linear(), tolerance);
            expect_close(mesh.column_current(), oracle.column_current(), 5.0 * tolerance);  // it bounds the residual
        }
    }
}

TEST(Mesh, is_right_when_99_percent_of_the_current_is_lost) {
    OracleCase circuit{.rows = 64, .columns = 64, .wires = wires(250.0, 250.0)};
    circuit.conductance = hashed_cells(64, 64, 3, 1e-6, 1e-3);
    circuit.volts = hashed_volts(64, 3, 0.2);
    Mesh mesh = mesh_of(circuit);
    const Convergence reached = mesh.solve(circuit.volts, linear(), 1e-12);
    const std::vector<double> current = mesh.column_current();
    double ideal = 0.0;
    for (std::size_t k = 0; k < circuit.conductance.size(); ++k) ideal += circuit.conductance[k] * circuit.volts[k / 64];
    EXPECT_LT(std::accumulate(current.begin(), current.end(), 0.0), 0.01 * ideal);
    EXPECT_LT(reached.iterations, 60);
    NodalOracle oracle{circuit};
    oracle.factor();
    expect_close(current, oracle.column_current(), 1e-9);
}

TEST(Mesh, tends_to_the_ideal_product_as_its_wires_shrink) {
    const std::size_t rows = 12;
    const std::size_t columns = 7;
    const std::vector<double> cells = hashed_cells(rows, columns, 5, 1e-6, 1e-4);
    const std::vector<double> volts = hashed_volts(rows, 5, 0.2);
    std::vector<double> ideal(columns, 0.0);
    for (std::size_t k = 0; k < cells.size(); ++k) ideal[k % columns] += cells[k] * volts[k / columns];
    for (const double resistance : {1e-2, 1e-4, 1e-8, 0.0}) {
        SCOPED_TRACE(resistance);
        Mesh mesh{{rows, columns}, wires(resistance, resistance)};
        mesh.program(cells);
        mesh.solve(volts, linear(), 1e-13);
        expect_close(mesh.column_current(), ideal, std::max(1e-14, 0.1 * resistance));
    }
}

TEST(Mesh, with_lines_of_no_resistance_behind_drivers_and_sense_circuits_is_the_limit_of_thin_lines) {
    for (const auto& [word, bit] : {std::pair{0.0, 1.0}, std::pair{1.0, 0.0}, std::pair{0.0, 0.0}}) {
        const std::vector<double> cells = hashed_cells(9, 6, 8, 1e-6, 1e-3);
        const std::vector<double> volts = hashed_volts(9, 8, 0.2);
        const std::vector<RowState> rows(9, RowState::driven);
        std::vector<ColumnState> columns(6, ColumnState::sensed);
        columns[2] = ColumnState::floating;
        Mesh exact{{9, 6}, wires(word, bit, 50.0, 20.0)};
        Mesh limit{{9, 6}, wires(std::max(word, 1e-7), std::max(bit, 1e-7), 50.0, 20.0)};
        for (Mesh* mesh : {&exact, &limit}) {
            mesh->connect(rows, columns);
            mesh->program(cells);
            mesh->solve(volts, linear(), 1e-13);
        }
        expect_close(exact.column_current(), limit.column_current(), 1e-8);
        EXPECT_NEAR(exact.power().supplied, exact.power().dissipated(), 1e-10 * exact.power().supplied);
    }
}

class MeshLaws : public ::testing::TestWithParam<const char*> {};

TEST_P(MeshLaws, conserve_current_and_power) {
    const ModelChoice<CellLaw> law{GetParam()};
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        SCOPED_TRACE(seed);
        OracleCase circuit = random_circuit(seed);
        for (double& g : circuit.conductance) g = 50e-6 + 1e-2 * g;  // inside the range of every law
        Mesh mesh = mesh_of(circuit);
        mesh.solve(circuit.volts, *law, 1e-12);
        const std::vector<double> rows = mesh.row_current();
        const std::vector<double> columns = mesh.column_current();
        const double scale = largest(rows);
        EXPECT_NEAR(std::accumulate(rows.begin(), rows.end(), 0.0), std::accumulate(columns.begin(), columns.end(), 0.0),
                    1e-10 * scale);
        const MeshPower power = mesh.power();
        EXPECT_NEAR(power.supplied, power.dissipated(), 1e-9 * power.dissipated());
        EXPECT_GT(power.wires(), 0.0);
    }
}
INSTANTIATE_TEST_SUITE_P(Cells, MeshLaws, ::testing::Values("linear", "sinh", "rram_milo"));

TEST(Mesh, superposes_linear_reads) {
    OracleCase circuit = random_circuit(4);
    Mesh mesh = mesh_of(circuit);
    std::vector<double> other = hashed_volts(circuit.rows, 99, 0.3);
    std::vector<double> both(circuit.rows);
    for (std::size_t i = 0; i < both.size(); ++i) both[i] = 2.0 * circuit.volts[i] - 3.0 * other[i];
    mesh.solve(circuit.volts, linear(), 1e-13);
    std::vector<double> expected = mesh.column_current();
    mesh.solve(other, linear(), 1e-13);
    const std::vector<double> second = mesh.column_current();
    for (std::size_t j = 0; j < expected.size(); ++j) expected[j] = 2.0 * expected[j] - 3.0 * second[j];
    mesh.solve(both, linear(), 1e-13);
    expect_close(mesh.column_current(), expected, 1e-11);
}

TEST(Mesh, is_reciprocal) {
    // Driving row i and sensing column j gives what driving column j and sensing row i of the same array gives.
    const std::size_t rows = 7;
    const std::size_t columns = 5;
    const std::vector<double> cells = hashed_cells(rows, columns, 11, 0.0, 1e-3);
    Mesh forward{{rows, columns}, wires(3.0, 7.0, 11.0, 13.0)};
    forward.program(cells);
    // The same array seen from its columns: transposed, and each line's end where the other family's is.
    std::vector<double> turned(cells.size());
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j) turned[j * rows + (rows - 1 - i)] = cells[i * columns + (columns - 1 - j)];
    Mesh backward{{columns, rows}, wires(7.0, 3.0, 13.0, 11.0)};
    backward.program(turned);
    const EffectiveMatrix there{forward, 1e-13};
    const EffectiveMatrix back{backward, 1e-13};
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j)
            EXPECT_NEAR(there.conductance()[i * columns + j], back.conductance()[(columns - 1 - j) * rows + (rows - 1 - i)],
                        1e-15);
}

TEST(Mesh, lets_a_gated_row_carry_no_current_and_a_grounded_row_sink_some) {
    const std::vector<double> cells = hashed_cells(4, 4, 2, 1e-4, 1e-3);
    const std::vector<double> volts{0.2, 0.0, 0.2, 0.0};
    Mesh mesh{{4, 4}, wires(5.0, 5.0)};
    mesh.program(cells);
    mesh.solve(volts, linear(), 1e-13);
    EXPECT_LT(mesh.row_current()[1], 0.0);
    const std::vector<ColumnState> sensed(4, ColumnState::sensed);
    mesh.connect(std::vector{RowState::driven, RowState::gated, RowState::driven, RowState::gated}, sensed);
    mesh.solve(volts, linear(), 1e-13);
    EXPECT_EQ(mesh.row_current()[1], 0.0);
    const std::vector<double> with_gates = mesh.column_current();
    std::vector<double> without = cells;
    std::fill_n(&without[4], 4, 0.0);
    std::fill_n(&without[12], 4, 0.0);
    mesh.connect(std::vector<RowState>(4, RowState::driven), sensed);
    mesh.program(without);
    mesh.solve(volts, linear(), 1e-13);
    expect_close(mesh.column_current(), with_gates, 1e-14);
}

TEST(Mesh, gives_islands_that_nothing_drives_no_current_and_no_nan) {
    Mesh mesh{{3, 3}, wires(1.0, 1.0)};
    mesh.program(std::vector<double>{1e-4, 0.0, 0.0, 0.0, 1e-4, 0.0, 0.0, 0.0, 0.0});
    mesh.connect(std::vector{RowState::driven, RowState::floating, RowState::floating},
                 std::vector{ColumnState::sensed, ColumnState::floating, ColumnState::floating});
    mesh.solve(std::vector{0.2, 0.2, 0.2}, linear(), 1e-13);
    EXPECT_NEAR(mesh.column_current()[0], 0.2 / (1e4 + 1.0 + 3.0), 1e-15);  // one word-line, three bit-line segments
    EXPECT_EQ(mesh.column_current()[1], 0.0);
    for (const double v : mesh.word_voltage()) EXPECT_TRUE(std::isfinite(v));
}

TEST(Mesh, finds_the_potential_of_a_floating_line_behind_almost_open_cells) {
    // A floating column between two drivers through 1e-15 S cells sits at their conductance-weighted mean.
    Mesh mesh{{2, 1}, wires(1.0, 1.0)};
    mesh.program(std::vector<double>{1e-15, 3e-15});
    mesh.connect(std::vector<RowState>(2, RowState::driven), std::vector{ColumnState::floating});
    mesh.solve(std::vector{1.0, 0.0}, linear(), 1e-13);
    EXPECT_NEAR(mesh.bit_voltage()[0], 0.25, 1e-12);
}

TEST(Mesh, of_zero_conductance_or_of_a_single_short_is_right) {
    Mesh empty{{8, 8}, wires(1.0, 1.0)};
    empty.solve(std::vector<double>(8, 0.2), linear(), 1e-12);
    EXPECT_THAT(empty.column_current(), ::testing::Each(0.0));
    Mesh shorted{{1, 1}, wires(2.0, 3.0)};
    shorted.program(std::vector<double>{1e6});
    shorted.solve(std::vector{1.0}, linear(), 1e-12);
    EXPECT_NEAR(shorted.column_current()[0], 1.0 / 5.000001, 1e-9);
}

TEST(Mesh, converges_for_strongly_nonlinear_cells) {
    // 3 V on cells with v0 = 0.25 V: the ideal current is e^12 / 24 times the ohmic one, so the wires decide.
    const ModelChoice<CellLaw> law{"sinh"};
    Mesh mesh{{16, 16}, wires(10.0, 10.0)};
    mesh.program(hashed_cells(16, 16, 6, 1e-6, 1e-4));
    const Convergence reached = mesh.solve(std::vector<double>(16, 3.0), *law, 1e-12);
    EXPECT_LE(reached.residual, 1e-10);
    EXPECT_NEAR(mesh.power().supplied, mesh.power().dissipated(), 1e-9 * mesh.power().supplied);
}

TEST(Mesh, of_interleaved_pairs_subtracts_on_the_bit_line) {
    // Equal cells driven by +V and -V from the same node cancel exactly; without wires the pair subtracts.
    const std::size_t pairs = 6;
    const std::vector<double> cells = hashed_cells(2 * pairs, 3, 21, 1e-5, 1e-4);
    std::vector<double> volts(2 * pairs);
    for (std::size_t i = 0; i < pairs; ++i) {
        volts[2 * i] = 0.1 + 0.01 * static_cast<double>(i);
        volts[2 * i + 1] = -volts[2 * i];
    }
    Mesh ideal{{2 * pairs, 3, 2}, wires(0.0, 0.0)};
    ideal.program(cells);
    ideal.solve(volts, linear(), 1e-13);
    std::vector<double> expected(3, 0.0);
    for (std::size_t k = 0; k < cells.size(); ++k) expected[k % 3] += cells[k] * volts[k / 3];
    expect_close(ideal.column_current(), expected, 1e-13);
    Mesh equal{{2 * pairs, 3, 2}, wires(20.0, 10.0)};
    equal.program(std::vector<double>(6 * pairs, 1e-4));
    equal.solve(volts, linear(), 1e-13);
    for (const double current : equal.column_current()) EXPECT_NEAR(current, 0.0, 1e-18);
    EXPECT_NEAR(equal.power().supplied, equal.power().dissipated(), 1e-10 * equal.power().supplied);
}

TEST(EffectiveMatrix, multiplies_to_what_the_mesh_solves_with_its_power_and_wire_losses) {
    OracleCase circuit = random_circuit(4);
    Mesh mesh = mesh_of(circuit);
    const EffectiveMatrix matrix{mesh, 1e-13};
    mesh.solve(circuit.volts, linear(), 1e-13);
    std::vector<double> current(circuit.columns);
    matrix.column_current(circuit.volts, current);
    expect_close(current, mesh.column_current(), 1e-11);
    const MeshPower power = mesh.power();
    EXPECT_NEAR(matrix.supplied_power(circuit.volts), power.supplied, 1e-10 * power.supplied);
    const double lost = power.dissipated() - power.cells;
    EXPECT_NEAR(matrix.wire_power(circuit.volts), lost, 1e-4 * lost);
}

TEST(Mesh, names_the_cell_or_row_that_is_wrong) {
    Mesh mesh{{2, 3}, wires(1.0, 1.0)};
    const auto message = [&](double value) {
        std::vector<double> cells(6, 1e-5);
        cells[5] = value;
        try {
            mesh.program(cells);
        } catch (const InputError& error) {
            return std::string{error.what()};
        }
        return std::string{"nothing thrown"};
    };
    EXPECT_THAT(message(std::numeric_limits<double>::quiet_NaN()), ::testing::HasSubstr("cell (1, 2) is nan"));
    EXPECT_THAT(message(-1e-6), ::testing::HasSubstr("cell (1, 2) is -1e-06"));
    EXPECT_THAT(message(std::numeric_limits<double>::infinity()), ::testing::HasSubstr("cell (1, 2) is inf"));
    EXPECT_THROW(mesh.solve(std::vector{0.1, std::nan("")}, linear(), 1e-9), InputError);
    EXPECT_THROW((Mesh{{0, 3}, wires(1.0, 1.0)}), InputError);
    EXPECT_THROW((Mesh{{2, 3}, wires(-1.0, 1.0)}), InputError);
    EXPECT_THROW((Mesh{{2, 3}, wires(1.0, std::nan(""))}), InputError);
    Mesh hot{{1, 1}, wires(1.0, 1.0)};
    hot.program(std::vector<double>{1e-4});
    EXPECT_THROW(hot.solve(std::vector{1e4}, *ModelChoice<CellLaw>{"sinh"}, 1e-9), InputError);
}

}  // namespace
}  // namespace spikefab
