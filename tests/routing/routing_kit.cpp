// SPDX-License-Identifier: Apache-2.0
// Making topologies and algorithms by name and walking packets through them.
#include "routing_kit.hpp"

namespace spikefab {
namespace {

/// Writes whole numbers, lists of whole numbers and faults into the fields of the same names.
class FieldSetter final : public FieldVisitor {
public:
    FieldSetter(const std::vector<std::pair<std::string_view, std::int64_t>>& numbers, const Faults& faults)
        : numbers_{numbers}, faults_{faults} {}

    void boolean(const FieldInfo& info, bool& value) override {
        for (const auto& [key, number] : numbers_)
            if (key == info.key) value = number != 0;
    }
    void integer(const FieldInfo& info, std::int64_t& value) override {
        for (const auto& [key, number] : numbers_)
            if (key == info.key) value = number;
    }
    void section(const FieldInfo& info, const SectionRef& section) override {
        if (info.key == "faults") section.visit(*this);
    }
    void list(const FieldInfo& info, const ListRef& list) override {
        if (info.key == "links") fill_links(list);
        if (info.key == "routers") fill_routers(list);
    }
    void real(const FieldInfo&, double&) override {}
    void quantity(const FieldInfo&, const Unit&, double&) override {}
    void text(const FieldInfo&, std::string&) override {}
    void path(const FieldInfo&, std::filesystem::path&) override {}
    void choice(const FieldInfo&, std::span<const std::string_view>, std::size_t&) override {}
    void map(const FieldInfo&, const MapRef&) override {}
    void optional(const FieldInfo&, const OptionalRef&) override {}
    void model(const FieldInfo&, const ChoiceRef&) override {}

private:
    /// Copies one record of known numbers into the section or integer it is shown.
    void fill_links(const ListRef& list) {
        list.resize(faults_.links.size());
        for (std::size_t index = 0; index < list.size(); ++index) {
            const DeadLink& link = faults_.links[index];
            const std::vector<std::pair<std::string_view, std::int64_t>> numbers{
                {"from", link.from}, {"to", link.to}, {"both_ways", link.both_ways ? 1 : 0}, {"faults", 1}};
            FieldSetter inner{numbers, {}};
            list.visit(index, {.key = "faults", .meaning = ""}, inner);
        }
    }
    void fill_routers(const ListRef& list) {
        list.resize(faults_.routers.size());
        for (std::size_t index = 0; index < list.size(); ++index) {
            const std::vector<std::pair<std::string_view, std::int64_t>> numbers{{"router", faults_.routers[index]}};
            FieldSetter inner{numbers, {}};
            list.visit(index, {.key = "router", .meaning = ""}, inner);
        }
    }

    const std::vector<std::pair<std::string_view, std::int64_t>>& numbers_;
    const Faults& faults_;
};

}  // namespace

Topology build_topology(std::string_view model, const std::vector<std::pair<std::string_view, std::int64_t>>& numbers,
                        const Faults& faults) {
    ModelChoice<TopologyModel> choice{model};
    FieldSetter setter{numbers, faults};
    choice->visit(setter);
    return choice->build();
}

std::unique_ptr<RoutingAlgorithm> make_routing(std::string_view model, const Topology& topology, unsigned vcs,
                                               std::span<const MulticastGroup> groups) {
    return Registry<RoutingModel>::instance().make(model)->make(topology, vcs, groups);
}

std::vector<std::uint32_t> path(const Topology& topology, const RoutingAlgorithm& routing, EndpointId source,
                                EndpointId destination, std::uint32_t choice) {
    std::vector<std::uint32_t> visited;
    Header header = routing.prepare({.source = source, .destination = destination, .choice = choice});
    Position at{topology.endpoint(source).router, topology.endpoint(source).port, 0};
    while (visited.size() < 1000) {
        visited.push_back(at.router.value());
        Route route;
        routing.route(at, header, route);
        if (route.count == 0) break;
        const ChannelId out = topology.channel_out(at.router, route.options[0].port);
        if (!out.valid()) break;
        header = routing.forward(at, header, route.options[0].port);
        at = {topology.channel(out).to, topology.channel(out).to_port, 0};
    }
    return visited;
}

}  // namespace spikefab
