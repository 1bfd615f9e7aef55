// SPDX-License-Identifier: Apache-2.0
// Images or recorded spikes, with labels: what is shown to a network.
#pragma once

#include "base/quantity.hpp"
#include "models/encoding/encoder.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace spikefab {

/// Samples in the order of the file. Images are idx (plain or gzipped), .npy or .npz with the sample first; unsigned bytes
/// count in 1/255. Recorded spikes are NIRData (HDF5: EventData or TimeGriddedData).
class Dataset final {
public:
    /// Values of all samples, sample after sample.
    using Values = std::variant<std::vector<std::uint8_t>, std::vector<double>>;

    Dataset(std::string name, std::vector<std::uint64_t> shape, Values values);
    Dataset(std::string name, std::uint32_t neurons, std::vector<SpikeTrain> recordings);

    [[nodiscard]] std::size_t size() const { return samples_; }
    /// Of one sample: (28, 28), or (neurons) of recorded spikes.
    [[nodiscard]] const std::vector<std::uint64_t>& shape() const { return shape_; }
    /// True when samples are recorded spikes and need no encoder.
    [[nodiscard]] bool recorded() const { return !recordings_.empty(); }
    /// Values of one sample; 0 for recorded spikes.
    [[nodiscard]] std::size_t values_each() const { return values_each_; }
    /// Takes all samples as the steps of one: for an array (steps, neurons) that has no axis of samples.
    void join_into_one();
    /// From now on squares of `side` by `side` pixels count as one, their mean. InputError for samples that are not images of
    /// such squares.
    void pool(std::uint32_t side);
    /// The label of every sample; empty without a label file.
    [[nodiscard]] const std::vector<std::uint32_t>& labels() const { return labels_; }
    /// InputError unless there is one label for each sample.
    void set_labels(std::vector<std::uint32_t> labels, const std::string& file);

    /// Forgets all samples whose label is none of `classes`; the others are numbered anew. InputError without labels, or when
    /// nothing would be left.
    void keep_classes(const std::vector<std::uint32_t>& classes);
    /// Appends one value for each list to every sample: 1 where the sample's label is in it, else 0. InputError without labels,
    /// or for recorded spikes.
    void add_context(std::vector<std::vector<std::uint32_t>> classes);

    /// Encodes sample `context.image` into `train`. InputError when it does not fit the network's input, or when recorded
    /// spikes meet an encoder for pixels.
    void encode(const Encoder& encoder, const EncodingContext& context, SpikeTrain& train) const;

private:
    void copy_recording(const EncodingContext& context, SpikeTrain& train) const;
    [[nodiscard]] std::vector<double> stored_values(std::uint64_t sample) const;
    [[nodiscard]] std::vector<double> pooled(const std::vector<double>& pixels) const;

    std::string name_;
    std::vector<std::uint64_t> shape_;
    std::size_t samples_;
    std::size_t values_each_ = 0;
    std::size_t stored_each_ = 0;  ///< before pooling
    std::uint32_t pool_ = 1;       ///< side of a square that counts as one pixel
    Values values_;
    std::vector<SpikeTrain> recordings_;
    std::vector<std::uint32_t> labels_;
    std::vector<std::vector<std::uint32_t>> context_;
};

/// Reads `input` and, unless it is empty, `labels`. "file#name" picks an array of an .npz file, or "file#node/observable" of
/// NIRData. Events are sorted into steps of `dt`. InputError says what is wrong and what was expected.
[[nodiscard]] Dataset read_dataset(const std::string& input, const std::string& labels, Time dt);

/// Whole numbers from 0, one per sample (idx, .npy or .npz).
[[nodiscard]] std::vector<std::uint32_t> read_labels(const std::string& file);

}  // namespace spikefab
