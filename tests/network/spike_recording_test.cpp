// SPDX-License-Identifier: Apache-2.0
// Reading recordings of spikes with routes: what is there, and what is wrong with bad ones.
#include "network/spike_recording.hpp"

#include "base/error.hpp"
#include "network/hdf5_writer.hpp"
#include "network/temporary_folder.hpp"

#include <gmock/gmock.h>

namespace spikefab {
namespace {

using ::testing::HasSubstr;

/// Two neurons on cores 4 and 5; the first sends to cores 5 and 9, the second to the host. Three spikes in two steps.
void write_example(Hdf5Writer& file, const std::string& left_out = "") {
    const auto numbers = [&](const std::string& path, const std::vector<double>& values, const std::vector<hsize_t>& dims) {
        if (path != left_out) file.numbers(path, values, dims, H5T_IEEE_F64LE);
    };
    numbers("/nodes/layer/observables/spikes/idx", {1, 0, 1}, {1, 3});
    numbers("/nodes/layer/observables/spikes/time", {2e-6, 1e-6, 1e-6}, {1, 3});
    numbers("/nodes/layer/observables/spikes/step", {3, 2, 2}, {1, 3});
    numbers("/routes/layer/core", {4, 5}, {2});
    numbers("/routes/layer/offsets", {0, 2, 3}, {3});
    numbers("/routes/layer/destinations", {5, 9, -1}, {3});
}

TEST(SpikeRecording, has_spikes_by_step_and_where_they_go) {
    const TemporaryFolder folder;
    {
        Hdf5Writer file{folder / "spikes.h5"};
        write_example(file);
    }
    const SpikeRecording recording = read_spike_recording(folder / "spikes.h5");
    ASSERT_EQ(recording.steps.size(), 2U);
    EXPECT_EQ(recording.steps[0].number, 2U);
    EXPECT_DOUBLE_EQ(recording.steps[0].seconds, 1e-6);
    ASSERT_EQ(recording.of(0).size(), 2U);
    EXPECT_EQ(recording.of(0)[0].neuron, 0U);
    EXPECT_EQ(recording.of(0)[1].neuron, 1U);
    ASSERT_EQ(recording.of(1).size(), 1U);
    EXPECT_THAT(recording.populations[0].of(0), ::testing::ElementsAre(5, 9));
    EXPECT_THAT(recording.populations[0].of(1), ::testing::ElementsAre(SpikeRecording::host));
}

std::string refusal(const std::filesystem::path& file) {
    try {
        static_cast<void>(read_spike_recording(file));
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

TEST(SpikeRecording, without_one_of_its_parts_is_refused_by_its_name) {
    for (const std::string part :
         {"/nodes/layer/observables/spikes/idx", "/nodes/layer/observables/spikes/time", "/nodes/layer/observables/spikes/step",
          "/routes/layer/core", "/routes/layer/offsets", "/routes/layer/destinations"}) {
        const TemporaryFolder folder;
        {
            Hdf5Writer file{folder / "spikes.h5"};
            write_example(file, part);
        }
        EXPECT_THAT(refusal(folder / "spikes.h5"), HasSubstr(part + " is missing"));
    }
}

TEST(SpikeRecording, that_says_nothing_of_cores_tells_how_to_record_them) {
    const TemporaryFolder folder;
    {
        Hdf5Writer file{folder / "spikes.h5"};
        file.numbers("/nodes/layer/observables/spikes/idx", {0}, {1, 1});
    }
    EXPECT_THAT(refusal(folder / "spikes.h5"), HasSubstr("--trace spikes"));
    {
        Hdf5Writer file{folder / "empty.h5"};
        file.group("/other");
    }
    EXPECT_THAT(refusal(folder / "empty.h5"), HasSubstr("no recording of spikes"));
}

TEST(SpikeRecording, that_contradicts_itself_is_refused) {
    struct Wrong {
        std::string path;
        std::vector<double> values;
        std::vector<hsize_t> dims;
        std::string reason;
    };
    const std::vector<Wrong> all{
        {"/routes/layer/offsets", {0, 2, 4}, {3}, "is not a whole number from 2 to 3"},
        {"/routes/layer/offsets", {0, 2}, {2}, "2 offsets for 2 neurons"},
        {"/routes/layer/core", {4, -2}, {2}, "-2 is not a whole number"},
        {"/routes/layer/destinations", {5, 0.5, -1}, {3}, "0.5 is not a whole number"},
        {"/nodes/layer/observables/spikes/idx", {1, 0, 2}, {1, 3}, "2 is not a whole number from 0 to 1"},
        {"/nodes/layer/observables/spikes/step", {3, 2}, {1, 2}, "expected equally many"},
        {"/nodes/layer/observables/spikes/time", {0.5e-6, 1e-6, 1e-6}, {1, 3}, "step 3 begins before step 2"},
        {"/nodes/layer/observables/spikes/time", {2e-6, -1, 1e-6}, {1, 3}, "is not possible"}};
    for (const Wrong& wrong : all) {
        const TemporaryFolder folder;
        {
            Hdf5Writer file{folder / "spikes.h5"};
            write_example(file, wrong.path);
            file.numbers(wrong.path, wrong.values, wrong.dims, H5T_IEEE_F64LE);
        }
        EXPECT_THAT(refusal(folder / "spikes.h5"), HasSubstr(wrong.reason));
    }
}

}  // namespace
}  // namespace spikefab
