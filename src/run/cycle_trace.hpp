// SPDX-License-Identifier: Apache-2.0
// Subscribes to what happens inside steps and writes it down as cycles.h5.
#pragma once

#include "observe/cycle_writer.hpp"
#include "observe/run_observer.hpp"
#include "plan/chip_plan.hpp"

#include <filesystem>

namespace spikefab {

class CycleTrace final : public CycleObserver {
public:
    CycleTrace(const std::filesystem::path& path, const ChipPlan& plan);

    /// Events that follow belong to `step`; steps count from 1.
    void begin_step(std::uint64_t step) { step_ = step; }
    void close() { writer_.close(); }

    void pass_done(const CoreImage& core, const PassEvent& pass) override;
    void injected(std::uint32_t source, std::uint32_t destination, std::uint64_t data, std::int64_t time) override;
    void hop(std::uint32_t router, std::uint32_t port, std::uint32_t destination, std::uint64_t data,
             std::int64_t time) override;
    void stalled(std::uint32_t router, std::uint32_t port, std::uint32_t destination, std::uint64_t data, std::int64_t first,
                 std::int64_t last) override;
    void delivered(std::uint32_t source, std::uint32_t destination, std::uint64_t data, std::int64_t time) override;

private:
    [[nodiscard]] CarriedSpike carried(std::uint32_t destination, std::uint64_t data) const;

    bool delays_from_arrival_;
    std::uint64_t step_ = 1;
    CycleWriter writer_;
};

}  // namespace spikefab
