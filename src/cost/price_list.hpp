// SPDX-License-Identifier: Apache-2.0
// What a chip's events, clocks and supplies cost, and who says so: the price file of configs/prices.
//
// Three quantities are all printed as "pJ per synaptic operation" and must never be mixed: the marginal energy of one
// more event, the average of one operating point (total power / event rate, leakage included), and the energy of a
// board. Only the first may price an event; `kind` says which one a figure is and the others are refused.
#pragma once

#include "base/field.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spikefab {

enum class PriceKind { marginal, operating_point, board };
constexpr auto enum_names(PriceKind) {
    return std::array<std::string_view, 3>{"marginal", "operating_point", "board"};
}

/// How the figure came about: printed by the makers, measured on silicon by somebody, solved for by a fit, arithmetic
/// over published figures, or an estimate.
enum class Evidence { published, measured, fitted, derived, estimated };
constexpr auto enum_names(Evidence) {
    return std::array<std::string_view, 5>{"published", "measured", "fitted", "derived", "estimated"};
}

/// The energy of one event.
struct EventPrice {
    Energy energy{};
    std::string component{};
    std::string covers{};
    PriceKind kind = PriceKind::marginal;
    Evidence evidence = Evidence::published;
    std::optional<Voltage> voltage{};
    std::string source{};
    static constexpr auto fields = std::tuple{
        field("energy", &EventPrice::energy, {0.0, 1e15}, "energy of one event").required(),
        field("component", &EventPrice::component, "the line of the report it is added to: synapse, neuron, noc, ...")
            .required(),
        field("covers", &EventPrice::covers, "what the figure includes, in words").required(),
        field("kind", &EventPrice::kind, "marginal (one more event); averages and board figures cannot price an event")
            .required(),
        field("evidence", &EventPrice::evidence, "published, measured, fitted, derived or estimated").required(),
        field("voltage", &EventPrice::voltage, {0.0, 100.0}, "supply it was measured at; default: the list's voltage"),
        field("source", &EventPrice::source, "paper, table, equation or measurement").required()};
};

/// A power that flows as long as the chip is on, whatever it does.
enum class PowerScope { chip, fitted_core, used_core };
constexpr auto enum_names(PowerScope) {
    return std::array<std::string_view, 3>{"chip", "fitted_core", "used_core"};
}

struct PowerPrice {
    Power power{};
    PowerScope per = PowerScope::chip;
    std::string covers{};
    Evidence evidence = Evidence::published;
    std::optional<Voltage> voltage{};
    std::string source{};
    static constexpr auto fields = std::tuple{
        field("power", &PowerPrice::power, {0.0, 1e9}, "power while the chip is on").required(),
        field("per", &PowerPrice::per, "counted once per chip, per core the chip has, or per core in use"),
        field("covers", &PowerPrice::covers, "what the figure includes, in words").required(),
        field("evidence", &PowerPrice::evidence, "published, measured, fitted, derived or estimated").required(),
        field("voltage", &PowerPrice::voltage, {0.0, 100.0}, "supply it was measured at; default: the list's voltage"),
        field("source", &PowerPrice::source, "paper, table, equation or measurement").required()};
};

/// How figures move with the supply: energy * (V/V0)^dynamic, static power * (V/V0)^leakage, inside [lower, upper].
struct VoltageScaling {
    double dynamic_exponent = 2.0;
    double leakage_exponent = 0.0;
    Voltage lower{};
    Voltage upper{};
    std::string source{};
    static constexpr auto fields = std::tuple{
        field("dynamic_exponent", &VoltageScaling::dynamic_exponent, {0.0, 10.0}, "energies grow as V to this power"),
        field("leakage_exponent", &VoltageScaling::leakage_exponent, {0.0, 20.0}, "static power grows as V to this power")
            .required(),
        field("lower", &VoltageScaling::lower, {0.0, 100.0}, "lowest supply the rule is used at").required(),
        field("upper", &VoltageScaling::upper, {0.0, 100.0}, "highest supply the rule is used at").required(),
        field("source", &VoltageScaling::source, "where the exponents come from").required()};
};

/// A whole price file. What is absent is not priced: nothing is filled in by analogy.
struct PriceList {
    std::string name{};
    std::string source{};
    std::string process{};
    Voltage voltage{};
    std::optional<Temperature> temperature{};
    std::optional<VoltageScaling> voltage_scaling{};
    std::map<std::string, EventPrice> events{};
    std::map<std::string, std::string> included{};
    std::optional<EventPrice> clock_cycle{};
    std::map<std::string, PowerPrice> static_power{};
    std::map<std::string, PowerPrice> host{};
    static constexpr auto fields = std::tuple{
        field("name", &PriceList::name, "name of the list, printed beside every energy").required(),
        field("source", &PriceList::source, "where the figures come from, as a whole").required(),
        field("process", &PriceList::process, "silicon process").required(),
        field("voltage", &PriceList::voltage, {0.0, 100.0}, "supply that prices hold at, and that the chip runs at by default")
            .required(),
        field("temperature", &PriceList::temperature, {0.0, 1000.0}, "temperature that prices hold at; absent: not published"),
        field("voltage_scaling", &PriceList::voltage_scaling,
              "rule for other supplies; absent: the chip runs at `voltage` only"),
        field("events", &PriceList::events, "price of each activity, by the activity's name"),
        field("included", &PriceList::included, "activities whose energy is inside another price: name and which one"),
        field("clock_cycle", &PriceList::clock_cycle, "energy of one clock cycle of a chip in which nothing else goes on"),
        field("static_power", &PriceList::static_power, "powers that flow as long as the chip is on"),
        field("host", &PriceList::host, "powers of the host that serves the chip; counted only when asked for")};
};

/// One mistake in a price list: `path` inside the list ("events.synaptic_evnt") and what is wrong, with a suggestion.
struct PriceProblem {
    std::string path{};
    std::string message{};
};

/// Everything wrong with `prices` that types and bounds cannot tell: unknown activities (the nearest are named), prices
/// that are not marginal, empty sources, reserved component names, a voltage outside the scaling rule.
[[nodiscard]] std::vector<PriceProblem> problems_of(const PriceList& prices);

/// InputError that lists every one of `problems_of(prices)`.
void check(const PriceList& prices);

}  // namespace spikefab
