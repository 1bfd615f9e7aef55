// SPDX-License-Identifier: Apache-2.0
// What a folder may be called.
#include "base/folder_name.hpp"

#include "base/error.hpp"

#include <string>

namespace spikefab {

void check_folder_name(std::string_view key, std::string_view name) {
    constexpr std::size_t longest = 200;
    const auto refuse = [&](const char* why) {
        throw InputError{std::string{key} + ": '" + std::string{name.substr(0, longest)} + "' cannot name a folder (" + why +
                         "); choose letters, digits, - and _"};
    };
    if (name.empty()) refuse("it is empty");
    if (name.size() > longest) refuse("it is too long");
    if (name.find('/') != std::string_view::npos) refuse("it has a /");
    if (name.find('\0') != std::string_view::npos) refuse("it has a zero byte");
    if (name.front() == '.') refuse("it begins with a dot");
}

}  // namespace spikefab
