// SPDX-License-Identifier: Apache-2.0
// Where points are kept, under the hash of everything that decides their result, and who is working on which.
//
//   KEY/            the run's folder, complete or not there
//   KEY.yaml        the configuration, while it runs or when it failed
//   KEY.failed      why the point failed: exit code, then the message
//   KEY.claim       held (flock) by the process that works on the point; names it
//   KEY.log         what the run said on stderr
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace spikefab {

/// The right to work on one point. The lock lives in the file descriptor: it ends with the last process that holds it,
/// however that process ends, so a claim can never go stale.
class Claim final {
public:
    Claim(int descriptor, std::filesystem::path path) : descriptor_{descriptor}, path_{std::move(path)} {}
    Claim(Claim&& other) noexcept;
    Claim& operator=(Claim&&) = delete;
    ~Claim();
    [[nodiscard]] int descriptor() const { return descriptor_; }

private:
    int descriptor_ = -1;
    std::filesystem::path path_;
};

/// What is stored about a point.
struct StoredPoint {
    std::optional<std::string> result;  ///< run.json
    std::string failure;                ///< one line
};

class PointStore final {
public:
    /// Makes the folder; InputError when it cannot be written.
    explicit PointStore(std::filesystem::path folder);

    /// Nothing when the point has neither result nor failure. A run that was stopped half-way (`"partial": true`) is no result.
    [[nodiscard]] std::optional<StoredPoint> find(const std::string& key) const;
    /// Nothing when somebody else works on the point.
    [[nodiscard]] std::optional<Claim> claim(const std::string& key) const;

    // Only with the claim in hand:
    /// Removes failures and partial results.
    void clear(const std::string& key) const;
    void record_failure(const std::string& key, const std::string& reason) const;
    void write_configuration(const std::string& key, const std::string& text) const;
    /// Removes what only a running or failed point needs.
    void tidy(const std::string& key) const;

    [[nodiscard]] std::filesystem::path result_folder(const std::string& key) const { return folder_ / key; }
    [[nodiscard]] std::filesystem::path configuration(const std::string& key) const { return folder_ / (key + ".yaml"); }
    [[nodiscard]] std::filesystem::path log(const std::string& key) const { return folder_ / (key + ".log"); }

private:
    [[nodiscard]] std::filesystem::path failure_file(const std::string& key) const { return folder_ / (key + ".failed"); }

    std::filesystem::path folder_;
};

}  // namespace spikefab
