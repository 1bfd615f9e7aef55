// SPDX-License-Identifier: Apache-2.0
// Which dt, and what NIR's equations are in steps of it.
#include "network/discrete.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace spikefab {
namespace {

/// Values in NIR files are often 32-bit floats: 1e-6 is several of their rounding errors.
constexpr double float_noise = 1e-6;
/// Exporters compute tau and r separately; dt inferred from two layers may differ by this share.
constexpr double same_dt = 1e-3;
constexpr Time nir_convention = Time::from_si(1e-4);  ///< NIR's paper and platforms, where nothing else is said

std::optional<Time> dt_of_metadata(const Network& network) {
    const auto found = network.metadata.find("dt");
    if (found == network.metadata.end()) return std::nullopt;
    const std::string& text = found->second;
    double seconds = 0.0;
    const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const std::string_view unit{rest, static_cast<std::size_t>(text.data() + text.size() - rest)};
    if (failure == std::errc{} && unit.empty() && seconds > 0.0 && std::isfinite(seconds)) return Time::from_si(seconds);
    if (const auto time = parse_quantity(text, TimeDim::unit); time && *time > 0.0) return Time{*time};
    throw InputError{
        fmt::format("network '{}': metadata dt = '{}' is not a time; expected seconds, such as 0.001", network.name, text)};
}

/// Exporters put dt where NIR has no place for it: r = tau / dt, w_in = tau_syn / dt, and r = 1 / dt for IF.
void add_candidates(const Population& population, std::vector<double>& seconds) {
    const auto add = [&](const PerNeuron& tau, const PerNeuron& factor) {
        for (std::size_t i = 0; i < std::max(tau.values.size(), factor.values.size()); ++i)
            if (factor[i] != 1.0) seconds.push_back(factor[i] > 0.0 ? tau[i] / factor[i] : 0.0);
    };
    if (population.kind == PopulationKind::integrate_and_fire) add({{1.0}}, population.r);
    if (population.kind == PopulationKind::leaky || population.kind == PopulationKind::current_based)
        add(population.tau_mem, population.r);
    if (population.kind == PopulationKind::current_based) add(population.tau_syn, population.w_in);
}

double shortest_tau(const Network& network) {
    double shortest = std::numeric_limits<double>::infinity();
    for (const Population& population : network.populations) {
        if (population.kind == PopulationKind::leaky || population.kind == PopulationKind::current_based)
            for (const double tau : population.tau_mem.values) shortest = std::min(shortest, tau);
        if (population.kind == PopulationKind::current_based)
            for (const double tau : population.tau_syn.values) shortest = std::min(shortest, tau);
    }
    return shortest;
}

/// The dt that all layers agree on; nothing when they say nothing, disagree, or leave no leak.
std::optional<Time> inferred_dt(const Network& network) {
    std::vector<double> seconds;
    bool only_integrators = true;
    for (const Population& population : network.populations) {
        add_candidates(population, seconds);
        only_integrators &= population.kind == PopulationKind::input || population.kind == PopulationKind::integrate_and_fire;
    }
    // IF with r = 1 everywhere, as Sinabs writes it: time in steps.
    if (seconds.empty()) return only_integrators ? std::optional{Time::from_si(1.0)} : std::nullopt;
    const auto [least, greatest] = std::minmax_element(seconds.begin(), seconds.end());
    if (!(*least > 0.0) || *greatest > *least * (1.0 + same_dt) || *least > shortest_tau(network)) return std::nullopt;
    return Time::from_si(*least);
}

/// dt / tau for every neuron; 1 where dt is tau but for rounding.
std::vector<double> rates(const Population& population, std::string_view key, const PerNeuron& tau, Time dt) {
    std::vector<double> result(population.size());
    for (std::size_t i = 0; i < result.size(); ++i) {
        result[i] = snapped(dt.si() / tau[i]);
        if (result[i] > 1.0)
            throw InputError{fmt::format("layer '{}', neuron {}: {} = {} s is shorter than the step of {}; choose a smaller dt",
                                         population.name, i, key, tau[i], format(dt))};
    }
    return result;
}

/// Largest difference of the gains from 1, so that a reader learns when dt does not match r.
void note_gain(const DiscreteLayer& layer, Time dt, std::vector<std::string>& notes) {
    const auto [least, greatest] = std::minmax_element(layer.gain.begin(), layer.gain.end());
    if (*least == 1.0 && *greatest == 1.0) return;
    notes.push_back(
        fmt::format("layer '{}': at dt = {} a weight of 1 adds {} to the potential, not 1", layer.population->name, format(dt),
                    *least == *greatest ? fmt::format("{:.6g}", *least) : fmt::format("{:.6g} to {:.6g}", *least, *greatest)));
}

}  // namespace

