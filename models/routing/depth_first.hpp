// SPDX-License-Identifier: Apache-2.0
// Depth-first search over a graph whose edges are computed when asked for; finds cycles.
#pragma once

#include <cstdint>
#include <vector>

namespace spikefab {

/// Visits every node that can be reached from the roots it is given, each once.
class DepthFirst final {
public:
    explicit DepthFirst(std::size_t nodes) : state_(nodes, State::unseen) {}

    [[nodiscard]] bool seen(std::uint32_t node) const { return state_[node] != State::unseen; }

    /// Visits what `root` reaches. `successors(node, list)` appends the nodes after `node`; `finished(node)` is called
    /// when all of them have been visited. Returns the first cycle met, in order, or nothing; the search goes on after it.
    template <class Successors, class Finished>
    std::vector<std::uint32_t> visit(std::uint32_t root, const Successors& successors, const Finished& finished) {
        std::vector<std::uint32_t> cycle;
        if (seen(root)) return cycle;
        enter(root, successors);
        while (!path_.empty()) {
            const Frame frame = path_.back();
            if (pending_.size() == frame.first_pending) {
                finished(frame.node);
                state_[frame.node] = State::finished;
                path_.pop_back();
                continue;
            }
            const std::uint32_t next = pending_.back();
            pending_.pop_back();
            if (state_[next] == State::unseen)
                enter(next, successors);
            else if (state_[next] == State::on_path && cycle.empty())
                cycle = path_from(next);
        }
        return cycle;
    }

    template <class Successors>
    std::vector<std::uint32_t> visit(std::uint32_t root, const Successors& successors) {
        return visit(root, successors, [](std::uint32_t) {});
    }

private:
    enum class State : std::uint8_t { unseen, on_path, finished };
    struct Frame {
        std::uint32_t node;
        std::size_t first_pending;  ///< where this node's successors start in `pending_`
    };

    template <class Successors>
    void enter(std::uint32_t node, const Successors& successors) {
        state_[node] = State::on_path;
        path_.push_back({node, pending_.size()});
        successors(node, pending_);
    }

    [[nodiscard]] std::vector<std::uint32_t> path_from(std::uint32_t node) const {
        std::vector<std::uint32_t> cycle;
        bool found = false;
        for (const Frame& frame : path_) {
            found = found || frame.node == node;
            if (found) cycle.push_back(frame.node);
        }
        return cycle;
    }

    std::vector<State> state_;
    std::vector<Frame> path_;
    std::vector<std::uint32_t> pending_;
};

}  // namespace spikefab
