// SPDX-License-Identifier: Apache-2.0
// What the points of a sweep file are: experiments, the hash of all that decides their results, and the command that runs them.
#pragma once

#include "config/tree.hpp"
#include "run/experiment.hpp"
#include "sweep/sweep.hpp"
#include "sweep/sweep_file.hpp"

#include <filesystem>
#include <string>

namespace spikefab::cli {

class SweepPoints final {
public:
    /// InputError for every mistake of the file, and when its base cannot be read.
    explicit SweepPoints(const std::filesystem::path& file);

    [[nodiscard]] const SweepFile& file() const { return sweep_; }
    /// The base with the point's values; paths among them are read against the sweep file's folder. InputError as for any
    /// experiment.
    [[nodiscard]] Experiment experiment(const Point& point) const;
    /// The point's resolved configuration and the command that runs it. The key is the hash of that configuration, of every
    /// file that it names, and of this program.
    [[nodiscard]] ResolvedPoint resolve(const Point& point, const PointStore& store) const;
    /// InputError when any single value makes no experiment (values are tried one path at a time).
    void check_values() const;

private:
    /// Where `value` stands in the list of `path`.
    [[nodiscard]] config::Origin place_of(const std::string& path, const std::string& value) const;

    config::Tree tree_;
    SweepFile sweep_;
    config::Tree base_;
};

}  // namespace spikefab::cli
