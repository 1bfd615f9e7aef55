// SPDX-License-Identifier: Apache-2.0
// Counter-based random numbers: a draw depends on (seed, block name, unit, step, draw) and on nothing else,
// so results do not depend on the order of events or the number of threads.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace spikefab {

/// 64-bit FNV-1a; names streams and keys caches.
[[nodiscard]] constexpr std::uint64_t hash_text(std::string_view text, std::uint64_t state = 0xcbf29ce484222325ULL) {
    for (const char letter : text) {
        state ^= static_cast<unsigned char>(letter);
        state *= 0x100000001b3ULL;
    }
    return state;
}

/// Philox4x32-10 (Salmon et al., SC'11, 10.1145/2063384.2063405) as implemented by Random123.
[[nodiscard]] std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// One stream of draws. Rng{seed, "core.3.read_noise", unit, step}.
class Rng final {
public:
    Rng(std::uint64_t seed, std::string_view name, std::uint32_t unit = 0, std::uint64_t step = 0)
        : Rng{key_of(seed, name), unit, step} {}
    /// From a key made once by `key_of`, for hot loops.
    Rng(std::uint64_t key, std::uint32_t unit, std::uint64_t step) : key_{key}, unit_{unit}, step_{step} {}

    [[nodiscard]] static constexpr std::uint64_t key_of(std::uint64_t seed, std::string_view name) {
        return hash_text(name, seed * 0x9E3779B97F4A7C15ULL + 0xcbf29ce484222325ULL);
    }

    [[nodiscard]] std::uint32_t bits() {
        if (used_ == 4) refill();
        return block_[used_++];
    }
    /// Uniform in [0, 1) with 53 bits.
    [[nodiscard]] double uniform();
    /// Standard normal (Box-Muller).
    [[nodiscard]] double normal();
    /// Uniform integer in [0, bound), bound > 0; unbiased.
    [[nodiscard]] std::uint32_t below(std::uint32_t bound);

private:
    void refill();

    std::uint64_t key_;
    std::uint32_t unit_;
    std::uint64_t step_;
    std::uint32_t block_index_ = 0;
    unsigned used_ = 4;
    std::array<std::uint32_t, 4> block_{};
};

}  // namespace spikefab
