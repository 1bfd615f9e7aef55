// SPDX-License-Identifier: Apache-2.0
// A delayed neuron is a column of its own, so that products of matrices need not know of delays.
#include "network/nir_signal.hpp"

#include <algorithm>
#include <utility>

namespace spikefab {
namespace {

using Matrix = SparseMatrix<double>;

/// One entry of a row, with what its column stands for.
struct Entry {
    DelayedNeuron column;
    double weight;
};

/// The matrix and its columns in full.
void write_out(SignalTerm& term, std::size_t size) {
    if (!term.matrix) term.matrix = identity_matrix(size);
    if (!term.columns.empty()) return;
    for (std::uint32_t neuron = 0; neuron < term.matrix->columns; ++neuron) term.columns.push_back({.neuron = neuron});
}

/// A term of these rows; entries of one row and column are added, what adds up to 0 is dropped.
[[nodiscard]] SignalTerm term_of(std::vector<std::vector<Entry>> rows, std::uint32_t neurons) {
    SignalTerm term{.neurons = neurons};
    for (const auto& row : rows)
        for (const Entry& entry : row) term.columns.push_back(entry.column);
    std::sort(term.columns.begin(), term.columns.end());
    term.columns.erase(std::unique(term.columns.begin(), term.columns.end()), term.columns.end());
    Matrix& matrix = term.matrix.emplace();
    matrix.rows = static_cast<std::uint32_t>(rows.size());
    matrix.columns = static_cast<std::uint32_t>(term.columns.size());
    for (auto& row : rows) {
        std::stable_sort(row.begin(), row.end(), [](const Entry& a, const Entry& b) { return a.column < b.column; });
        for (std::size_t i = 0; i < row.size();) {
            double weight = 0.0;
            const std::size_t first = i;
            for (; i < row.size() && row[i].column == row[first].column; ++i) weight += row[i].weight;
            if (weight == 0.0) continue;
            const auto column = std::lower_bound(term.columns.begin(), term.columns.end(), row[first].column);
            matrix.sources.push_back(static_cast<std::uint32_t>(column - term.columns.begin()));
            matrix.values.push_back(weight);
        }
        matrix.offsets.push_back(matrix.entries());
    }
    return term;
}

[[nodiscard]] std::vector<std::vector<Entry>> rows_of(const SignalTerm& term) {
    std::vector<std::vector<Entry>> rows(term.matrix->rows);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto sources = term.matrix->sources_of(row);
        const auto weights = term.matrix->values_of(row);
        for (std::size_t i = 0; i < sources.size(); ++i) rows[row].push_back({term.columns[sources[i]], weights[i]});
    }
    return rows;
}

[[nodiscard]] SignalTerm sum_of(SignalTerm left, SignalTerm right, std::size_t size) {
    if (left.columns.empty() && right.columns.empty()) {
        if (!left.matrix) left.matrix = identity_matrix(size);
        if (!right.matrix) right.matrix = identity_matrix(size);
        return {.neurons = left.neurons, .matrix = sum(*left.matrix, *right.matrix)};
    }
    write_out(left, size);
    write_out(right, size);
    auto rows = rows_of(left);
    const auto more = rows_of(right);
    for (std::size_t row = 0; row < rows.size(); ++row) rows[row].insert(rows[row].end(), more[row].begin(), more[row].end());
    return term_of(std::move(rows), left.neurons);
}

/// Entries of each row that are the first, second, ... of their neuron.
void add_projection(const SignalTerm& term, std::size_t number, std::vector<Projection>& projections) {
    Projection projection;
    projection.weights.rows = term.matrix->rows;
    projection.weights.columns = term.neurons;
    for (std::size_t row = 0; row < term.matrix->rows; ++row) {
        const auto columns = term.matrix->sources_of(row);
        const auto weights = term.matrix->values_of(row);
        std::size_t nth = 0;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const DelayedNeuron& source = term.columns[columns[i]];
            nth = i > 0 && term.columns[columns[i - 1]].neuron == source.neuron ? nth + 1 : 0;
            if (nth != number) continue;
            projection.weights.sources.push_back(source.neuron);
            projection.weights.values.push_back(weights[i]);
            projection.delays.push_back(source.delay);
        }
        projection.weights.offsets.push_back(projection.weights.entries());
    }
    projections.push_back(std::move(projection));
}

/// How many delays a synapse has at most.
[[nodiscard]] std::size_t most_delays(const SignalTerm& term) {
    std::size_t most = 1;
    for (std::size_t row = 0; row < term.matrix->rows; ++row) {
        const auto columns = term.matrix->sources_of(row);
        std::size_t nth = 1;
        for (std::size_t i = 1; i < columns.size(); ++i) {
            nth = term.columns[columns[i - 1]].neuron == term.columns[columns[i]].neuron ? nth + 1 : 1;
            most = std::max(most, nth);
        }
    }
    return most;
}

}  // namespace

void add(Signal& into, Signal other) {
    const std::size_t size = elements(into.shape);
    for (auto& [population, term] : other.terms) {
        const auto [place, is_new] = into.terms.try_emplace(population, std::move(term));
        if (!is_new) place->second = sum_of(std::move(place->second), std::move(term), size);
    }
    if (into.bias.empty()) into.bias.resize(other.bias.size(), 0.0);
    for (std::size_t i = 0; i < other.bias.size(); ++i) into.bias[i] += other.bias[i];
    for (std::string& name : other.nodes)
        if (std::find(into.nodes.begin(), into.nodes.end(), name) == into.nodes.end()) into.nodes.push_back(std::move(name));
}

void postpone(Signal& signal, const PerNeuron& seconds) {
    for (auto& [population, term] : signal.terms) {
        write_out(term, elements(signal.shape));
        auto rows = rows_of(term);
        for (std::size_t row = 0; row < rows.size(); ++row)
            for (Entry& entry : rows[row]) entry.column.delay += seconds[row];
        term = term_of(std::move(rows), term.neurons);
    }
}

std::vector<Projection> projections_of(Signal signal) {
    std::vector<Projection> projections;
    for (auto& [population, term] : signal.terms) {
        const std::size_t first = projections.size();
        if (term.columns.empty()) {
            projections.emplace_back().weights =
                term.matrix ? std::move(*term.matrix) : identity_matrix(elements(signal.shape));
        } else {
            const std::size_t count = most_delays(term);
            for (std::size_t number = 0; number < count; ++number) add_projection(term, number, projections);
        }
        for (std::size_t i = first; i < projections.size(); ++i) projections[i].source = population;
    }
    return projections;
}

}  // namespace spikefab
