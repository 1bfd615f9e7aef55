// SPDX-License-Identifier: Apache-2.0
// Data that are spikes already (event cameras, recordings): a sample holds one value per step and input; not 0 is a spike.
#include "base/contract.hpp"
#include "models/encoding/encoder.hpp"

namespace spikefab {
namespace {

class RecordedSpikes final : public Encoder {
public:
    [[nodiscard]] std::unique_ptr<Encoder> clone() const override { return std::make_unique<RecordedSpikes>(*this); }
    void visit(FieldVisitor& /*visitor*/) override {}
    void encode(std::span<const double> values, const EncodingContext& context, SpikeTrains& trains) const override {
        expects(values.size() % context.steps == 0);
        const std::size_t inputs = values.size() / context.steps;
        trains.assign(context.steps, {});
        for (std::uint32_t step = 0; step < context.steps; ++step)
            for (std::uint32_t index = 0; index < inputs; ++index)
                if (values[step * inputs + index] != 0.0) trains[step].push_back(index);
    }
    [[nodiscard]] bool takes_spikes() const override { return true; }
};

[[maybe_unused]] const bool registered = Registry<Encoder>::instance().add(
    {"spikes", "the data are spikes already: samples x steps x inputs", [] { return std::make_unique<RecordedSpikes>(); }});

}  // namespace
}  // namespace spikefab
