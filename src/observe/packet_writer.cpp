// SPDX-License-Identifier: Apache-2.0
// Columns of packets through HDF5's C interface.
#include "observe/packet_writer.hpp"

#include "observe/hdf5_output.hpp"

#include <initializer_list>

namespace spikefab {
namespace {

template <class Value>
[[nodiscard]] hdf5::Column<Value> column(const hdf5::Checker& check, hid_t file, const char* name) {
    return {check, file, name, hdf5::GrowingDataset::Shape::list};
}

struct Columns {
    Columns(const hdf5::Checker& check, hid_t file)
        : plane{column<std::uint32_t>(check, file, "plane")},
          source{column<std::uint32_t>(check, file, "source")},
          destination{column<std::uint32_t>(check, file, "destination")},
          hops{column<std::uint32_t>(check, file, "hops")},
          tag{column<std::int64_t>(check, file, "tag")},
          created{column<std::int64_t>(check, file, "created_ps")},
          source_wait{column<std::int64_t>(check, file, "source_wait_ps")},
          latency{column<std::int64_t>(check, file, "latency_ps")},
          waiting{column<std::int64_t>(check, file, "waiting_ps")} {}

    hdf5::Column<std::uint32_t> plane, source, destination, hops;
    hdf5::Column<std::int64_t> tag, created, source_wait, latency, waiting;
};

}  // namespace

class PacketWriter::File final {
public:
    explicit File(const std::filesystem::path& path) : check_{path.string()}, file_{hdf5::create_file(path)} {
        hdf5::write_text(check_, file_.id(), "format", "spikefab.packets.v1");
        columns_ = std::make_unique<Columns>(check_, file_.id());
    }

    void add(const PacketRow& row) {
        columns_->plane.add(check_, row.plane);
        columns_->source.add(check_, row.source);
        columns_->destination.add(check_, row.destination);
        columns_->hops.add(check_, row.hops);
        columns_->tag.add(check_, row.tag);
        columns_->created.add(check_, row.created);
        columns_->source_wait.add(check_, row.source_wait);
        columns_->latency.add(check_, row.latency);
        columns_->waiting.add(check_, row.waiting);
    }

    void close() {
        for (auto* whole : {&columns_->plane, &columns_->source, &columns_->destination, &columns_->hops})
            whole->write_out(check_);
        for (auto* time : {&columns_->tag, &columns_->created, &columns_->source_wait, &columns_->latency, &columns_->waiting})
            time->write_out(check_);
        columns_.reset();
        hdf5::close_file(check_, file_);
    }

private:
    hdf5::Checker check_;
    hdf5::Handle file_;
    std::unique_ptr<Columns> columns_;
};

PacketWriter::PacketWriter(const std::filesystem::path& path) : file_{std::make_unique<File>(path)} {}

PacketWriter::~PacketWriter() = default;

void PacketWriter::add(const PacketRow& row) {
    file_->add(row);
}

void PacketWriter::close() {
    file_->close();
}

}  // namespace spikefab
