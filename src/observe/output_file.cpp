// SPDX-License-Identifier: Apache-2.0
// Text output that notices a full disk.
#include "observe/output_file.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace spikefab {
namespace {

[[nodiscard]] std::string system_reason() {
    return std::error_code{errno, std::generic_category()}.message();
}

}  // namespace

OutputFile::OutputFile(std::filesystem::path path) : path_{std::move(path)}, file_{std::fopen(path_.c_str(), "wbe")} {
    if (!file_)
        throw InputError{
            fmt::format("cannot create '{}' ({}); choose a folder that can be written", path_.string(), system_reason())};
}

void OutputFile::write(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) fail("write");
}

void OutputFile::close() {
    if (!file_) return;
    if (std::fflush(file_.get()) != 0) fail("write");
    if (std::fclose(file_.release()) != 0) fail("close");
}

void OutputFile::fail(std::string_view doing) const {
    throw SimulationError{fmt::format("cannot {} '{}': {}", doing, path_.string(), system_reason())};
}

}  // namespace spikefab
