// SPDX-License-Identifier: Apache-2.0
// Splits signed weights into unsigned levels per sign and slice, and lays these planes out in physical arrays.
#include "models/crossbar/weight_encoding.hpp"

#include "base/contract.hpp"
#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace spikefab {
namespace {

/// One cell per weight: levels in [0, 1] of the conductance range, and the factor its column counts with.
struct Plane {
    std::vector<double> level;
    double factor = 1.0;
};

class Encoder final {
public:
    Encoder(std::span<const double> weights, std::size_t inputs, std::size_t outputs, const WeightEncodingParams& params,
            ConductanceRange range)
        : weights_{weights}, inputs_{inputs}, outputs_{outputs}, params_{params}, range_{range} {
        check();
    }

    [[nodiscard]] EncodedWeights encode() {
        encoded_.inputs = inputs_;
        encoded_.outputs = outputs_;
        encoded_.largest_weight = full_scale();
        build_planes();
        lay_out();
        return std::move(encoded_);
    }

private:
    [[nodiscard]] bool paired() const {
        return params_.scheme == WeightScheme::differential || params_.scheme == WeightScheme::two_sided;
    }
    [[nodiscard]] bool unit_column() const { return params_.scheme == WeightScheme::offset_column; }

    void check() const {
        expects(weights_.size() == inputs_ * outputs_);
        if (!(range_.low >= 0.0 && range_.high > range_.low))
            throw InputError{
                fmt::format("conductance range {} S to {} S; expected 0 <= g_min < g_max", range_.low, range_.high)};
        for (std::size_t k = 0; k < weights_.size(); ++k)
            if (!std::isfinite(weights_[k]))
                throw InputError{
                    fmt::format("weight ({}, {}) is {}; expected a finite value", k / outputs_, k % outputs_, weights_[k])};
        if (params_.placement == CellPlacement::interleaved_rows && !paired())
            throw InputError{"interleaved rows hold pairs; use weights: differential or two_sided, or another placement"};
        if (params_.slices > 1 && params_.bits_per_cell == 0) throw InputError{"bit slices need bits_per_cell"};
        if (params_.slices > 1 && params_.scheme == WeightScheme::two_sided)
            throw InputError{"two_sided weights cannot be sliced; use weights: differential or an offset"};
    }

    [[nodiscard]] double full_scale() const {
        if (params_.largest_weight > 0.0) return params_.largest_weight;
        double top = 0.0;
        for (const double w : weights_) top = std::max(top, std::abs(w));
        return top > 0.0 ? top : 1.0;
    }
    /// Weight over full scale, clipped to [-1, 1].
    [[nodiscard]] double normal(std::size_t k) const { return std::clamp(weights_[k] / encoded_.largest_weight, -1.0, 1.0); }

    /// The nearest level that a cell can be programmed to.
    [[nodiscard]] double programmable(double level) const {
        if (params_.bits_per_cell == 0) return level;
        const double steps = std::exp2(params_.bits_per_cell) - 1.0;
        return std::nearbyint(level * steps) / steps;
    }

    template <class Level>
    void add_plane(double factor, Level level) {
        Plane plane{std::vector<double>(weights_.size()), factor};
        for (std::size_t k = 0; k < weights_.size(); ++k) plane.level[k] = level(normal(k));
        planes_.push_back(std::move(plane));
    }

    void build_planes() {
        switch (params_.scheme) {
            case WeightScheme::differential:
                params_.slices > 1 ? slice_pairs() : build_pair([](double w) { return std::max(w, 0.0); });
                break;
            case WeightScheme::two_sided:
                build_pair([](double w) { return 0.5 * (1.0 + w); });
                break;
            case WeightScheme::offset_digital:
            case WeightScheme::offset_column:
                params_.slices > 1 ? slice_offset() : build_offset();
                break;
        }
    }

    template <class Level>
    void build_pair(Level level) {
        add_plane(1.0, [&](double w) { return programmable(level(w)); });
        add_plane(-1.0, [&](double w) { return programmable(level(-w)); });
    }

    void build_offset() {
        // An even number of levels has none in the middle: leave the lowest out, so that 0 is a level.
        const double levels = std::exp2(params_.bits_per_cell);
        const double used = params_.bits_per_cell == 0 ? 1.0 : (levels - 2.0) / (levels - 1.0);
        add_plane(2.0 / used, [&](double w) { return programmable(1.0 - used + used * 0.5 * (1.0 + w)); });
        zero_level_ = 1.0 - 0.5 * used;
    }

    [[nodiscard]] std::uint32_t weight_bits() const {
        if (params_.weight_bits > 0) return params_.weight_bits;
        return params_.slices * params_.bits_per_cell + (paired() ? 1 : 0);
    }
    [[nodiscard]] double largest_integer() const { return std::exp2(weight_bits() - 1) - 1.0; }
    /// Slice `slice` (0 = least significant) of a whole number, over the largest slice.
    [[nodiscard]] double slice_level(double whole, std::uint32_t slice) const {
        const double base = std::exp2(params_.bits_per_cell);
        const double shifted = std::floor(whole / std::pow(base, slice));
        const bool top = slice + 1 == params_.slices;
        return std::min(1.0, (top ? shifted : std::fmod(shifted, base)) / (base - 1.0));
    }
    [[nodiscard]] double slice_factor(std::uint32_t slice) const {
        const double base = std::exp2(params_.bits_per_cell);
        return std::pow(base, slice) * (base - 1.0) / largest_integer();
    }

