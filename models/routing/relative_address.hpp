// SPDX-License-Identifier: Apache-2.0
// Relative addresses as TrueNorth's packets carry them: hops still to go along x and y, packed into a header's tag.
#pragma once

#include <cstdint>

namespace spikefab {

struct RelativeAddress {
    std::int16_t dx = 0;  ///< east positive
    std::int16_t dy = 0;  ///< north positive
    bool operator==(const RelativeAddress&) const = default;
};

[[nodiscard]] constexpr std::uint32_t pack(RelativeAddress address) {
    return std::uint32_t{static_cast<std::uint16_t>(address.dx)} << 16U | static_cast<std::uint16_t>(address.dy);
}
[[nodiscard]] constexpr RelativeAddress unpack_relative(std::uint32_t tag) {
    return {static_cast<std::int16_t>(static_cast<std::uint16_t>(tag >> 16U)),
            static_cast<std::int16_t>(static_cast<std::uint16_t>(tag))};
}

}  // namespace spikefab
