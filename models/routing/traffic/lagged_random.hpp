// SPDX-License-Identifier: Apache-2.0
// Knuth's lagged subtraction generator: what BookSim2 draws its permutations from, and of no use beyond that.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace spikefab {

/// X_n = (X_(n-100) - X_(n-37)) mod 2^30, of every 1009 values the first 100 (Knuth, "The Art of Computer Programming" vol. 2,
/// 3rd edition, section 3.6 with the seeding of its 9th printing, 2002, and exercise 15).
class LaggedRandom final {
public:
    static constexpr std::uint32_t largest_seed = (1U << 30U) - 3;

    explicit LaggedRandom(std::uint32_t seed) {
        // The seed's bits choose a power of z modulo z^100 + z^37 + 1, by squaring and multiplying.
        std::array<std::uint32_t, 2 * long_lag - 1> x{};
        std::uint32_t start = (seed + 2) & (mask - 1);
        for (std::size_t j = 0; j < long_lag; ++j) {
            x[j] = start;
            start <<= 1U;
            if (start > mask) start -= mask - 1;
        }
        ++x[1];
        std::uint32_t bits = seed & mask;
        for (unsigned squarings = 69; squarings != 0;) {
            square(x);
            if ((bits & 1U) != 0) shift(x);
            if (bits != 0)
                bits >>= 1U;
            else
                --squarings;
        }
        std::copy_n(x.begin(), short_lag, state_.begin() + (long_lag - short_lag));
        std::copy_n(x.begin() + short_lag, long_lag - short_lag, state_.begin());
        for (int round = 0; round < 10; ++round) advance(2 * long_lag - 1);
    }

    /// Uniform in [0, 2^30).
    [[nodiscard]] std::uint32_t next() {
        if (used_ == long_lag) {
            ready_ = state_;
            advance(1009);
            used_ = 0;
        }
        return ready_[used_++];
    }

private:
    static constexpr std::ptrdiff_t long_lag = 100;
    static constexpr std::ptrdiff_t short_lag = 37;
    static constexpr std::uint32_t mask = (1U << 30U) - 1;
    using Buffer = std::array<std::uint32_t, 2 * long_lag - 1>;

    static void subtract(std::uint32_t& from, std::uint32_t value) { from = (from - value) & mask; }
    static void square(Buffer& x) {
        for (std::size_t j = long_lag - 1; j > 0; --j) {
            x[2 * j] = x[j];
            x[2 * j - 1] = 0;
        }
        for (std::size_t j = 2 * long_lag - 2; j >= long_lag; --j) {
            subtract(x[j - (long_lag - short_lag)], x[j]);
            subtract(x[j - long_lag], x[j]);
        }
    }
    static void shift(Buffer& x) {
        std::copy_backward(x.begin(), x.begin() + long_lag, x.begin() + long_lag + 1);
        x[0] = x[long_lag];
        subtract(x[short_lag], x[long_lag]);
    }
    /// Goes `values` values on.
    void advance(std::size_t values) {
        std::vector<std::uint32_t> sequence(state_.begin(), state_.end());
        sequence.resize(values + long_lag);
        for (std::size_t j = long_lag; j < sequence.size(); ++j)
            sequence[j] = (sequence[j - long_lag] - sequence[j - short_lag]) & mask;
        std::copy(sequence.end() - long_lag, sequence.end(), state_.begin());
    }

    std::array<std::uint32_t, long_lag> state_{};  ///< the next values
    std::array<std::uint32_t, long_lag> ready_{};
    std::size_t used_ = long_lag;
};

}  // namespace spikefab
