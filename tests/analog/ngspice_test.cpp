// SPDX-License-Identifier: Apache-2.0
// The crossbar's mesh against the circuit simulator ngspice, run live on netlists of up to 32 x 32 cells.
#include "base/random.hpp"
#include "models/crossbar/mesh.hpp"

#include <fmt/format.h>
#include <fmt/os.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace spikefab {
namespace {

struct Circuit {
    std::size_t rows, columns;
    WireParams wires;
    std::vector<double> cells, volts;
    std::vector<RowState> states;
    double v0 = 0.0;  ///< of sinh cells; 0 for ohmic ones
};

[[nodiscard]] Circuit random_circuit(std::size_t rows, std::size_t columns, std::uint64_t seed) {
    Rng rng{seed, "ngspice"};
    Circuit circuit{.rows = rows, .columns = columns, .wires = {}, .cells = {}, .volts = {}, .states = {}};
    circuit.wires.word_line = Resistance::from_si(0.5 + 5.0 * rng.uniform());
    circuit.wires.bit_line = Resistance::from_si(0.5 + 5.0 * rng.uniform());
    circuit.wires.driver = Resistance::from_si(100.0 * rng.uniform());
    circuit.wires.sense = Resistance::from_si(100.0 * rng.uniform());
    for (std::size_t k = 0; k < rows * columns; ++k) circuit.cells.push_back(1e-6 + 2e-4 * rng.uniform());
    for (std::size_t i = 0; i < rows; ++i) circuit.volts.push_back(0.3 * rng.uniform() - 0.1);
    circuit.states.assign(rows, RowState::driven);
    for (std::size_t i = 1; i < rows; ++i)
        if (rng.uniform() < 0.3) circuit.states[i] = RowState::floating;
    return circuit;
}

/// Cells over five decades with opens and shorts among them, wires over six.
[[nodiscard]] Circuit hard_circuit(std::size_t rows, std::size_t columns, std::uint64_t seed) {
    Rng rng{seed, "ngspice.hard"};
    const auto decades = [&](double low, double high) { return std::pow(10.0, low + (high - low) * rng.uniform()); };
    Circuit circuit = random_circuit(rows, columns, seed);
    circuit.states.assign(rows, RowState::driven);
    circuit.wires.word_line = Resistance::from_si(decades(-3.0, 3.0));
    circuit.wires.bit_line = Resistance::from_si(decades(-3.0, 3.0));
    for (double& cell : circuit.cells) {
        const double kind = rng.uniform();
        cell = kind < 0.1 ? 0.0 : kind < 0.15 ? 10.0 : decades(-8.0, -3.0);
    }
    return circuit;
}

[[nodiscard]] std::string cell_card(const Circuit& circuit, std::size_t i, std::size_t j) {
    const double g = circuit.cells[i * circuit.columns + j];
    if (g == 0.0) return "";
    if (circuit.v0 == 0.0) return fmt::format("Rc{0}_{1} w{0}_{1} b{0}_{1} {2:.17g}\n", i, j, 1.0 / g);
    return fmt::format("Bc{0}_{1} w{0}_{1} b{0}_{1} I={2:.17g}*sinh(V(w{0}_{1},b{0}_{1})/{3:.17g})\n", i, j, g * circuit.v0,
                       circuit.v0);
}

void write_netlist(const Circuit& circuit, const std::filesystem::path& path) {
    auto out = fmt::output_file(path.string());
    out.print("* crossbar\n.options reltol=1e-12 abstol=1e-18 vntol=1e-15 gmin=1e-18 gminsteps=0\n");
    const double word = circuit.wires.word_line.si();
    const double bit = circuit.wires.bit_line.si();
    for (std::size_t i = 0; i < circuit.rows; ++i) {
        if (circuit.states[i] == RowState::driven)
            out.print("V{0} s{0} 0 {1:.17g}\nRd{0} s{0} w{0}_0 {2:.17g}\n", i, circuit.volts[i],
                      word + circuit.wires.driver.si());
        for (std::size_t j = 0; j < circuit.columns; ++j) {
            out.print("{}", cell_card(circuit, i, j));
            if (j > 0) out.print("Rw{0}_{1} w{0}_{2} w{0}_{1} {3:.17g}\n", i, j, j - 1, word);
            if (i > 0) out.print("Rb{0}_{1} b{2}_{1} b{0}_{1} {3:.17g}\n", i, j, i - 1, bit);
        }
    }
    for (std::size_t j = 0; j < circuit.columns; ++j)
        out.print("Rs{0} b{1}_{0} g{0} {2:.17g}\nVs{0} g{0} 0 0\n", j, circuit.rows - 1, bit + circuit.wires.sense.si());
    out.print(".control\nset numdgt=16\nop\n");
    for (std::size_t j = 0; j < circuit.columns; ++j) out.print("print i(vs{})\n", j);
    out.print(".endc\n.end\n");
}

/// Column currents as ngspice finds them.
[[nodiscard]] std::vector<double> run_ngspice(const Circuit& circuit) {
    const auto folder =
        std::filesystem::path{::testing::TempDir()} / fmt::format("spikefab_ngspice_{}_{}", circuit.rows, circuit.v0);
    std::filesystem::create_directories(folder);
    write_netlist(circuit, folder / "crossbar.cir");
    const std::string command = fmt::format("ngspice -b {0}/crossbar.cir > {0}/out.txt 2> {0}/errors.txt", folder.string());
    // Batch mode exits with 1 when the netlist has no analysis card beside its control block; the count of printed
    // currents tells whether it worked.
    [[maybe_unused]] const int status = std::system(command.c_str());
    std::vector<double> current;
    std::ifstream file{folder / "out.txt"};
    for (std::string line; std::getline(file, line);)
        if (line.rfind("i(vs", 0) == 0) current.push_back(std::strtod(line.substr(line.find('=') + 1).c_str(), nullptr));
    std::filesystem::remove_all(folder);
    return current;
}

void expect_agreement(const Circuit& circuit, double tolerance) {
    Mesh mesh{{circuit.rows, circuit.columns}, circuit.wires};
    mesh.connect(circuit.states, std::vector<ColumnState>(circuit.columns, ColumnState::sensed));
    mesh.program(circuit.cells);
    mesh.solve(circuit.volts, *ModelChoice<CellLaw>{circuit.v0 == 0.0 ? "linear" : "sinh"}, 1e-13);
    const std::vector<double> spice = run_ngspice(circuit);
    const std::vector<double> ours = mesh.column_current();
    ASSERT_EQ(spice.size(), ours.size());
    double scale = 0.0;
    for (const double current : spice) scale = std::max(scale, std::abs(current));
    for (std::size_t j = 0; j < ours.size(); ++j) EXPECT_NEAR(ours[j], spice[j], tolerance * scale) << "column " << j;
}

class NgSpice : public ::testing::Test {
protected:
    void SetUp() override {
        if (std::system("command -v ngspice > /dev/null 2>&1") != 0) GTEST_SKIP() << "ngspice is not installed";
    }
};

TEST_F(NgSpice, agrees_on_random_ohmic_crossbars_with_floating_rows) {
    expect_agreement(random_circuit(3, 5, 1), 1e-10);
    expect_agreement(random_circuit(16, 9, 2), 1e-10);
}

TEST_F(NgSpice, agrees_on_a_32_x_32_crossbar) {
    Circuit circuit = random_circuit(32, 32, 3);
    circuit.states.assign(32, RowState::driven);
    expect_agreement(circuit, 1e-10);
}

TEST_F(NgSpice, agrees_on_opens_shorts_and_conductances_over_five_decades) {
    const std::array shapes{std::pair{3, 17}, std::pair{17, 3}, std::pair{1, 9}, std::pair{9, 1}, std::pair{12, 12}};
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        SCOPED_TRACE(seed);
        const auto [rows, columns] = shapes.at(seed % shapes.size());
        const Circuit circuit = hard_circuit(static_cast<std::size_t>(rows), static_cast<std::size_t>(columns), seed);
        // ngspice works with absolute potentials in double precision: ten digits of conductances are lost to it.
        expect_agreement(circuit, 1e-7);
    }
}

TEST_F(NgSpice, agrees_on_tunnelling_cells) {
    Circuit circuit = random_circuit(8, 8, 4);
    circuit.v0 = 0.25;
    for (double& volts : circuit.volts) volts *= 4.0;
    expect_agreement(circuit, 1e-9);
}

}  // namespace
}  // namespace spikefab