    void slice_pairs() {
        for (std::uint32_t slice = 0; slice < params_.slices; ++slice) {
            for (const double sign : {1.0, -1.0}) {
                add_plane(sign * slice_factor(slice), [&](double w) {
                    const double whole = std::nearbyint(w * largest_integer());
                    return sign * whole > 0.0 ? slice_level(std::abs(whole), slice) : 0.0;
                });
            }
        }
    }

    void slice_offset() {
        const double middle = std::exp2(weight_bits() - 1);
        for (std::uint32_t slice = 0; slice < params_.slices; ++slice)
            add_plane(slice_factor(slice),
                      [&](double w) { return slice_level(std::nearbyint(w * largest_integer()) + middle, slice); });
        middle_ = middle;
    }

    [[nodiscard]] double conductance(double level) const { return range_.low + level * (range_.high - range_.low); }
    /// Column value that a level contributes per unit of input: it carries G_min too.
    [[nodiscard]] double value(double level) const { return conductance(level) / (range_.high - range_.low); }
    /// The level that stands for 0 in a plane of an offset scheme.
    [[nodiscard]] double zero_level(std::size_t plane) const {
        return params_.slices > 1 ? slice_level(middle_, static_cast<std::uint32_t>(plane)) : zero_level_;
    }

    void lay_out() {
        const bool interleaved = params_.placement == CellPlacement::interleaved_rows;
        const bool together = params_.placement == CellPlacement::adjacent_columns;
        for (std::size_t i = 0; i < inputs_; ++i) {
            encoded_.rows.push_back({i, 1.0});
            if (interleaved) encoded_.rows.push_back({i, -1.0});
        }
        if (unit_column()) {
            for (std::size_t p = 0; p < planes_.size(); ++p) {
                // The column that holds 0 comes first.
                Plane& plane = planes_[p];
                for (std::size_t i = 0; i < inputs_; ++i)
                    plane.level.insert(plane.level.begin() + static_cast<std::ptrdiff_t>(i * (outputs_ + 1)), zero_level(p));
            }
        } else if (!paired()) {
            for (std::size_t p = 0; p < planes_.size(); ++p) encoded_.offset += planes_[p].factor * value(zero_level(p));
        }
        if (interleaved) return lay_out_pairs();
        together ? lay_out_groups(1, planes_.size()) : lay_out_groups(planes_.size(), 1);
    }

    /// `arrays` arrays of `per_array` planes each, whose columns lie side by side.
    void lay_out_groups(std::size_t arrays, std::size_t per_array) {
        const std::size_t width = outputs_ + (unit_column() ? 1 : 0);
        for (std::size_t a = 0; a < arrays; ++a) {
            PhysicalArray array{.rows = inputs_, .columns = width * per_array, .rows_per_node = 1, .conductance = {}};
            array.conductance.resize(array.rows * array.columns);
            for (std::size_t p = 0; p < per_array; ++p) {
                const Plane& plane = planes_[a * per_array + p];
                for (std::size_t i = 0; i < inputs_; ++i)
                    for (std::size_t c = 0; c < width; ++c)
                        array.conductance[i * array.columns + c * per_array + p] = conductance(plane.level[i * width + c]);
                use_columns(a, p, per_array, plane.factor);
            }
            encoded_.arrays.push_back(std::move(array));
        }
    }

    void use_columns(std::size_t array, std::size_t first, std::size_t stride, double factor) {
        const std::size_t skip = unit_column() ? 1 : 0;
        for (std::size_t output = 0; output < outputs_; ++output) {
            encoded_.columns.push_back({array, (output + skip) * stride + first, output, factor});
            if (unit_column()) encoded_.columns.push_back({array, first, output, -factor});
        }
    }

    void lay_out_pairs() {
        for (std::size_t p = 0; p + 1 < planes_.size(); p += 2) {
            PhysicalArray array{.rows = 2 * inputs_, .columns = outputs_, .rows_per_node = 2, .conductance = {}};
            for (std::size_t i = 0; i < inputs_; ++i)
                for (const Plane* plane : {&planes_[p], &planes_[p + 1]})
                    for (std::size_t j = 0; j < outputs_; ++j)
                        array.conductance.push_back(conductance(plane->level[i * outputs_ + j]));
            use_columns(encoded_.arrays.size(), 0, 1, planes_[p].factor);
            encoded_.arrays.push_back(std::move(array));
        }
    }

    std::span<const double> weights_;
    std::size_t inputs_;
    std::size_t outputs_;
    const WeightEncodingParams& params_;
    ConductanceRange range_;
    std::vector<Plane> planes_;
    double zero_level_ = 0.0;  ///< of the single plane of an offset scheme
    double middle_ = 0.0;      ///< the whole number that stands for 0 in a sliced offset scheme
    EncodedWeights encoded_;
};

}  // namespace

std::vector<double> EncodedWeights::decode(std::span<const std::vector<double>> values, double input_sum) const {
    expects(values.size() == arrays.size());
    std::vector<double> result(outputs, -offset * input_sum);
    for (const ColumnUse& use : columns) result[use.output] += use.factor * values[use.array][use.column];
    for (double& y : result) y *= largest_weight;
    return result;
}

EncodedWeights encode_weights(std::span<const double> weights, std::size_t inputs, std::size_t outputs,
                              const WeightEncodingParams& params, ConductanceRange range) {
    return Encoder{weights, inputs, outputs, params, range}.encode();
}

}  // namespace spikefab
