// SPDX-License-Identifier: Apache-2.0
// The folder of a run, filled under another name and renamed when everything is in it, so that nothing half-written
// is ever found under the name that was asked for.
#pragma once

#include <filesystem>
#include <string>

namespace spikefab {

/// A folder in the making. Files go into `path()`; `commit()` gives it its name; without that the destructor removes it.
class RunFolder final {
public:
    /// Makes a hidden folder `.NAME.partial-XXXXXX` beside `target` (parents are made too) and clears away what killed
    /// runs of the same name left there. InputError when `target` exists or when the place cannot be written.
    [[nodiscard]] static RunFolder create(const std::filesystem::path& target);
    /// The same for the first free of `stem`, `stem-2`, `stem-3`, ... in `parent`.
    [[nodiscard]] static RunFolder create_fresh(const std::filesystem::path& parent, const std::string& stem);

    RunFolder(RunFolder&& other) noexcept;
    RunFolder& operator=(RunFolder&&) = delete;
    ~RunFolder();

    [[nodiscard]] const std::filesystem::path& path() const { return partial_; }   ///< where to write now
    [[nodiscard]] const std::filesystem::path& target() const { return target_; }  ///< where it will be

    /// Writes everything through to the disk and renames; a fresh name that was taken meanwhile gives way to the next.
    /// SimulationError when the disk fails or when somebody took the name of `create`.
    void commit();
    /// Removes what was written.
    void abandon() noexcept;

private:
    RunFolder(std::filesystem::path target, std::string stem);

    std::filesystem::path target_;
    std::string fresh_stem_;  ///< empty: only `target_` will do
    std::filesystem::path partial_;
    int lock_ = -1;  ///< held while the folder is in the making: tells it from a killed run's
};

}  // namespace spikefab
