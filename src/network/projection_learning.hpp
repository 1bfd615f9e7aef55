// SPDX-License-Identifier: Apache-2.0
// Which projection of a network learns by which rule, as a person writes it, and what that makes of a lowered network.
#pragma once

#include "models/plasticity/learning_engine.hpp"
#include "network/lowered.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace spikefab {

/// Weights before the first step: whole numbers, each as likely as the others.
struct InitialWeights {
    std::int32_t lower = 0;
    std::int32_t upper = 0;
    static constexpr auto fields = std::tuple{
        field("lower", &InitialWeights::lower, {-256, 255}, "lowest weight").required(),
        field("upper", &InitialWeights::upper, {-256, 255}, "highest weight").required(),
    };
};

struct ProjectionLearning : LearningParameters {
    std::optional<InitialWeights> initial_weights;
    std::uint32_t weight_bits = 8;
    std::optional<std::int32_t> weight_exponent;
    std::string reward;
    std::string written_at;  ///< "file:line:column", for messages; empty: unknown
    static constexpr auto fields = std::tuple_cat(
        LearningParameters::fields,
        std::tuple{field("initial_weights", &ProjectionLearning::initial_weights,
                         "connects every pair of neurons, with weights drawn between two bounds; absent: the file's synapses"),
                   field("weight_bits", &ProjectionLearning::weight_bits, {1, 8},
                         "bits that the weights before the first step are rounded to; learning uses all"),
                   field("weight_exponent", &ProjectionLearning::weight_exponent, {-8, 7},
                         "sums of weights count 2^exponent; default: what the lowering chose"),
                   field("reward", &ProjectionLearning::reward,
                         "population whose spikes are rewards of 1; the host can send rewards too (learn.rewards)")});
};

/// Makes projections of `network` plastic: keys are their names, or the name of the last node of a projection that several
/// nodes were joined to. InputError lists every entry that names no projection or population, or does not fit, with its place.
void apply_learning(const std::map<std::string, ProjectionLearning>& learning, std::uint64_t seed, LoweredNetwork& network);

}  // namespace spikefab
