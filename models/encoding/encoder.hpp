// SPDX-License-Identifier: Apache-2.0
// Turning an image into spike trains. An encoder is one file: parameters, a pure function of pixel, step and draw, one
// registration line (see integrate.cpp).
#pragma once

#include "base/field.hpp"
#include "base/registry.hpp"

#include <concepts>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace spikefab {

/// Spikes of one image: for each step, the inputs that fire, rising.
using SpikeTrains = std::vector<std::vector<std::uint32_t>>;

/// What an encoder is told besides the pixel.
struct EncodingContext {
    std::uint32_t steps = 1;  ///< T, steps with input
    std::uint64_t seed = 0;
    std::uint32_t image = 0;  ///< index of the image in its file
};

class Encoder {
public:
    virtual ~Encoder() = default;
    [[nodiscard]] virtual std::unique_ptr<Encoder> clone() const = 0;
    virtual void visit(FieldVisitor& visitor) = 0;
    /// `pixels` in [0, 1] (0 or more for `spikes`); `trains` gets `context.steps` lists.
    virtual void encode(std::span<const double> pixels, const EncodingContext& context, SpikeTrains& trains) const = 0;
    /// True when the data are spikes already, (steps x inputs) values per sample instead of one per input.
    [[nodiscard]] virtual bool takes_spikes() const { return false; }
};

/// A pixel's own memory between the steps of one image.
struct EncoderState {
    double level = 0.0;
};

/// `fires(params, pixel p in [0,1], step t in 0..T-1, index of the pixel, state, context)`.
template <class Model>
concept EncodingBehaviour = requires(const typename Model::Params& params, double pixel, std::uint32_t step,
                                     std::uint32_t index, EncoderState& state, const EncodingContext& context) {
    { Model::name } -> std::convertible_to<std::string_view>;
    { Model::summary } -> std::convertible_to<std::string_view>;
    { Model::fires(params, pixel, step, index, state, context) } -> std::same_as<bool>;
    requires HasFields<typename Model::Params>;
};

/// For encoders without parameters.
struct NoEncoderParams {
    static constexpr auto fields = std::tuple{};
};

template <EncodingBehaviour Model>
class RegisteredEncoder final : public Encoder {
public:
    [[nodiscard]] std::unique_ptr<Encoder> clone() const override { return std::make_unique<RegisteredEncoder>(*this); }
    void visit(FieldVisitor& visitor) override { visit_fields(visitor, params_); }
    void encode(std::span<const double> pixels, const EncodingContext& context, SpikeTrains& trains) const override {
        trains.assign(context.steps, {});
        for (std::uint32_t index = 0; index < pixels.size(); ++index) {
            EncoderState state;
            for (std::uint32_t step = 0; step < context.steps; ++step)
                if (Model::fires(params_, pixels[index], step, index, state, context)) trains[step].push_back(index);
        }
    }

private:
    typename Model::Params params_{};
};

template <EncodingBehaviour Model>
[[nodiscard]] bool register_encoder() {
    return Registry<Encoder>::instance().add(
        {Model::name, Model::summary, [] { return std::make_unique<RegisteredEncoder<Model>>(); }});
}

}  // namespace spikefab
