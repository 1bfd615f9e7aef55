// SPDX-License-Identifier: Apache-2.0
// The hash that names points: every part counts, and so does where one ends.
#include "sweep/fingerprint.hpp"

#include "base/error.hpp"
#include "observe/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace spikefab {
namespace {

std::string hash_of(std::initializer_list<std::string> parts) {
    Fingerprint print;
    for (const std::string& part : parts) print.add(part);
    return print.hex();
}

TEST(Fingerprint, is_sha1_over_length_prefixed_parts) {
    EXPECT_EQ(hash_of({}), "da39a3ee5e6b4b0d3255bfef95601890afd80709");  // of nothing, FIPS 180-4
    EXPECT_EQ(hash_of({"abc"}), "7ac1b65bee717261fd2b947f0cc5ef99c55f3c18");
}

TEST(Fingerprint, tells_apart_what_only_its_borders_tell_apart) {
    EXPECT_NE(hash_of({"ab", "c"}), hash_of({"a", "bc"}));
    EXPECT_NE(hash_of({"ab"}), hash_of({"ab", ""}));
}

TEST(Fingerprint, of_a_file_is_that_of_its_content_wherever_it_lies) {
    const TemporaryFolder folder;
    const std::string content(200000, 'x');
    std::ofstream{folder / "a"} << content;
    std::ofstream{folder / "b"} << content;
    Fingerprint first;
    Fingerprint second;
    first.add_file(folder / "a");
    second.add_file(folder / "b");
    EXPECT_EQ(first.hex(), second.hex());
    EXPECT_EQ(first.hex(), hash_of({content}));
    EXPECT_THROW(first.add_file(folder / "c"), InputError);
}

}  // namespace
}  // namespace spikefab
