// SPDX-License-Identifier: Apache-2.0
// Which reader a data file needs, and samples as spikes.
#include "network/dataset.hpp"

#include "base/contract.hpp"
#include "base/error.hpp"
#include "network/array_file.hpp"
#include "network/recorded_spikes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <functional>
#include <numeric>

namespace spikefab {
namespace {

constexpr std::array<std::string_view, 5> image_names{"x", "images", "data", "frames", "spikes"};
constexpr std::array<std::string_view, 3> label_names{"y", "labels", "label"};
constexpr double largest_label = 2147483647.0;
constexpr double byte_scale = 255.0;

struct FilePart {
    std::filesystem::path file;
    std::string part;  ///< after '#'
};

/// A '#' in the name of a file that exists is part of its name.
FilePart split_part(const std::string& text) {
    const std::size_t mark = text.rfind('#');
    if (mark == std::string::npos || std::filesystem::exists(text)) return {text, ""};
    return {text.substr(0, mark), text.substr(mark + 1)};
}

std::uint64_t product_of(const std::vector<std::uint64_t>& dims) {
    return std::accumulate(dims.begin(), dims.end(), std::uint64_t{1}, std::multiplies<>{});
}

Dataset read_images(const FilePart& source) {
    NumericArray array = read_array(source.file, source.part, image_names);
    if (array.dims.size() < 2)
        throw InputError{fmt::format("{}: has shape ({}), expected (samples, ...) such as (1000, 28, 28)", source.file.string(),
                                     fmt::join(array.dims, ", "))};
    if (array.size() == 0) throw InputError{fmt::format("{}: holds no samples", source.file.string())};
    return {source.file.string(), std::move(array.dims), std::move(array.values)};
}

}  // namespace

Dataset::Dataset(std::string name, std::vector<std::uint64_t> shape, Values values)
    : name_{std::move(name)}, shape_{std::move(shape)}, samples_{shape_.front()}, values_{std::move(values)} {
    shape_.erase(shape_.begin());
    values_each_ = stored_each_ = product_of(shape_);
    expects(std::visit([&](const auto& list) { return list.size() == samples_ * values_each_; }, values_));
}

Dataset::Dataset(std::string name, std::uint32_t neurons, std::vector<SpikeTrain> recordings)
    : name_{std::move(name)}, shape_{neurons}, samples_{recordings.size()}, recordings_{std::move(recordings)} {}

void Dataset::join_into_one() {
    shape_.insert(shape_.begin(), samples_);
    values_each_ *= samples_;
    stored_each_ *= samples_;
    samples_ = 1;
}

void Dataset::pool(std::uint32_t side) {
    if (side == 1) return;
    if (recorded() || shape_.size() != 2 || shape_[0] % side != 0 || shape_[1] % side != 0)
        throw InputError{fmt::format("{}: samples of shape ({}) are not images of squares of {} by {} pixels", name_,
                                     fmt::join(shape_, ", "), side, side)};
    pool_ = side;
    for (std::uint64_t& length : shape_) length /= side;
    values_each_ = product_of(shape_);
}

void Dataset::set_labels(std::vector<std::uint32_t> labels, const std::string& file) {
    if (labels.size() != samples_)
        throw InputError{fmt::format("{} has {} labels, but {} has {} samples", file, labels.size(), name_, samples_)};
    labels_ = std::move(labels);
}

void Dataset::keep_classes(const std::vector<std::uint32_t>& classes) {
    if (labels_.empty()) throw InputError{fmt::format("{} has no labels to pick classes by; give input.labels", name_)};
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < samples_; ++i)
        if (std::find(classes.begin(), classes.end(), labels_[i]) != classes.end()) kept.push_back(i);
    if (kept.empty()) throw InputError{fmt::format("{} has no sample of classes {}", name_, fmt::join(classes, ", "))};
    const auto keep = [&](auto& list, std::size_t each) {
        for (std::size_t i = 0; i < kept.size(); ++i)
            if (kept[i] != i)
                std::copy_n(list.begin() + static_cast<std::ptrdiff_t>(kept[i] * each), each,
                            list.begin() + static_cast<std::ptrdiff_t>(i * each));
        list.resize(kept.size() * each);
    };
    keep(labels_, 1);
    if (recorded()) {
        keep(recordings_, 1);
    } else {
        std::visit([&](auto& list) { keep(list, stored_each_); }, values_);
    }
    samples_ = kept.size();
}

