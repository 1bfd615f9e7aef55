// SPDX-License-Identifier: Apache-2.0
// Indices that cannot be mixed up: a CoreId is not a NeuronId.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace spikefab {

template <class Tag>
class Id final {
public:
    constexpr Id() = default;
    constexpr explicit Id(std::uint32_t value) : value_{value} {}
    constexpr explicit Id(std::size_t value) : value_{static_cast<std::uint32_t>(value)} {}

    [[nodiscard]] constexpr std::uint32_t value() const { return value_; }
    [[nodiscard]] constexpr bool valid() const { return value_ != std::numeric_limits<std::uint32_t>::max(); }
    constexpr auto operator<=>(const Id&) const = default;

private:
    std::uint32_t value_ = std::numeric_limits<std::uint32_t>::max();
};

using CoreId = Id<struct CoreTag>;              ///< a core of the chip, row-major over tiles, then within a tile
using RouterId = Id<struct RouterTag>;          ///< a router of a NoC plane
using NeuronId = Id<struct NeuronTag>;          ///< a neuron inside one core
using AxonId = Id<struct AxonTag>;              ///< an input axon of one core
using PopulationId = Id<struct PopulationTag>;  ///< a population (layer) of a network

/// A vector that only its own kind of index opens.
template <class Key, class Value>
class IdVector final {
public:
    IdVector() = default;
    explicit IdVector(std::size_t size, const Value& value = {}) : values_(size, value) {}

    [[nodiscard]] auto& operator[](Key key) { return values_[key.value()]; }
    [[nodiscard]] const auto& operator[](Key key) const { return values_[key.value()]; }
    [[nodiscard]] std::size_t size() const { return values_.size(); }
    [[nodiscard]] bool empty() const { return values_.empty(); }
    Key push_back(Value value) {
        values_.push_back(std::move(value));
        return Key{values_.size() - 1};
    }
    [[nodiscard]] auto begin() { return values_.begin(); }
    [[nodiscard]] auto end() { return values_.end(); }
    [[nodiscard]] auto begin() const { return values_.begin(); }
    [[nodiscard]] auto end() const { return values_.end(); }

private:
    std::vector<Value> values_;
};

}  // namespace spikefab
