// SPDX-License-Identifier: Apache-2.0
// A drive as a person writes it, `sine,1V,1MHz,2`, and as stretches of waveform that a device goes through.
#pragma once

#include "models/device/waveform.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spikefab::device {

class Bench;

enum class DriveShape : std::uint8_t { sine, triangle, pulse, dc, program };

/// One value, or the two ends of a curve's axis (`1V..2V`).
struct Range {
    double from = 0.0;
    double to = 0.0;
    bool swept = false;
};

/// What was asked for, in the device's own SI unit (V, A or S).
struct DriveRequest {
    DriveShape shape = DriveShape::dc;
    Range level{};      ///< amplitude, or the conductance to program
    Range seconds{};    ///< of a pulse, of all of `dc`, or from programming to the last look
    Range frequency{};  ///< Hz, of sine and triangle
    double cycles = 2.0;
    std::uint32_t count = 1;
    double period = 0.0;  ///< of a pulse train, s; 0: twice the pulse, without rest after the last one

    [[nodiscard]] bool is_curve() const { return level.swept || seconds.swept || frequency.swept; }
};

/// Reads a drive for the device on `bench`. InputError says what is expected.
[[nodiscard]] DriveRequest parse_drive(std::string_view text, const Bench& bench);

struct Segment {
    Waveform wave;
    double from = 0.0;
    double to = 0.0;
    bool on = true;  ///< false between pulses
};

/// A drive with every value chosen.
struct Drive {
    DriveShape shape = DriveShape::dc;
    double level = 0.0;
    double seconds = 0.0;  ///< of a pulse, of all of `dc`, or to the last look
    double frequency = 0.0;
    std::uint32_t count = 1;
    std::vector<Segment> segments;  ///< none for `program`

    [[nodiscard]] double duration() const { return segments.empty() ? seconds : segments.back().to; }
};

/// The drive itself, or the first of a curve's.
[[nodiscard]] Drive make_drive(const DriveRequest& request);
/// The drives of a curve with `points` values of what is swept, at equal distances or (`log`) equal ratios.
[[nodiscard]] std::vector<Drive> make_drives(const DriveRequest& request, std::uint32_t points, bool log);
/// What a curve's axis shows of a drive.
[[nodiscard]] double swept_value(const DriveRequest& request, const Drive& drive);

/// Times of the rows of a segment, both ends included: its share of `points` of the drive, at least two.
[[nodiscard]] std::vector<double> sample_times(const Drive& drive, const Segment& segment, std::uint32_t points);

}  // namespace spikefab::device
