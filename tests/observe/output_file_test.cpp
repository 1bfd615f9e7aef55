// SPDX-License-Identifier: Apache-2.0
// Text files: complete or an error.
#include "observe/output_file.hpp"

#include "base/error.hpp"
#include "observe/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace spikefab {
namespace {

using ::testing::HasSubstr;

TEST(OutputFile, keeps_what_was_written) {
    const TemporaryFolder folder;
    OutputFile file{folder / "a.csv"};
    file.write("one\n");
    file.write("two\n");
    file.close();
    EXPECT_EQ(bytes_of(folder / "a.csv"), "one\ntwo\n");
}

TEST(OutputFile, a_place_that_cannot_be_written_is_wrong_input_and_named) {
    try {
        OutputFile file{"/nonexistent-folder/a.csv"};
        FAIL() << "created it";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("/nonexistent-folder/a.csv"));
        EXPECT_THAT(error.what(), HasSubstr("No such file"));
    }
}

TEST(OutputFile, a_full_disk_is_noticed_at_the_latest_when_closing) {
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
    OutputFile small{"/dev/full"};
    small.write("x");
    EXPECT_THROW(small.close(), SimulationError);
    OutputFile large{"/dev/full"};
    EXPECT_THROW(large.write(std::string(1 << 20, 'x')), SimulationError);
}

}  // namespace
}  // namespace spikefab
