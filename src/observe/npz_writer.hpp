// SPDX-License-Identifier: Apache-2.0
// Arrays of whole numbers as one .npz file that numpy.load opens. Same arrays, same bytes: nothing is compressed or dated.
#pragma once

#include "observe/output_file.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace spikefab {

class NpzWriter final {
public:
    /// InputError when the file cannot be created; the other members throw SimulationError when it cannot be written.
    explicit NpzWriter(const std::filesystem::path& path) : file_{path} {}

    void add(const std::string& name, std::span<const std::uint32_t> values);
    void add(const std::string& name, std::span<const std::int16_t> values);
    /// Writes the archive's directory; nothing may be added after.
    void close();

private:
    void add_member(const std::string& name, const std::string& content);

    OutputFile file_;
    std::string directory_;
    std::uint32_t members_ = 0;
    std::uint32_t written_ = 0;
};

}  // namespace spikefab
