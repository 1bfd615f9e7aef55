// SPDX-License-Identifier: Apache-2.0
// Everything that a chip did in a run, as tables of numbers: what a recorded vector holds and what a check compares with.
#pragma once

#include "observe/run_observer.hpp"

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace spikefab::verify {

/// Rows of whole numbers under named columns. Times are picoseconds.
class RecordTable final {
public:
    /// `row` is what one row is called.
    RecordTable(std::string_view name, std::string_view row, std::initializer_list<std::string_view> columns)
        : name_{name}, row_name_{row}, columns_{columns} {}

    void add(std::initializer_list<std::int64_t> row) { numbers_.insert(numbers_.end(), row.begin(), row.end()); }

    [[nodiscard]] std::string_view name() const { return name_; }
    [[nodiscard]] std::string_view row_name() const { return row_name_; }
    [[nodiscard]] const std::vector<std::string_view>& columns() const { return columns_; }
    [[nodiscard]] std::size_t rows() const { return numbers_.size() / columns_.size(); }
    [[nodiscard]] std::span<const std::int64_t> row(std::size_t index) const {
        return std::span{numbers_}.subspan(index * columns_.size(), columns_.size());
    }
    [[nodiscard]] std::size_t size() const { return numbers_.size(); }

private:
    std::string_view name_;
    std::string_view row_name_;
    std::vector<std::string_view> columns_;
    std::vector<std::int64_t> numbers_;
};

/// True for columns that hold times.
[[nodiscard]] constexpr bool is_time(std::string_view column) {
    return column == "time" || column == "until" || column == "start" || column == "busy_until" || column == "end";
}

/// One value of every neuron of a core in a step.
template <class Value>
struct CoreValues {
    std::uint64_t step = 0;
    std::uint32_t core = 0;
    std::vector<Value> values;
};

/// Holds the whole run. SimulationError when it grows larger than a vector can be: one is read back whole, at some 20 bytes
/// a number.
class ChipRecord final : public RunObserver, public CycleObserver {
public:
    /// `delays_from_arrival`: packets carry a delay, not the step in which they act.
    explicit ChipRecord(bool delays_from_arrival) : delays_from_arrival_{delays_from_arrival} {}

    [[nodiscard]] CycleObserver* cycles() override { return this; }
    [[nodiscard]] bool wants_resting_cores() const override { return true; }
    void fired(std::uint64_t step, const CoreImage& core, std::span<const Spike> spikes) override;
    void answered(std::uint64_t step, std::uint32_t neuron, std::int32_t payload) override;
    void step_done(const StepEvent& event) override;
    void pass_done(const CoreImage& core, const PassEvent& pass) override;
    void injected(std::uint32_t source, std::uint32_t destination, std::uint64_t data, std::int64_t time) override;
    void hop(std::uint32_t router, std::uint32_t port, std::uint32_t destination, std::uint64_t data,
             std::int64_t time) override;
    void stalled(std::uint32_t router, std::uint32_t port, std::uint32_t destination, std::uint64_t data, std::int64_t first,
                 std::int64_t last) override;
    void delivered(std::uint32_t source, std::uint32_t destination, std::uint64_t data, std::int64_t time) override;

    /// The tables, in the order in which they are written.
    [[nodiscard]] std::vector<const RecordTable*> tables() const {
        return {&spikes_, &answers_, &steps_, &injections_, &hops_, &stalls_, &deliveries_};
    }
    [[nodiscard]] const std::vector<CoreValues<double>>& potentials() const { return potentials_; }
    [[nodiscard]] const std::vector<CoreValues<std::int64_t>>& write_times() const { return write_times_; }
    /// Numbers held so far.
    [[nodiscard]] std::size_t size() const;

private:
    bool delays_from_arrival_;
    std::uint64_t step_ = 1;
    RecordTable spikes_{"spikes", "spike", {"step", "core", "neuron", "value"}};
    RecordTable answers_{"answers", "answer", {"step", "output", "value"}};
    RecordTable steps_{"steps", "step", {"step", "start", "busy_until", "end"}};
    RecordTable injections_{"injections", "injection", {"time", "source", "destination", "axon", "due", "value"}};
    RecordTable hops_{"hops", "hop", {"time", "router", "port", "destination", "axon", "due", "value"}};
    RecordTable stalls_{"stalls", "stall", {"time", "until", "router", "port", "destination", "axon", "due", "value"}};
    RecordTable deliveries_{"deliveries", "delivery", {"time", "source", "destination", "axon", "due", "value"}};
    std::vector<CoreValues<double>> potentials_;
    std::vector<CoreValues<std::int64_t>> write_times_;
    std::size_t core_values_ = 0;
};

}  // namespace spikefab::verify
