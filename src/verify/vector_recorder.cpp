// SPDX-License-Identifier: Apache-2.0
// JSON written section by section, compressed on the way, renamed when complete.
#include "verify/vector_recorder.hpp"

#include "base/error.hpp"
#include "config/tree.hpp"
#include "config/writer.hpp"
#include "noc/make_engine.hpp"
#include "observe/output_file.hpp"
#include "verify/chip_vector.hpp"
#include "verify/placement_json.hpp"
#include "verify/tree_json.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/iostreams/concepts.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>

#include <algorithm>

namespace spikefab::verify {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

/// The chip as written, without prices: they change nothing that a vector holds.
[[nodiscard]] Json chip_json(const ChipPlan& plan) {
    Json chip = tree_json(config::parse(config::to_yaml(plan.description()), plan.name()));
    chip.erase("prices");
    chip.erase("voltage");
    return chip;
}

template <class Values>
[[nodiscard]] bool divides(std::int64_t unit, const Values& times) {
    return std::all_of(times.begin(), times.end(), [unit](std::int64_t time) { return time % unit == 0; });
}

/// The network's clock where every time of the record is a whole number of its cycles, else a picosecond.
[[nodiscard]] std::int64_t time_unit(const ChipPlan& plan, const ChipRecord& record) {
    const noc::Options& noc = plan.description().noc;
    if (noc.asynchronous) return 1;
    const std::int64_t cycle = to_picoseconds(noc::tick_duration(noc));
    for (const RecordTable* table : record.tables())
        for (std::size_t column = 0; column < table->columns().size(); ++column)
            for (std::size_t row = 0; is_time(table->columns()[column]) && row < table->rows(); ++row)
                if (table->row(row)[column] % cycle != 0) return 1;
    const auto& written = record.write_times();
    return std::all_of(written.begin(), written.end(), [cycle](const auto& pass) { return divides(cycle, pass.values); })
               ? cycle
               : 1;
}

[[nodiscard]] bool learns(const CoreImage& core) {
    const auto* lists = std::get_if<WeightLists>(&core.synapses);
    return lists != nullptr && lists->learns();
}

[[nodiscard]] Json inputs_json(const Placement& placement, const RecordedInput& input) {
    Json spikes = Json::array();
    for (const auto& [step, neurons] : input.spikes()) spikes.push_back({step, neurons});
    Json inputs{{"destinations", destinations_json(placement.inputs)}, {"spikes", std::move(spikes)}};
    if (std::none_of(placement.cores.begin(), placement.cores.end(), learns)) return inputs;
    inputs["learning"] = input.learning();
    if (placement.rewards.empty()) return inputs;
    Json cores = Json::array();
    for (const Destination& to : placement.rewards) cores.push_back(to.core);
    inputs["rewards"] = {{"cores", std::move(cores)}, {"given", input.rewards()}};
    return inputs;
}

/// Rows [source, target, weight, delay, tag] of each projection.
[[nodiscard]] Json learned_json(const std::vector<LearnedProjection>& learned) {
    Json result = Json::object();
    for (const LearnedProjection& projection : learned) {
        Json rows = Json::array();
        for (std::size_t i = 0; i < projection.sources.size(); ++i)
            rows.push_back({projection.sources[i], projection.targets[i], projection.weights[i], projection.delays[i],
                            projection.tags[i]});
        result[projection.name] = std::move(rows);
    }
    return result;
}

[[nodiscard]] std::string row_text(const RecordTable& table, std::size_t row, std::int64_t unit) {
    std::string text;
    for (std::size_t column = 0; column < table.columns().size(); ++column) {
        const std::int64_t value = table.row(row)[column];
        text += fmt::format("{}{}", column == 0 ? "[" : ", ", is_time(table.columns()[column]) ? value / unit : value);
    }
    return text + "]";
}

template <class Value>
[[nodiscard]] std::string numbers_text(const std::vector<Value>& values) {
    return fmt::format("[{}]", fmt::join(values, ", "));
}

/// Text for a file, through a compressor where its name asks for one.
class TextSink final {
public:
    using char_type = char;
    using category = boost::iostreams::sink_tag;
    explicit TextSink(OutputFile& file) : file_{&file} {}
    std::streamsize write(const char* text, std::streamsize count) {
        file_->write({text, static_cast<std::size_t>(count)});
        return count;
    }

private:
    OutputFile* file_;
};

}  // namespace

class VectorRecorder::File final {
public:
    explicit File(const fs::path& path) : target_{path}, partial_{path.string() + ".partial"}, file_{partial_} {
        if (path.extension() == ".gz") stream_.push(boost::iostreams::gzip_compressor{});
        stream_.push(TextSink{file_});
        stream_.exceptions(std::ios::badbit);  // what the file throws comes through
    }
    ~File() {
        std::error_code ignored;
        if (!done_) fs::remove(partial_, ignored);
    }

