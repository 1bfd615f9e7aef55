// SPDX-License-Identifier: Apache-2.0
// A folder of small inputs for one test of the program, and the program run in it.
#pragma once

#include "observe/temporary_folder.hpp"
#include "smoke/process.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace spikefab::smoke {

class Workshop final {
public:
    /// Relative paths of files and commands are read from here.
    [[nodiscard]] std::filesystem::path operator/(const std::filesystem::path& name) const { return folder_ / name; }

    void write(const std::string& name, const std::string& text) const;
    /// A NumPy file of bytes, all of them `value`.
    void write_npy(const std::string& name, const std::vector<std::size_t>& shape, std::uint8_t value) const;
    /// small.yaml: the example experiment on 3 grey images, 4 steps each, no GPUs.
    void write_small_experiment() const;

    /// Runs `spikefab` here.
    [[nodiscard]] Outcome spikefab(std::vector<std::string> arguments) const;
    [[nodiscard]] Command command(std::vector<std::string> arguments) const;

    /// Names in the folder, hidden ones too, that none of the functions above wrote.
    [[nodiscard]] std::vector<std::string> leftovers() const;

private:
    TemporaryFolder folder_;
    mutable std::vector<std::string> written_;
};

/// A file of the repository: "configs/chips/loihi.yaml".
[[nodiscard]] std::string in_repository(const std::string& path);

}  // namespace spikefab::smoke
