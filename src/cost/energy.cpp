// SPDX-License-Identifier: Apache-2.0
// The one place where counts become energies.
#include "cost/energy.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <cmath>

namespace spikefab {
namespace {

constexpr std::string_view static_component = "static";
constexpr std::string_view host_component = "host";

/// The supply that prices are wanted at, if the list has an answer for it.
[[nodiscard]] Voltage chosen_voltage(const PriceList& prices, const std::optional<Voltage>& wanted) {
    if (!wanted || *wanted == prices.voltage) return prices.voltage;
    if (!prices.voltage_scaling)
        throw InputError{
            fmt::format("price list '{}' holds at {} only (it has no voltage_scaling), not at {}; run the chip at "
                        "{} or add a rule with its source",
                        prices.name, format(prices.voltage), format(*wanted), format(prices.voltage))};
    const VoltageScaling& rule = *prices.voltage_scaling;
    if (*wanted < rule.lower || *wanted > rule.upper)
        throw InputError{fmt::format("price list '{}' scales between {} and {}, not to {}", prices.name, format(rule.lower),
                                     format(rule.upper), format(*wanted))};
    return *wanted;
}

/// How much a figure that was measured at `measured` changes at `chosen`.
[[nodiscard]] double voltage_factor(const PriceList& prices, const std::optional<Voltage>& measured, Voltage chosen,
                                    double VoltageScaling::*exponent) {
    if (!prices.voltage_scaling) return 1.0;
    return std::pow(chosen / measured.value_or(prices.voltage), *prices.voltage_scaling.*exponent);
}

[[nodiscard]] double multiplicity(PowerScope scope, const HardwareInUse& hardware) {
    switch (scope) {
        case PowerScope::chip:
            return hardware.chips;
        case PowerScope::fitted_core:
            return hardware.cores_fitted;
        case PowerScope::used_core:
            return hardware.cores_used;
    }
    return 0.0;
}

[[nodiscard]] Power static_power_of(const PriceList& prices, const HardwareInUse& hardware, Voltage voltage) {
    Power sum;
    for (const auto& [name, price] : prices.static_power)
        sum += price.power * multiplicity(price.per, hardware) *
               voltage_factor(prices, price.voltage, voltage, &VoltageScaling::leakage_exponent);
    return sum;
}

/// The host runs on a supply of its own: the chip's voltage does not move its power.
[[nodiscard]] Power host_power_of(const PriceList& prices, const HardwareInUse& hardware) {
    Power sum;
    for (const auto& [name, price] : prices.host) sum += price.power * multiplicity(price.per, hardware);
    return sum;
}

}  // namespace

EnergyModel::EnergyModel(const PriceList& prices, const HardwareInUse& hardware, const EnergyOptions& options)
    : include_host_{options.include_host} {
    check(prices);
    voltage_ = chosen_voltage(prices, options.voltage);
    std::map<std::string, int> components{{std::string{static_component}, 0}};
    if (include_host_) components[std::string{host_component}];

    const auto names = enum_names(Activity{});
    for (std::size_t index = 0; index < activity_count; ++index) {
        const std::string name{names[index]};
        prices_[index].included = prices.included.contains(name);
        const auto found = prices.events.find(name);
        if (found == prices.events.end()) continue;
        const EventPrice& price = found->second;
        prices_[index].energy =
            price.energy * voltage_factor(prices, price.voltage, voltage_, &VoltageScaling::dynamic_exponent);
        prices_[index].component = price.component;
        components[price.component];
    }
    if (prices.clock_cycle) {
        if (!options.clock)
            throw InputError{fmt::format("price list '{}' prices clock cycles; say the chip's clock", prices.name)};
        const EventPrice& price = *prices.clock_cycle;
        const double factor = voltage_factor(prices, price.voltage, voltage_, &VoltageScaling::dynamic_exponent);
        clock_power_ = price.energy * factor * hardware.chips / period(*options.clock);
        clock_component_ = price.component;
        components[price.component];
    }
    static_power_ = static_power_of(prices, hardware, voltage_);
    if (include_host_) host_power_ = host_power_of(prices, hardware);
    for (const auto& [name, unused] : components) components_.push_back(name);
}

EnergyBreakdown EnergyModel::energy(const ActivityCounts& counts, Time elapsed, const ComputedEnergy& computed) const {
    EnergyBreakdown result;
    for (const std::string& component : components_) result.by_component[component];
    const auto add = [&](const std::string& component, Energy energy) {
        result.by_component[component] += energy;
        result.dynamic += energy;
    };
    for (std::size_t index = 0; index < activity_count; ++index) {
        const auto count = static_cast<double>(counts[static_cast<Activity>(index)]);
        if (!prices_[index].component.empty()) add(prices_[index].component, prices_[index].energy * count);
    }
    if (!clock_component_.empty()) add(clock_component_, clock_power_ * elapsed);
    for (const auto& [component, energy] : computed) add(component, energy);

    result.static_energy = static_power_ * elapsed;
    result.by_component[std::string{static_component}] = result.static_energy;
    result.host = host_power_ * elapsed;
    if (include_host_) result.by_component[std::string{host_component}] = result.host;
    result.total = result.dynamic + result.static_energy + result.host;
    return result;
}

Energy EnergyModel::event_energy(const ActivityCounts& counts) const {
    Energy sum;
    for (std::size_t index = 0; index < activity_count; ++index)
        sum += prices_[index].energy * static_cast<double>(counts[static_cast<Activity>(index)]);
    return sum;
}

std::vector<std::string_view> EnergyModel::unpriced(const ActivityCounts& counts) const {
    const auto names = enum_names(Activity{});
    std::vector<std::string_view> missing;
    for (std::size_t index = 0; index < activity_count; ++index) {
        const bool covered = prices_[index].included || !prices_[index].component.empty();
        if (counts[static_cast<Activity>(index)] != 0 && !covered) missing.push_back(names[index]);
    }
    return missing;
}

std::vector<PowerSample> power_series(const EnergyModel& model, const std::vector<ActivityWindow>& windows) {
    std::vector<PowerSample> series;
    series.reserve(windows.size());
    for (const ActivityWindow& window : windows) {
        if (window.duration.value() <= 0.0) continue;
        const EnergyBreakdown energy = model.energy(window.counts, window.duration, window.computed);
        PowerSample sample{window.start, window.duration, {}, energy.total / window.duration};
        for (const auto& [component, joules] : energy.by_component) sample.by_component[component] = joules / window.duration;
        series.push_back(std::move(sample));
    }
    return series;
}

}  // namespace spikefab
