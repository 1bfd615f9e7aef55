// SPDX-License-Identifier: Apache-2.0
// Data that is spikes already: (steps, neurons), a spike wherever the value is above 0.
#include "models/encoding/encoder.hpp"

namespace spikefab {
namespace {

class Spikes final : public Encoder {
public:
    [[nodiscard]] std::unique_ptr<Encoder> clone() const override { return std::make_unique<Spikes>(*this); }
    void visit(FieldVisitor& /*visitor*/) override {}
    [[nodiscard]] bool takes_spikes() const override { return true; }

    /// Steps that were not recorded are silent; recorded ones beyond the context's are not used.
    void encode(std::span<const double> values, const EncodingContext& context, SpikeTrain& train) const override {
        if (context.neurons == 0 || values.size() % context.neurons != 0)
            throw InputError{fmt::format("sample {} has {} values, which are not steps of {} input neurons", context.image,
                                         values.size(), context.neurons)};
        train.clear();
        for (std::size_t step = 0; step < context.steps; ++step) {
            for (std::uint32_t neuron = 0; neuron < context.neurons && step * context.neurons < values.size(); ++neuron)
                if (values[step * context.neurons + neuron] > 0.0) train.neurons.push_back(neuron);
            train.end_step();
        }
    }
};

[[maybe_unused]] const bool registered = Registry<Encoder>::instance().add(
    {"spikes", "the data is spikes already, (steps, neurons)", [] { return std::make_unique<Spikes>(); }});

}  // namespace
}  // namespace spikefab
