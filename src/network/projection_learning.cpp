// SPDX-License-Identifier: Apache-2.0
// Finding the projections that are to learn, and giving them rules and first weights.
#include "network/projection_learning.hpp"

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "base/random.hpp"
#include "models/synapse/loihi_weights.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

namespace spikefab {
namespace {

constexpr std::string_view joined_by = " > ";

[[nodiscard]] std::string_view last_node(std::string_view name) {
    const std::size_t place = name.rfind(joined_by);
    return place == std::string_view::npos ? name : name.substr(place + joined_by.size());
}

/// One entry of `network.learning`, and what is wrong with it.
class Applier final {
public:
    Applier(const std::string& name, const ProjectionLearning& learning, LoweredNetwork& network,
            std::vector<std::string>& problems)
        : name_{name}, learning_{learning}, network_{network}, problems_{problems} {}

    void apply(std::uint64_t seed) {
        LoweredProjection* const projection = find();
        if (projection == nullptr) return;
        projection->learning = static_cast<const LearningParameters&>(learning_);
        if (learning_.weight_exponent) projection->weight_exponent = *learning_.weight_exponent;
        if (!learning_.reward.empty()) projection->reward = population(learning_.reward);
        if (learning_.initial_weights) connect_all(*projection, *learning_.initial_weights, seed);
        store(*projection);
    }

private:
    void complain(const std::string& key, const std::string& problem) const {
        problems_.push_back(fmt::format("{}{}network.learning.{}{}: {}", learning_.written_at,
                                        learning_.written_at.empty() ? "" : ": ", name_, key, problem));
    }
    [[nodiscard]] static std::string suggestion(const std::string& name, const std::vector<std::string>& known) {
        const std::string close = nearest(name, known);
        return close.empty() ? "" : fmt::format("; did you mean '{}'?", close);
    }

    [[nodiscard]] LoweredProjection* find() const {
        std::vector<std::string> known;
        std::vector<std::string> close;  // what may be written: whole names, and the nodes at their ends
        std::vector<LoweredProjection*> found;
        for (LoweredProjection& projection : network_.projections) {
            known.push_back(projection.name);
            close.insert(close.end(), {projection.name, std::string{last_node(projection.name)}});
            if (projection.name == name_ || last_node(projection.name) == name_) found.push_back(&projection);
        }
        if (found.size() == 1) return found.front();
        if (found.empty()) {
            complain("", fmt::format("network '{}' has no such projection (it has: {}){}", network_.name,
                                     fmt::join(known, ", "), suggestion(name_, close)));
        } else {
            complain("", fmt::format("{} projections of network '{}' end with this node; write the whole name of one ({})",
                                     found.size(), network_.name, fmt::join(known, ", ")));
        }
        return nullptr;
    }

    [[nodiscard]] PopulationId population(const std::string& name) const {
        std::vector<std::string> known;
        for (std::uint32_t p = 0; p < network_.populations.size(); ++p) {
            known.push_back(network_.populations[PopulationId{p}].name);
            if (known.back() == name) return PopulationId{p};
        }
        complain(".reward", fmt::format("network '{}' has no population '{}' (it has: {}){}", network_.name, name,
                                        fmt::join(known, ", "), suggestion(name, known)));
        return {};
    }

    /// Every pair of neurons, zeros too: they can learn.
    void connect_all(LoweredProjection& projection, const InitialWeights& bounds, std::uint64_t seed) const {
        if (bounds.lower > bounds.upper)
            return complain(".initial_weights", fmt::format("lower = {} is above upper = {}", bounds.lower, bounds.upper));
        SparseMatrix<float> all{.rows = projection.weights.rows, .columns = projection.weights.columns};
        const auto choices = static_cast<std::uint32_t>(bounds.upper - bounds.lower + 1);
        for (std::uint32_t row = 0; row < all.rows; ++row) {
            Rng rng{seed, "learning.initial_weights." + projection.name, row};
            for (std::uint32_t column = 0; column < all.columns; ++column) {
                all.sources.push_back(column);
                all.values.push_back(static_cast<float>(bounds.lower + static_cast<std::int32_t>(rng.below(choices))));
            }
            all.offsets.push_back(all.entries());
        }
        projection.weights = std::move(all);
        projection.delays.clear();
    }

    /// Weights as the memory holds them before the first step.
    void store(LoweredProjection& projection) const {
        const WeightFormat format{.sign = learning_.sign, .bits = learning_.weight_bits};
        const WeightRange range = weight_range(format.sign);
        for (std::uint32_t row = 0; row < projection.weights.rows; ++row) {
            for (std::size_t i = projection.weights.offsets[row]; i < projection.weights.offsets[row + 1]; ++i) {
                float& weight = projection.weights.values[i];
                if (weight < static_cast<float>(range.lower) || weight > static_cast<float>(range.upper))
                    return complain("", fmt::format("the weight from neuron {} to neuron {} is {}, and weights of sign {} are "
                                                    "within {} to {}",
                                                    projection.weights.sources[i], row, weight,
                                                    enum_names(SignMode{})[static_cast<std::size_t>(format.sign)], range.lower,
                                                    range.upper));
                weight = static_cast<float>(stored_weight(static_cast<std::int32_t>(weight), format));
            }
        }
    }

    const std::string& name_;
    const ProjectionLearning& learning_;
    LoweredNetwork& network_;
    std::vector<std::string>& problems_;
};

}  // namespace

void apply_learning(const std::map<std::string, ProjectionLearning>& learning, std::uint64_t seed, LoweredNetwork& network) {
    std::vector<std::string> problems;
    for (const auto& [name, entry] : learning) Applier{name, entry, network, problems}.apply(seed);
    if (!problems.empty()) throw InputError{fmt::format("{}", fmt::join(problems, "\n"))};
}

}  // namespace spikefab