    void write(std::string_view text) { stream_.write(text.data(), static_cast<std::streamsize>(text.size())); }
    void commit() {
        stream_.reset();
        file_.close();
        std::error_code failure;
        fs::rename(partial_, target_, failure);
        if (failure) throw SimulationError{fmt::format("cannot name the vector '{}': {}", target_.string(), failure.message())};
        done_ = true;
    }

private:
    fs::path target_;
    fs::path partial_;
    OutputFile file_;
    boost::iostreams::filtering_ostream stream_;
    bool done_ = false;
};

std::span<const std::uint32_t> RecordedInput::spikes(std::uint64_t step) {
    const auto neurons = source_.spikes(step);
    if (!neurons.empty()) spikes_.emplace_back(step, std::vector<std::uint32_t>{neurons.begin(), neurons.end()});
    return neurons;
}

bool RecordedInput::resets_before(std::uint64_t step) {
    const bool resets = source_.resets_before(step);
    if (resets) resets_.push_back(step);
    return resets;
}

bool RecordedInput::learns(std::uint64_t step) {
    const bool learns = source_.learns(step);
    if (!learns) return false;
    if (!learning_.empty() && learning_.back().second + 1 >= step) {
        learning_.back().second = step;
    } else {
        learning_.emplace_back(step, step);
    }
    return true;
}

std::int32_t RecordedInput::reward(std::uint64_t step) {
    const std::int32_t amount = source_.reward(step);
    if (amount != 0) rewards_.emplace_back(step, amount);
    return amount;
}

VectorRecorder::VectorRecorder(fs::path file, RecordedVector vector, InputSource& source)
    : path_{std::move(file)},
      vector_{std::move(vector)},
      input_{source},
      record_{vector_.plan.description().delays_count_from == DelayReference::arrival} {
    const std::string name = path_.filename().string();
    if (!name.ends_with(".json") && !name.ends_with(".json.gz"))
        throw InputError{fmt::format("--record {}: call the vector *.json or *.json.gz", path_.string())};
    if (vector_.plan.description().synchronisation == Synchronisation::event)
        throw InputError{fmt::format("--record {}: chip '{}' has no steps; vectors hold chips with a tick or a barrier",
                                     path_.string(), vector_.plan.name())};
    if (fs::exists(path_))
        throw InputError{fmt::format("--record {}: exists already; remove it or choose another name", path_.string())};
    file_ = std::make_unique<File>(path_);
}

VectorRecorder::~VectorRecorder() = default;

void VectorRecorder::finish(std::uint64_t steps, const std::vector<LearnedProjection>& learned) {
    const std::int64_t unit = time_unit(vector_.plan, record_);
    const auto write = [this]<class... Values>(fmt::format_string<Values...> text, Values&&... values) {
        file_->write(fmt::format(text, std::forward<Values>(values)...));
    };
    const auto entry = [&](std::string_view key, const Json& value) { write("{}: {},\n", Json(key).dump(), value.dump()); };
    write("{{\n");
    entry("format", chip_vector_format);
    entry("oracle", vector_.oracle);
    entry("note", vector_.note);
    entry("chip", chip_json(vector_.plan));
    entry("seed", vector_.seed);
    entry("steps", steps);
    write("\"cores\": [");
    const char* separator = "\n";
    for (const CoreImage& core : vector_.placement.cores) {
        write("{}{}", separator, core_json(core, vector_.placement).dump());
        separator = ",\n";
    }
    write("\n],\n");
    entry("inputs", inputs_json(vector_.placement, input_));
    entry("resets", input_.resets());
    entry("time_unit", unit % 1000 == 0 ? fmt::format("{} ns", unit / 1000) : fmt::format("{} ps", unit));
    write("\"expected\": {{\n");
    for (const RecordTable* table : record_.tables()) {
        write("\"{}\": {{\"columns\": {}, \"rows\": [", table->name(), Json(table->columns()).dump());
        for (std::size_t row = 0; row < table->rows(); ++row) write("{}\n{}", row == 0 ? "" : ",", row_text(*table, row, unit));
        write("]}},\n");
    }
    if (!learned.empty()) entry("learned", learned_json(learned));
    write("\"potentials\": [");
    separator = "\n";
    for (const auto& values : record_.potentials()) {
        write("{}[{}, {}, {}]", separator, values.step, values.core, numbers_text(values.values));
        separator = ",\n";
    }
    write("],\n\"write_times\": [");
    separator = "\n";
    for (const auto& times : record_.write_times()) {
        std::vector<std::int64_t> scaled = times.values;
        for (std::int64_t& time : scaled) time /= unit;
        write("{}[{}, {}, {}]", separator, times.step, times.core, numbers_text(scaled));
        separator = ",\n";
    }
    write("]\n}}\n}}\n");
    file_->commit();
}

}  // namespace spikefab::verify
