// SPDX-License-Identifier: Apache-2.0
// Which populations are compartments of others: NIR has no such thing, so a person says it beside the file.
#pragma once

#include "base/field.hpp"
#include "network/lowered.hpp"

#include <array>
#include <string>
#include <vector>

namespace spikefab {

/// As in models/neuron/loihi_dendrites.cpp, whose choices have the same names in the same order.
enum class DendriteJoin { add, max, min, pass, block, bitwise_or, bitwise_and };
constexpr auto enum_names(DendriteJoin) {
    return std::array<std::string_view, 7>{"add", "max", "min", "pass", "block", "or", "and"};
}
enum class DendritePass { nothing, current, voltage, voltage_above_threshold, spike };
constexpr auto enum_names(DendritePass) {
    return std::array<std::string_view, 5>{"nothing", "current", "voltage", "voltage_above_threshold", "spike"};
}

/// Neuron i of population `compartment` is a compartment of neuron i of population `parent`.
struct DendriteLink {
    std::string compartment;
    std::string parent;
    DendriteJoin join = DendriteJoin::add;
    DendritePass passes = DendritePass::spike;
    static constexpr auto fields = std::tuple{
        field("compartment", &DendriteLink::compartment, "population whose neuron i is a compartment of neuron i of the parent")
            .required(),
        field("parent", &DendriteLink::parent, "population that it belongs to").required(),
        field("join", &DendriteLink::join, "how the parent joins what it is passed with its own current"),
        field("passes", &DendriteLink::passes, "what the compartment passes to its parent in every step"),
    };
};

/// Makes trees of `network`'s populations. InputError when a name is not known, sizes differ, a parent has more than two
/// compartments or several joins, a compartment has two parents or is its own ancestor, or the chip's neurons have none.
void attach_dendrites(LoweredNetwork& network, const std::vector<DendriteLink>& links);

}  // namespace spikefab
