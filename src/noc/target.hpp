// SPDX-License-Identifier: Apache-2.0
// What the events of a time wheel are for, in one word: an input or output of a router, an endpoint, or a router to wake.
#pragma once

#include "noc/fabric.hpp"

#include <cstdint>

namespace spikefab::noc {

class Target final {
public:
    enum class Kind : std::uint8_t { port, endpoint, wake };

    Target() = default;
    Target(Kind kind, HopKind hop, std::uint32_t index)
        : bits_{index | static_cast<std::uint32_t>(hop) << hop_shift | static_cast<std::uint32_t>(kind) << kind_shift} {}
    static constexpr std::uint32_t limit = 1U << 28;

    [[nodiscard]] Kind kind() const { return static_cast<Kind>(bits_ >> kind_shift); }
    /// The engine's number of the port, the endpoint or the router.
    [[nodiscard]] std::uint32_t index() const { return bits_ & (limit - 1); }
    /// The kind of link that leads there.
    [[nodiscard]] std::size_t hop() const { return (bits_ >> hop_shift) & 3U; }
    bool operator==(const Target&) const = default;

private:
    static constexpr unsigned hop_shift = 28, kind_shift = 30;
    std::uint32_t bits_ = limit - 1;
};

}  // namespace spikefab::noc
