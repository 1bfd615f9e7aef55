// SPDX-License-Identifier: Apache-2.0
// What an experiment must say.
#include "run/experiment.hpp"

#include "base/error.hpp"
#include "base/folder_name.hpp"

namespace spikefab {

void check(const Experiment& experiment) {
    check_folder_name("name", experiment.name);
    const NetworkChoice& network = experiment.network;
    if (network.generator && !network.file.empty()) throw InputError{"network: give either `file` or `generator`, not both"};
    if (!network.generator && network.file.empty())
        throw InputError{"network.file: missing (a .nir file with the trained network); add it, or use network.generator"};
    if (!network.generator && experiment.input.images.empty())
        throw InputError{"input.images: missing (what the network is to classify); add an idx, npy, npz or HDF5 file"};
    if (network.generator && (!network.neurons.empty() || !network.dendrites.empty()))
        throw InputError{"network.neurons and network.dendrites are for networks from a file; remove them, or the generator"};
    if (experiment.steps == 0) throw InputError{"steps: must be at least 1"};
}

}  // namespace spikefab
