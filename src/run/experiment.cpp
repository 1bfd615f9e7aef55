// SPDX-License-Identifier: Apache-2.0
// What an experiment must say.
#include "run/experiment.hpp"

#include "base/error.hpp"
#include "base/folder_name.hpp"
#include "config/reader.hpp"

#include <fmt/format.h>

namespace spikefab {
namespace {

void check_range(const StepRange& range, const Experiment& experiment, std::string_view key) {
    if (range.first_step > range.last_step)
        throw InputError{fmt::format("{}: first_step = {} is after last_step = {}", key, range.first_step, range.last_step)};
    const std::uint64_t steps = std::uint64_t{experiment.steps} + experiment.drain.value_or(0);
    if (experiment.drain && range.first_step > steps)
        throw InputError{
            fmt::format("{}.first_step: step {} never comes; an image has {} steps", key, range.first_step, steps)};
}

/// What learns: a projection by a rule, or the synapses of an event-driven chip.
void check_learners(const Experiment& experiment) {
    const bool event_driven = experiment.chip.synchronisation == Synchronisation::event;
    if (experiment.network.learning.empty() && !event_driven)
        throw InputError{"learn: nothing learns; say which projection by which rule (network.learning)"};
    if (event_driven && !experiment.learn->rewards.empty())
        throw InputError{"learn.rewards: event-driven chips know no rewards; remove them"};
}

/// InputError when the images that are taught have no labels, which `user` needs.
void check_labels(const Experiment& experiment, const Lessons& lessons, std::string_view user) {
    const bool own = !lessons.images.empty();
    if ((own ? lessons.labels : experiment.input.labels).empty())
        throw InputError{fmt::format("{}.labels: missing ({} needs them)", own ? "learn" : "input", user)};
}

void check_teacher(const Experiment& experiment, const Lessons& lessons) {
    check_labels(experiment, lessons, "the teacher");
    check_range(*lessons.teacher, experiment, "learn.teacher");
    if (lessons.images.empty() && lessons.teacher->first_step == 1)
        throw InputError{
            "learn.teacher.first_step: 1 leaves no step in which images are asked before they are taught; begin "
            "later, or give images to learn from (learn.images)"};
}

void check_lessons(const Experiment& experiment, const Lessons& lessons) {
    check_learners(experiment);
    if (lessons.images.empty() && !lessons.teacher)
        throw InputError{
            "learn: neither images to learn from (learn.images) nor a teacher for those of the input "
            "(learn.teacher)"};
    if (lessons.images.empty() && (!lessons.labels.empty() || lessons.first != 0 || lessons.count != 0 || lessons.repeats != 1))
        throw InputError{
            "learn: labels, first, count and repeats are about learn.images, which is missing; without it the "
            "images of the input are taught"};
    if (lessons.teacher) check_teacher(experiment, lessons);
    for (std::size_t i = 0; i < lessons.rewards.size(); ++i) {
        const std::string key = fmt::format("learn.rewards.{}", i);
        check_range(lessons.rewards[i], experiment, key);
        if (!lessons.rewards[i].labels.empty()) check_labels(experiment, lessons, key);
    }
}

/// Where the sections of `network.learning` and their rules were written, by path below it.
using Places = std::map<std::string, config::Origin>;

[[nodiscard]] Places learning_places(config::Tree tree) {
    Places places;
    config::expand(tree);
    for (const char* const key : {"network", "learning"}) {
        const config::Tree::Entry* const entry = tree.find(key);
        if (entry == nullptr) return places;
        config::Tree inner = entry->value;
        config::expand(inner);
        tree = std::move(inner);
    }
    for (config::Tree::Entry& projection : tree.entries) {
        places[projection.key] = projection.origin;
        config::expand(projection.value);
        for (const config::Tree::Entry& field : projection.value.entries)
            places[projection.key + "." + field.key] = field.value.origin;
    }
    return places;
}

}  // namespace

void add_rule_problems(const ProjectionLearning& learning, const std::string& prefix,
                       const std::function<config::Origin(const std::string& key)>& place_of, config::Problems& problems) {
    for (const auto& [key, rule] : {std::pair{"dw", learning.dw}, {"dd", learning.dd}, {"dt", learning.dt}})
        if (const std::string problem = learning_rule_problem(rule); !problem.empty())
            problems.add({place_of(key), prefix + key, problem, "", ""});
}

Experiment read_experiment(config::Tree tree) {
    config::Tree written = tree;
    auto experiment = config::read<Experiment>(std::move(tree));
    const Places places = learning_places(std::move(written));
    config::Problems problems;
    for (auto& [name, learning] : experiment.network.learning) {
        if (const auto place = places.find(name); place != places.end()) learning.written_at = place->second.text();
        const auto place_of = [&places, section = name + "."](const std::string& key) {
            const auto place = places.find(section + key);
            return place == places.end() ? config::Origin{} : place->second;
        };
        add_rule_problems(learning, fmt::format("network.learning.{}.", name), place_of, problems);
    }
    problems.raise();
    return experiment;
}

bool teaches_inputs(const Experiment& experiment) {
    return experiment.learn && experiment.learn->images.empty();
}

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
    if (network.generator && !network.learning.empty())
        throw InputError{"network.learning: a generated network has no projections with names; give a file"};
    if (experiment.learn) check_lessons(experiment, *experiment.learn);
    for (std::size_t i = 0; i < experiment.gpus.models.size(); ++i)
        for (const std::string& problem : problems_of(experiment.gpus.models[i]))
            throw InputError{fmt::format("gpus.models.{}.{}", i, problem)};
    if (experiment.steps == 0) throw InputError{"steps: must be at least 1"};
}

}  // namespace spikefab
