// SPDX-License-Identifier: Apache-2.0
// A name for everything that decides a result: its hash.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace spikefab {

/// SHA-1 over length-prefixed parts, so that parts cannot run into each other; 40 hexadecimal digits.
class Fingerprint final {
public:
    Fingerprint();
    Fingerprint(const Fingerprint&) = delete;
    Fingerprint& operator=(const Fingerprint&) = delete;
    ~Fingerprint();
    void add(std::string_view part);
    /// The file's content; InputError when it cannot be read.
    void add_file(const std::filesystem::path& file);
    [[nodiscard]] std::string hex() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace spikefab
