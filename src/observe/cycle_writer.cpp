// SPDX-License-Identifier: Apache-2.0
// One group per kind of event, one column per number.
#include "observe/cycle_writer.hpp"

#include "base/contract.hpp"
#include "observe/hdf5_output.hpp"

#include <initializer_list>
#include <string_view>
#include <vector>

namespace spikefab {
namespace {

using hdf5::Checker;
using hdf5::Handle;
using Names = std::initializer_list<std::string_view>;
using Numbers = std::initializer_list<std::int64_t>;

/// Events of one kind: a group with a column per number. A column called NAME_ps is followed by one of cycles, on chips
/// with a clock: `cycle`, or NAME_cycle.
class Table final {
public:
    Table(const Checker& check, const Handle& file, const char* name, Names columns, std::optional<std::int64_t> cycle)
        : check_{check}, group_{hdf5::make_group(check, file.id(), name)}, cycle_{cycle} {
        for (const std::string_view column : columns) {
            add_column(std::string{column});
            timed_.push_back(cycle && column.ends_with("_ps"));
            if (timed_.back())
                add_column(column == "time_ps" ? "cycle" : std::string{column.substr(0, column.size() - 2)} + "cycle");
        }
    }

    /// One number per column that the constructor named.
    void add(Numbers numbers) {
        expects(numbers.size() == timed_.size());
        auto column = columns_.begin();
        auto timed = timed_.begin();
        for (const std::int64_t number : numbers) {
            (column++)->add(check_, number);
            if (*timed++) (column++)->add(check_, number / *cycle_);
        }
    }

    void finish() {
        for (auto& column : columns_) column.write_out(check_);
    }
    [[nodiscard]] const Handle& group() const { return group_; }

private:
    void add_column(const std::string& name) {
        columns_.emplace_back(check_, group_.id(), name.c_str(), hdf5::GrowingDataset::Shape::list);
    }

    const Checker& check_;
    Handle group_;
    std::optional<std::int64_t> cycle_;
    std::vector<bool> timed_;  ///< per column named
    std::vector<hdf5::Column<std::int64_t>> columns_;
};

struct Tables {
    Tables(const Checker& check, const Handle& file, const CycleFile& head)
        : writes{check, file, "writes", {"time_ps", "step", "core", "neuron", "spike"}, head.cycle},
          injections{check, file, "injections", {"time_ps", "source", "destination", "axon", due(head), "value"}, head.cycle},
          hops{check, file, "hops", {"time_ps", "router", "port", "destination", "axon", due(head), "value"}, head.cycle},
          stalls{check,
                 file,
                 "stalls",
                 {"time_ps", "until_ps", "router", "port", "destination", "axon", due(head), "value"},
                 head.cycle},
          deliveries{check, file, "deliveries", {"time_ps", "source", "destination", "axon", due(head), "value"}, head.cycle},
          potentials{check, writes.group().id(), "potential", hdf5::GrowingDataset::Shape::list} {}

    [[nodiscard]] static const char* due(const CycleFile& head) { return head.delays_from_arrival ? "delay" : "acts_in_step"; }

    void finish(const Checker& check) {
        for (Table* const table : {&writes, &injections, &hops, &stalls, &deliveries}) table->finish();
        potentials.write_out(check);
    }

    Table writes, injections, hops, stalls, deliveries;
    hdf5::Column<double> potentials;  ///< of writes
};

}  // namespace

class CycleWriter::File final {
public:
    File(const std::filesystem::path& path, const CycleFile& head) : check{path.string()}, file_{hdf5::create_file(path)} {
        hdf5::write_text(check, file_.id(), "format", "spikefab.cycles.v1");
        if (head.cycle) write_number("cycle_ps", *head.cycle);
        write_number("cores", head.cores);
        write_number("host", head.host);
        write_number("answers", head.answers);
        tables.emplace(check, file_, head);
    }

    void close() {
        tables->finish(check);
        tables.reset();
        hdf5::close_file(check, file_);
    }

    Checker check;

private:
    void write_number(const char* name, std::int64_t value) const {
        hdf5::write_attribute(check, file_.id(), name, H5T_STD_I64LE, H5T_NATIVE_INT64, &value);
    }

    Handle file_;

public:
    std::optional<Tables> tables;
};

CycleWriter::CycleWriter(const std::filesystem::path& path, const CycleFile& head)
    : file_{std::make_unique<File>(path, head)} {}

CycleWriter::~CycleWriter() = default;

void CycleWriter::write(std::int64_t time, std::uint64_t step, std::uint32_t core, std::uint32_t neuron, double potential,
                        std::int32_t spike) {
    file_->tables->writes.add({time, static_cast<std::int64_t>(step), core, neuron, spike});
    file_->tables->potentials.add(file_->check, potential);
}

void CycleWriter::inject(std::int64_t time, std::uint32_t source, const CarriedSpike& spike) {
    file_->tables->injections.add({time, source, spike.destination, spike.axon, spike.due, spike.value});
}

void CycleWriter::hop(std::int64_t time, std::uint32_t router, std::uint32_t port, const CarriedSpike& spike) {
    file_->tables->hops.add({time, router, port, spike.destination, spike.axon, spike.due, spike.value});
}

void CycleWriter::stall(std::int64_t first, std::int64_t last, std::uint32_t router, std::uint32_t port,
                        const CarriedSpike& spike) {
    file_->tables->stalls.add({first, last, router, port, spike.destination, spike.axon, spike.due, spike.value});
}

void CycleWriter::deliver(std::int64_t time, std::uint32_t source, const CarriedSpike& spike) {
    file_->tables->deliveries.add({time, source, spike.destination, spike.axon, spike.due, spike.value});
}

void CycleWriter::close() {
    file_->close();
}

}  // namespace spikefab
