// SPDX-License-Identifier: Apache-2.0
// What finds a configuration wrong after it was read knows paths, not where they were written; here it gets file and line.
#pragma once

#include "base/error.hpp"
#include "config/tree.hpp"

#include <optional>
#include <string>

namespace spikefab::cli {

/// Paths in a tree of what messages call by its kind: "noc: routing ..." (of its topology or routing), "noc.planes: ...",
/// "chip 'loihi': ...". Empty: the whole tree.
struct Subjects {
    std::optional<std::string> noc;
    std::optional<std::string> chip;
    std::optional<std::string> prices;
};
inline const Subjects experiment_subjects{.noc = "chip.noc", .chip = "chip", .prices = "chip.prices"};
inline const Subjects chip_subjects{.noc = "noc", .chip = "", .prices = "prices"};
inline const Subjects noc_subjects{.noc = "", .chip = {}, .prices = {}};
inline const Subjects price_subjects{.noc = {}, .chip = {}, .prices = ""};

/// `error` with `<file>:<line>:<column>: ` in front of every line that begins with a subject or with a path that `tree` can
/// have; other lines stay as they are.
[[nodiscard]] InputError with_place(const InputError& error, const config::Tree& tree, const Subjects& subjects);

/// Runs `body`; its InputErrors get places as above.
template <class Body>
auto place_errors(const config::Tree& tree, const Subjects& subjects, Body body) {
    try {
        return body();
    } catch (const InputError& error) {
        throw with_place(error, tree, subjects);
    }
}

}  // namespace spikefab::cli
