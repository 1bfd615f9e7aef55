// SPDX-License-Identifier: Apache-2.0
// The chip files inside the program, as text; the .cpp is made by the build from chip_texts.cpp.in.
#pragma once

#include <span>
#include <string_view>

namespace spikefab::verify {

struct ChipText {
    std::string_view name;
    std::string_view text;
};

[[nodiscard]] std::span<const ChipText> chip_texts();

}  // namespace spikefab::verify
