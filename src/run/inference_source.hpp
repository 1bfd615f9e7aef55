// SPDX-License-Identifier: Apache-2.0
// Feeds images to the chip: encodes the next one when its first step comes.
#pragma once

#include "models/encoding/encoder.hpp"
#include "network/dataset.hpp"
#include "observe/run_observer.hpp"
#include "run/schedule.hpp"

namespace spikefab {

class InferenceSource final : public InputSource {
public:
    /// What is shown to the network, and how.
    struct Show {
        const Dataset& dataset;  ///< must outlive the source
        const Encoder& encoder;  ///< must outlive the source
        Schedule schedule;
        std::uint32_t inputs = 0;       ///< neurons of the network's input
        std::uint32_t first_image = 0;  ///< of the dataset
        std::uint64_t seed = 0;
        bool reset_between_images = true;
    };
    explicit InferenceSource(const Show& show) : show_{show} {}

    [[nodiscard]] std::span<const std::uint32_t> spikes(std::uint64_t step) override;
    [[nodiscard]] bool resets_before(std::uint64_t step) override {
        return show_.reset_between_images && show_.schedule.begins_image(step);
    }

private:
    Show show_;
    SpikeTrain train_;
};

/// No input at all, for networks that run by themselves.
class SilentSource final : public InputSource {
public:
    [[nodiscard]] std::span<const std::uint32_t> spikes(std::uint64_t /*step*/) override { return {}; }
    [[nodiscard]] bool resets_before(std::uint64_t /*step*/) override { return false; }
};

}  // namespace spikefab
