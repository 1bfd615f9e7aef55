// SPDX-License-Identifier: Apache-2.0
// The Fokker-Planck equation of a junction in Legendre moments, its Laplace inversion, and its slowest decay.
#include "models/spintronic/switching.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>
#include <span>

namespace spikefab {
namespace {

using Complex = std::complex<double>;

/// a b without the checks for infinities that std::complex makes; there are none here.
[[nodiscard]] Complex times(Complex a, Complex b) {
    return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}
[[nodiscard]] Complex inverse(Complex a) {
    return std::conj(a) / std::norm(a);
}

/// Nodes and weights of the 5-point Gauss-Legendre rule on [0, 1] (Abramowitz and Stegun, table 25.4).
constexpr std::array<double, 5> nodes{0.04691007703066800, 0.23076534494715845, 0.5, 0.76923465505284155, 0.95308992296933200};
constexpr std::array<double, 5> weights{0.11846344252809454, 0.23931433524968324, 0.28444444444444444, 0.23931433524968324,
                                        0.11846344252809454};

/// Moments enough for a boundary layer of width 1 / (2 Delta (1 + |i|)) to be resolved to rounding: a layer
/// exp(-x / w) has Legendre moments that fall as exp(-n^2 w / 2).
[[nodiscard]] std::size_t moments_needed(double stability, double current) {
    return 64 + static_cast<std::size_t>(std::sqrt(220.0 * stability * (1.0 + std::abs(current))));
}

/// b_n = integral of P_n p. With P_n' (1 - x^2) = n (n + 1) (P_{n-1} - P_{n+1}) / (2n + 1) the equation becomes
///     b_n' = n (n + 1) { -b_n / (2 Delta) + [ i (b_{n-1} - b_{n+1}) + X_{n-1} - X_{n+1} ] / (2n + 1) },
/// X_n = ((n + 1) b_{n+1} + n b_{n-1}) / (2n + 1): a band of two on each side. `row` holds b_{n-2} .. b_{n+2}.
[[nodiscard]] std::array<double, 5> generator_row(std::size_t index, double stability, double current) {
    const auto n = static_cast<double>(index);
    const double lift = n * (n + 1.0) / (2.0 * n + 1.0);
    std::array<double, 5> row{};
    row[0] = index >= 2 ? lift * (n - 1.0) / (2.0 * n - 1.0) : 0.0;
    row[1] = lift * current;
    row[2] = -n * (n + 1.0) / (2.0 * stability) + lift * (n / (2.0 * n - 1.0) - (n + 1.0) / (2.0 * n + 3.0));
    row[3] = -lift * current;
    row[4] = -lift * (n + 2.0) / (2.0 * n + 3.0);
    return row;
}

/// Solves (z - A) b = start for the moments by elimination with row exchanges in the band.
[[nodiscard]] std::vector<Complex> resolve(Complex z, std::span<const double> start, double stability, double current) {
    const std::size_t size = start.size();
    constexpr std::size_t width = 7;  // two below, the diagonal, two above and two more that exchanges fill
    std::vector<std::array<Complex, width>> band(size);
    std::vector<Complex> b(start.begin(), start.end());
    for (std::size_t n = 0; n < size; ++n) {
        const std::array<double, 5> row = generator_row(n, stability, current);
        for (std::size_t k = 0; k < 5; ++k) band[n][k] = -row[k];
        band[n][2] += z;
    }
    // Row n keeps columns n - 2 .. n + 4; shifting a row left makes its entry in column `pivot` the first.
    const auto entry = [&](std::size_t row, std::size_t column) -> Complex& { return band[row][column + 2 - row]; };
    for (std::size_t pivot = 0; pivot < size; ++pivot) {
        const std::size_t last = std::min(pivot + 2, size - 1);
        const std::size_t right = std::min(pivot + 4, size - 1);
        std::size_t best = pivot;
        for (std::size_t row = pivot + 1; row <= last; ++row)
            if (std::norm(entry(row, pivot)) > std::norm(entry(best, pivot))) best = row;
        if (best != pivot) {
            for (std::size_t column = pivot; column <= right; ++column) {
                const Complex held = entry(pivot, column);
                entry(pivot, column) = column + 2 - best < width ? entry(best, column) : Complex{};
                if (column + 2 - best < width) entry(best, column) = held;
            }
            std::swap(b[pivot], b[best]);
        }
        const Complex scale = inverse(entry(pivot, pivot));
        for (std::size_t row = pivot + 1; row <= last; ++row) {
            const Complex factor = times(entry(row, pivot), scale);
            for (std::size_t column = pivot; column <= right; ++column)
                entry(row, column) -= times(factor, entry(pivot, column));
            b[row] -= times(factor, b[pivot]);
        }
    }
    for (std::size_t row = size; row-- > 0;) {
        for (std::size_t column = row + 1; column <= std::min(row + 4, size - 1); ++column)
            b[row] -= times(entry(row, column), b[column]);
        b[row] = times(b[row], inverse(entry(row, row)));
    }
    return b;
}

/// Values of Legendre polynomials P_0 .. P_{size-1}.
class Legendre final {
public:
    explicit Legendre(std::size_t size) : value_(size, 1.0) {
        for (std::size_t n = 0; n < size; ++n) share_.push_back(1.0 / static_cast<double>(std::max<std::size_t>(n, 1)));
    }
    /// All polynomials at x; valid until the next call.
    [[nodiscard]] const std::vector<double>& at(double x) {
        value_[1] = x;
        for (std::size_t n = 2; n < value_.size(); ++n)
            value_[n] = (2.0 - share_[n]) * x * value_[n - 1] - (1.0 - share_[n]) * value_[n - 2];
        return value_;
    }

private:
    std::vector<double> value_, share_;
};

/// Moments of exp(Delta x^2) on x < 0, normalised; integrated over the polar angle, in which nothing is sharp.
[[nodiscard]] std::vector<double> equilibrium_moments(double stability, std::size_t size) {
    constexpr int panels = 256;
    constexpr double length = 0.5 * std::numbers::pi / panels;
    std::vector<double> moments(size, 0.0);
    Legendre polynomials{size};
    for (int panel = 0; panel < panels; ++panel) {
        for (std::size_t k = 0; k < nodes.size(); ++k) {
            const double angle = (panel + nodes[k]) * length;
            const double weight = weights[k] * std::sin(angle) * std::exp(-stability * std::sin(angle) * std::sin(angle));
            const std::vector<double>& p = polynomials.at(-std::cos(angle));
            for (std::size_t n = 0; n < size; ++n) moments[n] += weight * p[n];
        }
    }
    for (std::size_t n = size; n-- > 0;) moments[n] /= moments[0];
    return moments;
}

/// Factors that turn moments into the integral of p over x > 0.
[[nodiscard]] std::vector<double> upper_half(std::size_t size) {
    Legendre polynomials{size + 1};
    const std::vector<double>& p = polynomials.at(0.0);
    std::vector<double> factor(size, 0.0);
    factor[0] = 0.5;
    for (std::size_t n = 1; n < size; ++n) factor[n] = 0.5 * (p[n - 1] - p[n + 1]);
    return factor;
}

/// Points of Talbot's contour with the optimal parameters of J. A. C. Weideman, SIAM J. Numer. Anal. 44(6), 2006,
/// 10.1137/050625837; the error of the inversion falls as 3.89^-points.
struct ContourPoint {
    Complex z, slope;
};
[[nodiscard]] ContourPoint contour(int k, int points) {
    const double angle = (2.0 * k + 1.0) * std::numbers::pi / points - std::numbers::pi;
    const double a = 0.6407 * angle;
    const double cotangent = std::cos(a) / std::sin(a);
    const double squared_sine = std::sin(a) * std::sin(a);
    return {static_cast<double>(points) * Complex{0.5017 * angle * cotangent - 0.6122, 0.2645 * angle},
            static_cast<double>(points) * Complex{0.5017 * (cotangent - a / squared_sine), 0.2645}};
}

/// Above its critical current a junction takes about ln(stability) / (2 (current - 1)) to get to the barrier. A pulse that is
/// no longer than twice that needs more points: the transform grows to the left as if delayed by this time.
[[nodiscard]] int contour_points(double current, double tau) {
    return current > 1.0 && tau * (current - 1.0) < 6.0 ? 80 : 20;
}

void check(double stability, double current) {
    if (!(stability >= 1.0 && stability <= 200.0) || !(current >= -4.0 && current <= 8.0))
        throw InputError{fmt::format(
            "switching of a junction with thermal stability {} at {} times its critical current; expected 1 to 200 and -4 to 8",
            stability, current)};
}

/// One junction's start and its future under any current up to a largest one.
class Junction final {
public:
    Junction(double stability, double largest_current)
        : stability_{stability},
          start_{equilibrium_moments(stability, moments_needed(stability, largest_current))},
          half_{upper_half(start_.size())} {}

