// SPDX-License-Identifier: Apache-2.0
// Direct solution of the resistor chains of a crossbar: one sweep there and back per word line or bit line.
//
// A line with conductance g between neighbouring nodes, shunt d[k] at node k and a conductor from its last node
// to its source is the tridiagonal M-matrix T + diag(d). Elimination runs from the far end to the source and
// carries the conductance to ground e seen so far, e' = d + e g / (e + g), so that nothing is subtracted and
// every digit holds for cells of any size, zero included (the idea of Grassmann, Taksar and Heyman,
// Operations Research 33(5), 1985, 10.1287/opre.33.5.1107).
//
// Potentials are relative to the line's source. Fields are row-major, rows x columns, in S, A and V.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace spikefab {

/// Resistances of one family of parallel lines, in ohm.
struct LineWires {
    double segment = 0.0;  ///< between neighbouring cells, and once more between the last cell and the end
    double end = 0.0;      ///< of the circuit at the end
};

enum class LineEnd : std::uint8_t {
    connected,  ///< to its source, through the end resistance
    open,       ///< floating
    held,       ///< at its source's potential whatever happens (an island that nothing drives)
};

/// A family of lines in siemens. Without segment resistance a line is a single node.
struct LineConductors {
    LineConductors(std::size_t lines, LineWires wires);
    void connect(std::span<const LineEnd> ends);

    bool chain;
    double segment;                ///< between nodes of a chain; 0 for single nodes
    double connected_end;          ///< of a connected line; infinite without any resistance
    std::vector<double> end;       ///< as the pivot needs it: infinite when held
    std::vector<double> end_flow;  ///< as currents need it: 0 when open or held
};

/// Word lines: row i is a chain along the columns whose source is at column 0.
class WordLines final {
public:
    WordLines(std::size_t rows, std::size_t columns, LineWires wires);
    void connect(std::span<const LineEnd> ends) { wires_.connect(ends); }
    void factor(std::span<const double> shunt);
    /// Turns injected currents into potentials, in place, for rows [first, last); `field` holds only those.
    void solve(std::size_t first, std::size_t last, double* field) const;
    /// out -= T potential.
    void subtract_wire_current(std::span<const double> potential, std::span<double> out) const;
    /// Sum over independent nodes of field^2.
    [[nodiscard]] double square_norm(std::span<const double> field) const;

private:
    template <std::size_t lanes>
    void factor_chains(std::size_t row, const double* shunt);
    template <std::size_t lanes>
    void solve_chains(std::size_t row, double* field) const;
    void solve_single_node(std::size_t row, double* field) const;

    std::size_t rows_;
    std::size_t columns_;
    LineConductors wires_;
    std::vector<double> inverse_pivot_;  ///< ohm
};

/// Bit lines: column j is a chain down the rows whose sense circuit is at the last row. All are swept together.
class BitLines final {
public:
    BitLines(std::size_t rows, std::size_t columns, LineWires wires);
    void connect(std::span<const LineEnd> ends) { wires_.connect(ends); }
    void factor(std::span<const double> shunt);
    /// Turns injected currents into potentials, in place: sweep_down for rising rows, then sweep_up for falling
    /// rows. Callers fuse their own work into the two passes.
    void sweep_down(std::size_t row, double* field) const;
    void sweep_up(std::size_t row, double* field) const;
    /// out -= T potential.
    void subtract_wire_current(std::span<const double> potential, std::span<double> out) const;
    /// out[j] += (T potential) at row `row`.
    void add_wire_current(std::size_t row, const double* potential, double* out) const;
    [[nodiscard]] double square_norm(std::span<const double> field) const;

private:
    std::size_t rows_;
    std::size_t columns_;
    LineConductors wires_;
    std::vector<double> inverse_pivot_;
};

}  // namespace spikefab
