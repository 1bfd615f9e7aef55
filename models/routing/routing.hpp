// SPDX-License-Identifier: Apache-2.0
// What a routing algorithm must provide: from where a packet is and what its header says to the outputs it may take.
//
// An algorithm is one file in models/routing/algorithm: parameters, claims, a constructor that precomputes what it needs
// from the topology, `route`, the paper it comes from, one registration line. It is a pure function: no clock, no state
// that changes, no random draws (a header carries `choice`, bits drawn once per packet, for algorithms that need some).
#pragma once

#include "base/field.hpp"
#include "base/registry.hpp"
#include "models/routing/topology.hpp"

#include <array>
#include <concepts>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace spikefab {

using VcMask = std::uint16_t;  ///< a set of virtual channels, bit v = channel v
inline constexpr unsigned vc_limit = 16;
[[nodiscard]] constexpr VcMask all_vcs(unsigned vcs) {
    return static_cast<VcMask>((1U << vcs) - 1U);
}

inline constexpr std::uint32_t no_tag = 0xffffffffU;

/// What a packet carries for the routers.
struct Header {
    EndpointId source{};         ///< the way of a packet with a destination never depends on it
    EndpointId destination{};    ///< not valid() for a multicast packet, which goes where `tag` says
    std::uint32_t tag = no_tag;  ///< multicast group or key; relative addresses are kept here too (see RoutingClaims)
    std::uint32_t choice = 0;    ///< drawn once per packet, uniform over 32 bits; fixed for its life
    bool operator==(const Header&) const = default;
};

/// Where the head of a packet stands. A packet that a core injects stands at the core's local port.
struct Position {
    RouterId router{};
    PortIndex in_port = 0;
    std::uint8_t in_vc = 0;
};

struct RouteOption {
    PortIndex port = 0;  ///< a network port, or the destination's own local or edge port: the packet leaves the network
    VcMask vcs = 0;      ///< channels of the next router's input buffer that it may take; any when it leaves
    bool operator==(const RouteOption&) const = default;
};

/// Where a packet may go. Exactly one holds: `count` > 0: one of `options`, the first preferred; `copies` != 0: a copy to
/// every port of that set, on channels `copy_vcs`; neither: there is no way and the packet is dropped and counted.
struct Route {
    static constexpr std::size_t capacity = 8;
    std::array<RouteOption, capacity> options;  // left uninitialised on purpose: filled once per packet and router
    std::uint8_t count = 0;
    VcMask copy_vcs = 0;
    std::uint64_t copies = 0;

    Route() {}  // NOLINT: see `options`
    void add(PortIndex port, VcMask vcs) { options[count++] = {port, vcs}; }
    [[nodiscard]] std::span<const RouteOption> choices() const& { return {options.data(), count}; }
    std::span<const RouteOption> choices() const&& = delete;  // it would outlive the route
    [[nodiscard]] bool nowhere() const { return count == 0 && copies == 0; }
};

/// A multicast group: packets from `source` whose header has `tag` go to every destination.
struct MulticastGroup {
    std::uint32_t tag = no_tag;
    EndpointId source{};
    std::vector<EndpointId> destinations{};
};

/// What an algorithm promises; tests hold each promise on every topology it names (models/routing/check.hpp).
struct RoutingClaims {
    bool minimal = true;           ///< every option brings the packet one hop nearer (on a NoC without faults)
    bool deterministic = true;     ///< never more than one option
    unsigned least_vcs = 1;        ///< virtual channels without which it is not free of deadlock
    bool uses_input = false;       ///< the route depends on Position::in_port
    unsigned choices = 1;          ///< how many values of Header::choice (modulo this) matter
    bool escape = false;           ///< adaptive; channel 0 is the escape sub-network (Duato)
    bool rewrites_header = false;  ///< the header changes from hop to hop: call prepare() and forward()
    bool multicast = false;        ///< knows multicast groups; packets with one destination are routed too
    /// Families of topologies on which it delivers every packet and cannot deadlock.
    std::span<const std::string_view> families{};
};

/// An algorithm made for one topology and a number of virtual channels. `route` is called once per packet and router.
class RoutingAlgorithm {
public:
    virtual ~RoutingAlgorithm() = default;
    /// `route` must be fresh. Dead links and routers are never among the outputs.
    virtual void route(const Position& at, const Header& header, Route& route) const = 0;
    /// The header that the source writes (relative addresses); the same as given unless claims().rewrites_header.
    [[nodiscard]] virtual Header prepare(const Header& header) const { return header; }
    /// The header after the packet has left `at` by the network port `out`.
    [[nodiscard]] virtual Header forward(const Position& at, const Header& header, PortIndex out) const = 0;
    [[nodiscard]] virtual const RoutingClaims& claims() const = 0;
};

