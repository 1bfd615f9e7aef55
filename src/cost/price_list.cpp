// SPDX-License-Identifier: Apache-2.0
// What makes a price list wrong.
#include "cost/price_list.hpp"

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "observe/activity.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace spikefab {
namespace {

/// Names that the breakdown uses itself.
constexpr std::array<std::string_view, 3> reserved_components{"static", "host", "total"};

[[nodiscard]] std::vector<std::string> known_activities() {
    const auto names = enum_names(Activity{});
    return {names.begin(), names.end()};
}

[[nodiscard]] bool is_plain_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '_';
    });
}

class Checker final {
public:
    explicit Checker(const PriceList& prices) : prices_{prices} {}

    [[nodiscard]] std::vector<PriceProblem> run() {
        if (prices_.voltage.value() <= 0.0) add("voltage", "must be above 0 V");
        check_scaling();
        for (const auto& [name, price] : prices_.events) {
            check_activity("events.", name);
            check_event("events." + name, price);
        }
        for (const auto& [name, where] : prices_.included) {
            check_activity("included.", name);
            check_text("included." + name, where);
            if (prices_.events.contains(name))
                add("included." + name, "has a price of its own in events; remove one of the two");
        }
        if (prices_.clock_cycle) check_event("clock_cycle", *prices_.clock_cycle);
        for (const auto& [name, price] : prices_.static_power) check_power("static_power." + name, price);
        for (const auto& [name, price] : prices_.host) check_power("host." + name, price);
        return std::move(problems_);
    }

private:
    void add(std::string path, std::string message) { problems_.push_back({std::move(path), std::move(message)}); }

    void check_scaling() {
        if (!prices_.voltage_scaling) return;
        const VoltageScaling& rule = *prices_.voltage_scaling;
        if (rule.lower > rule.upper)
            add("voltage_scaling", fmt::format("lower ({}) is above upper ({})", format(rule.lower), format(rule.upper)));
        else if (prices_.voltage < rule.lower || prices_.voltage > rule.upper)
            add("voltage", fmt::format("{} is outside voltage_scaling's own range of {} to {}", format(prices_.voltage),
                                       format(rule.lower), format(rule.upper)));
        check_text("voltage_scaling.source", rule.source);
    }

    void check_activity(const std::string& section, const std::string& name) {
        const std::vector<std::string> known = known_activities();
        if (std::find(known.begin(), known.end(), name) != known.end()) return;
        const std::string close = nearest(name, known);
        const std::string suggestion =
            close.empty() ? fmt::format("known: {}", fmt::join(known, ", ")) : fmt::format("did you mean '{}'?", close);
        add(section + name, "no such activity; " + suggestion);
    }

    void check_event(const std::string& path, const EventPrice& price) {
        if (price.kind != PriceKind::marginal)
            add(path + ".kind",
                fmt::format("a figure of kind {} cannot price an event (it already holds leakage and everything else that "
                            "ran); give the energy of one more event, or leave the event unpriced",
                            enum_names(price.kind)[static_cast<std::size_t>(price.kind)]));
        if (!is_plain_name(price.component))
            add(path + ".component",
                fmt::format("'{}' is no name for a component; use lower case letters, digits and _", price.component));
        if (std::find(reserved_components.begin(), reserved_components.end(), price.component) != reserved_components.end())
            add(path + ".component", fmt::format("'{}' is kept for powers; name what the event works in", price.component));
        check_text(path + ".covers", price.covers);
        check_text(path + ".source", price.source);
        check_voltage(path, price.voltage);
    }

    void check_power(const std::string& path, const PowerPrice& price) {
        check_text(path + ".covers", price.covers);
        check_text(path + ".source", price.source);
        check_voltage(path, price.voltage);
    }

    void check_text(const std::string& path, const std::string& text) {
        if (text.find_first_not_of(" \t\n") == std::string::npos) add(path, "is empty; every figure says where it is from");
    }

    void check_voltage(const std::string& path, const std::optional<Voltage>& voltage) {
        if (voltage && voltage->value() <= 0.0) add(path + ".voltage", "must be above 0 V");
    }

    const PriceList& prices_;
    std::vector<PriceProblem> problems_;
};

}  // namespace

std::vector<PriceProblem> problems_of(const PriceList& prices) {
    return Checker{prices}.run();
}

void check(const PriceList& prices) {
    const std::vector<PriceProblem> problems = problems_of(prices);
    if (problems.empty()) return;
    std::vector<std::string> lines;
    for (const PriceProblem& problem : problems)
        lines.push_back(fmt::format("price list '{}': {}: {}", prices.name, problem.path, problem.message));
    throw InputError{fmt::format("{}", fmt::join(lines, "\n"))};
}

}  // namespace spikefab