void Dataset::add_context(std::vector<std::vector<std::uint32_t>> classes) {
    if (labels_.empty()) throw InputError{fmt::format("{} has no labels to tell a context by; give input.labels", name_)};
    if (recorded()) throw InputError{fmt::format("{} holds spikes already; a context is for images", name_)};
    context_ = std::move(classes);
}

void Dataset::encode(const Encoder& encoder, const EncodingContext& context, SpikeTrain& train) const {
    if (context.image >= samples_)
        throw InputError{fmt::format("{} has {} samples; there is no number {}", name_, samples_, context.image)};
    if (recorded()) {
        if (!encoder.takes_spikes()) throw InputError{fmt::format("{} holds spikes already; use the encoder 'spikes'", name_)};
        copy_recording(context, train);
        return;
    }
    std::vector<double> values = stored_values(context.image);
    if (pool_ > 1) values = pooled(values);
    for (const std::vector<std::uint32_t>& classes : context_)
        values.push_back(std::find(classes.begin(), classes.end(), labels_[context.image]) != classes.end() ? 1.0 : 0.0);
    encoder.encode(values, context, train);
}

std::vector<double> Dataset::stored_values(std::uint64_t sample) const {
    std::vector<double> values(stored_each_);
    const auto first = static_cast<std::ptrdiff_t>(sample * stored_each_);
    if (const auto* bytes = std::get_if<std::vector<std::uint8_t>>(&values_)) {
        std::transform(bytes->begin() + first, bytes->begin() + first + static_cast<std::ptrdiff_t>(stored_each_),
                       values.begin(), [](std::uint8_t byte) { return byte / byte_scale; });
    } else {
        std::copy_n(std::get<std::vector<double>>(values_).begin() + first, stored_each_, values.begin());
    }
    return values;
}

std::vector<double> Dataset::pooled(const std::vector<double>& pixels) const {
    const std::size_t columns = shape_[1];
    std::vector<double> means(values_each_, 0.0);
    for (std::size_t i = 0; i < pixels.size(); ++i) {
        const std::size_t row = i / (columns * pool_);
        const std::size_t column = i % (columns * pool_);
        means[row / pool_ * columns + column / pool_] += pixels[i];
    }
    for (double& mean : means) mean = std::min(mean / (pool_ * pool_), 1.0);  // a sum of 1s may round above
    return means;
}

/// Steps that were not recorded are silent; recorded ones beyond the context's are not used.
void Dataset::copy_recording(const EncodingContext& context, SpikeTrain& train) const {
    if (shape_.front() != context.neurons)
        throw InputError{fmt::format("{} holds spikes of {} neurons, but the network's input has {}", name_, shape_.front(),
                                     context.neurons)};
    const SpikeTrain& recording = recordings_[context.image];
    const std::size_t steps = std::min(context.steps, recording.steps());
    train.offsets.assign(recording.offsets.begin(), recording.offsets.begin() + static_cast<std::ptrdiff_t>(steps + 1));
    train.neurons.assign(recording.neurons.begin(), recording.neurons.begin() + recording.offsets[steps]);
    while (train.steps() < context.steps) train.end_step();
}

Dataset read_dataset(const std::string& input, const std::string& labels, Time dt) {
    const FilePart source = split_part(input);
    Dataset data = is_recorded(source.file) ? read_recorded(source.file, source.part, dt) : read_images(source);
    if (!labels.empty()) data.set_labels(read_labels(labels), labels);
    return data;
}

std::vector<std::uint32_t> read_labels(const std::string& file) {
    const FilePart source = split_part(file);
    const NumericArray array = read_array(source.file, source.part, label_names);
    if (array.size() == 0 || product_of(array.dims) != array.dims.front())
        throw InputError{fmt::format("{}: has shape ({}), expected one label per sample", file, fmt::join(array.dims, ", "))};
    std::vector<std::uint32_t> labels;
    for (std::size_t i = 0; i < array.size(); ++i) {
        const double label = array[i];
        if (!(label >= 0.0 && label <= largest_label) || label != std::floor(label))
            throw InputError{fmt::format("{}: label {} is {}, expected a whole number from 0", file, i, label)};
        labels.push_back(static_cast<std::uint32_t>(label));
    }
    return labels;
}

}  // namespace spikefab
