// SPDX-License-Identifier: Apache-2.0
// power.csv, inferences.csv, steps.csv and noc_links.csv (docs/formats.md); rows can be written while the run goes on.
#pragma once

#include "observe/output_file.hpp"
#include "report/noc_summary.hpp"
#include "report/run_result.hpp"

#include <filesystem>
#include <vector>

namespace spikefab {

/// Times in s, energies in J, powers in W; one header line with units in the names. `close` or lose the tail.
class StepsCsv final {
public:
    explicit StepsCsv(const std::filesystem::path& path);
    void add(const StepRecord& step);
    void close() { file_.close(); }

private:
    OutputFile file_;
};

class InferencesCsv final {
public:
    explicit InferencesCsv(const std::filesystem::path& path);
    void add(const InferenceRecord& inference);
    void close() { file_.close(); }

private:
    OutputFile file_;
};

class PowerCsv final {
public:
    /// `components` are the columns, in order (EnergyModel::components()).
    PowerCsv(const std::filesystem::path& path, std::vector<std::string> components);
    void add(const PowerSample& sample);
    void close() { file_.close(); }

private:
    OutputFile file_;
    std::vector<std::string> components_;
};

class LinksCsv final {
public:
    explicit LinksCsv(const std::filesystem::path& path);
    void add(const LinkLoad& link);
    void close() { file_.close(); }

private:
    OutputFile file_;
};

}  // namespace spikefab
