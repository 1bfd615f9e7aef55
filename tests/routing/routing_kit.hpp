// SPDX-License-Identifier: Apache-2.0
// What the routing tests share: making topologies and algorithms by name and walking packets through them.
#pragma once

#include "config/reader.hpp"
#include "models/routing/routing.hpp"
#include "models/routing/topology_model.hpp"

#include <string>
#include <vector>

namespace spikefab {

template <class Interface>
struct PickedModel {
    ModelChoice<Interface> picked{};
    static constexpr auto fields = std::tuple{field("picked", &PickedModel::picked, "the model under test").required()};
};

/// The registered model that `yaml` describes, "{model: odd_even}" or just "odd_even".
template <class Interface>
[[nodiscard]] ModelChoice<Interface> pick_model(const std::string& yaml) {
    const std::string text = "picked: " + (yaml.starts_with("{") ? yaml : "{model: " + yaml + "}");
    return config::read<PickedModel<Interface>>(config::parse(text, "test")).picked;
}

/// The topology that `yaml` describes: "{model: mesh, width: 8, height: 4}".
[[nodiscard]] Topology build_topology(const std::string& yaml);

/// The algorithm that `yaml` describes.
[[nodiscard]] std::unique_ptr<RoutingAlgorithm> make_routing(const std::string& yaml, const Topology& topology,
                                                             unsigned vcs = 1, std::span<const MulticastGroup> groups = {});

/// The routers a packet visits when it always takes its first option; ends where it leaves, or after 1000 hops.
[[nodiscard]] std::vector<std::uint32_t> path(const Topology& topology, const RoutingAlgorithm& routing, EndpointId source,
                                              EndpointId destination, std::uint32_t choice = 0);

/// The message of the InputError that `action` throws; empty when it throws none.
template <class Action>
[[nodiscard]] std::string refusal(Action action) {
    try {
        static_cast<void>(action());
    } catch (const InputError& error) {
        return error.what();
    }
    return {};
}

}  // namespace spikefab
