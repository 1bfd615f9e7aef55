// SPDX-License-Identifier: Apache-2.0
// Integer arithmetic that chips do and C++ does not name: truncating decay, wrap-around and shifts both ways.
#pragma once

#include <cstdint>

namespace spikefab {

/// x * keep / 4096, truncated toward zero. |x| < 2^51 / 4096.
[[nodiscard]] constexpr std::int32_t scaled_4096(std::int32_t x, std::int32_t keep) {
    return static_cast<std::int32_t>(std::int64_t{x} * keep / 4096);
}

/// The value that `bits` bits of two's complement (1..32, sign included) keep of x.
[[nodiscard]] constexpr std::int32_t wrapped(std::int64_t x, unsigned bits) {
    const unsigned unused = 32U - bits;
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(x) << unused) >> unused;
}

/// x * 2^exponent, rounded down; bits above 32 are lost.
[[nodiscard]] constexpr std::int32_t shifted(std::int32_t x, std::int32_t exponent) {
    return exponent >= 0 ? static_cast<std::int32_t>(static_cast<std::uint32_t>(x) << exponent) : x >> -exponent;
}

[[nodiscard]] constexpr std::int32_t sign_of(std::int32_t x) {
    return (x > 0 ? 1 : 0) - (x < 0 ? 1 : 0);
}

}  // namespace spikefab
