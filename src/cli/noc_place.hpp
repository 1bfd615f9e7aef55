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

/// `error` with the place of the NoC's routing or topology in `tree` in front when it is about the NoC (such messages begin
/// with "noc"); `noc` is the path of the NoC in the tree, empty when it is the root.
[[nodiscard]] inline InputError with_noc_place(const InputError& error, const config::Tree& tree, const std::string& noc) {
    const std::string_view text = error.what();
    if (!text.starts_with("noc")) return error;
    const std::string key = text.starts_with("noc: topology") ? "topology" : "routing";
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
