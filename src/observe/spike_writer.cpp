// SPDX-License-Identifier: Apache-2.0
// NIR's data layout through HDF5's C interface: compressed chunks that grow as spikes come, no timestamps.
#include "observe/spike_writer.hpp"

#include "base/contract.hpp"
#include "base/error.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <array>
#include <utility>

namespace spikefab {
namespace {

constexpr hsize_t chunk_events = 16384;  // also the number held in memory per population
constexpr unsigned compression_level = 4;

/// HDF5 1.10 closes what is open when the process ends, and crashes there if a file could not be written. Everything is
/// closed here already; the call must come before any other to the library, hence before main().
[[maybe_unused]] const bool nothing_is_left_for_the_exit = H5dont_atexit() >= 0;

/// An HDF5 identifier that closes itself.
class Handle final {
public:
    using Close = herr_t (*)(hid_t);
    Handle() = default;
    Handle(hid_t id, Close closer) : id_{id}, close_{closer} {}
    Handle(Handle&& other) noexcept : id_{std::exchange(other.id_, H5I_INVALID_HID)}, close_{other.close_} {}
    Handle& operator=(Handle&& other) noexcept {
        std::swap(id_, other.id_);
        std::swap(close_, other.close_);
        return *this;
    }
    ~Handle() {
        if (id_ >= 0) close_(id_);
    }
    [[nodiscard]] hid_t id() const { return id_; }
    /// Closes now; false when HDF5 could not.
    [[nodiscard]] bool close() { return close_(std::exchange(id_, H5I_INVALID_HID)) >= 0; }

private:
    hid_t id_ = H5I_INVALID_HID;
    Close close_ = nullptr;
};

/// Turns HDF5's return codes into exceptions that name the file.
class Checker final {
public:
    explicit Checker(std::string path) : path_{std::move(path)} {}
    [[nodiscard]] Handle handle(hid_t id, Handle::Close close) const {
        if (id < 0) fail();
        return {id, close};
    }
    void operator()(herr_t code) const {
        if (code < 0) fail();
    }
    [[noreturn]] void fail() const { throw SimulationError{fmt::format("cannot write '{}' (is the disk full?)", path_)}; }

private:
    std::string path_;
};

[[nodiscard]] Handle text_type(const Checker& check) {
    Handle type = check.handle(H5Tcopy(H5T_C_S1), H5Tclose);
    check(H5Tset_size(type.id(), H5T_VARIABLE));
    check(H5Tset_cset(type.id(), H5T_CSET_UTF8));
    return type;
}

void write_attribute(const Checker& check, hid_t object, const char* name, hid_t file_type, hid_t memory_type,
                     const void* value) {
    const Handle space = check.handle(H5Screate(H5S_SCALAR), H5Sclose);
    const Handle attribute = check.handle(H5Acreate2(object, name, file_type, space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    check(H5Awrite(attribute.id(), memory_type, value));
}

void write_text(const Checker& check, hid_t object, const char* name, const char* value) {
    const Handle type = text_type(check);
    write_attribute(check, object, name, type.id(), type.id(), &value);
}

[[nodiscard]] Handle make_group(const Checker& check, hid_t parent, const char* name) {
    const Handle properties = check.handle(H5Pcreate(H5P_GROUP_CREATE), H5Pclose);
    check(H5Pset_obj_track_times(properties.id(), false));
    return check.handle(H5Gcreate2(parent, name, H5P_DEFAULT, properties.id(), H5P_DEFAULT), H5Gclose);
}

/// A dataset of shape (1 sample, events) that grows along its second axis.
template <class Value>
class Column final {
public:
    Column(const Checker& check, hid_t group, const char* name, hid_t file_type, hid_t memory_type)
        : memory_type_{memory_type}, dataset_{create(check, group, name, file_type)} {}

    void append(const Checker& check, const std::vector<Value>& values, hsize_t already) const {
        const std::array<hsize_t, 2> size{1, already + values.size()};
        const std::array<hsize_t, 2> start{0, already};
        const std::array<hsize_t, 2> count{1, values.size()};
        check(H5Dset_extent(dataset_.id(), size.data()));
        const Handle file_space = check.handle(H5Dget_space(dataset_.id()), H5Sclose);
        check(H5Sselect_hyperslab(file_space.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr));
        const Handle memory_space = check.handle(H5Screate_simple(2, count.data(), nullptr), H5Sclose);
        check(H5Dwrite(dataset_.id(), memory_type_, memory_space.id(), file_space.id(), H5P_DEFAULT, values.data()));
    }

private:
    [[nodiscard]] static Handle create(const Checker& check, hid_t group, const char* name, hid_t file_type) {
        constexpr std::array<hsize_t, 2> empty{1, 0};
        constexpr std::array<hsize_t, 2> limit{1, H5S_UNLIMITED};
        constexpr std::array<hsize_t, 2> chunk{1, chunk_events};
        const Handle space = check.handle(H5Screate_simple(2, empty.data(), limit.data()), H5Sclose);
        const Handle properties = check.handle(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
        check(H5Pset_obj_track_times(properties.id(), false));
        check(H5Pset_chunk(properties.id(), 2, chunk.data()));
        check(H5Pset_shuffle(properties.id()));
        check(H5Pset_deflate(properties.id(), compression_level));
        return check.handle(H5Dcreate2(group, name, file_type, space.id(), H5P_DEFAULT, properties.id(), H5P_DEFAULT),
                            H5Dclose);
    }

    hid_t memory_type_;
    Handle dataset_;
};

/// /nodes/NAME/observables/spikes and what is not yet written of it.
class PopulationSpikes final {
public:
    PopulationSpikes(const Checker& check, hid_t nodes, const RecordedPopulation& population)
        : neurons_{population.neurons},
          node_{make_node(check, nodes, population.name)},
          observables_{make_group(check, node_.id(), "observables")},
          spikes_{make_group(check, observables_.id(), "spikes")},
          index_column_{check, spikes_.id(), "idx", H5T_STD_I32LE, H5T_NATIVE_INT32},
          time_column_{check, spikes_.id(), "time", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE},
          step_column_{check, spikes_.id(), "step", H5T_STD_U64LE, H5T_NATIVE_UINT64} {
        const auto neurons = static_cast<std::int64_t>(population.neurons);
        write_text(check, spikes_.id(), "__type__", population.valued ? "ValuedEventData" : "EventData");
        write_attribute(check, spikes_.id(), "n_neurons", H5T_STD_I64LE, H5T_NATIVE_INT64, &neurons);
        if (population.valued) value_column_.emplace_back(check, spikes_.id(), "value", H5T_STD_I32LE, H5T_NATIVE_INT32);
    }

    void add(const Checker& check, std::uint64_t step, std::uint32_t neuron, Time time, std::int32_t value) {
        expects(neuron < neurons_);
        indices_.push_back(static_cast<std::int32_t>(neuron));
        times_.push_back(time.si());
        steps_.push_back(step);
        if (!value_column_.empty()) values_.push_back(value);
        if (indices_.size() == chunk_events) write_out(check);
    }

    void finish(const Checker& check, Time end) {
        write_out(check);
        const double seconds = end.si();
        write_attribute(check, spikes_.id(), "t_max", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &seconds);
    }

private:
    [[nodiscard]] static Handle make_node(const Checker& check, hid_t nodes, std::string name) {
        std::replace(name.begin(), name.end(), '/', ':');
        Handle node = make_group(check, nodes, name.c_str());
        write_text(check, node.id(), "__type__", "NIRNodeData");
        return node;
    }

    void write_out(const Checker& check) {
        if (indices_.empty()) return;
        index_column_.append(check, indices_, written_);
        time_column_.append(check, times_, written_);
        step_column_.append(check, steps_, written_);
        for (const auto& column : value_column_) column.append(check, values_, written_);
        written_ += indices_.size();
        indices_.clear();
        times_.clear();
        steps_.clear();
        values_.clear();
    }

    std::uint32_t neurons_;
    Handle node_;
    Handle observables_;
    Handle spikes_;
    Column<std::int32_t> index_column_;
    Column<double> time_column_;
    Column<std::uint64_t> step_column_;
    std::vector<Column<std::int32_t>> value_column_;  ///< none or one
    std::vector<std::int32_t> indices_;
    std::vector<double> times_;
    std::vector<std::uint64_t> steps_;
    std::vector<std::int32_t> values_;
    hsize_t written_ = 0;
};

[[nodiscard]] Handle create_file(const std::filesystem::path& path) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // errors are told once, by the exception
    const Handle properties{H5Pcreate(H5P_FILE_CREATE), H5Pclose};
    H5Pset_obj_track_times(properties.id(), false);
    const hid_t id = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, properties.id(), H5P_DEFAULT);
    if (id < 0) throw InputError{fmt::format("cannot create '{}'; choose a folder that can be written", path.string())};
    return {id, H5Fclose};
}

}  // namespace

class SpikeWriter::File final {
public:
    File(const std::filesystem::path& path, const std::vector<RecordedPopulation>& populations)
        : check_{path.string()}, file_{create_file(path)} {
        write_text(check_, file_.id(), "__type__", "NIRGraphData");
        write_text(check_, file_.id(), "format", "spikefab.spikes.v1");
        nodes_ = make_group(check_, file_.id(), "nodes");
        for (const RecordedPopulation& population : populations) populations_.emplace_back(check_, nodes_.id(), population);
    }

    void add(PopulationId population, std::uint64_t step, std::uint32_t neuron, Time time, std::int32_t value) {
        expects(population.value() < populations_.size());
        populations_[population.value()].add(check_, step, neuron, time, value);
    }

    void close(Time end) {
        for (PopulationSpikes& population : populations_) population.finish(check_, end);
        populations_.clear();
        if (!nodes_.close()) check_.fail();
        check_(H5Fflush(file_.id(), H5F_SCOPE_GLOBAL));
        if (!file_.close()) check_.fail();
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
