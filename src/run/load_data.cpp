// SPDX-License-Identifier: Apache-2.0
// Reading images and labels, and holding them against the network.
#include "run/load_data.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace spikefab {
namespace {

/// Images and labels of one part of the experiment. `key` begins the paths in messages.
struct ImageFiles {
    std::string key;
    std::filesystem::path images;
    std::filesystem::path labels;
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    std::vector<std::uint32_t> classes{};
};

/// InputError when a label names a class that nobody votes for.
void check_labels(const ImageFiles& files, const Dataset& dataset, std::uint32_t classes) {
    if (classes == 0) return;
    for (std::size_t image = 0; image < dataset.labels().size(); ++image)
        if (dataset.labels()[image] >= classes)
            throw InputError{fmt::format("{}.labels: {} says class {} for image {}; the network answers with classes 0 to {}",
                                         files.key, files.labels.string(), dataset.labels()[image], image, classes - 1)};
}

[[nodiscard]] Dataset load_images(const ImageFiles& files, const Experiment& experiment, const LoadedNetwork& network) {
    const std::string labels = files.labels.string();
    Dataset dataset = read_dataset(files.images.string(), "", network.dt);
    dataset.pool(experiment.input.pool);
    const bool steps_of_one = dataset.values_each() == network.inputs && experiment.steps > 1;
    if (experiment.encoding->takes_spikes() && !dataset.recorded() && steps_of_one) dataset.join_into_one();
    if (!labels.empty()) dataset.set_labels(read_labels(labels), labels);
    if (!files.classes.empty()) dataset.keep_classes(files.classes);
    if (!experiment.input.context.empty()) dataset.add_context(experiment.input.context);
    check_labels(files, dataset, network.classes);
    const std::size_t left = dataset.size() - std::min<std::size_t>(dataset.size(), files.first);
    if (left == 0)
        throw InputError{fmt::format("{}.first: there is no image {}; {} has {}", files.key, files.first, files.images.string(),
                                     dataset.size())};
    if (files.count > left)
        throw InputError{fmt::format("{}.count: {} images from image {} on, but {} has only {}", files.key, files.count,
                                     files.first, files.images.string(), left)};
    return dataset;
}

}  // namespace

RunData load_data(const Experiment& experiment, const LoadedNetwork& network) {
    RunData data;
    if (network.inputs == 0) return data;
    const InputChoice& input = experiment.input;
    data.inputs =
        load_images({"input", input.images, input.labels, input.first, input.count, input.classes}, experiment, network);
    if (!experiment.learn || teaches_inputs(experiment)) return data;
    const Lessons& learn = *experiment.learn;
    data.lessons = load_images({"learn", learn.images, learn.labels, learn.first, learn.count}, experiment, network);
    return data;
}

}  // namespace spikefab