    [[nodiscard]] double probability(double current, double tau) const {
        if (tau == 0.0) return 0.0;
        const std::span start = std::span{start_}.first(std::min(start_.size(), moments_needed(stability_, current)));
        const int points = contour_points(current, tau);
        double total = 0.0;
        for (int k = points / 2; k < points; ++k) {  // the other half is its mirror image
            const auto [z, slope] = contour(k, points);
            const std::vector<Complex> b = resolve(z / tau, start, stability_, current);
            Complex sum{};
            for (std::size_t n = 0; n < b.size(); ++n) sum += half_[n] * b[n];
            total += 2.0 * (std::exp(z) * slope * sum / (Complex{0.0, 1.0} * tau)).real() / points;
        }
        return std::clamp(total, 0.0, 1.0);
    }

private:
    double stability_;
    std::vector<double> start_, half_;
};

/// The equation as a chain of cells along the polar angle, for times too long for the moments' rounding. Rates
/// between cells follow D. L. Scharfetter, H. K. Gummel, IEEE Trans. Electron Devices 16(1), 1969,
/// 10.1109/T-ED.1969.16566, so that equilibrium is exact.
class Chain final {
public:
    Chain(double stability, double current) : up_(cells, 0.0), down_(cells, 0.0) {
        const auto edge = [](std::size_t k) { return -std::cos(std::numbers::pi * static_cast<double>(k) / cells); };
        const auto centre = [&](std::size_t k) { return 0.5 * (edge(k) + edge(k + 1)); };
        const auto potential = [&](double x) { return -stability * (x * x + 2.0 * current * x); };
        for (std::size_t k = 0; k + 1 < cells; ++k) {
            const double face = edge(k + 1);
            const double conductance = (1.0 - face * face) / (2.0 * stability * (centre(k + 1) - centre(k)));
            const double rise = potential(centre(k + 1)) - potential(centre(k));
            up_[k] = conductance * bernoulli(rise) / (edge(k + 1) - edge(k));
            down_[k + 1] = conductance * bernoulli(-rise) / (edge(k + 2) - edge(k + 1));
        }
    }

