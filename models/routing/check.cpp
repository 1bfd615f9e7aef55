// SPDX-License-Identifier: Apache-2.0
// Putting the checks of a routing together into a report that says what would help.
#include "models/routing/check.hpp"

#include "models/routing/destination_walk.hpp"
#include "models/routing/escape_check.hpp"
#include "models/routing/multicast_walk.hpp"

#include <algorithm>

namespace spikefab {
namespace {

/// One endpoint of every living router that has one: all endpoints of a router are reached over the same links.
std::vector<EndpointId> representatives(const Topology& topology) {
    std::vector<bool> taken(topology.routers(), false);
    std::vector<EndpointId> chosen;
    for (std::size_t index = 0; index < topology.endpoints().size(); ++index) {
        const RouterId router = topology.endpoint(EndpointId{index}).router;
        if (taken[router.value()] || topology.router(router).dead) continue;
        taken[router.value()] = true;
        chosen.push_back(EndpointId{index});
    }
    return chosen;
}

/// Where packets may enter: every local and edge port if the route depends on it, else one of each router.
std::vector<EndpointId> entrances(const Topology& topology, bool by_input) {
    if (!by_input) return representatives(topology);
    std::vector<EndpointId> all;
    for (std::size_t index = 0; index < topology.endpoints().size(); ++index)
        if (!topology.dead(EndpointId{index})) all.push_back(EndpointId{index});
    return all;
}

bool on_border(const Topology& topology, EndpointId endpoint) {
    const GridShape& grid = topology.grid();
    const Router& router = topology.router(topology.endpoint(endpoint).router);
    return grid.exists() && (router.x == 0 || router.y == 0 || router.x + 1 == static_cast<std::int32_t>(grid.width) ||
                             router.y + 1 == static_cast<std::int32_t>(grid.height));
}

constexpr std::uint64_t border_share = 64;  ///< a border may take so many budgets: seconds, where a whole one takes minutes

std::size_t count_border(const Topology& topology, const std::vector<EndpointId>& endpoints) {
    return static_cast<std::size_t>(
        std::ranges::count_if(endpoints, [&](EndpointId endpoint) { return on_border(topology, endpoint); }));
}

/// About `most` of `all`, evenly spread. Of a grid the whole border is kept, as long as that comes to no more than `limit`:
/// packets for it make every turn of every row and column. Of the border of a larger one there is a spread too.
std::vector<EndpointId> sample(const Topology& topology, const std::vector<EndpointId>& all, std::size_t most,
                               std::size_t limit) {
    if (all.size() <= most) return all;
    const std::size_t border = count_border(topology, all);
    const std::size_t of_border = std::min(border, std::max<std::size_t>(8, limit / 2));
    const std::size_t inside = std::max(std::min<std::size_t>(64, limit / 2 + 1), most > border ? most - border : 0);
    const std::size_t stride = (all.size() + inside - 1) / inside;
    std::vector<EndpointId> chosen;
    std::size_t passed = 0;  // of the border
    for (std::size_t index = 0; index < all.size(); ++index) {
        const bool outside = on_border(topology, all[index]);
        if (outside) ++passed;
        const bool marked = outside && passed * of_border / border != (passed - 1) * of_border / border;
        if (index % stride == 0 || marked) chosen.push_back(all[index]);
    }
    return chosen;
}

/// What `sample` chose, in words; empty when it chose all.
std::string_view kind_of_sample(const Topology& topology, const std::vector<EndpointId>& all,
                                const std::vector<EndpointId>& chosen) {
    if (chosen.size() == all.size()) return "";
    return count_border(topology, chosen) == count_border(topology, all) ? " (the border of a grid and an even spread)"
                                                                         : " (an even spread, half of it on the border)";
}

std::size_t routes_per_destination(const Topology& topology, const RoutingClaims& claims, unsigned vcs) {
    const std::size_t states = claims.uses_input ? std::size_t{topology.total_ports()} * vcs : topology.routers();
    return std::max<std::size_t>(1, states * claims.choices);
}

std::string cut_off_text(const Topology& topology, const WalkFindings& findings, bool deterministic) {
    std::string text = fmt::format("{} pairs of routers are cut off:", findings.cut_off_count);
    for (const auto& [source, destination] : findings.cut_off)
        text +=
            fmt::format("\n    {} at {} {} {} at {}", topology.name(source), topology.name(topology.endpoint(source).router),
                        deterministic ? "cannot reach" : "may fail to reach", topology.name(destination),
                        topology.name(topology.endpoint(destination).router));
    if (findings.cut_off_count > findings.cut_off.size())
        text += fmt::format("\n    ... and {} more", findings.cut_off_count - findings.cut_off.size());
    return text;
}

std::string deadlock_advice(const Topology& topology) {
    const GridShape& grid = topology.grid();
    if (grid.wrap_x || grid.wrap_y) return "use routing torus_dateline with 2 virtual channels, or up_down";
    if (grid.exists()) return "use routing xy, west_first, odd_even, or minimal_adaptive with 2 virtual channels";
    if (topology.tree().exists()) return "use routing tree, or up_down";
    return "use routing up_down";
}

std::vector<std::string> dead_parts(const Topology& topology) {
    std::vector<std::string> notes;
    for (std::size_t index = 0; index < topology.routers(); ++index)
        if (topology.router(RouterId{index}).dead)
            notes.push_back("dead: " + topology.name(RouterId{index}) + " and its cores");
    for (std::size_t index = 0; index < topology.channels().size(); ++index) {
        const Channel& link = topology.channels()[index];
        if (link.dead && !topology.router(link.from).dead && !topology.router(link.to).dead)
            notes.push_back("dead: " + topology.name(ChannelId{index}));
    }
    return notes;
}

/// Writes down who is cut off: a reason to refuse, or a note when the person accepts losses.
void report_cut_off(const Topology& topology, bool deterministic, const WalkFindings& findings, const CheckOptions& options,
                    RoutingReport& report) {
    report.cut_off = findings.cut_off_count;
    if (findings.cut_off_count == 0) return;
    const std::string text = cut_off_text(topology, findings, deterministic);
    if (options.on_unreachable == OnUnreachable::drop) {
        report.notes.push_back(text + "\n  their packets will be dropped and counted");
        return;
    }
    report.problems.push_back(text +
                              "\n  use routing table or up_down, which go round what is dead, give the topology the "
                              "links it lacks, or say `on_unreachable: drop`");
}

void report_deadlock(const Topology& topology, const RoutingAlgorithm& routing, unsigned vcs,
                     const ChannelDependencies& dependencies, std::span<const EndpointId> destinations, RoutingReport& report) {
    const auto cycle = dependencies.find_cycle();
    if (cycle.empty()) return;
    if (routing.claims().escape && vcs > 1) {
        if (const std::string reason = check_escape(topology, routing, destinations); !reason.empty())
            report.problems.push_back("it can deadlock: " + reason + "\n  " + deadlock_advice(topology));
        return;
    }
    report.problems.push_back(fmt::format("it can deadlock: {} channels can wait for each other in a circle:{}\n  {}",
                                          cycle.size(), dependencies.describe(cycle), deadlock_advice(topology)));
}

}  // namespace

std::string RoutingReport::text() const {
    std::string text;
    for (const std::string& problem : problems) text += problem + "\n";
    for (const std::string& note : notes) text += note + "\n";
    return text + "looked at: " + coverage;
}

RoutingReport check_routing(const Topology& topology, const RoutingAlgorithm& routing, unsigned vcs,
                            std::span<const MulticastGroup> groups, const CheckOptions& options) {
    const RoutingClaims& claims = routing.claims();
    const auto sources = entrances(topology, claims.uses_input);
    const auto all = representatives(topology);
    const std::uint64_t budget = topology.faulty() ? options.budget * 16 : options.budget;
    const std::size_t routes = routes_per_destination(topology, claims, vcs);
    const auto destinations = sample(topology, all, std::max<std::size_t>(1, budget / routes),
                                     std::max<std::size_t>(1, options.budget * border_share / routes));

    RoutingReport report;
    report.notes = dead_parts(topology);
    WalkFindings findings;
    ChannelDependencies dependencies{topology, vcs};
    DestinationWalk walk{topology, routing, vcs};
    for (const EndpointId destination : destinations)
        for (std::uint32_t choice = 0; choice < claims.choices; ++choice)
            walk.walk(sources, destination, choice, dependencies, findings);
    if (claims.multicast)
        for (const MulticastGroup& group : groups) walk_multicast(topology, routing, group, vcs, dependencies, findings);
    else if (!groups.empty())
        report.problems.push_back(
            "there are multicast groups, but this routing knows none\n  use routing multicast_tree, multicast_table or "
            "tree_tag, "
            "or send one packet per destination");

    for (const auto& [kind, example] : findings.mistakes) report.problems.push_back(example);
    report_cut_off(topology, claims.deterministic, findings, options, report);
    report_deadlock(topology, routing, vcs, dependencies, destinations, report);
    report.coverage =
        fmt::format("{} of {} destinations{}, each from all sources; {} dependencies between channels{}", destinations.size(),
                    all.size(), kind_of_sample(topology, all, destinations), dependencies.edges(),
                    groups.empty() ? "" : fmt::format("; {} multicast groups", groups.size()));
    return report;
}

void require_sound_routing(const Topology& topology, const RoutingAlgorithm& routing, unsigned vcs,
                           std::span<const MulticastGroup> groups, const CheckOptions& options) {
    const RoutingReport report = check_routing(topology, routing, vcs, groups, options);
    if (!report.sound())
        throw InputError{fmt::format("this routing does not work on this {}: {}", topology.family(), report.text())};
}

}  // namespace spikefab
