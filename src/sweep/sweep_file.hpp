// SPDX-License-Identifier: Apache-2.0
// A sweep as a person writes it: an experiment, and for some of its settings a list of values each.
#pragma once

#include "base/field.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace spikefab {

/// Results that every table shows unless the file names its own.
[[nodiscard]] inline std::vector<std::string> default_columns() {
    return {"accuracy",
            "per_inference.energy_J",
            "per_inference.dynamic_energy_J",
            "per_inference.latency_s.mean",
            "per_inference.latency_s.p95",
            "power_W.mean",
            "placement.cores_used",
            "steps",
            "simulated_s",
            "events.spikes",
            "events.synaptic_events",
            "events.packets",
            "events.hops"};
}

struct SweepFile {
    std::string name;
    std::filesystem::path base;
    std::map<std::string, std::vector<std::string>> values;
    std::vector<std::string> columns = default_columns();
    static constexpr auto fields = std::tuple{
        field("name", &SweepFile::name, "names the sweep's folder").required(),
        field("base", &SweepFile::base, "the experiment that all points share").required(),
        field("values", &SweepFile::values, "values to try, by the setting's path as in --set; every combination is a point")
            .required(),
        field("columns", &SweepFile::columns, "results in the table, by their path in run.json")};
};

/// InputError when there is nothing to combine (no path, or a path without values) or more than a million points.
void check(const SweepFile& sweep);

}  // namespace spikefab
