// SPDX-License-Identifier: Apache-2.0
// Philox draws and the distributions built on them.
#include "base/random.hpp"

#include <Random123/philox.h>

#include <cmath>
#include <numbers>

namespace spikefab {

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
    const r123::Philox4x32::ctr_type input{{counter[0], counter[1], counter[2], counter[3]}};
    const r123::Philox4x32::key_type secret{{key[0], key[1]}};
    const auto output = r123::Philox4x32{}(input, secret);
    return {output[0], output[1], output[2], output[3]};
}

void Rng::refill() {
    block_ = philox({block_index_++, unit_, static_cast<std::uint32_t>(step_), static_cast<std::uint32_t>(step_ >> 32U)},
                    {static_cast<std::uint32_t>(key_), static_cast<std::uint32_t>(key_ >> 32U)});
    used_ = 0;
}

double Rng::uniform() {
    const std::uint64_t high = bits() >> 5U;
    const std::uint64_t low = bits() >> 6U;
    return static_cast<double>((high << 26U) | low) * 0x1.0p-53;
}

double Rng::normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

std::uint32_t Rng::below(std::uint32_t bound) {
    // Lemire's multiply-shift with rejection (ACM TOMACS 29(1), 2019, 10.1145/3230636).
    auto product = static_cast<std::uint64_t>(bits()) * bound;
    if (static_cast<std::uint32_t>(product) < bound) {
        const std::uint32_t threshold = (0U - bound) % bound;
        while (static_cast<std::uint32_t>(product) < threshold) product = static_cast<std::uint64_t>(bits()) * bound;
    }
    return static_cast<std::uint32_t>(product >> 32U);
}

}  // namespace spikefab
