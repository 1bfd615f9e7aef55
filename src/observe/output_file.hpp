// SPDX-License-Identifier: Apache-2.0
// A text file whose every write and close is checked, so that a full disk is an error and not a short file.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>

namespace spikefab {

/// Buffered output. The constructor throws InputError when the file cannot be created; `write` and `close` throw
/// SimulationError with the path and the system's reason (a full disk) when bytes cannot be kept.
class OutputFile final {
public:
    explicit OutputFile(std::filesystem::path path);

    void write(std::string_view text);
    /// Hands every byte to the system; a file that is destroyed without it may be short.
    void close();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    struct Closer {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    [[noreturn]] void fail(std::string_view doing) const;

    std::filesystem::path path_;
    std::unique_ptr<std::FILE, Closer> file_;
};

}  // namespace spikefab
