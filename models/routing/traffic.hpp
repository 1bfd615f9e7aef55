// SPDX-License-Identifier: Apache-2.0
// Synthetic traffic: to whom every core sends (a pattern) and when (a process). Both are models picked by name in YAML or on
// the command line, and draw from streams of their own per source, so the order in which sources are asked changes nothing.
#pragma once

#include "base/field.hpp"
#include "base/random.hpp"
#include "base/registry.hpp"
#include "models/routing/topology.hpp"

#include <concepts>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace spikefab {

/// Who takes part: `nodes` cores, on a grid of width x height when the topology is one with a core per router. Cores of dead
/// routers keep their numbers, and with them the places of the others in a pattern, but neither send nor receive.
struct TrafficSite {
    std::uint32_t nodes = 0;
    std::uint32_t width = 0;  ///< 0 when there is no grid of cores
    std::uint32_t height = 0;
    std::vector<bool> dead{};  ///< [core]; empty when all work

    [[nodiscard]] bool is_dead(std::uint32_t core) const { return !dead.empty() && dead[core]; }
    /// The cores that are not dead; InputError naming `pattern` when there are fewer than `least`.
    [[nodiscard]] std::vector<std::uint32_t> working(std::string_view pattern, std::size_t least) const;
};
[[nodiscard]] TrafficSite traffic_site(const Topology& topology);

inline constexpr std::uint32_t no_core = std::numeric_limits<std::uint32_t>::max();

/// A pattern made for one NoC.
class TrafficPattern {
public:
    virtual ~TrafficPattern() = default;
    /// The core that the next packet of `source` goes to, `no_core` when it or the core that it would send to is dead: then
    /// it sends nothing. `random` belongs to that source.
    [[nodiscard]] virtual std::uint32_t destination(std::uint32_t source, Rng& random) const = 0;
};

/// A registered pattern: `pattern: {model: hotspot, ...}`.
class TrafficModel {
public:
    virtual ~TrafficModel() = default;
    [[nodiscard]] virtual std::unique_ptr<TrafficModel> clone() const = 0;
    virtual void visit(FieldVisitor& visitor) = 0;
    /// InputError when the pattern is not defined there (transpose on a ring, bit reversal of 12 nodes, ...).
    [[nodiscard]] virtual std::unique_ptr<TrafficPattern> make(const TrafficSite& site) const = 0;
};

template <class Model>
concept TrafficBehaviour = requires(const Model& model, const TrafficSite& site, const typename Model::Params& params,
                                    Rng& random) {
    { Model::name } -> std::convertible_to<std::string_view>;
    { Model::summary } -> std::convertible_to<std::string_view>;
    Model{site, params};
    { model.destination(0U, random) } -> std::same_as<std::uint32_t>;
    requires HasFields<typename Model::Params>;
};

/// When one source sends: the cycles of its packets, one after the other. Has state, so every source has its own.
class InjectionProcess {
public:
    virtual ~InjectionProcess() = default;
    /// The cycle of the next packet; never decreases from call to call, and may repeat where a process sends several
    /// packets in a cycle. `random` belongs to this source. `never_injects` when no packet will follow.
    [[nodiscard]] virtual std::uint64_t next(Rng& random) = 0;
};
inline constexpr std::uint64_t never_injects = 0xffffffffffffffffULL;

/// A registered process: `injection: {model: bernoulli}`.
class InjectionModel {
public:
    virtual ~InjectionModel() = default;
    [[nodiscard]] virtual std::unique_ptr<InjectionModel> clone() const = 0;
    virtual void visit(FieldVisitor& visitor) = 0;
    /// The process of one source that sends `rate` packets per cycle in the mean. InputError when it cannot.
    [[nodiscard]] virtual std::unique_ptr<InjectionProcess> make(double rate) const = 0;
};

template <class Model>
concept InjectionBehaviour = requires(Model& model, const typename Model::Params& params, Rng& random) {
    { Model::name } -> std::convertible_to<std::string_view>;
    { Model::summary } -> std::convertible_to<std::string_view>;
    Model{0.1, params};
    { model.next(random) } -> std::same_as<std::uint64_t>;
    requires HasFields<typename Model::Params>;
};

namespace detail {

template <TrafficBehaviour Model>
class RegisteredTraffic final : public TrafficModel {
public:
    [[nodiscard]] std::unique_ptr<TrafficModel> clone() const override { return std::make_unique<RegisteredTraffic>(*this); }
    void visit(FieldVisitor& visitor) override { visit_fields(visitor, params_); }
    [[nodiscard]] std::unique_ptr<TrafficPattern> make(const TrafficSite& site) const override {
        return std::make_unique<Adapter>(site, params_);
    }

private:
    class Adapter final : public TrafficPattern {
    public:
        Adapter(const TrafficSite& site, const typename Model::Params& params) : site_{site}, model_{site, params} {}
        [[nodiscard]] std::uint32_t destination(std::uint32_t source, Rng& random) const override {
            if (site_.is_dead(source)) return no_core;
            const std::uint32_t core = model_.destination(source, random);
            return site_.is_dead(core) ? no_core : core;
        }

    private:
        TrafficSite site_;
        Model model_;
    };
    typename Model::Params params_{};
};

template <InjectionBehaviour Model>
class RegisteredInjection final : public InjectionModel {
public:
    [[nodiscard]] std::unique_ptr<InjectionModel> clone() const override {
        return std::make_unique<RegisteredInjection>(*this);
    }
    void visit(FieldVisitor& visitor) override { visit_fields(visitor, params_); }
    [[nodiscard]] std::unique_ptr<InjectionProcess> make(double rate) const override {
        if (!(rate >= 0.0 && rate <= 1e6)) throw InputError{fmt::format("an injection rate of {} is not possible", rate)};
        return std::make_unique<Adapter>(rate, params_);
    }

private:
    class Adapter final : public InjectionProcess {
    public:
        Adapter(double rate, const typename Model::Params& params) : model_{rate, params} {}
        [[nodiscard]] std::uint64_t next(Rng& random) override { return model_.next(random); }

    private:
        Model model_;
    };
    typename Model::Params params_{};
};

}  // namespace detail

template <TrafficBehaviour Model>
[[nodiscard]] bool register_traffic() {
    return Registry<TrafficModel>::instance().add(
        {Model::name, Model::summary, [] { return std::make_unique<detail::RegisteredTraffic<Model>>(); }});
}

template <InjectionBehaviour Model>
[[nodiscard]] bool register_injection() {
    return Registry<InjectionModel>::instance().add(
        {Model::name, Model::summary, [] { return std::make_unique<detail::RegisteredInjection<Model>>(); }});
}

}  // namespace spikefab