/// A registered algorithm with its parameters; YAML picks it: `routing: {model: xy}`.
class RoutingModel {
public:
    virtual ~RoutingModel() = default;
    [[nodiscard]] virtual std::unique_ptr<RoutingModel> clone() const = 0;
    virtual void visit(FieldVisitor& visitor) = 0;
    [[nodiscard]] virtual const RoutingClaims& claims() const = 0;
    /// The destinations of one multicast, in sets that one address each can name: all together unless the scheme of
    /// addresses is narrower (tree_tag).
    [[nodiscard]] virtual std::vector<std::vector<EndpointId>> addressable(const Topology& topology,
                                                                           std::span<const EndpointId> destinations) const = 0;
    /// The algorithm for `topology`, which must outlive it. InputError when it cannot be built at all (no grid to route
    /// on, fewer than least_vcs channels, a group it has no room for). Whether the pair delivers and cannot
    /// deadlock is for check_routing() to say.
    [[nodiscard]] virtual std::unique_ptr<RoutingAlgorithm> make(const Topology& topology, unsigned vcs,
                                                                 std::span<const MulticastGroup> groups = {}) const = 0;
};

/// What a constructor of an algorithm is given.
struct RoutingSite {
    const Topology& topology;
    unsigned vcs = 1;
    std::span<const MulticastGroup> groups{};
};

template <class Model>
concept RoutingBehaviour = requires(const Model& model, const RoutingSite& site, const typename Model::Params& params,
                                    const Position& at, const Header& header, Route& route) {
    { Model::name } -> std::convertible_to<std::string_view>;
    { Model::summary } -> std::convertible_to<std::string_view>;
    { Model::claims } -> std::convertible_to<RoutingClaims>;
    Model{site, params};
    model.route(at, header, route);
    requires HasFields<typename Model::Params>;
};

/// For algorithms without parameters.
struct NoParams {
    static constexpr auto fields = std::tuple{};
};

/// InputError unless 1 <= least <= vcs <= vc_limit.
void require_vcs(unsigned vcs, unsigned least, std::string_view algorithm);
/// Takes the outputs that are dead off `route`.
void remove_dead(const Topology& topology, RouterId router, Route& route);

namespace detail {

template <RoutingBehaviour Model>
class RoutingAdapter final : public RoutingAlgorithm {
public:
    RoutingAdapter(const RoutingSite& site, const typename Model::Params& params)
        : topology_{site.topology}, faulty_{site.topology.faulty()}, model_{site, params} {}

    void route(const Position& at, const Header& header, Route& route) const override {
        model_.route(at, header, route);
        if (faulty_) remove_dead(topology_, at.router, route);
    }
    [[nodiscard]] Header prepare(const Header& header) const override {
        if constexpr (requires { model_.prepare(header); }) return model_.prepare(header);
        return header;
    }
    [[nodiscard]] Header forward([[maybe_unused]] const Position& at, const Header& header,
                                 [[maybe_unused]] PortIndex out) const override {
        if constexpr (requires { model_.forward(at, header, out); }) return model_.forward(at, header, out);
        return header;
    }
    [[nodiscard]] const RoutingClaims& claims() const override { return claims_; }

private:
    static constexpr RoutingClaims claims_ = Model::claims;
    const Topology& topology_;
    bool faulty_;
    Model model_;
};

template <RoutingBehaviour Model>
class RegisteredRouting final : public RoutingModel {
public:
    [[nodiscard]] std::unique_ptr<RoutingModel> clone() const override { return std::make_unique<RegisteredRouting>(*this); }
    void visit(FieldVisitor& visitor) override { visit_fields(visitor, params_); }
    [[nodiscard]] const RoutingClaims& claims() const override { return claims_; }
    [[nodiscard]] std::unique_ptr<RoutingAlgorithm> make(const Topology& topology, unsigned vcs,
                                                         std::span<const MulticastGroup> groups) const override {
        require_vcs(vcs, Model::claims.least_vcs, Model::name);
        return std::make_unique<RoutingAdapter<Model>>(RoutingSite{topology, vcs, groups}, params_);
    }
    [[nodiscard]] std::vector<std::vector<EndpointId>> addressable([[maybe_unused]] const Topology& topology,
                                                                   std::span<const EndpointId> destinations) const override {
        if constexpr (requires { Model::addressable(topology, destinations); })
            return Model::addressable(topology, destinations);
        return {{destinations.begin(), destinations.end()}};
    }

private:
    static constexpr RoutingClaims claims_ = Model::claims;
    typename Model::Params params_{};
};

}  // namespace detail

template <RoutingBehaviour Model>
[[nodiscard]] bool register_routing() {
    return Registry<RoutingModel>::instance().add(
        {Model::name, Model::summary, [] { return std::make_unique<detail::RegisteredRouting<Model>>(); }});
}

}  // namespace spikefab
