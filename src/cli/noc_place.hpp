// SPDX-License-Identifier: Apache-2.0
// Refusals of a NoC know its parts, not where they were written; here they get file and line.
#pragma once

#include "base/error.hpp"
#include "config/tree.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace spikefab::cli {

/// `error` with the place in `tree` of what it is about in front when it is about the NoC. Such messages begin with
/// "noc.key:", with "noc: topology", or, when they are about the routing, with "noc"; `noc` is the path of the NoC in the
/// tree, empty when it is the root.
[[nodiscard]] inline InputError with_noc_place(const InputError& error, const config::Tree& tree, const std::string& noc) {
    const std::string_view text = error.what();
    if (!text.starts_with("noc")) return error;
    std::string key = text.starts_with("noc: topology") ? "topology" : "routing";
    if (text.starts_with("noc.")) key = text.substr(4, text.find(':') - 4);
    const std::string path = noc.empty() ? key : noc + "." + key;
    return InputError{fmt::format("{}: {}", config::origin_of(tree, path).text(), text)};
}

/// Runs `body`; its InputErrors get places as above.
template <class Body>
auto place_noc_errors(const config::Tree& tree, const std::string& noc, Body body) {
    try {
        return body();
    } catch (const InputError& error) {
        throw with_noc_place(error, tree, noc);
    }
}

}  // namespace spikefab::cli