bool DiscreteLayer::has_current() const {
    return std::any_of(current_rate.begin(), current_rate.end(), [](double rate) { return rate != 1.0; });
}

void DiscreteLayer::refuse(std::string_view problem) const {
    throw InputError{fmt::format("layer '{}' ({}): {}", population->name, to_string(population->kind), problem)};
}

double snapped(double value) {
    const double whole = std::round(value);
    return std::abs(value - whole) <= float_noise * std::max(1.0, std::abs(value)) && whole != 0.0 ? whole : value;
}

bool is_whole(double value) {
    return value == std::round(value);
}

Time choose_dt(const Network& network, const LoweringOptions& options, std::vector<std::string>& notes) {
    if (options.dt) return *options.dt;
    if (const auto dt = dt_of_metadata(network)) return *dt;
    if (const auto dt = inferred_dt(network)) {
        notes.push_back(fmt::format(
            "the file does not say dt: {} was inferred from r and w_in, which exporters write as tau / dt", format(*dt)));
        return *dt;
    }
    notes.push_back(fmt::format("the file does not say dt: {} is assumed, NIR's convention; set dt if that is wrong",
                                format(nir_convention)));
    return nir_convention;
}

DiscreteLayer discretise(const Network& network, PopulationId id, Time dt, ResetRule reset, std::vector<std::string>& notes) {
    const Population& population = network.populations[id];
    const std::size_t size = population.size();
    DiscreteLayer layer{.population = &population, .reset = reset};
    for (const Projection& projection : network.projections)
        if (projection.target == id) layer.inputs.push_back(&projection);
    const bool leaks = population.kind != PopulationKind::integrate_and_fire;
    const bool current = population.kind == PopulationKind::current_based;
    layer.membrane_rate =
        leaks ? rates(population, current ? "tau_mem" : "tau", population.tau_mem, dt) : std::vector<double>(size, 0.0);
    layer.current_rate = current ? rates(population, "tau_syn", population.tau_syn, dt) : std::vector<double>(size, 1.0);
    layer.gain.resize(size);
    layer.drive.assign(size, 0.0);
    std::vector<double> bias(size, 0.0);
    for (const Projection* input : layer.inputs)
        for (std::size_t i = 0; i < input->bias.size(); ++i) bias[i] += input->bias[i];
    for (std::size_t i = 0; i < size; ++i) {
        const double membrane = population.r[i] * (leaks ? layer.membrane_rate[i] : dt.si());
        const double w_in = current ? population.w_in[i] : 1.0;
        layer.gain[i] = snapped(membrane * w_in * layer.current_rate[i]);
        layer.drive[i] = snapped(layer.membrane_rate[i] * (leaks ? population.v_leak[i] : 0.0) + membrane * w_in * bias[i]);
    }
    note_gain(layer, dt, notes);
    if (layer.has_current() && std::any_of(bias.begin(), bias.end(), [](double value) { return value != 0.0; }))
        notes.push_back(fmt::format(
            "layer '{}': its bias acts on the potential from the first step, as if the current had settled", population.name));
    return layer;
}

}  // namespace spikefab
