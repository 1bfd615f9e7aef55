// SPDX-License-Identifier: Apache-2.0
// What a topology model must provide. A model is one file in models/routing/topology: parameters, field table, build,
// one registration line. YAML picks it: `topology: {model: mesh, width: 8, height: 4, cores_per_router: 4}`.
#pragma once

#include "base/field.hpp"
#include "base/registry.hpp"
#include "models/routing/topology.hpp"

#include <concepts>
#include <memory>
#include <vector>

namespace spikefab {

/// A registered topology with its parameters.
class TopologyModel {
public:
    virtual ~TopologyModel() = default;
    [[nodiscard]] virtual std::unique_ptr<TopologyModel> clone() const = 0;
    virtual void visit(FieldVisitor& visitor) = 0;
    /// InputError when the parameters contradict each other (a dead link between routers that are no neighbours, ...).
    [[nodiscard]] virtual Topology build() const = 0;
};

template <class Model>
concept TopologyBehaviour = requires(const typename Model::Params& params) {
    { Model::name } -> std::convertible_to<std::string_view>;
    { Model::summary } -> std::convertible_to<std::string_view>;
    { Model::build(params) } -> std::same_as<Topology>;
    requires HasFields<typename Model::Params>;
};

struct DeadLink {
    std::uint32_t router = 0;
    std::uint32_t neighbour = 0;
    bool both_ways = true;
    static constexpr auto fields =
        std::tuple{field("router", &DeadLink::router, "router that can no longer send").required(),
                   field("neighbour", &DeadLink::neighbour, "router that it can no longer reach").required(),
                   field("both_ways", &DeadLink::both_ways, "the way back is dead too")};
};

/// What is broken; every topology model has this section.
struct Faults {
    std::vector<DeadLink> links{};
    std::vector<std::uint32_t> routers{};
    static constexpr auto fields = std::tuple{field("links", &Faults::links, "dead links, each {router, neighbour}"),
                                              field("routers", &Faults::routers, "dead routers; their cores are gone too")};
};

/// Breaks what `faults` names and finishes the topology. InputError for a link or router that does not exist.
[[nodiscard]] Topology finish_with_faults(TopologyBuilder& builder, const Faults& faults);

namespace detail {

template <TopologyBehaviour Model>
class RegisteredTopology final : public TopologyModel {
public:
    [[nodiscard]] std::unique_ptr<TopologyModel> clone() const override { return std::make_unique<RegisteredTopology>(*this); }
    void visit(FieldVisitor& visitor) override { visit_fields(visitor, params_); }
    [[nodiscard]] Topology build() const override { return Model::build(params_); }

private:
    typename Model::Params params_{};
};

}  // namespace detail

template <TopologyBehaviour Model>
[[nodiscard]] bool register_topology() {
    return Registry<TopologyModel>::instance().add(
        {Model::name, Model::summary, [] { return std::make_unique<detail::RegisteredTopology<Model>>(); }});
}

}  // namespace spikefab
