// SPDX-License-Identifier: Apache-2.0
// Records a run as a vector file that `check_vector` reads: the chip, what is loaded into it, its inputs, and all that it
// did. Format: docs/vectors.md.
#pragma once

#include "chip/chip.hpp"
#include "observe/run_observer.hpp"
#include "plan/chip_plan.hpp"
#include "plan/core_image.hpp"
#include "verify/chip_record.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace spikefab::verify {

/// What a recorded run is about.
struct RecordedVector {
    const ChipPlan& plan;        ///< must outlive the recorder
    const Placement& placement;  ///< must outlive the recorder
    std::string oracle;          ///< who made the expected values: program and version
    std::string note;            ///< what was run
    std::uint64_t seed = 0;
};

/// Hands a source's spikes on and remembers them.
class RecordedInput final : public InputSource {
public:
    explicit RecordedInput(InputSource& source) : source_{source} {}
    [[nodiscard]] std::span<const std::uint32_t> spikes(std::uint64_t step) override;
    [[nodiscard]] bool resets_before(std::uint64_t step) override;
    [[nodiscard]] bool learns(std::uint64_t step) override;
    [[nodiscard]] std::int32_t reward(std::uint64_t step) override;

    [[nodiscard]] const std::vector<std::pair<std::uint64_t, std::vector<std::uint32_t>>>& spikes() const { return spikes_; }
    [[nodiscard]] const std::vector<std::uint64_t>& resets() const { return resets_; }
    /// Ranges of steps in which rules act, first and last.
    [[nodiscard]] const std::vector<std::pair<std::uint64_t, std::uint64_t>>& learning() const { return learning_; }
    [[nodiscard]] const std::vector<std::pair<std::uint64_t, std::int32_t>>& rewards() const { return rewards_; }

private:
    InputSource& source_;
    std::vector<std::pair<std::uint64_t, std::vector<std::uint32_t>>> spikes_;
    std::vector<std::uint64_t> resets_;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> learning_;
    std::vector<std::pair<std::uint64_t, std::int32_t>> rewards_;
};

/// Holds the record of a run in memory and writes it at the end.
class VectorRecorder final {
public:
    /// Opens the file, so that a place that cannot be written is noticed before the run. InputError then, when the file
    /// exists, or when it is not called *.json or *.json.gz.
    VectorRecorder(std::filesystem::path file, RecordedVector vector, InputSource& source);
    ~VectorRecorder();
    VectorRecorder(const VectorRecorder&) = delete;
    VectorRecorder& operator=(const VectorRecorder&) = delete;

    [[nodiscard]] InputSource& input() { return input_; }
    /// To be told of everything that happens.
    [[nodiscard]] ChipRecord& record() { return record_; }
    /// Writes the vector of a run of `steps` steps and gives the file its name; without that nothing is left. `learned`: what
    /// its learning projections ended with.
    void finish(std::uint64_t steps, const std::vector<LearnedProjection>& learned);

private:
    class File;
    std::filesystem::path path_;
    RecordedVector vector_;
    RecordedInput input_;
    ChipRecord record_;
    std::unique_ptr<File> file_;
};

}  // namespace spikefab::verify
