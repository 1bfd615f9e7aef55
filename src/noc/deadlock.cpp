// SPDX-License-Identifier: Apache-2.0
// Finding a cycle among waits and naming its members.
#include "noc/deadlock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace spikefab::noc {
namespace {

using Graph = std::map<BufferRef, std::vector<BufferRef>>;

/// Depth-first search without recursion; `path` ends as the cycle, or empty.
class CycleSearch final {
public:
    explicit CycleSearch(const Graph& graph) : graph_{graph} {}

    [[nodiscard]] std::vector<BufferRef> run() {
        for (const auto& [buffer, targets] : graph_)
            if (!done_.contains(buffer) && search_from(buffer)) return path_;
        return {};
    }

private:
    bool search_from(const BufferRef& start) {
        path_ = {start};
        std::vector<std::size_t> next{0};
        while (!path_.empty()) {
            const auto found = graph_.find(path_.back());
            if (found == graph_.end() || next.back() == found->second.size()) {
                done_[path_.back()] = true;
                path_.pop_back();
                next.pop_back();
                continue;
            }
            const BufferRef target = found->second[next.back()++];
            if (const auto seen = std::find(path_.begin(), path_.end(), target); seen != path_.end()) {
                path_.erase(path_.begin(), seen);
                return true;
            }
            if (done_.contains(target)) continue;
            path_.push_back(target);
            next.push_back(0);
        }
        return false;
    }

    const Graph& graph_;
    std::map<BufferRef, bool> done_;
    std::vector<BufferRef> path_;
};

std::string port_name(const BufferRef& buffer, const Topology& topology) {
    const RouterId router{buffer.router};
    const auto port = static_cast<PortIndex>(buffer.port);
    const Router& place = topology.router(router);
    if (topology.is_local(router, port))
        return port < place.network_ports + place.local_ports ? fmt::format("core {}", port - place.network_ports) : "host";
    constexpr std::array<std::string_view, grid_port::count> sides{"east", "west", "north", "south"};
    return topology.grid().exists() ? std::string{sides[port]} : fmt::format("port {}", port);
}

}  // namespace

std::vector<BufferRef> find_cycle(std::span<const Wait> waits) {
    Graph graph;
    for (const Wait& wait : waits) graph[wait.from].push_back(wait.to);
    return CycleSearch{graph}.run();
}

std::string name_of(const BufferRef& buffer, const Topology& topology, std::uint32_t vcs) {
    const RouterId router{buffer.router};
    const std::string place = topology.grid().exists()
                                  ? fmt::format("router ({},{})", topology.router(router).x, topology.router(router).y)
                                  : topology.name(router);
    const std::string channel = vcs > 1 ? fmt::format(" channel {}", buffer.vc) : std::string{};
    return fmt::format("{} {}{}", place, port_name(buffer, topology), channel);
}

std::string explain_waits(std::span<const Wait> waits, const Topology& topology, std::uint32_t vcs) {
    const std::vector<BufferRef> cycle = find_cycle(waits);
    std::string text;
    for (std::size_t i = 0; i < cycle.size(); ++i)
        text += fmt::format("{} waits for {}\n", name_of(cycle[i], topology, vcs),
                            name_of(cycle[(i + 1) % cycle.size()], topology, vcs));
    const std::size_t shown = cycle.empty() ? std::min<std::size_t>(waits.size(), 10) : 0;
    for (std::size_t i = 0; i < shown; ++i)
        text += fmt::format("{} waits for {}\n", name_of(waits[i].from, topology, vcs), name_of(waits[i].to, topology, vcs));
    const std::size_t others = waits.size() - std::max(cycle.size(), shown);
    if (others != 0) text += fmt::format("and {} more waits\n", others);
    return text;
}

}  // namespace spikefab::noc
