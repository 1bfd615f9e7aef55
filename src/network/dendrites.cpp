// SPDX-License-Identifier: Apache-2.0
// Links between populations, checked, into parents and parameters of compartments.
#include "network/dendrites.hpp"

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "network/neuron_overrides.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spikefab {
namespace {

constexpr std::string_view model_with_compartments = "loihi_dendrites";
constexpr std::size_t most_children = 2;  ///< a compartment takes at most two values from the stack

[[noreturn]] void refuse(const std::string& problem) {
    throw InputError{"network.dendrites: " + problem};
}

[[nodiscard]] PopulationId find(const LoweredNetwork& network, const std::string& name) {
    std::vector<std::string> known;
    for (std::uint32_t p = 0; p < network.populations.size(); ++p) {
        const LoweredPopulation& population = network.populations[PopulationId{p}];
        if (population.name == name && population.is_input) refuse(fmt::format("'{}' is an input and has no neurons", name));
        if (population.name == name) return PopulationId{p};
        if (!population.is_input) known.push_back(population.name);
    }
    const std::string close = nearest(name, known);
    refuse(fmt::format(
        "there is no population '{}'; {}", name,
        close.empty() ? fmt::format("there are {}", fmt::join(known, ", ")) : fmt::format("did you mean '{}'?", close)));
}

void attach(LoweredNetwork& network, const DendriteLink& link) {
    const PopulationId child = find(network, link.compartment);
    const PopulationId parent = find(network, link.parent);
    LoweredPopulation& of_child = network.populations[child];
    LoweredPopulation& of_parent = network.populations[parent];
    if (of_child.size != of_parent.size)
        refuse(fmt::format("'{}' has {} neurons and its parent '{}' {}; each neuron needs its own compartment", of_child.name,
                           of_child.size, of_parent.name, of_parent.size));
    if (of_child.parent.valid()) refuse(fmt::format("'{}' is given two parents", of_child.name));
    for (PopulationId above = parent; above.valid(); above = network.populations[above].parent)
        if (above == child) refuse(fmt::format("'{}' would be a compartment of itself", of_child.name));
    if (of_parent.compartments.size() == most_children)
        refuse(fmt::format("'{}' has more than {} compartments; put one below another", of_parent.name, most_children));
    if (link.passes == DendritePass::nothing) refuse(fmt::format("'{}' passes nothing to its parent", of_child.name));
    of_child.parent = parent;
    std::erase(network.outputs, child);  // NIR's Python library gives every dangling node an Output
    of_parent.compartments.push_back(child);
    set_parameter(of_child.parameters, "passes", static_cast<double>(link.passes));
}

[[nodiscard]] const DendriteLink& first_link_to(const std::vector<DendriteLink>& links, const std::string& parent) {
    return *std::find_if(links.begin(), links.end(), [&](const DendriteLink& link) { return link.parent == parent; });
}

}  // namespace

void attach_dendrites(LoweredNetwork& network, const std::vector<DendriteLink>& links) {
    if (links.empty()) return;
    if (network.neuron_model != model_with_compartments)
        refuse(fmt::format("the chip's neuron model '{}' has no compartments; use '{}'", network.neuron_model,
                           model_with_compartments));
    // The same columns everywhere, so that populations may share cores.
    for (LoweredPopulation& population : network.populations)
        for (const char* key : {"takes", "join", "passes"})
            if (!population.is_input) set_parameter(population.parameters, key, 0.0);
    for (const DendriteLink& link : links) {
        attach(network, link);
        const DendriteLink& first = first_link_to(links, link.parent);
        if (first.join != link.join)
            refuse(fmt::format("'{}' joins '{}' by {} and '{}' by {}; a compartment has one join", link.parent,
                               first.compartment, enum_names(first.join)[static_cast<std::size_t>(first.join)],
                               link.compartment, enum_names(link.join)[static_cast<std::size_t>(link.join)]));
        LoweredPopulation& parent = network.populations[find(network, link.parent)];
        set_parameter(parent.parameters, "join", static_cast<double>(link.join));
        set_parameter(parent.parameters, "takes", static_cast<double>(parent.compartments.size()));
    }
}

}  // namespace spikefab
