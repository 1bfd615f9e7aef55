// SPDX-License-Identifier: Apache-2.0
// Hidden folder, lock, rename.
#include "report/run_folder.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace spikefab {
namespace {

namespace fs = std::filesystem;

[[nodiscard]] std::string reason(int code) {
    return std::error_code{code, std::generic_category()}.message();
}

[[nodiscard]] fs::path parent_of(const fs::path& target) {
    return target.has_parent_path() ? target.parent_path() : fs::path{"."};
}

[[nodiscard]] std::string partial_prefix(const fs::path& target) {
    return "." + target.filename().string() + ".partial-";
}

[[nodiscard]] int open_folder(const fs::path& folder) {
    return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/// True when nobody holds the folder: the run that made it is dead.
[[nodiscard]] bool is_abandoned(const fs::path& folder) {
    const int id = open_folder(folder);
    if (id < 0) return false;
    const bool free = ::flock(id, LOCK_EX | LOCK_NB) == 0;
    ::close(id);
    return free;
}

void clear_abandoned(const fs::path& target) {
    std::error_code ignored;
    const std::string prefix = partial_prefix(target);
    for (const auto& entry : fs::directory_iterator{parent_of(target), ignored})
        if (entry.path().filename().string().starts_with(prefix) && is_abandoned(entry.path()))
            fs::remove_all(entry.path(), ignored);
}

/// The lock of a folder that is still there once the lock is held; -1 when a cleaning neighbour was faster.
[[nodiscard]] int lock_folder(const fs::path& folder) {
    const int id = open_folder(folder);
    if (id < 0 || ::flock(id, LOCK_EX | LOCK_NB) != 0 || !fs::exists(folder)) {
        if (id >= 0) ::close(id);
        return -1;
    }
    return id;
}

/// 0, or the reason why `from` did not become `to`; never replaces anything.
[[nodiscard]] int rename_without_replacing(const fs::path& from, const fs::path& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return errno;  // a file system without the flag
    if (fs::exists(to)) return EEXIST;
    return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

void write_through(const fs::path& path) {
    const int id = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool failed = id < 0 || (::fsync(id) != 0 && errno != EINVAL);  // EINVAL: cannot be synchronised at all
    const int code = errno;
    if (id >= 0) ::close(id);
    if (failed) throw SimulationError{fmt::format("cannot write '{}' to the disk: {}", path.string(), reason(code))};
}

[[nodiscard]] fs::path fresh_name(const fs::path& parent, const std::string& stem) {
    fs::path name = parent / stem;
    for (int number = 2; fs::exists(name); ++number) name = parent / fmt::format("{}-{}", stem, number);
    return name;
}

}  // namespace

RunFolder RunFolder::create(const fs::path& target) {
    fs::path clean = target.lexically_normal();
    if (!clean.has_filename()) clean = clean.parent_path();
    if (fs::exists(clean))
        throw InputError{fmt::format("'{}' exists already; remove it or choose another folder", clean.string())};
    return RunFolder{std::move(clean), {}};
}

RunFolder RunFolder::create_fresh(const fs::path& parent, const std::string& stem) {
    return RunFolder{fresh_name(parent, stem), stem};
}

RunFolder::RunFolder(fs::path target, std::string stem) : target_{std::move(target)}, fresh_stem_{std::move(stem)} {
    std::error_code failure;
    const fs::path parent = parent_of(target_);
    fs::create_directories(parent, failure);
    if (failure)
        throw InputError{fmt::format("cannot make the folder '{}' ({}); choose a place that can be written", parent.string(),
                                     failure.message())};
    clear_abandoned(target_);
    while (lock_ < 0) {
        std::string name = (parent / (partial_prefix(target_) + "XXXXXX")).string();
        if (::mkdtemp(name.data()) == nullptr)
            throw InputError{fmt::format("cannot write into the folder '{}' ({}); choose a place that can be written",
                                         parent.string(), reason(errno))};
        partial_ = name;
        lock_ = lock_folder(partial_);
    }
    ::chmod(partial_.c_str(), 0755);  // mkdtemp's 0700 would stay with the result
}

RunFolder::RunFolder(RunFolder&& other) noexcept
    : target_{std::move(other.target_)},
      fresh_stem_{std::move(other.fresh_stem_)},
      partial_{std::exchange(other.partial_, {})},
      lock_{std::exchange(other.lock_, -1)} {}

RunFolder::~RunFolder() {
    abandon();
}

void RunFolder::commit() {
    for (const auto& entry : fs::recursive_directory_iterator{partial_}) write_through(entry.path());
    int code = rename_without_replacing(partial_, target_);
    while (code == EEXIST && !fresh_stem_.empty()) {
        target_ = fresh_name(parent_of(target_), fresh_stem_);
        code = rename_without_replacing(partial_, target_);
    }
    if (code != 0) throw SimulationError{fmt::format("cannot name the results '{}': {}", target_.string(), reason(code))};
    partial_.clear();
    ::close(std::exchange(lock_, -1));
}

void RunFolder::abandon() noexcept {
    if (partial_.empty()) return;
    std::error_code ignored;
    fs::remove_all(partial_, ignored);
    partial_.clear();
    ::close(std::exchange(lock_, -1));
}

}  // namespace spikefab
