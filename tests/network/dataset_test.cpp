// SPDX-License-Identifier: Apache-2.0
// Images, recorded spikes and labels as they reach a network.
#include "network/dataset.hpp"

#include "base/error.hpp"
#include "network/hdf5_writer.hpp"
#include "network/shared_data.hpp"
#include "network/temporary_folder.hpp"

#include <gmock/gmock.h>

namespace spikefab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr Time millisecond = Time::from_si(1e-3);

template <class Action>
std::string message_of(const Action& action) {
    try {
        action();
    } catch (const InputError& error) {
        return error.what();
    }
    return "was accepted";
}

/// idx of unsigned bytes.
void write_idx(const std::filesystem::path& file, const std::vector<std::uint8_t>& dims, std::vector<std::uint8_t> data) {
    std::vector<std::uint8_t> bytes{0, 0, 8, static_cast<std::uint8_t>(dims.size())};
    for (const std::uint8_t dim : dims) bytes.insert(bytes.end(), {0, 0, 0, dim});
    bytes.insert(bytes.end(), data.begin(), data.end());
    write_file(file, bytes);
}

SpikeTrain encoded(const Dataset& data, std::string_view encoder, EncodingContext context) {
    SpikeTrain train;
    data.encode(*Registry<Encoder>::instance().make(encoder), context, train);
    return train;
}

TEST(Dataset, bytes_count_in_255ths_exactly) {
    const TemporaryFolder folder;
    write_idx(folder / "images", {1, 2, 2}, {0, 255, 128, 127});
    const Dataset data = read_dataset(folder / "images", "", millisecond);
    EXPECT_THAT(data.shape(), ElementsAre(2, 2));
    // ramp with one step spikes above 0.5: 128 / 255 is, 127 / 255 is not.
    EXPECT_THAT(encoded(data, "ramp", {.steps = 1, .neurons = 4}).at(0), ElementsAre(1, 2));
    // 255 / 255 is exactly 1: integrate spikes at its second step.
    EXPECT_THAT(encoded(data, "integrate", {.steps = 2, .neurons = 4}).at(1), ElementsAre(1, 2));
}

TEST(Dataset, keeps_the_classes_that_are_asked_for_and_numbers_them_anew) {
    const TemporaryFolder folder;
    write_idx(folder / "images", {4, 1, 2}, {0, 255, 255, 0, 255, 255, 0, 255});
    write_idx(folder / "labels", {4}, {7, 0, 9, 0});
    Dataset data = read_dataset(folder / "images", folder / "labels", millisecond);
    data.keep_classes({0, 3});
    ASSERT_EQ(data.size(), 2U);
    EXPECT_THAT(data.labels(), ElementsAre(0, 0));
    EXPECT_THAT(encoded(data, "ramp", {.steps = 1, .neurons = 2, .image = 0}).at(0), ElementsAre(0));
    EXPECT_THAT(encoded(data, "ramp", {.steps = 1, .neurons = 2, .image = 1}).at(0), ElementsAre(1));
    EXPECT_THAT(message_of([&] { data.keep_classes({8}); }), HasSubstr("has no sample of classes 8"));
}

TEST(Dataset, shows_a_context_line_for_each_list_of_classes) {
    const TemporaryFolder folder;
    write_idx(folder / "images", {2, 1, 2}, {0, 0, 0, 0});
    write_idx(folder / "labels", {2}, {7, 0});
    Dataset unlabelled = read_dataset(folder / "images", "", millisecond);
    EXPECT_THAT(message_of([&] { unlabelled.add_context({{7}}); }), HasSubstr("give input.labels"));
    Dataset data = read_dataset(folder / "images", folder / "labels", millisecond);
    data.add_context({{1, 7}, {0}});
    EXPECT_THAT(encoded(data, "ramp", {.steps = 1, .neurons = 4, .image = 0}).at(0), ElementsAre(2));
    EXPECT_THAT(encoded(data, "ramp", {.steps = 1, .neurons = 4, .image = 1}).at(0), ElementsAre(3));
}

