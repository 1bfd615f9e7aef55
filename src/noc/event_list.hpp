// SPDX-License-Identifier: Apache-2.0
// A list that only grows and is emptied at once; it keeps its memory, and a push is four instructions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace spikefab::noc {

template <class Event>
class EventList final {
public:
    static_assert(std::is_trivially_copyable_v<Event>);

    void push(const Event& event) {
        if (size_ == capacity_) [[unlikely]]
            grow();
        events_[size_++] = event;
    }
    void clear() { size_ = 0; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    /// Calls visit(event) for every event in order, and before that fetch(event) of one some places further on, so that
    /// what it is about comes into the cache while others are visited. `visit` must not push.
    template <class Fetch, class Visit>
    void for_each(Fetch&& fetch, Visit&& visit) const {
        constexpr std::size_t ahead = 8;
        const std::size_t fetched = size_ < ahead ? 0 : size_ - ahead;
        for (std::size_t place = 0; place < fetched; ++place) {
            fetch(events_[place + ahead]);
            visit(events_[place]);
        }
        for (std::size_t place = fetched; place < size_; ++place) visit(events_[place]);
    }
    [[nodiscard]] Event* begin() { return events_.get(); }
    [[nodiscard]] Event* end() { return events_.get() + size_; }
    [[nodiscard]] const Event* begin() const { return events_.get(); }
    [[nodiscard]] const Event* end() const { return events_.get() + size_; }

private:
    [[gnu::noinline]] void grow() {
        const std::size_t capacity = capacity_ == 0 ? 4 : 2 * capacity_;
        auto events = std::make_unique<Event[]>(capacity);
        std::copy_n(events_.get(), size_, events.get());
        events_ = std::move(events);
        capacity_ = capacity;
    }

    std::unique_ptr<Event[]> events_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace spikefab::noc
