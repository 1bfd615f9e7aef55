// SPDX-License-Identifier: Apache-2.0
// Writes NIR files node by node, in the current layout.
#pragma once

#include "network/hdf5_writer.hpp"

#include <string>
#include <utility>
#include <vector>

namespace spikefab {

class NirWriter final {
public:
    /// `root` is the group of the graph: "/node", or that of a nested graph.
    explicit NirWriter(Hdf5Writer& file, std::string root = "/node") : file_{file}, root_{std::move(root)} {
        file_.texts(root_ + "/type", {"NIRGraph"});
        file_.group(root_ + "/nodes");
    }

    void edges(const std::vector<std::pair<std::string, std::string>>& edges) {
        std::vector<std::string> names;
        for (const auto& [from, to] : edges) names.insert(names.end(), {from, to});
        file_.texts(root_ + "/edges", names, {edges.size(), 2});
    }
    /// Edges along a chain of names.
    void chain(const std::vector<std::string>& names) {
        std::vector<std::pair<std::string, std::string>> pairs;
        for (std::size_t i = 1; i < names.size(); ++i) pairs.emplace_back(names[i - 1], names[i]);
        edges(pairs);
    }

    void node(const std::string& name, const std::string& type) { file_.texts(at(name, "type"), {type}); }
    void set(const std::string& name, const std::string& key, const std::vector<double>& values,
             const std::vector<hsize_t>& dims = {}) {
        file_.numbers(at(name, key), values, dims);
    }
    void set_text(const std::string& name, const std::string& key, const std::string& value) {
        file_.texts(at(name, key), {value});
    }

    void port(const std::string& name, const std::string& type, const std::vector<double>& shape) {
        node(name, type);
        set(name, "shape", shape, {shape.size()});
    }
    void dense(const std::string& name, const std::vector<double>& weight, hsize_t out, hsize_t in,
               const std::vector<double>& bias = {}) {
        node(name, bias.empty() ? "Linear" : "Affine");
        set(name, "weight", weight, {out, in});
        if (!bias.empty()) set(name, "bias", bias, {bias.size()});
    }
    void convolution(const std::string& name, const std::vector<double>& weight, const std::vector<hsize_t>& dims) {
        node(name, "Conv2d");
        set(name, "weight", weight, dims);
    }
    /// IF neurons in which a weight of 1 adds 1 at dt = 1 s.
    void integrate_and_fire(const std::string& name, double threshold = 1.0) {
        node(name, "IF");
        set(name, "r", {1.0});
        set(name, "v_threshold", {threshold});
    }
    void leaky(const std::string& name, double tau, double r, double threshold) {
        node(name, "LIF");
        for (const auto& [key, value] : std::vector<std::pair<std::string, double>>{
                 {"tau", tau}, {"r", r}, {"v_leak", 0.0}, {"v_threshold", threshold}, {"v_reset", 0.0}})
            set(name, key, {value});
    }

private:
    [[nodiscard]] std::string at(const std::string& name, const std::string& key) const {
        return root_ + "/nodes/" + name + "/" + key;
    }

    Hdf5Writer& file_;
    std::string root_;
};

}  // namespace spikefab
