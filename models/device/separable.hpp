// SPDX-License-Identifier: Apache-2.0
// State equations of the form x' = a(t) b(x): the drive enters only through its integral, so b is integrated
// over that instead of over time.
#pragma once

#include "models/numerics/dormand_prince.hpp"

#include <algorithm>

namespace spikefab {

/// x after x' = a b(x) with integral of a equal to `drive` (of one sign), kept within [low, high].
template <class Rate>
[[nodiscard]] double advance_separable(double x, double drive, Rate rate, double low, double high) {
    if (drive == 0.0) return x;
    const OdeTolerance tolerance{.relative = 1e-10, .absolute = 1e-13 * (high - low)};
    const auto slope = [&](double, const std::array<double, 1>& y) {
        return std::array<double, 1>{rate(std::clamp(y[0], low, high))};
    };
    const auto keep_inside = [&](double, std::array<double, 1>& y) {
        const bool inside = y[0] > low && y[0] < high;
        y[0] = std::clamp(y[0], low, high);
        return inside;
    };
    return integrate_ode(slope, std::array<double, 1>{x}, 0.0, drive, tolerance, keep_inside)[0];
}

}  // namespace spikefab
