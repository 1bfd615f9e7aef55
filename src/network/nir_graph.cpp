// SPDX-License-Identifier: Apache-2.0
// Walks the HDF5 groups of a NIR file, dissolves nested graphs and sorts the nodes by their edges.
#include "network/nir_graph.hpp"

#include "base/error.hpp"
#include "base/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>

namespace spikefab {
namespace {

constexpr int deepest_nesting = 16;
constexpr std::size_t most_nodes = 100'000;
constexpr std::size_t longest_metadata = 64;  ///< numbers of a list

using Edge = std::pair<std::string, std::string>;

/// Nodes and edges while nested graphs are being dissolved.
struct Draft {
    std::vector<NirNode> nodes;
    std::vector<Edge> edges;
    std::map<std::string, std::vector<std::string>, std::less<>> entries;  ///< nested graph -> its ports for edges into it
    std::map<std::string, std::vector<std::string>, std::less<>> exits;
};

std::string join_name(const std::string& prefix, const std::string& name) {
    return prefix.empty() ? name : prefix + "." + name;
}

/// "2" before "10", and numbers before words: the order a person would give.
bool before(const std::string& left, const std::string& right) {
    const auto is_number = [](const std::string& text) {
        return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    const bool numbers = is_number(left) && is_number(right);
    if (numbers && left.size() != right.size()) return left.size() < right.size();
    return left < right;
}

class Reader final {
public:
    explicit Reader(const std::filesystem::path& path) : path_{path.string()}, root_{read_hdf5(path)} {}

    [[nodiscard]] NirGraph read() {
        const Hdf5Node* node = root_.find("node", Hdf5Kind::group);
        if (node == nullptr) refuse("is HDF5, but not NIR: it has no group 'node'");
        NirGraph graph;
        graph.version = text_in(root_, "version").value_or("");
        if (const Hdf5Node* metadata = node->find("metadata", Hdf5Kind::group)) add_metadata(*metadata, "", graph.metadata);
        Draft draft;
        if (type_of(*node, "") == "NIRGraph") {
            read_graph(*node, "", 0, draft);
        } else {
            draft.nodes.push_back(read_node(*node, "node"));  // a file may hold a single node
        }
        graph.nodes = sort(std::move(draft));
        return graph;
    }

private:
    [[noreturn]] void refuse(std::string_view problem) const { throw InputError{fmt::format("{}: {}", path_, problem)}; }

    /// The one text in dataset `key`.
    [[nodiscard]] static std::optional<std::string> text_in(const Hdf5Node& group, std::string_view key) {
        const Hdf5Node* found = group.find(key, Hdf5Kind::texts);
        if (found == nullptr || found->texts.values.size() != 1) return std::nullopt;
        return found->texts.values.front();
    }

    [[nodiscard]] std::string type_of(const Hdf5Node& group, const std::string& name) const {
        if (auto type = text_in(group, "type")) return std::move(*type);
        refuse(name.empty() ? "its root node has no 'type'" : fmt::format("node '{}' has no 'type'", name));
    }

    /// Everything as text; nested groups as "outer.inner", long lists cut.
    static void add_metadata(const Hdf5Node& group, const std::string& prefix, std::map<std::string, std::string>& metadata) {
        for (const auto& [key, node] : group.children) {
            const std::string name = join_name(prefix, key);
            if (node.kind == Hdf5Kind::group) add_metadata(node, name, metadata);
            if (node.kind == Hdf5Kind::texts) metadata[name] = fmt::format("{}", fmt::join(node.texts.values, ", "));
            if (node.kind != Hdf5Kind::numbers) continue;
            const auto& values = node.numbers.values;
            const auto shown = static_cast<std::ptrdiff_t>(std::min(values.size(), longest_metadata));
            metadata[name] = fmt::format("{}", fmt::join(values.begin(), values.begin() + shown, ", "));
        }
    }

    [[nodiscard]] NirNode read_node(const Hdf5Node& group, const std::string& name) {
        NirNode node{.name = name, .type = type_of(group, name)};
        for (const auto& [key, child] : group.children) {
            if (child.kind == Hdf5Kind::numbers) node.numbers.emplace(key, child.numbers);
            if (child.kind == Hdf5Kind::texts && child.texts.values.size() == 1)
                node.texts.emplace(key, child.texts.values.front());
        }
        return node;
    }

    void read_graph(const Hdf5Node& group, const std::string& prefix, int depth, Draft& draft) {
        if (depth > deepest_nesting) refuse(fmt::format("graphs nest deeper than {} levels at '{}'", deepest_nesting, prefix));
        const Hdf5Node* nodes = group.find("nodes", Hdf5Kind::group);
        if (nodes == nullptr) refuse(fmt::format("graph '{}' has no group 'nodes'", prefix));
        std::vector<std::string> known;
        for (const auto& [name, child] : nodes->children) {
            if (draft.nodes.size() >= most_nodes) refuse(fmt::format("it has more than {} nodes", most_nodes));
            if (child.kind != Hdf5Kind::group) continue;
            known.push_back(name);
            const std::string full = join_name(prefix, name);
            if (type_of(child, full) == "NIRGraph") {
                read_graph(child, full, depth + 1, draft);
            } else {
                draft.nodes.push_back(read_node(child, full));
            }
        }
        const std::vector<Edge> edges = read_edges(group, prefix, known);
        for (const auto& [from, to] : edges) draft.edges.emplace_back(join_name(prefix, from), join_name(prefix, to));
        if (!prefix.empty()) note_ports(prefix, known, edges, draft);
    }

    [[nodiscard]] std::vector<Edge> read_edges(const Hdf5Node& group, const std::string& prefix,
                                               const std::vector<std::string>& known) const {
        const auto found = group.children.find("edges");
        if (found == group.children.end() && known.size() > 1)
            refuse(fmt::format("graph '{}' has nodes but no 'edges'", prefix));
        if (found == group.children.end()) return {};
        const TextArray& names = found->second.texts;  // an empty list may be stored as numbers
        if (!names.values.empty() && (names.dims.size() != 2 || names.dims[1] != 2))
            refuse(fmt::format("graph '{}': 'edges' must be a table of pairs", prefix));
        std::vector<Edge> edges;
        std::set<Edge> seen;
        for (std::size_t i = 0; i + 1 < names.values.size(); i += 2) {
            Edge edge{names.values[i], names.values[i + 1]};
            for (const std::string& name : {edge.first, edge.second}) check_known(name, edge, prefix, known);
            if (seen.insert(edge).second) edges.push_back(std::move(edge));
        }
        return edges;
    }

    void check_known(const std::string& name, const Edge& edge, const std::string& prefix,
                     const std::vector<std::string>& known) const {
        if (std::find(known.begin(), known.end(), name) != known.end()) return;
        refuse(fmt::format("{}the edge '{}' -> '{}' names a node '{}' that does not exist; {}",
                           prefix.empty() ? "" : fmt::format("in the nested graph '{}', ", prefix), edge.first, edge.second,
                           name, suggestion(name, known)));
    }

    [[nodiscard]] static std::string suggestion(const std::string& name, const std::vector<std::string>& known) {
        std::vector<std::string> inner;  // old exporters flattened a nested graph but left the edges to it
        std::copy_if(known.begin(), known.end(), std::back_inserter(inner),
                     [&](const std::string& candidate) { return candidate.starts_with(name + "."); });
        if (!inner.empty())
            return fmt::format("there are '{}', perhaps a nested graph that an old exporter took apart",
                               fmt::join(inner, "', '"));
        const std::string close = nearest(name, known);
        if (!close.empty()) return fmt::format("the nearest is '{}'", close);
        const std::size_t shown = std::min<std::size_t>(known.size(), 20);
        return fmt::format("there are '{}'{}",
                           fmt::join(known.begin(), known.begin() + static_cast<std::ptrdiff_t>(shown), "', '"),
                           shown < known.size() ? ", ..." : "");
    }

    /// Where edges to and from a nested graph go: its Input and Output nodes or, without them, its first and last nodes.
    void note_ports(const std::string& prefix, const std::vector<std::string>& known, const std::vector<Edge>& edges,
                    Draft& draft) const {
        std::set<std::string> with_source, with_target;
        for (const auto& [from, to] : edges) {
            with_target.insert(from);
            with_source.insert(to);
        }
        const auto ports = [&](std::string_view type, const std::set<std::string>& inner) {
            std::vector<std::string> typed, loose;
            for (const std::string& name : known) {
                const std::string full = join_name(prefix, name);
                const auto node =
                    std::find_if(draft.nodes.begin(), draft.nodes.end(), [&](const auto& n) { return n.name == full; });
                if (node != draft.nodes.end() && node->type == type) typed.push_back(full);
                if (!inner.contains(name)) loose.push_back(full);
            }
            return typed.empty() ? loose : typed;
        };
        draft.entries[prefix] = ports("Input", with_source);
        draft.exits[prefix] = ports("Output", with_target);
    }

    /// The node behind a name that may be that of a nested graph.
    [[nodiscard]] std::string resolve(std::string name,
                                      const std::map<std::string, std::vector<std::string>, std::less<>>& ports,
                                      std::string_view side) const {
        for (auto found = ports.find(name); found != ports.end(); found = ports.find(name)) {
            if (found->second.size() != 1)
                refuse(
                    fmt::format("the nested graph '{}' has {} {}; exactly one is supported", name, found->second.size(), side));
            name = found->second.front();
        }
        return name;
    }

    [[nodiscard]] std::vector<NirNode> sort(Draft draft) const {
        std::sort(draft.nodes.begin(), draft.nodes.end(),
                  [](const NirNode& a, const NirNode& b) { return before(a.name, b.name); });
        std::map<std::string, std::size_t> index;
        for (std::size_t i = 0; i < draft.nodes.size(); ++i) index[draft.nodes[i].name] = i;
        for (const auto& [from, to] : draft.edges) {
            const std::size_t source = index.at(resolve(from, draft.exits, "outputs"));
            const std::size_t target = index.at(resolve(to, draft.entries, "inputs"));
            draft.nodes[source].targets.push_back(target);
            draft.nodes[target].sources.push_back(source);
        }
        const std::vector<std::size_t> order = topological_order(draft.nodes);
        std::vector<std::size_t> place(order.size());
        for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
        std::vector<NirNode> sorted;
        for (const std::size_t old : order) {
            sorted.push_back(std::move(draft.nodes[old]));
            for (auto* list : {&sorted.back().sources, &sorted.back().targets}) {
                for (std::size_t& neighbour : *list) neighbour = place[neighbour];
                std::sort(list->begin(), list->end());
            }
        }
        return sorted;
    }

    /// Kahn's algorithm, smallest index first; refuses a loop by the names along it.
    [[nodiscard]] std::vector<std::size_t> topological_order(const std::vector<NirNode>& nodes) const {
        std::vector<std::size_t> missing, order;
        std::set<std::size_t> ready;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            missing.push_back(nodes[i].sources.size());
            if (missing.back() == 0) ready.insert(i);
        }
        while (!ready.empty()) {
            const std::size_t next = *ready.begin();
            ready.erase(ready.begin());
            order.push_back(next);
            for (const std::size_t target : nodes[next].targets)
                if (--missing[target] == 0) ready.insert(target);
        }
        if (order.size() != nodes.size()) refuse_loop(nodes, missing);
        return order;
    }

    [[noreturn]] void refuse_loop(const std::vector<NirNode>& nodes, const std::vector<std::size_t>& missing) const {
        std::size_t at = 0;
        while (missing[at] == 0) ++at;
        std::vector<std::size_t> walk;  // backwards: every node left waits for a source that is left
        while (std::find(walk.begin(), walk.end(), at) == walk.end()) {
            walk.push_back(at);
            const auto& sources = nodes[at].sources;
            at = *std::find_if(sources.begin(), sources.end(), [&](std::size_t source) { return missing[source] != 0; });
        }
        std::vector<std::string> names{nodes[at].name};
        for (std::size_t i = walk.size(); walk[i - 1] != at;) names.push_back(nodes[walk[--i]].name);
        names.push_back(nodes[at].name);
        refuse(fmt::format("the network is recurrent: {}; only feed-forward networks are supported", fmt::join(names, " -> ")));
    }

    std::string path_;
    Hdf5Node root_;
};

}  // namespace

const NumberArray* NirNode::find(std::string_view key) const {
    const auto found = numbers.find(key);
    return found == numbers.end() ? nullptr : &found->second;
}

const NumberArray& NirNode::at(std::string_view key) const {
    if (const NumberArray* array = find(key)) return *array;
    refuse(fmt::format("has no '{}'", key));
}

std::optional<double> NirNode::number(std::string_view key) const {
    const NumberArray* array = find(key);
    if (array == nullptr) return std::nullopt;
    if (array->values.size() != 1) refuse(fmt::format("'{}' must be one number, but holds {}", key, array->values.size()));
    return array->values.front();
}

void NirNode::refuse(std::string_view problem) const {
    throw InputError{fmt::format("node '{}' ({}): {}", name, type, problem)};
}

NirGraph read_nir_graph(const std::filesystem::path& file) {
    return Reader{file}.read();
}

}  // namespace spikefab
