// SPDX-License-Identifier: Apache-2.0
// What a spike packet carries from core to core, packed into the NoC's 64 data bits.
#pragma once

#include <cstdint>

namespace spikefab {

/// Axon of the destination, the step in which the spike acts, and its value (1 for plain spikes).
struct Message {
    std::uint32_t axon = 0;  ///< 20 bits
    std::uint64_t step = 0;  ///< 12 bits travel; the receiver knows the rest
    std::int32_t payload = 1;

    [[nodiscard]] std::uint64_t pack() const {
        return (std::uint64_t{axon} << 44U) | ((step & 0xfffU) << 32U) | static_cast<std::uint32_t>(payload);
    }
    /// The packed message for another axon, to act `later` steps later.
    [[nodiscard]] static std::uint64_t redirect(std::uint64_t data, std::uint32_t axon, std::uint32_t later) {
        const std::uint64_t step = (data >> 32U) + later;
        return (std::uint64_t{axon} << 44U) | ((step & 0xfffU) << 32U) | static_cast<std::uint32_t>(data);
    }
    [[nodiscard]] static std::uint32_t axon_of(std::uint64_t data) { return static_cast<std::uint32_t>(data >> 44U); }
    /// `now` is the receiver's step; senders and receivers are less than 2,048 steps apart.
    [[nodiscard]] static Message unpack(std::uint64_t data, std::uint64_t now) {
        const auto behind = static_cast<std::int64_t>(((data >> 32U) - now) & 0xfffU);
        const std::int64_t distance = behind < 2048 ? behind : behind - 4096;
        return {static_cast<std::uint32_t>(data >> 44U), static_cast<std::uint64_t>(static_cast<std::int64_t>(now) + distance),
                static_cast<std::int32_t>(static_cast<std::uint32_t>(data))};
    }
};

}  // namespace spikefab
