// SPDX-License-Identifier: Apache-2.0
// Walks the HDF5 groups of a NIR file, dissolves nested graphs and sorts the nodes by their edges.
#include "network/nir_graph.hpp"

#include "base/error.hpp"
#include "base/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace spikefab {
namespace {

constexpr int deepest_nesting = 16;
constexpr std::size_t most_nodes = 100'000;

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

std::string trimmed_number(double number) {
    return fmt::format("{}", number);
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
    explicit Reader(const std::filesystem::path& path) : path_{path.string()}, file_{path} {}

    [[nodiscard]] NirGraph read() {
        if (file_.kind("/node") != Hdf5Kind::group)
            throw InputError{fmt::format("{}: is HDF5, but not NIR: it has no group 'node'", path_)};
        NirGraph graph;
        if (file_.kind("/version") == Hdf5Kind::texts) graph.version = file_.text("/version");
        graph.metadata = read_metadata("/node/metadata");
        Draft draft;
        if (type_of("/node", "") == "NIRGraph") {
            read_graph("/node", "", 0, draft);
        } else {
            draft.nodes.push_back(read_node("/node", "node"));  // a file may hold a single node
        }
        graph.nodes = sort(std::move(draft));
        return graph;
    }

private:
    [[noreturn]] void refuse(std::string_view problem) const { throw InputError{fmt::format("{}: {}", path_, problem)}; }

    [[nodiscard]] std::string type_of(const std::string& group, const std::string& name) const {
        if (file_.kind(group + "/type") != Hdf5Kind::texts)
            refuse(name.empty() ? "its root node has no 'type'" : fmt::format("node '{}' has no 'type'", name));
        return file_.text(group + "/type");
    }

    /// Scalars of a metadata group, as text; nested groups as "outer.inner".
    [[nodiscard]] std::map<std::string, std::string> read_metadata(const std::string& group, int depth = 0) const {
        std::map<std::string, std::string> metadata;
        if (depth > deepest_nesting || file_.kind(group) != Hdf5Kind::group) return metadata;
        for (const std::string& key : file_.children(group)) {
            const std::string path = group + "/" + key;
            const Hdf5Kind kind = file_.kind(path);
            if (kind == Hdf5Kind::group)
                for (auto& [inner, value] : read_metadata(path, depth + 1)) metadata[key + "." + inner] = value;
            if (kind == Hdf5Kind::texts) metadata[key] = fmt::format("{}", fmt::join(file_.texts(path).values, ", "));
            if (kind != Hdf5Kind::numbers) continue;
            const NumberArray numbers = file_.numbers(path);
            std::vector<std::string> values;
            for (std::size_t i = 0; i < std::min<std::size_t>(numbers.values.size(), 64); ++i)
                values.push_back(trimmed_number(numbers.values[i]));
            metadata[key] = fmt::format("{}", fmt::join(values, ", "));
        }
        return metadata;
    }

    [[nodiscard]] NirNode read_node(const std::string& group, const std::string& name) const {
        NirNode node{.name = name, .type = type_of(group, name), .numbers = {}, .texts = {}, .sources = {}, .targets = {}};
        for (const std::string& key : file_.children(group)) {
            const std::string path = group + "/" + key;
            const Hdf5Kind kind = file_.kind(path);
            if (kind == Hdf5Kind::numbers) node.numbers.emplace(key, file_.numbers(path));
            if (kind == Hdf5Kind::texts && key != "type") {
                TextArray texts = file_.texts(path);
                if (texts.values.size() == 1) node.texts.emplace(key, std::move(texts.values.front()));
            }
        }
        return node;
    }

    void read_graph(const std::string& group, const std::string& prefix, int depth, Draft& draft) {
        if (depth > deepest_nesting) refuse(fmt::format("graphs nest deeper than {} levels at '{}'", deepest_nesting, prefix));
        const std::string nodes = group + "/nodes";
        if (file_.kind(nodes) != Hdf5Kind::group) refuse(fmt::format("graph '{}' has no group 'nodes'", prefix));
        std::vector<std::string> known;
        for (const std::string& name : file_.children(nodes)) {
            if (draft.nodes.size() >= most_nodes) refuse(fmt::format("it has more than {} nodes", most_nodes));
            if (file_.kind(nodes + "/" + name) != Hdf5Kind::group) continue;
            known.push_back(name);
            const std::string full = join_name(prefix, name);
            if (type_of(nodes + "/" + name, full) == "NIRGraph") {
                read_graph(nodes + "/" + name, full, depth + 1, draft);
            } else {
                draft.nodes.push_back(read_node(nodes + "/" + name, full));
            }
        }
        const std::vector<Edge> edges = read_edges(group, prefix, known);
        for (const auto& [from, to] : edges) draft.edges.emplace_back(join_name(prefix, from), join_name(prefix, to));
        if (!prefix.empty()) note_ports(prefix, known, edges, draft);
    }

    [[nodiscard]] std::vector<Edge> read_edges(const std::string& group, const std::string& prefix,
                                               const std::vector<std::string>& known) const {
        const std::string path = group + "/edges";
        if (file_.kind(path) == Hdf5Kind::nothing) {
            if (known.size() > 1) refuse(fmt::format("graph '{}' has nodes but no 'edges'", prefix));
            return {};
        }
        if (file_.kind(path) == Hdf5Kind::numbers && file_.numbers(path).values.empty()) return {};
        const TextArray names = file_.texts(path);
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
    Hdf5File file_;
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
