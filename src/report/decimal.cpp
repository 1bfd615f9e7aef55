// SPDX-License-Identifier: Apache-2.0
// Rounding for print.
#include "report/decimal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace spikefab {
namespace {

constexpr int exact_digits = 15;  // what a double keeps of any decimal number
constexpr int most_places = 21;   // 10^22 is the largest power of ten that a double holds exactly

}  // namespace

double rounded(double value) {
    const std::string text = fmt::format("{:.12g}", value);
    double result = 0.0;
    std::from_chars(text.data(), text.data() + text.size(), result);
    return result;
}

std::string decimal(double value) {
    return fmt::format("{}", rounded(value));
}

ExactEnergy exact(const EnergyBreakdown& energy) {
    const double joules = std::max(energy.total.si(), 1e-30);
    const int magnitude = static_cast<int>(std::floor(std::log10(joules)));
    // One digit is kept back: rounding may carry the sum into the next power of ten.
    const int places = std::clamp(exact_digits - 2 - magnitude, 0, most_places);
    const double scale = std::pow(10.0, places);
    const auto grains = [&](Energy part) { return std::llround(part.si() * scale); };

    ExactEnergy result;
    const std::int64_t static_grains = grains(energy.static_energy);
    const std::int64_t host_grains = grains(energy.host);
    std::int64_t dynamic_grains = 0;
    for (const auto& [name, part] : energy.by_component) {
        result.by_component[name] = static_cast<double>(grains(part)) / scale;
        if (name != "static" && name != "host") dynamic_grains += grains(part);
    }
    result.dynamic = static_cast<double>(dynamic_grains) / scale;
    result.static_energy = static_cast<double>(static_grains) / scale;
    result.host = static_cast<double>(host_grains) / scale;
    result.total = static_cast<double>(dynamic_grains + static_grains + host_grains) / scale;
    return result;
}

}  // namespace spikefab
