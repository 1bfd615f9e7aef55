// SPDX-License-Identifier: Apache-2.0
// Parsing drives and cutting them into segments.
#include "device/drive.hpp"

#include "base/error.hpp"
#include "base/quantity.hpp"
#include "device/bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <optional>

namespace spikefab::device {
namespace {

struct ShapeForm {
    std::string_view name;
    DriveShape shape;
    std::string_view form;  ///< what follows the name
    std::size_t least, most;
};
constexpr std::array forms{ShapeForm{"sine", DriveShape::sine, "AMPLITUDE,FREQUENCY[,CYCLES]", 2, 3},
                           ShapeForm{"triangle", DriveShape::triangle, "AMPLITUDE,FREQUENCY[,CYCLES]", 2, 3},
                           ShapeForm{"pulse", DriveShape::pulse, "AMPLITUDE,WIDTH[,COUNT[,PERIOD]]", 2, 4},
                           ShapeForm{"dc", DriveShape::dc, "VALUE,DURATION", 2, 2},
                           ShapeForm{"program", DriveShape::program, "CONDUCTANCE[,WAIT]", 1, 2}};

/// Longest drives: what a table of rows could not show, or an integrator would not finish.
constexpr double most_cycles = 1e5;
constexpr std::uint32_t most_pulses = 100'000;

[[nodiscard]] std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> words;
    while (true) {
        const std::size_t comma = text.find(',');
        std::string_view word = text.substr(0, comma);
        while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
        while (!word.empty() && word.back() == ' ') word.remove_suffix(1);
        words.push_back(word);
        if (comma == std::string_view::npos) return words;
        text.remove_prefix(comma + 1);
    }
}

[[nodiscard]] std::optional<double> parse_number(std::string_view text) {
    double number = 0.0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
    return number;
}

constexpr Unit second{"s", 1.0, "100 ns"};
constexpr Unit hertz{"Hz", 1.0, "1 MHz"};

class Parser final {
public:
    Parser(std::string_view text, const Bench& bench) : text_{text}, bench_{bench} {}

    [[nodiscard]] DriveRequest parse() {
        const std::vector<std::string_view> words = split(text_);
        const auto form = std::ranges::find(forms, words[0], &ShapeForm::name);
        if (form == forms.end() || !bench_.takes(form->shape)) fail(fmt::format("there is no drive '{}' for it", words[0]));
        if (words.size() < form->least + 1 || words.size() > form->most + 1)
            fail(fmt::format("expected {},{}", form->name, form->form));
        DriveRequest request{.shape = form->shape, .level = range(words[1], "amplitude", level_reader())};
        const auto word = [&](std::size_t index) { return index < words.size() ? words[index] : std::string_view{}; };
        switch (form->shape) {
            case DriveShape::sine:
            case DriveShape::triangle:
                request.frequency = range(words[2], "frequency", quantity_reader(hertz));
                if (!word(3).empty()) request.cycles = positive(word(3), "number of cycles", most_cycles);
                break;
            case DriveShape::pulse:
                request.seconds = range(words[2], "width", quantity_reader(second));
                if (!word(3).empty()) request.count = static_cast<std::uint32_t>(whole(word(3)));
                if (!word(4).empty()) request.period = range(word(4), "period", quantity_reader(second)).from;
                if (request.period != 0.0 && request.period < std::max(request.seconds.from, request.seconds.to))
                    fail("the period must not be shorter than the pulse");
                break;
            case DriveShape::dc:
                request.seconds = range(words[2], "duration", quantity_reader(second));
                break;
            case DriveShape::program:
                if (!word(2).empty()) request.seconds = range(word(2), "wait", quantity_reader(second));
                break;
        }
        check(request);
        return request;
    }

private:
    using Reader = std::function<std::optional<double>(std::string_view)>;

    [[noreturn]] void fail(const std::string& problem) const {
        throw InputError{fmt::format("drive '{}': {}; expected {}", text_, problem, bench_.drive_help())};
    }

    [[nodiscard]] Reader level_reader() const {
        return [this](std::string_view word) -> std::optional<double> {
            for (const LevelUnit& unit : bench_.level_units()) {
                const auto value = unit.symbol.empty() ? parse_number(word) : parse_quantity(word, {unit.symbol, 1.0, ""});
                if (value) return *value * unit.factor;
            }
            return std::nullopt;
        };
    }
    [[nodiscard]] static Reader quantity_reader(const Unit& unit) {
        return [unit](std::string_view word) { return parse_quantity(word, unit); };
    }

