// SPDX-License-Identifier: Apache-2.0
// Synaptic memories at work: a spike on an axon adds weights to the accumulators of its targets.
#pragma once

#include "models/draws.hpp"
#include "plan/core_image.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace spikefab {

/// Dendrite accumulators of one core: a sum per neuron for each coming step, and who has input in it.
template <class Sum>
class Accumulators final {
public:
    /// `horizon` steps ahead, the next one included.
    Accumulators(std::size_t neurons, std::size_t horizon)
        : neurons_{neurons},
          words_{(neurons + 63) / 64},
          slots_{horizon + 1},
          sums_(slots_ * neurons),
          due_(slots_ * words_, 0) {}

    [[nodiscard]] std::span<Sum> sums(std::uint64_t step) { return {sums_.data() + (step % slots_) * neurons_, neurons_}; }
    [[nodiscard]] std::span<std::uint64_t> due(std::uint64_t step) { return {due_.data() + (step % slots_) * words_, words_}; }
    [[nodiscard]] std::size_t slots() const { return slots_; }
    void clear() {
        std::fill(sums_.begin(), sums_.end(), Sum{});
        std::fill(due_.begin(), due_.end(), 0);
    }

private:
    std::size_t neurons_;
    std::size_t words_;
    std::size_t slots_;
    std::vector<Sum> sums_;
    std::vector<std::uint64_t> due_;
};

class Learner;
struct SynapseGroup;

/// The synapses of one core. `Sum` is the neuron model's input type.
template <class Sum>
class Synapses {
public:
    virtual ~Synapses() = default;
    /// Adds what axon `axon` sends with `payload` for `step` (delays of synapses count from there); returns the number
    /// of synaptic events.
    virtual std::uint32_t apply(std::uint32_t axon, std::int32_t payload, std::uint64_t step,
                                Accumulators<Sum>& accumulators) = 0;
    /// Asks for the memory that `apply` will read; a hint for axons that come up soon.
    virtual void prefetch(std::uint32_t /*axon*/) const {}
    /// Where synapses that act by chance get their draws.
    virtual void draw_from(const DrawSource& /*source*/) {}
    /// Adds what is summed up apart and acts from `step` on; before the pass of `step`.
    virtual void settle(std::uint64_t /*step*/, Accumulators<Sum>& /*accumulators*/) {}
    /// Forgets what is summed up apart.
    virtual void clear() {}
    /// The longest delay of a synapse, in steps.
    [[nodiscard]] virtual std::uint32_t longest_delay() const = 0;
    [[nodiscard]] virtual std::size_t axons() const = 0;
    /// Null where nothing learns.
    [[nodiscard]] virtual Learner* learner() { return nullptr; }
    /// The groups of the image, as they are now.
    [[nodiscard]] virtual std::span<const SynapseGroup> groups() const { return {}; }
};

struct SynapseOptions {
    std::uint32_t longest_axon_delay = 1;  ///< steps
    std::uint32_t synapses_per_word = 1;   ///< of synaptic memory
};

template <class Sum>
[[nodiscard]] std::unique_ptr<Synapses<Sum>> make_synapses(const SynapseImage& image, std::size_t neurons,
                                                           const SynapseOptions& options = {});

extern template std::unique_ptr<Synapses<std::int32_t>> make_synapses(const SynapseImage&, std::size_t, const SynapseOptions&);
extern template std::unique_ptr<Synapses<double>> make_synapses(const SynapseImage&, std::size_t, const SynapseOptions&);

}  // namespace spikefab