    /// Slowest decay when what reaches the last cell is gone. Inverse iteration: the flow over each edge is the sum
    /// of all that starts below it, and the occupations follow from the top down by additions only.
    [[nodiscard]] double slowest_decay() const {
        std::vector<double> source(cells - 1, 1.0);
        std::vector<double> occupation(cells, 0.0);
        double rate = 0.0;
        for (int iteration = 0; iteration < 200; ++iteration) {
            double flow = 0.0;
            for (const double amount : source) flow += amount;
            const double total = flow;
            double sum = 0.0;
            for (std::size_t k = cells - 1; k-- > 0;) {
                occupation[k] = (flow + down_[k + 1] * occupation[k + 1]) / up_[k];
                sum += occupation[k];
                flow -= source[k];
            }
            const double before = rate;
            rate = total / sum;
            for (std::size_t k = 0; k + 1 < cells; ++k) source[k] = occupation[k] / sum;
            if (std::abs(rate - before) <= 1e-12 * rate) break;
        }
        return rate;
    }

private:
    static constexpr std::size_t cells = 4000;
    [[nodiscard]] static double bernoulli(double x) { return std::abs(x) < 1e-12 ? 1.0 : x / std::expm1(x); }
    std::vector<double> up_, down_;  ///< rates out of cell k
};

/// P and 1 - P below this are rounding of the moments.
constexpr double least_probability = 1e-12;
/// The table's quantity: nearly linear in the barrier, and smooth where P is close to 0 or 1.
[[nodiscard]] double to_table(double probability) {
    return std::log(-std::log1p(-std::clamp(probability, least_probability, 1.0 - least_probability)));
}
[[nodiscard]] double from_table(double value) {
    return -std::expm1(-std::exp(value));
}

constexpr double lowest_current = -1.0;
constexpr double highest_current = 4.0;
constexpr double current_step = 0.025;
constexpr std::size_t current_points = 201;

/// Cubic interpolation through four values at -1, 0, 1, 2.
[[nodiscard]] double cubic(const std::array<double, 4>& y, double x) {
    return y[1] +
           0.5 * x *
               (y[2] - y[0] + x * (2.0 * y[0] - 5.0 * y[1] + 4.0 * y[2] - y[3] + x * (3.0 * (y[1] - y[2]) + y[3] - y[0])));
}

}  // namespace

double switching_probability(double stability, double relative_current, double tau) {
    check(stability, relative_current);
    if (!(tau >= 0.0))
        throw InputError{fmt::format("a pulse of {} (in units of the junction's relaxation); expected >= 0", tau)};
    return Junction{stability, relative_current}.probability(relative_current, tau);
}

double escape_rate(double stability, double relative_current) {
    check(stability, relative_current);
    return Chain{stability, relative_current}.slowest_decay();
}

double escape_rate_of_brown(double stability, double relative_current) {
    const double i = relative_current;
    return std::sqrt(stability / std::numbers::pi) * (1.0 - i * i) * (1.0 - i) * std::exp(-stability * (1.0 - i) * (1.0 - i));
}

SwitchingTable::SwitchingTable(double tau, double lowest_stability, double highest_stability) {
    check(lowest_stability, 0.0);
    check(highest_stability, 0.0);
    const double spread = highest_stability - lowest_stability;
    const auto rows = spread > 0.0 ? 2 + static_cast<std::size_t>(spread / (0.05 * lowest_stability)) : 1;
    for (std::size_t row = 0; row < rows; ++row) {
        const double share = rows == 1 ? 0.0 : static_cast<double>(row) / static_cast<double>(rows - 1);
        stability_.push_back(lowest_stability + share * spread);
        const Junction junction{stability_.back(), highest_current};
        for (std::size_t k = 0; k < current_points; ++k)
            value_.push_back(to_table(junction.probability(lowest_current + current_step * static_cast<double>(k), tau)));
    }
}

double SwitchingTable::along_current(std::size_t row, double relative_current) const {
    const double place = std::clamp((relative_current - lowest_current) / current_step, 0.0, current_points - 1.0);
    const auto left = std::min(static_cast<std::size_t>(place), current_points - 2);
    const double* y = &value_[row * current_points];
    const std::size_t before = left == 0 ? 0 : left - 1;
    const std::size_t after = std::min(left + 2, current_points - 1);
    return cubic({y[before], y[left], y[left + 1], y[after]}, place - static_cast<double>(left));
}

double SwitchingTable::probability(double stability, double relative_current) const {
    if (stability_.size() == 1) return from_table(along_current(0, relative_current));
    const double place = std::clamp((stability - stability_.front()) / (stability_[1] - stability_[0]), 0.0,
                                    static_cast<double>(stability_.size() - 1));
    const std::size_t left = std::min(static_cast<std::size_t>(place), stability_.size() - 2);
    const double share = place - static_cast<double>(left);
    return from_table((1.0 - share) * along_current(left, relative_current) +
                      share * along_current(left + 1, relative_current));
}

}  // namespace spikefab