    [[nodiscard]] Range range(std::string_view word, std::string_view what, const Reader& read) const {
        const std::size_t dots = word.find("..");
        const auto value = [&](std::string_view part) {
            if (const auto number = read(part)) return *number;
            fail(fmt::format("'{}' is no {}", part, what));
        };
        if (dots == std::string_view::npos) {
            const double one = value(word);
            return {one, one, false};
        }
        const Range both{value(word.substr(0, dots)), value(word.substr(dots + 2)), true};
        if (both.from == both.to) fail(fmt::format("the range of the {} has no length", what));
        return both;
    }
    [[nodiscard]] double positive(std::string_view word, std::string_view what, double most) const {
        const auto number = parse_number(word);
        if (!number || !(*number > 0.0) || *number > most)
            fail(fmt::format("'{}' is no {}, above 0 and at most {}", word, what, most));
        return *number;
    }
    [[nodiscard]] double whole(std::string_view word) const {
        const double number = positive(word, "number of pulses", most_pulses);
        if (number != std::floor(number)) fail(fmt::format("'{}' is no whole number of pulses", word));
        return number;
    }
    void check(const DriveRequest& request) const {
        const int swept = (request.level.swept ? 1 : 0) + (request.seconds.swept ? 1 : 0) + (request.frequency.swept ? 1 : 0);
        if (swept > 1) fail("only one value may be a range");
        const bool oscillates = request.shape == DriveShape::sine || request.shape == DriveShape::triangle;
        const Range& time = oscillates ? request.frequency : request.seconds;
        const bool may_be_zero = request.shape == DriveShape::program;
        for (const double value : {time.from, time.to})
            if (value < 0.0 || (value == 0.0 && !may_be_zero))
                fail(fmt::format("{} must be above 0", oscillates ? "the frequency" : "the time"));
        if (request.shape == DriveShape::program && std::min(request.level.from, request.level.to) < 0.0)
            fail("a conductance must not be negative");
    }

    std::string_view text_;
    const Bench& bench_;
};

[[nodiscard]] Drive drive_with(const DriveRequest& request, double level, double seconds, double frequency) {
    Drive drive{.shape = request.shape,
                .level = level,
                .seconds = seconds,
                .frequency = frequency,
                .count = request.count,
                .segments = {}};
    switch (request.shape) {
        case DriveShape::sine:
        case DriveShape::triangle: {
            const WaveShape shape = request.shape == DriveShape::sine ? WaveShape::sine : WaveShape::triangle;
            drive.segments.push_back({.wave = {.shape = shape, .amplitude = level, .frequency = frequency},
                                      .from = 0.0,
                                      .to = request.cycles / frequency});
            break;
        }
        case DriveShape::pulse: {
            const double period = request.period > 0.0 ? request.period : 2.0 * seconds;
            for (std::uint32_t k = 0; k < request.count; ++k) {
                const double begin = k * period;
                const double end = begin + seconds;
                drive.segments.push_back({.wave = Waveform::constant(level), .from = begin, .to = end});
                const bool rests = k + 1 < request.count || request.period > 0.0;
                const double next = (k + 1) * period;
                if (rests && next > end)
                    drive.segments.push_back({.wave = Waveform::constant(0.0), .from = end, .to = next, .on = false});
            }
            break;
        }
        case DriveShape::dc:
            drive.segments.push_back({.wave = Waveform::constant(level), .from = 0.0, .to = seconds});
            break;
        case DriveShape::program:
            break;
    }
    return drive;
}

[[nodiscard]] double share_of(const Range& range, double share, bool log) {
    if (!range.swept) return range.from;
    if (share >= 1.0) return range.to;
    if (log) return range.from * std::pow(range.to / range.from, share);
    return range.from + share * (range.to - range.from);
}

}  // namespace

DriveRequest parse_drive(std::string_view text, const Bench& bench) {
    return Parser{text, bench}.parse();
}

Drive make_drive(const DriveRequest& request) {
    return drive_with(request, request.level.from, request.seconds.from, request.frequency.from);
}

std::vector<Drive> make_drives(const DriveRequest& request, std::uint32_t points, bool log) {
    const Range& swept = request.level.swept ? request.level : request.seconds.swept ? request.seconds : request.frequency;
    if (log && !(swept.from * swept.to > 0.0))
        throw InputError{"--log needs a range whose ends have one sign and are not 0; leave --log out"};
    std::vector<Drive> drives;
    for (std::uint32_t k = 0; k < points; ++k) {
        const double share = points == 1 ? 0.0 : static_cast<double>(k) / (points - 1);
        drives.push_back(drive_with(request, share_of(request.level, share, log), share_of(request.seconds, share, log),
                                    share_of(request.frequency, share, log)));
    }
    return drives;
}

double swept_value(const DriveRequest& request, const Drive& drive) {
    if (request.level.swept) return drive.level;
    return request.seconds.swept ? drive.seconds : drive.frequency;
}

std::vector<double> sample_times(const Drive& drive, const Segment& segment, std::uint32_t points) {
    const double share = (segment.to - segment.from) / drive.duration();
    const auto intervals = std::max(1.0, std::round(share * (static_cast<double>(points) - 1.0)));
    std::vector<double> times;
    for (double k = 0.0; k < intervals; k += 1.0) times.push_back(segment.from + (segment.to - segment.from) * (k / intervals));
    times.push_back(segment.to);
    return times;
}

}  // namespace spikefab::device
