// SPDX-License-Identifier: Apache-2.0
// Texts that the build put into chip_texts.cpp (src/CMakeLists.txt).
#include "verify/shipped_chips.hpp"

#include "base/error.hpp"
#include "verify/chip_texts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace spikefab::verify {

std::vector<std::string> shipped_chips() {
    std::vector<std::string> names;
    for (const ChipText& chip : chip_texts()) names.emplace_back(chip.name);
    return names;
}

config::Tree shipped_chip(const std::string& name) {
    const auto texts = chip_texts();
    const auto found = std::find_if(texts.begin(), texts.end(), [&](const ChipText& chip) { return chip.name == name; });
    if (found == texts.end())
        throw InputError{
            fmt::format("no chip '{}' comes with the program; there are: {}", name, fmt::join(shipped_chips(), ", "))};
    config::Tree tree = config::parse(std::string{found->text}, fmt::format("configs/chips/{}.yaml", name));
    leave_out_prices(tree);
    return tree;
}

void leave_out_prices(config::Tree& chip) {
    config::assign(chip, "prices", config::parse("{name: none, source: none, process: none, voltage: 1 V}", "no prices"));
}

}  // namespace spikefab::verify
