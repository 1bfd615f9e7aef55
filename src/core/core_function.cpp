// SPDX-License-Identifier: Apache-2.0
// Neuron array + synapses + accumulators of one core, for integer and for real sums.
#include "core/core_function.hpp"

#include "base/error.hpp"
#include "core/learner.hpp"
#include "core/stochastic_crossbar.hpp"
#include "core/synapses.hpp"

#include <fmt/format.h>

#include <bit>

namespace spikefab {
namespace {

/// Axons that have a spike for each coming step (TrueNorth's scheduler memory: one row a step).
class AxonSchedule final {
public:
    AxonSchedule(std::size_t axons, std::size_t slots) : words_{(axons + 63) / 64}, slots_{slots}, bits_(words_ * slots_, 0) {}

    void mark(std::uint32_t axon, std::uint64_t step) { row(step)[axon / 64] |= std::uint64_t{1} << (axon % 64); }
    [[nodiscard]] std::span<std::uint64_t> row(std::uint64_t step) { return {bits_.data() + (step % slots_) * words_, words_}; }
    void clear() { std::fill(bits_.begin(), bits_.end(), 0); }

private:
    std::size_t words_;
    std::size_t slots_;
    std::vector<std::uint64_t> bits_;
};

/// Calls `visit` with every axon marked in a row, rising.
template <class Visit>
void for_each_axon(std::span<const std::uint64_t> row, Visit visit) {
    for (std::size_t word = 0; word < row.size(); ++word)
        for (std::uint64_t bits = row[word]; bits != 0; bits &= bits - 1)
            visit(static_cast<std::uint32_t>(word * 64 + static_cast<unsigned>(std::countr_zero(bits))));
}

/// The synapses of `image`; those of TrueNorth may act by chance, which the neurons' parameters say.
template <class Sum>
[[nodiscard]] std::unique_ptr<Synapses<Sum>> synapses_of(const CoreImage& image, const NeuronModel& model,
                                                         const SynapseOptions& options) {
    const std::vector<std::uint8_t> stochastic = model.stochastic_types(image.neurons);
    if (stochastic.empty()) return make_synapses<Sum>(image.synapses, image.neurons.neurons(), options);
    if constexpr (std::is_same_v<Sum, std::int32_t>)
        if (const auto* crossbar = std::get_if<BinaryCrossbar>(&image.synapses))
            return make_stochastic_crossbar(*crossbar, stochastic);
    throw InputError{
        fmt::format("core {}: stochastic_types are types of a crossbar's axons; this core has lists of weights; "
                    "set stochastic_types to 0, or synapses.format to binary_crossbar",
                    image.core.value())};
}

template <class Sum>
class alignas(64) DigitalFunction final : public CoreFunction {
public:
    DigitalFunction(const CoreImage& image, const NeuronModel& model, std::unique_ptr<NeuronArray<Sum>> neurons,
                    const FunctionOptions& options)
        : synapses_{synapses_of<Sum>(image, model,
                                     {.longest_axon_delay = options.longest_axon_delay + (options.scan_by_neuron ? 1U : 0U),
                                      .synapses_per_word = options.synapses_per_word})},
          schedule_{options.scan_by_neuron ? synapses_->axons() : 0, options.longest_axon_delay + std::size_t{1}},
          longest_delay_{synapses_->longest_delay()},
          by_neuron_{options.scan_by_neuron},
          neurons_{std::move(neurons)},
          accumulators_{neurons_->size(),
                        (options.scan_by_neuron ? 1 : options.longest_axon_delay) + synapses_->longest_delay()},
          active_((neurons_->size() + 63) / 64, 0),
          learner_{synapses_->learner()} {}

    std::uint32_t receive(std::uint32_t axon, std::int32_t payload, std::uint64_t step) override {
        if (longest_delay_ != 0) waits_until_ = std::max(waits_until_, step + longest_delay_);
        if (!by_neuron_) return synapses_->apply(axon, payload, step, accumulators_);
        schedule_.mark(axon, step);
        return 0;
    }

    PassResult run(std::uint64_t step) override {
        PassResult result;
        if (by_neuron_) result = apply_scheduled(step);
        synapses_->settle(step, accumulators_);
        const std::span<std::uint64_t> due = accumulators_.due(step);
        std::copy(due.begin(), due.end(), active_.begin());
        spikes_.clear();
        neurons_->step(step, due, accumulators_.sums(step), spikes_);
        std::fill(due.begin(), due.end(), 0);
        if (learner_ != nullptr) learner_->target_spikes(spikes_, step);
        last_step_ = step;
        return result;
    }

    [[nodiscard]] std::span<const Spike> spikes() const override { return spikes_; }
    [[nodiscard]] std::span<const std::uint64_t> active() const override { return active_; }
    /// Inputs may still wait for their delay.
    [[nodiscard]] bool awake() const override { return neurons_->awake() || waits_until_ > last_step_; }
    void reset(std::uint64_t step) override {
        neurons_->reset(step);
        accumulators_.clear();
        schedule_.clear();
        synapses_->clear();
        waits_until_ = 0;
        if (learner_ != nullptr) learner_->forget();
    }
    void draw_from(DrawSource source) override {
        synapses_->draw_from(source);
        neurons_->draw_from(std::move(source));
    }
    [[nodiscard]] Learner* learner() override { return learner_; }
    [[nodiscard]] std::span<const SynapseGroup> groups() const override { return synapses_->groups(); }
    void visit_state(std::size_t neuron, std::uint64_t step, FieldVisitor& visitor) override {
        neurons_->visit_state(neuron, step, visitor);
    }

private:
    PassResult apply_scheduled(std::uint64_t step) {
        PassResult result;
        const std::span<std::uint64_t> row = schedule_.row(step);
        for_each_axon(row, [&](std::uint32_t axon) { synapses_->prefetch(axon); });
        for_each_axon(row, [&](std::uint32_t axon) {
            result.synaptic_events += synapses_->apply(axon, 1, step, accumulators_);
            ++result.active_axons;
        });
        std::fill(row.begin(), row.end(), 0);
        return result;
    }

    // What every spike touches comes first, in one cache line.
    std::unique_ptr<Synapses<Sum>> synapses_;
    AxonSchedule schedule_;
    std::uint32_t longest_delay_;  ///< of a synapse
    bool by_neuron_;

    std::unique_ptr<NeuronArray<Sum>> neurons_;
    Accumulators<Sum> accumulators_;
    std::vector<std::uint64_t> active_;
    std::vector<Spike> spikes_;
    std::uint64_t waits_until_ = 0;  ///< the last step in which delayed input may act
    std::uint64_t last_step_ = 0;
    Learner* learner_;
};

}  // namespace

std::unique_ptr<CoreFunction> make_core_function(const CoreImage& image, const NeuronModel& model,
                                                 const FunctionOptions& options) {
    if (model.integer())
        return std::make_unique<DigitalFunction<std::int32_t>>(image, model, model.make_integer_array(image.neurons), options);
    return std::make_unique<DigitalFunction<double>>(image, model, model.make_real_array(image.neurons), options);
}

}  // namespace spikefab
