// SPDX-License-Identifier: Apache-2.0
// The images of an experiment, as its network takes them.
#pragma once

#include "network/dataset.hpp"
#include "run/experiment.hpp"
#include "run/load_network.hpp"

#include <optional>

namespace spikefab {

/// The data sets of a run; neither for networks without input.
struct RunData {
    std::optional<Dataset> lessons{};
    std::optional<Dataset> inputs{};
};

/// InputError when the files do not fit the network, each other, or what the experiment asks for.
[[nodiscard]] RunData load_data(const Experiment& experiment, const LoadedNetwork& network);

}  // namespace spikefab
