// SPDX-License-Identifier: Apache-2.0
// Reading and writing quantities with SI prefixes.
#include "base/quantity.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace spikefab {
namespace {

struct Prefix {
    std::string_view text;
    double factor;
};

constexpr std::array prefixes{Prefix{"f", 1e-15},        Prefix{"p", 1e-12},     Prefix{"n", 1e-9},    Prefix{"u", 1e-6},
                              Prefix{"\u00b5", 1e-6},    Prefix{"\u03bc", 1e-6}, Prefix{"m", 1e-3},    Prefix{"c", 1e-2},
                              Prefix{"", 1.0},           Prefix{"k", 1e3},       Prefix{"M", 1e6},     Prefix{"G", 1e9},
                              Prefix{"T", 1e12},         Prefix{"P", 1e15},      Prefix{"Ki", 1024.0}, Prefix{"Mi", 1048576.0},
                              Prefix{"Gi", 1073741824.0}};

constexpr std::array written{Prefix{"f", 1e-15}, Prefix{"p", 1e-12}, Prefix{"n", 1e-9}, Prefix{"u", 1e-6},
                             Prefix{"m", 1e-3},  Prefix{"", 1.0},    Prefix{"k", 1e3},  Prefix{"M", 1e6},
                             Prefix{"G", 1e9},   Prefix{"T", 1e12},  Prefix{"P", 1e15}};

/// The factor of `symbol` in `unit`, e.g. 1e-12 for "pJ"; areas square their prefix ("mm2"), bytes count 8 bits.
std::optional<double> unit_factor(std::string_view symbol, const Unit& unit) {
    const bool data = unit.symbol == "bit";
    const bool area = unit.symbol == "m2";
    for (const Prefix& prefix : prefixes) {
        if (!symbol.starts_with(prefix.text)) continue;
        const std::string_view rest = symbol.substr(prefix.text.size());
        if (rest == unit.symbol) return area ? prefix.factor * prefix.factor : prefix.factor;
        if (data && rest == "B") return 8.0 * prefix.factor;
        if (unit.symbol == "ohm" && (rest == "\u03a9" || rest == "\u2126" || rest == "Ohm")) return prefix.factor;
    }
    return std::nullopt;
}

}  // namespace

std::optional<double> parse_quantity(std::string_view text, const Unit& unit) {
    double number = 0.0;
    const char* const end = text.data() + text.size();
    const auto [rest, failure] = std::from_chars(text.data(), end, number);
    if (failure != std::errc{} || !std::isfinite(number)) return std::nullopt;
    std::string_view symbol(rest, static_cast<std::size_t>(end - rest));
    while (!symbol.empty() && symbol.front() == ' ') symbol.remove_prefix(1);
    const auto factor = unit_factor(symbol, unit);
    if (!factor) return std::nullopt;
    // One rounding only: dividing powers of ten keeps "23.6 pJ" exactly 23.6 inside.
    const double ratio = *factor / unit.scale;
    return ratio >= 1.0 ? number * std::round(ratio * 1e6) / 1e6 : number / (std::round(unit.scale / *factor * 1e6) / 1e6);
}

std::string format_quantity(double value, const Unit& unit) {
    if (value == 0.0) return fmt::format("0 {}", unit.symbol);
    const bool area = unit.symbol == "m2";
    for (auto prefix = written.rbegin(); prefix != written.rend(); ++prefix) {
        const double factor = area ? prefix->factor * prefix->factor : prefix->factor;
        const double number = std::abs(value) * unit.scale / factor;
        if (number < 0.9999999999 && prefix + 1 != written.rend()) continue;
        for (int digits = 1; digits <= 17; ++digits) {
            const std::string text =
                fmt::format("{:.{}g} {}{}", value * unit.scale / factor, digits, prefix->text, unit.symbol);
            if (parse_quantity(text, unit) == value) return text;
        }
        break;
    }
    return fmt::format("{} {}", value * unit.scale, unit.symbol);
}

std::string format_rounded(double value, const Unit& unit, int digits) {
    if (value == 0.0) return fmt::format("0 {}", unit.symbol);
    const bool area = unit.symbol == "m2";
    for (auto prefix = written.rbegin(); prefix != written.rend(); ++prefix) {
        const double factor = area ? prefix->factor * prefix->factor : prefix->factor;
        const double number = std::abs(value) * unit.scale / factor;
        if (number < 0.9999999999 && prefix + 1 != written.rend()) continue;
        return fmt::format("{:.{}g} {}{}", value * unit.scale / factor, digits, prefix->text, unit.symbol);
    }
    return fmt::format("{:.{}g} {}", value * unit.scale, digits, unit.symbol);
}

}  // namespace spikefab
