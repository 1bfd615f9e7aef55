// SPDX-License-Identifier: Apache-2.0
// Files and locks.
#include "sweep/point_store.hpp"

#include "base/error.hpp"
#include "observe/output_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace spikefab {
namespace {

namespace fs = std::filesystem;

[[nodiscard]] std::optional<std::string> content_of(const fs::path& file) {
    std::ifstream stream{file, std::ios::binary};
    if (!stream) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>{stream}, {}};
}

[[nodiscard]] bool is_complete(const std::string& result) {
    const auto document = nlohmann::json::parse(result, nullptr, false);
    return document.is_object() && document.contains("partial") && document["partial"] == false;
}

/// False when the file that `descriptor` locks is no longer the one at `path`: its holder removed it when it was done.
[[nodiscard]] bool still_there(int descriptor, const fs::path& path) {
    struct stat opened {};
    struct stat found {};
    return fstat(descriptor, &opened) == 0 && stat(path.c_str(), &found) == 0 && opened.st_ino == found.st_ino &&
           opened.st_dev == found.st_dev;
}

void sign(int descriptor) {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    const std::string text = fmt::format("process {} on {}\n", getpid(), host.data());
    // For people only: the claim is the lock, so nothing depends on whether this can be written.
    if (ftruncate(descriptor, 0) == 0) [[maybe_unused]]
        const ssize_t written = ::write(descriptor, text.data(), text.size());
}

}  // namespace

Claim::Claim(Claim&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)}, path_{std::move(other.path_)} {}

Claim::~Claim() {
    if (descriptor_ < 0) return;
    ::unlink(path_.c_str());  // while the lock is held, so that nobody else's file is removed
    ::close(descriptor_);
}

PointStore::PointStore(fs::path folder) : folder_{std::move(folder)} {
    std::error_code failure;
    fs::create_directories(folder_, failure);
    if (failure || ::access(folder_.c_str(), W_OK) != 0)
        throw InputError{
            fmt::format("cannot write into the folder '{}'; choose a place that can be written", folder_.string())};
}

std::optional<StoredPoint> PointStore::find(const std::string& key) const {
    if (auto result = content_of(result_folder(key) / "run.json"); result && is_complete(*result))
        return StoredPoint{.result = std::move(result), .failure = {}};
    if (auto failure = content_of(failure_file(key)); failure && !failure->empty())
        return StoredPoint{.result = {}, .failure = failure->substr(0, failure->find('\n'))};
    return std::nullopt;
}

std::optional<Claim> PointStore::claim(const std::string& key) const {
    const fs::path path = folder_ / (key + ".claim");
    while (true) {
        const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (descriptor < 0)
            throw SimulationError{
                fmt::format("cannot make '{}': {}", path.string(), std::error_code{errno, std::generic_category()}.message())};
        if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            ::close(descriptor);
            return std::nullopt;
        }
        if (still_there(descriptor, path)) {
            sign(descriptor);
            return std::optional<Claim>{std::in_place, descriptor, path};
        }
        ::close(descriptor);
    }
}

void PointStore::clear(const std::string& key) const {
    fs::remove_all(result_folder(key));
    fs::remove(failure_file(key));
}

void PointStore::write_configuration(const std::string& key, const std::string& text) const {
    OutputFile file{configuration(key)};
    file.write(text);
    file.close();
}

void PointStore::tidy(const std::string& key) const {
    fs::remove(log(key));
    fs::remove(configuration(key));
}

void PointStore::record_failure(const std::string& key, const std::string& reason) const {
    const fs::path unfinished = folder_ / (key + ".failing");
    OutputFile file{unfinished};
    file.write(reason + "\n");
    file.close();
    fs::rename(unfinished, failure_file(key));
}

}  // namespace spikefab
