// SPDX-License-Identifier: Apache-2.0
// Latch-type sense amplifier: one bit per column, above or below a reference, with an input offset of its own.
//
// Comparison and offset: B. Wicht et al., IEEE J. Solid-State Circuits 39(7), 2004, 10.1109/JSSC.2004.829399; the
// offset is Gaussian from instance to instance.
#pragma once

#include "base/field.hpp"
#include "base/random.hpp"

#include <cstdint>

namespace spikefab {

struct SenseAmplifierParams {
    double reference = 0.5;
    double offset_sigma = 0.0;
    Time time{1.0};
    Energy energy{0.05};
    static constexpr auto fields = std::tuple{
        field("reference", &SenseAmplifierParams::reference, "column value (sum of products) above which it gives 1"),
        field("offset_sigma", &SenseAmplifierParams::offset_sigma, {0.0, 1e6},
              "standard deviation of the offset, as a column value"),
        field("t", &SenseAmplifierParams::time, {0.0, 1e9}, "duration of one comparison"),
        field("e", &SenseAmplifierParams::energy, {0.0, 1e9}, "energy of one comparison")};
};

class SenseAmplifier final {
public:
    SenseAmplifier(const SenseAmplifierParams& params, Rng rng)
        : threshold_{params.reference + params.offset_sigma * rng.normal()} {}
    [[nodiscard]] bool decide(double value) const { return value > threshold_; }

private:
    double threshold_;
};

}  // namespace spikefab
