// SPDX-License-Identifier: Apache-2.0
// Ends the simulation at the first failure.
#include "chip/failure_box.hpp"

#include <systemc>

namespace spikefab {

void FailureBox::keep(std::exception_ptr failure) {
    if (!failure_) failure_ = std::move(failure);
    sc_core::sc_stop();
}

}  // namespace spikefab