TEST(Dataset, pools_squares_of_pixels_into_their_mean) {
    const TemporaryFolder folder;
    write_idx(folder / "images", {2, 2, 4}, {0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 255, 0, 0, 128});
    Dataset data = read_dataset(folder / "images", "", millisecond);
    data.pool(2);
    EXPECT_THAT(data.shape(), ElementsAre(1, 2));
    EXPECT_EQ(data.values_each(), 2U);
    // 0.75 sums up to more than 1 in every second step, 0.125 never in four.
    EXPECT_THAT(encoded(data, "integrate", {.steps = 4, .neurons = 2, .image = 1}).neurons, ElementsAre(0, 0));
    EXPECT_THAT(message_of([&] { data.pool(2); }), HasSubstr("are not images of squares of 2 by 2 pixels"));
}

TEST(Dataset, labels_belong_to_samples_one_by_one) {
    const TemporaryFolder folder;
    write_idx(folder / "images", {3, 2}, {1, 2, 3, 4, 5, 6});
    write_idx(folder / "labels", {3}, {7, 0, 9});
    write_idx(folder / "short", {2}, {7, 0});
    EXPECT_THAT(read_dataset(folder / "images", folder / "labels", millisecond).labels(), ElementsAre(7, 0, 9));
    EXPECT_THAT(message_of([&] { (void)read_dataset(folder / "images", folder / "short", millisecond); }),
                testing::AllOf(HasSubstr("has 2 labels"), HasSubstr("has 3 samples")));
    EXPECT_THAT(message_of([&] { (void)read_labels(folder / "images"); }), HasSubstr("expected one label per sample"));
    EXPECT_THAT(message_of([&] { (void)read_dataset(folder / "labels", "", millisecond); }),
                HasSubstr("expected (samples, ...)"));
}

TEST(Dataset, a_sample_that_does_not_fit_the_input_is_refused) {
    const TemporaryFolder folder;
    write_idx(folder / "images", {1, 4}, {1, 2, 3, 4});
    const Dataset data = read_dataset(folder / "images", "", millisecond);
    EXPECT_THAT(message_of([&] { (void)encoded(data, "ramp", {.steps = 1, .neurons = 5}); }), HasSubstr("4 values"));
    EXPECT_THAT(message_of([&] { (void)encoded(data, "ramp", {.steps = 1, .neurons = 4, .image = 1}); }),
                HasSubstr("has 1 samples"));
}

