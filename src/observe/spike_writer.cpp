// SPDX-License-Identifier: Apache-2.0
// NIR's data layout through HDF5's C interface: compressed chunks that grow as spikes come, no timestamps.
#include "observe/spike_writer.hpp"

#include "base/contract.hpp"
#include "observe/hdf5_output.hpp"

#include <algorithm>
#include <utility>

namespace spikefab {
namespace {

using hdf5::Checker;
using hdf5::Handle;

template <class Value>
[[nodiscard]] hdf5::Column<Value> column(const Checker& check, const Handle& group, const char* name) {
    return {check, group.id(), name, hdf5::GrowingDataset::Shape::one_sample};
}

[[nodiscard]] std::string group_name(std::string population) {
    std::replace(population.begin(), population.end(), '/', ':');
    return population;
}

template <class Value>
void write_list(const Checker& check, const Handle& group, const char* name, const std::vector<Value>& values) {
    hdf5::Column<Value> list{check, group.id(), name, hdf5::GrowingDataset::Shape::list};
    for (const Value value : values) list.add(check, value);
    list.write_out(check);
}

/// /routes/NAME of every population whose place is known.
void write_routes(const Checker& check, hid_t file, const std::vector<RecordedPopulation>& populations) {
    const auto known = [](const RecordedPopulation& population) { return !population.routes.core.empty(); };
    if (std::none_of(populations.begin(), populations.end(), known)) return;
    const Handle routes = hdf5::make_group(check, file, "routes");
    for (const RecordedPopulation& population : populations) {
        if (!known(population)) continue;
        const Handle group = hdf5::make_group(check, routes.id(), group_name(population.name).c_str());
        write_list(check, group, "core", population.routes.core);
        write_list(check, group, "offsets", population.routes.offsets);
        write_list(check, group, "destinations", population.routes.destinations);
    }
}

/// /nodes/NAME/observables/spikes and what is not yet written of it.
class PopulationSpikes final {
public:
    PopulationSpikes(const Checker& check, hid_t nodes, const RecordedPopulation& population)
        : neurons_{population.neurons},
          node_{make_node(check, nodes, population.name)},
          observables_{hdf5::make_group(check, node_.id(), "observables")},
          spikes_{hdf5::make_group(check, observables_.id(), "spikes")},
          indices_{column<std::int32_t>(check, spikes_, "idx")},
          times_{column<double>(check, spikes_, "time")},
          steps_{column<std::uint64_t>(check, spikes_, "step")} {
        const auto neurons = static_cast<std::int64_t>(population.neurons);
        hdf5::write_text(check, spikes_.id(), "__type__", population.valued ? "ValuedEventData" : "EventData");
        hdf5::write_attribute(check, spikes_.id(), "n_neurons", H5T_STD_I64LE, H5T_NATIVE_INT64, &neurons);
        if (population.valued) values_.push_back(column<std::int32_t>(check, spikes_, "value"));
    }

    void add(const Checker& check, std::uint64_t step, std::uint32_t neuron, Time time, std::int32_t value) {
        expects(neuron < neurons_);
        indices_.add(check, static_cast<std::int32_t>(neuron));
        times_.add(check, time.si());
        steps_.add(check, step);
        for (auto& values : values_) values.add(check, value);
    }

    void finish(const Checker& check, Time end) {
        indices_.write_out(check);
        times_.write_out(check);
        steps_.write_out(check);
        for (auto& values : values_) values.write_out(check);
        const double seconds = end.si();
        hdf5::write_attribute(check, spikes_.id(), "t_max", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &seconds);
    }

private:
    [[nodiscard]] static Handle make_node(const Checker& check, hid_t nodes, const std::string& name) {
        Handle node = hdf5::make_group(check, nodes, group_name(name).c_str());
        hdf5::write_text(check, node.id(), "__type__", "NIRNodeData");
        return node;
    }

    std::uint32_t neurons_;
    Handle node_;
    Handle observables_;
    Handle spikes_;
    hdf5::Column<std::int32_t> indices_;
    hdf5::Column<double> times_;
    hdf5::Column<std::uint64_t> steps_;
    std::vector<hdf5::Column<std::int32_t>> values_;  ///< none or one
};

}  // namespace

class SpikeWriter::File final {
public:
    File(const std::filesystem::path& path, const std::vector<RecordedPopulation>& populations)
        : check_{path.string()}, file_{hdf5::create_file(path)} {
        hdf5::write_text(check_, file_.id(), "__type__", "NIRGraphData");
        hdf5::write_text(check_, file_.id(), "format", "spikefab.spikes.v1");
        nodes_ = hdf5::make_group(check_, file_.id(), "nodes");
        for (const RecordedPopulation& population : populations) populations_.emplace_back(check_, nodes_.id(), population);
        write_routes(check_, file_.id(), populations);
    }

    void add(PopulationId population, std::uint64_t step, std::uint32_t neuron, Time time, std::int32_t value) {
        expects(population.value() < populations_.size());
        populations_[population.value()].add(check_, step, neuron, time, value);
    }

    void close(Time end) {
        for (PopulationSpikes& population : populations_) population.finish(check_, end);
        populations_.clear();
        if (!nodes_.close()) check_.fail();
        hdf5::close_file(check_, file_);
    }

private:
    Checker check_;
    Handle file_;
    Handle nodes_;
    std::vector<PopulationSpikes> populations_;
};

SpikeWriter::SpikeWriter(const std::filesystem::path& path, std::vector<RecordedPopulation> populations)
    : file_{std::make_unique<File>(path, populations)} {}

SpikeWriter::~SpikeWriter() = default;

void SpikeWriter::add(PopulationId population, std::uint64_t step, std::uint32_t neuron, Time time, std::int32_t value) {
    file_->add(population, step, neuron, time, value);
}

void SpikeWriter::close(Time end) {
    file_->close(end);
}

}  // namespace spikefab
