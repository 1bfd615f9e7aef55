// SPDX-License-Identifier: Apache-2.0
// Every combination, once.
#include "sweep/sampler.hpp"

#include "base/error.hpp"
#include "sweep/sweep_file.hpp"

#include <fmt/format.h>

namespace spikefab {
namespace {

constexpr std::size_t most_points = 1'000'000;

}  // namespace

void check(const SweepFile& sweep) {
    if (sweep.values.empty()) throw InputError{"values: no path with values; give at least one"};
    std::size_t points = 1;
    for (const auto& [path, values] : sweep.values) {
        if (values.empty()) throw InputError{fmt::format("values.{}: the list is empty; give at least one value", path)};
        points *= values.size();
        if (points > most_points)
            throw InputError{fmt::format("values: more than {} points in all; shorten a list", most_points)};
    }
}

std::vector<Point> GridSampler::next(std::span<const PointOutcome> /*known*/) {
    if (std::exchange(asked_, true)) return {};
    std::vector<Point> points{Point{}};
    for (const auto& [path, values] : values_) {
        std::vector<Point> longer;
        longer.reserve(points.size() * values.size());
        for (const Point& point : points)
            for (const std::string& value : values) {
                longer.push_back(point);
                longer.back().values.emplace_back(path, value);
            }
        points = std::move(longer);
    }
    return points;
}

}  // namespace spikefab
