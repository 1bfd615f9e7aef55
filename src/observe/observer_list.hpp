// SPDX-License-Identifier: Apache-2.0
// Several observers of one run: each is told of everything, in their order.
#pragma once

#include "observe/run_observer.hpp"

#include <algorithm>
#include <vector>

namespace spikefab {

class ObserverList final : public RunObserver, private CycleObserver {
public:
    /// Observers must outlive the list.
    void add(RunObserver& observer) {
        observers_.push_back(&observer);
        if (CycleObserver* const watcher = observer.cycles()) watchers_.push_back(watcher);
        if (packets_ == nullptr) packets_ = observer.packets();
    }
    void input_sent(std::uint64_t step, std::span<const std::uint32_t> neurons) override {
        for (RunObserver* const observer : observers_) observer->input_sent(step, neurons);
    }

    void fired(std::uint64_t step, const CoreImage& core, std::span<const Spike> spikes) override {
        for (RunObserver* const observer : observers_) observer->fired(step, core, spikes);
    }
    void answered(std::uint64_t step, std::uint32_t neuron, std::int32_t payload) override {
        for (RunObserver* const observer : observers_) observer->answered(step, neuron, payload);
    }
    void step_done(const StepEvent& event) override {
        for (RunObserver* const observer : observers_) observer->step_done(event);
    }
    [[nodiscard]] CycleObserver* cycles() override { return watchers_.empty() ? nullptr : this; }
    /// One log at most: the first observer's that has one.
    [[nodiscard]] noc::PacketLog* packets() override { return packets_; }
    [[nodiscard]] bool stop_requested() override {
        return std::any_of(observers_.begin(), observers_.end(),
                           [](RunObserver* observer) { return observer->stop_requested(); });
    }

private:
    void pass_done(const CoreImage& core, const PassEvent& pass) override {
        for (CycleObserver* const watcher : watchers_) watcher->pass_done(core, pass);
    }
    [[nodiscard]] bool wants_resting_cores() const override {
        return std::any_of(watchers_.begin(), watchers_.end(),
                           [](const auto* watcher) { return watcher->wants_resting_cores(); });
    }
    void injected(std::uint32_t source, std::uint32_t destination, std::uint64_t data, std::int64_t time) override {
        for (CycleObserver* const watcher : watchers_) watcher->injected(source, destination, data, time);
    }
    void hop(std::uint32_t router, std::uint32_t port, std::uint32_t destination, std::uint64_t data,
             std::int64_t time) override {
        for (CycleObserver* const watcher : watchers_) watcher->hop(router, port, destination, data, time);
    }
    void stalled(std::uint32_t router, std::uint32_t port, std::uint32_t destination, std::uint64_t data, std::int64_t first,
                 std::int64_t last) override {
        for (CycleObserver* const watcher : watchers_) watcher->stalled(router, port, destination, data, first, last);
    }
    void delivered(std::uint32_t source, std::uint32_t destination, std::uint64_t data, std::int64_t time) override {
        for (CycleObserver* const watcher : watchers_) watcher->delivered(source, destination, data, time);
    }

    std::vector<RunObserver*> observers_;
    std::vector<CycleObserver*> watchers_;
    noc::PacketLog* packets_ = nullptr;
};

}  // namespace spikefab
