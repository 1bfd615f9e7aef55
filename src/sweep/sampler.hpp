// SPDX-License-Identifier: Apache-2.0
// Which points to try. A sampler is asked for points, told what came out, and asked again until it has no more: a grid
// answers once, a search as often as it likes.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace spikefab {

/// Settings of one point, (path, value as YAML), in the order of the table's columns.
struct Point {
    std::vector<std::pair<std::string, std::string>> values;
    bool operator==(const Point&) const = default;
};

/// What came out of a point: the text of its run.json, or why there is none.
struct PointOutcome {
    Point point;
    std::optional<std::string> result;  ///< run.json
    std::string reason;                 ///< of the failure, one line; empty when there is a result
};

class Sampler {
public:
    virtual ~Sampler() = default;
    /// The next points, given everything that is known so far; empty: no more.
    [[nodiscard]] virtual std::vector<Point> next(std::span<const PointOutcome> known) = 0;
};

/// Every combination of the listed values; the last path varies fastest.
class GridSampler final : public Sampler {
public:
    explicit GridSampler(std::map<std::string, std::vector<std::string>> values) : values_{std::move(values)} {}
    [[nodiscard]] std::vector<Point> next(std::span<const PointOutcome> known) override;

private:
    std::map<std::string, std::vector<std::string>> values_;
    bool asked_ = false;
};

}  // namespace spikefab
