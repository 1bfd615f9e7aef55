// SPDX-License-Identifier: Apache-2.0
// Carries an exception out of a SystemC process: the kernel would turn it into a report of its own.
#pragma once

#include <exception>

namespace spikefab {

class FailureBox final {
public:
    /// Runs `body`; keeps its exception and ends the simulation.
    template <class Body>
    void guard(Body body) {
        try {
            body();
        } catch (...) {
            keep(std::current_exception());
        }
    }
    void rethrow() const {
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    void keep(std::exception_ptr failure);

    std::exception_ptr failure_;
};

}  // namespace spikefab
