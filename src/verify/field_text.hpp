// SPDX-License-Identifier: Apache-2.0
// Fields and torques that a vector gives in words: "H=(Hx + Hk mx, 0, -Hd mz)", "H = Hk*mz z", "2*aJc for t<4 ns then 0".
#pragma once

#include "models/spintronic/macrospin.hpp"

#include <nlohmann/json_fwd.hpp>

#include <limits>
#include <string>

namespace spikefab::verify {

/// What a field is made of: a constant part, and along each axis a factor of the magnetisation's component.
struct FieldParts {
    Vector3 constant{};
    Vector3 proportional{};
};
/// Names stand for numbers of `vector`. InputError naming what is not understood.
[[nodiscard]] FieldParts parse_field(const std::string& text, const nlohmann::json& vector);

/// A torque, A/m, that changes once.
struct SteppedTorque {
    double first = 0.0;
    double edge = std::numeric_limits<double>::infinity();  ///< s
    double second = 0.0;
};
[[nodiscard]] SteppedTorque parse_torque(const std::string& text, const nlohmann::json& vector);

}  // namespace spikefab::verify
