// SPDX-License-Identifier: Apache-2.0
// Physical quantities with their unit in the type. Values are kept in pJ, ns and V, so that
// pJ/ns = mW, mW/V = mA, V/mA = kohm and pJ/V^2 = pF need no factor anywhere.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace spikefab {

/// How a dimension is written: `symbol` in text ("J"), `scale` = the SI value of one internal unit (1e-12 for pJ).
struct Unit {
    std::string_view symbol;
    double scale;
    std::string_view example;
};

// clang-format off
struct EnergyDim      { static constexpr Unit unit{"J", 1e-12, "23.6 pJ"}; };
struct TimeDim        { static constexpr Unit unit{"s", 1e-9, "4.1 ns"}; };
struct PowerDim       { static constexpr Unit unit{"W", 1e-3, "29.6 mW"}; };
struct VoltageDim     { static constexpr Unit unit{"V", 1.0, "0.75 V"}; };
struct CurrentDim     { static constexpr Unit unit{"A", 1e-3, "50 uA"}; };
struct ResistanceDim  { static constexpr Unit unit{"ohm", 1e3, "2.5 ohm"}; };
struct ConductanceDim { static constexpr Unit unit{"S", 1e-3, "50 uS"}; };
struct CapacitanceDim { static constexpr Unit unit{"F", 1e-12, "1 pF"}; };
struct FrequencyDim   { static constexpr Unit unit{"Hz", 1e9, "200 MHz"}; };
struct LengthDim      { static constexpr Unit unit{"m", 1e-6, "240 um"}; };
struct AreaDim        { static constexpr Unit unit{"m2", 1e-12, "60 mm2"}; };
struct TemperatureDim { static constexpr Unit unit{"K", 1.0, "300 K"}; };
struct DataDim        { static constexpr Unit unit{"bit", 1.0, "128 KiB"}; };
struct BandwidthDim   { static constexpr Unit unit{"B/s", 1e9, "900 GB/s"}; };
struct ComputeDim     { static constexpr Unit unit{"FLOP/s", 1e9, "125 TFLOP/s"}; };
// clang-format on

template <class Dimension>
class Quantity final {
public:
    using Dim = Dimension;
    constexpr Quantity() = default;
    /// `value` in the internal unit of the dimension (pJ, ns, mW, V, mA, kohm, mS, pF, GHz, um, um2, K, bit, GB/s, GFLOP/s).
    constexpr explicit Quantity(double value) : value_{value} {}

    [[nodiscard]] constexpr double value() const { return value_; }
    [[nodiscard]] constexpr double si() const { return value_ * Dimension::unit.scale; }
    [[nodiscard]] static constexpr Quantity from_si(double si) { return Quantity{si / Dimension::unit.scale}; }

    constexpr auto operator<=>(const Quantity&) const = default;
    constexpr Quantity& operator+=(Quantity other) {
        value_ += other.value_;
        return *this;
    }
    constexpr Quantity& operator-=(Quantity other) {
        value_ -= other.value_;
        return *this;
    }
    friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity{a.value_ + b.value_}; }
    friend constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity{a.value_ - b.value_}; }
    friend constexpr Quantity operator*(Quantity a, double factor) { return Quantity{a.value_ * factor}; }
    friend constexpr Quantity operator*(double factor, Quantity a) { return Quantity{a.value_ * factor}; }
    friend constexpr Quantity operator/(Quantity a, double divisor) { return Quantity{a.value_ / divisor}; }
    friend constexpr double operator/(Quantity a, Quantity b) { return a.value_ / b.value_; }

private:
    double value_ = 0.0;
};

using Energy = Quantity<EnergyDim>;            ///< pJ
using Time = Quantity<TimeDim>;                ///< ns
using Power = Quantity<PowerDim>;              ///< mW
using Voltage = Quantity<VoltageDim>;          ///< V
using Current = Quantity<CurrentDim>;          ///< mA
using Resistance = Quantity<ResistanceDim>;    ///< kohm
using Conductance = Quantity<ConductanceDim>;  ///< mS
using Capacitance = Quantity<CapacitanceDim>;  ///< pF
using Frequency = Quantity<FrequencyDim>;      ///< GHz
using Length = Quantity<LengthDim>;            ///< um
using Area = Quantity<AreaDim>;                ///< um2
using Temperature = Quantity<TemperatureDim>;  ///< K
using DataSize = Quantity<DataDim>;            ///< bit
using Bandwidth = Quantity<BandwidthDim>;      ///< GB/s
using Compute = Quantity<ComputeDim>;          ///< GFLOP/s

[[nodiscard]] constexpr Energy operator*(Power power, Time time) {
    return Energy{power.value() * time.value()};
}
[[nodiscard]] constexpr Power operator/(Energy energy, Time time) {
    return Power{energy.value() / time.value()};
}
[[nodiscard]] constexpr Time period(Frequency frequency) {
    return Time{1.0 / frequency.value()};
}

/// The value of `text` ("23.6 pJ", "128 KiB") in internal units of `unit`; nothing when it is not a number
/// followed by that unit with an SI prefix (f p n u m k M G T, or Ki Mi Gi for data).
[[nodiscard]] std::optional<double> parse_quantity(std::string_view text, const Unit& unit);

/// `value` (internal units) with the prefix that keeps 1 <= number < 1000, exact when read back: "23.6 pJ".
[[nodiscard]] std::string format_quantity(double value, const Unit& unit);

/// The same, rounded to `digits` significant digits, for people.
[[nodiscard]] std::string format_rounded(double value, const Unit& unit, int digits = 4);

template <class Dimension>
[[nodiscard]] std::string format(Quantity<Dimension> quantity, int digits = 4) {
    return format_rounded(quantity.value(), Dimension::unit, digits);
}

}  // namespace spikefab
