// SPDX-License-Identifier: Apache-2.0
// A NIR file as a flat graph of nodes: nested graphs dissolved, edges checked, sources before targets.
#pragma once

#include "network/hdf5_tree.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spikefab {

/// One node with its datasets as they are in the file; a nested node is called "outer.inner".
struct NirNode {
    std::string name{};
    std::string type{};  ///< "Conv2d", "LIF", ...
    std::map<std::string, NumberArray, std::less<>> numbers{};
    std::map<std::string, std::string, std::less<>> texts{};
    std::vector<std::size_t> sources{};  ///< indices of the nodes whose output it receives, rising
    std::vector<std::size_t> targets{};

    [[nodiscard]] const NumberArray* find(std::string_view key) const;
    /// InputError that names the node when it has no such dataset.
    [[nodiscard]] const NumberArray& at(std::string_view key) const;
    /// The one number of a scalar or one-element dataset.
    [[nodiscard]] std::optional<double> number(std::string_view key) const;
    /// InputError "node 'name' (type): problem".
    [[noreturn]] void refuse(std::string_view problem) const;
};

struct NirGraph {
    std::vector<NirNode> nodes{};  ///< sources before targets; ties in the order of names, numbers by value
    std::map<std::string, std::string> metadata{};
    std::string version{};
};

/// InputError for a file that is not NIR, for edges that name no node, and for loops (recurrence), by node name.
[[nodiscard]] NirGraph read_nir_graph(const std::filesystem::path& file);

}  // namespace spikefab
