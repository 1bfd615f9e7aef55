// SPDX-License-Identifier: Apache-2.0
// Searches for axon-type weights whose subset sums cover a set of weights.
#include "network/axon_code.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <numeric>
#include <set>
#include <vector>

namespace spikefab {
namespace {

constexpr unsigned most_types = 4;
constexpr std::size_t most_sums = 15;     ///< nonempty subsets of four types
constexpr int lowest_type_weight = -256;  ///< nine bits, signed (Cassidy et al. 2013)
constexpr int highest_type_weight = 255;

/// The code with these types, if their subset sums cover all `weights`. Fewer synapses are preferred for each weight.
std::optional<AxonCode> code_of(std::span<const int> types, std::span<const int> weights) {
    AxonCode code{.copies = static_cast<unsigned>(types.size())};
    std::map<int, std::uint8_t> sums;
    for (unsigned mask = 1; mask < (1U << types.size()); ++mask) {
        int sum = 0;
        for (std::size_t type = 0; type < types.size(); ++type)
            if ((mask >> type & 1U) != 0) sum += types[type];
        const auto [place, is_new] = sums.try_emplace(sum, static_cast<std::uint8_t>(mask));
        if (!is_new && std::popcount(mask) < std::popcount(unsigned{place->second}))
            place->second = static_cast<std::uint8_t>(mask);
    }
    for (const int weight : weights) {
        const auto found = sums.find(weight);
        if (found == sums.end()) return std::nullopt;
        code.mask_of_weight.insert(*found);
    }
    for (std::size_t type = 0; type < types.size(); ++type) {
        if (types[type] < lowest_type_weight || types[type] > highest_type_weight) return std::nullopt;
        code.type_weights[type] = static_cast<std::int16_t>(types[type]);
    }
    return code;
}

/// All subsets of `weights` with `count` members as types, in order.
std::optional<AxonCode> code_of_own_subset(std::span<const int> weights, std::size_t count) {
    if (weights.size() < count) return std::nullopt;
    std::vector<bool> chosen(weights.size(), false);
    std::fill_n(chosen.begin(), count, true);
    do {
        std::vector<int> types;
        for (std::size_t i = 0; i < weights.size(); ++i)
            if (chosen[i]) types.push_back(weights[i]);
        if (auto code = code_of(types, weights)) return code;
    } while (std::prev_permutation(chosen.begin(), chosen.end()));
    return std::nullopt;
}

std::optional<AxonCode> binary_code(std::span<const int> weights, std::size_t count) {
    int divisor = 0;
    for (const int weight : weights) divisor = std::gcd(divisor, weight);
    for (const int unit : {divisor, -divisor}) {
        for (const int sign_of_last : {-1, 1}) {
            std::vector<int> types;
            for (std::size_t i = 0; i < count; ++i) types.push_back(unit * (1 << i) * (i + 1 == count ? sign_of_last : 1));
            if (auto code = code_of(types, weights)) return code;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<AxonCode> axon_code(std::span<const int> weights) {
    std::set<int> different{weights.begin(), weights.end()};
    different.erase(0);
    if (different.empty()) return AxonCode{};
    if (different.size() > most_sums) return std::nullopt;
    const std::vector<int> values{different.begin(), different.end()};
    for (std::size_t count = 1; count <= most_types; ++count) {
        if (auto code = code_of_own_subset(values, count)) return code;
        if (auto code = binary_code(values, count)) return code;
    }
    return std::nullopt;
}

}  // namespace spikefab
