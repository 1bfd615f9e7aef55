// SPDX-License-Identifier: Apache-2.0
// What an encoder must provide: from the values of one image to input spikes.
//
// An encoder is one file: parameters, their field table, a pure function of (value, step, image, seed), and one
// registration line (see ramp.cpp).
#pragma once

#include "base/error.hpp"
#include "base/field.hpp"
#include "base/registry.hpp"

#include <fmt/format.h>

#include <concepts>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace spikefab {

/// Spikes of one population over some steps, by step.
struct SpikeTrain {
    std::vector<std::uint32_t> offsets{0};  ///< steps + 1 values; step t (from 0) is [offsets[t], offsets[t + 1])
    std::vector<std::uint32_t> neurons{};   ///< rising within a step

    [[nodiscard]] std::uint32_t steps() const { return static_cast<std::uint32_t>(offsets.size() - 1); }
    [[nodiscard]] std::span<const std::uint32_t> at(std::size_t step) const {
        return std::span{neurons}.subspan(offsets[step], offsets[step + 1] - offsets[step]);
    }
    void end_step() { offsets.push_back(static_cast<std::uint32_t>(neurons.size())); }
    void clear() {
        offsets.assign(1, 0);
        neurons.clear();
    }
    bool operator==(const SpikeTrain&) const = default;
};

/// What is encoded. Results depend on nothing else.
struct EncodingContext {
    std::uint32_t steps = 1;
    std::uint32_t neurons = 0;  ///< of the network's input
    std::uint64_t image = 0;    ///< its number in the data
    std::uint64_t seed = 0;
};

/// A registered encoder with its parameters; YAML picks it by `model: name`.
class Encoder {
public:
    virtual ~Encoder() = default;
    [[nodiscard]] virtual std::unique_ptr<Encoder> clone() const = 0;
    virtual void visit(FieldVisitor& visitor) = 0;
    /// True when the values are spikes already, (steps, neurons) row-major, and not one value per neuron.
    [[nodiscard]] virtual bool takes_spikes() const = 0;
    /// Fills `train` (what was in it is lost). InputError when values are not 0..1, or not as many as the context says.
    virtual void encode(std::span<const double> values, const EncodingContext& context, SpikeTrain& train) const = 0;
};

/// Where in an image and in time an encoder is asked.
struct PixelStep {
    std::uint32_t step;   ///< from 0
    std::uint32_t steps;  ///< of the whole image
    std::uint32_t pixel;
    std::uint64_t image;
    std::uint64_t key;  ///< of this encoder's random stream
};

/// Four lines a pixel encoder must honour. `memory` is the pixel's own, 0 before step 0; `value` is within 0..1.
template <class Model>
concept PixelEncoding = requires(double& memory, const typename Model::Params& params, double value, const PixelStep& at) {
    { Model::name } -> std::convertible_to<std::string_view>;
    { Model::summary } -> std::convertible_to<std::string_view>;
    { Model::spikes(memory, params, value, at) } -> std::same_as<bool>;
    requires HasFields<typename Model::Params>;
};

/// InputError unless there is one value for each neuron, all within 0..1.
void check_pixels(std::string_view encoder, std::span<const double> values, const EncodingContext& context);
/// The key of an encoder's random stream.
[[nodiscard]] std::uint64_t encoding_key(std::string_view encoder, std::uint64_t seed);

namespace detail {

template <PixelEncoding Model>
class RegisteredEncoder final : public Encoder {
public:
    [[nodiscard]] std::unique_ptr<Encoder> clone() const override { return std::make_unique<RegisteredEncoder>(*this); }
    void visit(FieldVisitor& visitor) override { visit_fields(visitor, params_); }
    [[nodiscard]] bool takes_spikes() const override { return false; }

    void encode(std::span<const double> values, const EncodingContext& context, SpikeTrain& train) const override {
        check_pixels(Model::name, values, context);
        train.clear();
        std::vector<double> memory(values.size(), 0.0);
        PixelStep at{0, context.steps, 0, context.image, encoding_key(Model::name, context.seed)};
        for (at.step = 0; at.step < context.steps; ++at.step) {
            for (at.pixel = 0; at.pixel < values.size(); ++at.pixel)
                if (Model::spikes(memory[at.pixel], params_, values[at.pixel], at)) train.neurons.push_back(at.pixel);
            train.end_step();
        }
    }

private:
    typename Model::Params params_{};
};

}  // namespace detail

template <PixelEncoding Model>
[[nodiscard]] bool register_encoder() {
    return Registry<Encoder>::instance().add(
        {Model::name, Model::summary, [] { return std::make_unique<detail::RegisteredEncoder<Model>>(); }});
}

}  // namespace spikefab