class RecordedSpikes : public testing::Test {
protected:
    /// 2 samples of 3 neurons over 4 steps, as a grid of booleans (h5py's enumeration).
    void write_grid() {
        Hdf5Writer writer{file()};
        writer.text_attribute("/", "__type__", "NIRGraphData");
        observable(writer, "TimeGriddedData");
        const hid_t boolean = H5Tenum_create(H5T_STD_I8LE);
        for (const std::int8_t value : {std::int8_t{0}, std::int8_t{1}})
            H5Tenum_insert(boolean, value != 0 ? "TRUE" : "FALSE", &value);
        const std::vector<hsize_t> dims{2, 4, 3};
        const std::vector<std::int8_t> grid{1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1};
        const hid_t space = H5Screate_simple(3, dims.data(), nullptr);
        const hid_t data =
            H5Dcreate2(writer.id(), (group_ + "/data").c_str(), boolean, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        H5Dwrite(data, boolean, H5S_ALL, H5S_ALL, H5P_DEFAULT, grid.data());
        H5Dclose(data);
        H5Sclose(space);
        H5Tclose(boolean);
    }

    void write_events(const std::vector<double>& index, const std::vector<double>& time) {
        Hdf5Writer writer{file()};
        writer.text_attribute("/", "__type__", "NIRGraphData");
        observable(writer, "EventData");
        writer.numbers(group_ + "/idx", index, {1, index.size()}, H5T_STD_I64LE);
        writer.numbers(group_ + "/time", time, {1, time.size()}, H5T_IEEE_F64LE);
        writer.number_attribute(group_, "n_neurons", 3);
        writer.number_attribute(group_, "t_max", 4e-3);
    }

    void observable(Hdf5Writer& writer, const std::string& type) {
        writer.group(group_);
        writer.text_attribute("/nodes/input", "__type__", "NIRNodeData");
        writer.text_attribute(group_, "__type__", type);
    }

    [[nodiscard]] std::filesystem::path file() const { return folder_ / "spikes.h5"; }

    TemporaryFolder folder_;
    std::string group_ = "/nodes/input/observables/spikes";
};

TEST_F(RecordedSpikes, a_grid_is_one_step_per_row) {
    write_grid();
    const Dataset data = read_dataset(file(), "", millisecond);
    EXPECT_EQ(data.size(), 2U);
    const SpikeTrain first = encoded(data, "spikes", {.steps = 6, .neurons = 3, .image = 0});
    EXPECT_EQ(first.steps(), 6U);
    EXPECT_THAT(first.at(0), ElementsAre(0, 2));
    EXPECT_THAT(first.at(2), ElementsAre(1));
    EXPECT_THAT(first.at(5), ElementsAre());
    EXPECT_THAT(encoded(data, "spikes", {.steps = 4, .neurons = 3, .image = 1}).at(3), ElementsAre(0, 1, 2));
    EXPECT_EQ(encoded(data, "spikes", {.steps = 2, .neurons = 3, .image = 0}).neurons.size(), 2U);
}

TEST_F(RecordedSpikes, events_are_sorted_into_steps_and_count_once) {
    write_events({2, 0, 2, -1, 1}, {0.0031, 0.002, 0.0032, 1e300, 0.0});
    const Dataset data = read_dataset(file(), "", millisecond);
    const SpikeTrain train = encoded(data, "spikes", {.steps = 4, .neurons = 3});
    EXPECT_THAT(train.at(0), ElementsAre(1));
    EXPECT_THAT(train.at(1), ElementsAre());
    EXPECT_THAT(train.at(2), ElementsAre(0));
    EXPECT_THAT(train.at(3), ElementsAre(2));
}

TEST_F(RecordedSpikes, what_does_not_fit_is_refused) {
    write_events({3}, {0.0});
    EXPECT_THAT(message_of([&] { (void)read_dataset(file(), "", millisecond); }), HasSubstr("event 0: neuron 3"));
    write_events({0}, {0.004});
    EXPECT_THAT(message_of([&] { (void)read_dataset(file(), "", millisecond); }), HasSubstr("outside 3 neurons and 4 steps"));
    write_grid();
    EXPECT_THAT(message_of([&] { (void)read_dataset(file().string() + "#input/voltage", "", millisecond); }),
                HasSubstr("has no 'input/voltage'; it holds input/spikes"));
    EXPECT_EQ(read_dataset(file().string() + "#input/spikes", "", millisecond).size(), 2U);
    const Dataset data = read_dataset(file(), "", millisecond);
    EXPECT_THAT(message_of([&] { (void)encoded(data, "ramp", {.steps = 4, .neurons = 3}); }),
                HasSubstr("use the encoder 'spikes'"));
    EXPECT_THAT(message_of([&] { (void)encoded(data, "spikes", {.steps = 4, .neurons = 4}); }),
                HasSubstr("holds spikes of 3 neurons"));
}

TEST_F(RecordedSpikes, an_hdf5_file_that_is_not_nirdata_is_refused) {
    Hdf5Writer{file()}.group("/nodes");
    EXPECT_THAT(message_of([&] { (void)read_dataset(file(), "", millisecond); }), HasSubstr("not NIRData"));
}

TEST(Dataset, fashion_mnist_of_debian_is_read) {
    const std::filesystem::path folder{"/usr/share/datasets/fashion-mnist"};
    SKIP_WITHOUT(folder);
    const Dataset data = read_dataset(folder / "t10k-images-idx3-ubyte.gz", folder / "t10k-labels-idx1-ubyte.gz", millisecond);
    EXPECT_EQ(data.size(), 10'000U);
    EXPECT_THAT(data.shape(), ElementsAre(28, 28));
    EXPECT_THAT(std::vector(data.labels().begin(), data.labels().begin() + 5), ElementsAre(9, 2, 1, 1, 6));
}

}  // namespace
}  // namespace spikefab
