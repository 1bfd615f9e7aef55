// SPDX-License-Identifier: Apache-2.0
// idx, npy and npz: types, byte orders, and every way of being wrong.
#include "network/array_file.hpp"

#include "base/error.hpp"
#include "network/shared_data.hpp"
#include "network/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <zip.h>
#include <zlib.h>

#include <cstring>

namespace spikefab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Bytes = std::vector<std::uint8_t>;

Bytes npy(const std::string& descr, const std::string& shape, const Bytes& data, const std::string& order = "False") {
    std::string header = "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
    while ((10 + header.size() + 1) % 64 != 0) header += ' ';
    header += '\n';
    Bytes bytes{0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, static_cast<std::uint8_t>(header.size()), 0};
    bytes.insert(bytes.end(), header.begin(), header.end());
    bytes.insert(bytes.end(), data.begin(), data.end());
    return bytes;
}

template <class Number>
Bytes bytes_of(std::initializer_list<Number> numbers) {
    Bytes bytes(numbers.size() * sizeof(Number));
    std::memcpy(bytes.data(), std::data(numbers), bytes.size());
    return bytes;
}

std::vector<double> values_of(const NumericArray& array) {
    std::vector<double> values;
    for (std::size_t i = 0; i < array.size(); ++i) values.push_back(array[i]);
    return values;
}

std::string message_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const InputError& error) {
        return error.what();
    }
    return "was accepted";
}

/// A zip of npy members, made by libzip.
Bytes npz(const std::vector<std::pair<std::string, Bytes>>& members, const std::filesystem::path& file) {
    zip_t* archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    for (const auto& [name, bytes] : members)
        zip_file_add(archive, (name + ".npy").c_str(), zip_source_buffer(archive, bytes.data(), bytes.size(), 0), 0);
    zip_close(archive);
    return read_bytes(file);
}

TEST(ArrayFile, npy_of_every_type_is_read) {
    EXPECT_THAT(values_of(parse_npy(npy("|u1", "(3,)", {1, 2, 255}), "a")), ElementsAre(1, 2, 255));
    EXPECT_THAT(values_of(parse_npy(npy("|b1", "(2,)", {0, 1}), "a")), ElementsAre(0, 1));
    EXPECT_THAT(values_of(parse_npy(npy("|i1", "(2,)", {255, 1}), "a")), ElementsAre(-1, 1));
    EXPECT_THAT(values_of(parse_npy(npy("<i2", "(1,)", bytes_of<std::int16_t>({-300})), "a")), ElementsAre(-300));
    EXPECT_THAT(values_of(parse_npy(npy("<u4", "(1,)", bytes_of<std::uint32_t>({4000000000U})), "a")), ElementsAre(4e9));
    EXPECT_THAT(values_of(parse_npy(npy("<i8", "(1,)", bytes_of<std::int64_t>({-5})), "a")), ElementsAre(-5));
    EXPECT_THAT(values_of(parse_npy(npy("<f4", "(2,)", bytes_of<float>({0.5F, -1.0F})), "a")), ElementsAre(0.5, -1.0));
    EXPECT_THAT(values_of(parse_npy(npy("<f8", "(1,)", bytes_of<double>({0.1})), "a")), ElementsAre(0.1));
    EXPECT_THAT(values_of(parse_npy(npy(">i2", "(1,)", {1, 2}), "a")), ElementsAre(258));
}

TEST(ArrayFile, unsigned_bytes_stay_bytes) {
    EXPECT_TRUE(std::holds_alternative<Bytes>(parse_npy(npy("|u1", "(1,)", {7}), "a").values));
    EXPECT_FALSE(std::holds_alternative<Bytes>(parse_npy(npy("|b1", "(1,)", {1}), "a").values));
}

TEST(ArrayFile, npy_shapes_of_one_to_four_dimensions_are_read) {
    EXPECT_THAT(parse_npy(npy("|u1", "(4,)", Bytes(4)), "a").dims, ElementsAre(4));
    EXPECT_THAT(parse_npy(npy("|u1", "(2, 2)", Bytes(4)), "a").dims, ElementsAre(2, 2));
    EXPECT_THAT(parse_npy(npy("|u1", "(1, 2, 2, 1)", Bytes(4)), "a").dims, ElementsAre(1, 2, 2, 1));
    EXPECT_THAT(parse_npy(npy("|u1", "()", Bytes(1)), "a").dims, ElementsAre());
}

TEST(ArrayFile, a_bad_npy_says_what_is_wrong) {
    struct Case {
        Bytes bytes;
        const char* fragment;
    };
    const std::vector<Case> cases{
        {npy("|u1", "(4,)", Bytes(3)), "4 bytes, but 3 follow; is it complete?"},
        {npy("|u1", "(4,)", Bytes(5)), "4 bytes, but 5 follow"},
        {npy("<f8", "(2, 2)", Bytes(31)), "32 bytes, but 31 follow"},
        {npy("|u1", "(4294967296, 4294967296)", Bytes(5)), "too many to read"},
        {npy("|u1", "(99999999999999999999,)", Bytes(5)), "too large to read"},
        {npy("<f8", "(65536, 65536, 1)", Bytes(5)), "too many to read"},
        {npy("|u1", "(-1,)", Bytes(1)), "not a list of sizes"},
        {npy("<c8", "(1,)", Bytes(8)), "type '<c8'"},
        {npy("|O", "(1,)", Bytes(8)), "type '|O'"},
        {npy("<f2", "(1,)", Bytes(2)), "type '<f2'"},
        {npy("<U5", "(1,)", Bytes(20)), "type '<U5'"},
        {npy("|u1", "(2, 2)", Bytes(4), "True"), "Fortran order"},
        {npy("|u1", "4", Bytes(4)), "without descr, fortran_order or shape"},
        {{0x93, 'N', 'U', 'M', 'P', 'Y', 9, 0, 0, 0}, "version 9"},
        {{0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 255, 255}, "ends in its npy header"},
        {{0x93, 'N'}, "is not an npy file"},
        {{}, "is not an npy file"},
    };
    for (const Case& bad : cases)
        EXPECT_THAT(message_of([&] { (void)parse_npy(bad.bytes, "file.npy"); }),
                    testing::AllOf(HasSubstr(bad.fragment), HasSubstr("file.npy")));
}

TEST(ArrayFile, idx_is_big_endian_and_its_length_is_checked) {
    const Bytes good{0, 0, 0x0B, 1, 0, 0, 0, 2, 1, 0, 255, 254};
    EXPECT_THAT(values_of(parse_idx(good, "a")), ElementsAre(256, -2));
    EXPECT_THAT(message_of([&] { (void)parse_idx(std::span{good}.first(11), "a"); }), HasSubstr("4 bytes, but 3 follow"));
    EXPECT_THAT(message_of([&] { (void)parse_idx(std::span{good}.first(6), "a"); }), HasSubstr("without its sizes"));
    EXPECT_THAT(message_of([] { (void)parse_idx(Bytes{0, 0, 0x07, 1, 0, 0, 0, 0}, "a"); }), HasSubstr("unknown type 0x07"));
    EXPECT_THAT(message_of([] { (void)parse_idx(Bytes{1, 0, 8, 1}, "a"); }), HasSubstr("two zero bytes"));
    EXPECT_THAT(message_of([] {
                    (void)parse_idx(Bytes{0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255}, "a");
                }),
                HasSubstr("too many to read"));
}

TEST(ArrayFile, a_gzipped_file_is_unpacked_and_a_truncated_one_refused) {
    const TemporaryFolder folder;
    Bytes data{0, 0, 8, 1, 0, 1, 0, 0};
    for (unsigned i = 0; i < 65536; ++i) data.push_back(static_cast<std::uint8_t>(i * i >> 3U));
    gzFile stream = gzopen((folder / "a.gz").c_str(), "wb");
    gzwrite(stream, data.data(), static_cast<unsigned>(data.size()));
    gzclose(stream);
    EXPECT_EQ(read_bytes(folder / "a.gz"), data);
    EXPECT_EQ(read_array(folder / "a.gz", "", {}).size(), 65536U);
    std::filesystem::resize_file(folder / "a.gz", std::filesystem::file_size(folder / "a.gz") / 2);
    EXPECT_THAT(message_of([&] { (void)read_array(folder / "a.gz", "", {}); }), HasSubstr("is it complete?"));
}

TEST(ArrayFile, npz_gives_the_named_the_only_or_the_preferred_array) {
    const TemporaryFolder folder;
    const Bytes one = npy("|u1", "(1,)", {1});
    const Bytes two = npy("|u1", "(1,)", {2});
    const std::vector<std::string_view> preferred{"x", "images"};
    const Bytes both = npz({{"x", one}, {"y", two}}, folder / "both.npz");
    EXPECT_EQ(parse_npz(both, "a", "y", preferred)[0], 2);
    EXPECT_EQ(parse_npz(both, "a", "", preferred)[0], 1);
    EXPECT_EQ(parse_npz(npz({{"other", two}}, folder / "single.npz"), "a", "", preferred)[0], 2);
    EXPECT_THAT(message_of([&] { (void)parse_npz(both, "a", "z", preferred); }), HasSubstr("no array 'z'; it holds x, y"));
    const std::vector<std::string_view> unknown{"images"};
    EXPECT_THAT(message_of([&] { (void)parse_npz(both, "a.npz", "", unknown); }),
                HasSubstr("holds x, y; say which with a.npz#name"));
}

TEST(ArrayFile, a_damaged_npz_is_refused_at_every_length_and_never_crashes) {
    const TemporaryFolder folder;
    Bytes noise(5000);
    for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<std::uint8_t>(i * 2654435761U >> 13U);
    const Bytes good = npz({{"x", npy("|u1", "(50, 100)", noise)}}, folder / "a.npz");
    for (std::size_t length = 0; length < good.size(); length += 37)
        EXPECT_THROW((void)parse_npz(std::span{good}.first(length), "a", "", {}), InputError) << length;
    Bytes flipped = good;
    flipped[good.size() / 2] ^= 0x10U;  // inside the packed data: the checksum notices
    EXPECT_THROW((void)parse_npz(flipped, "a", "", {}), InputError);
    for (std::size_t place = 0; place < good.size(); place += 11) {
        Bytes damaged = good;
        damaged[place] ^= 0xFFU;
        try {
            (void)parse_npz(damaged, "a", "", {});
        } catch (const InputError&) {
        }
    }
}

TEST(ArrayFile, files_that_are_missing_or_something_else_are_named) {
    const TemporaryFolder folder;
    write_file(folder / "text", Bytes{'h', 'e', 'l', 'l', 'o'});
    write_file(folder / "empty", {});
    EXPECT_THAT(message_of([&] { (void)read_array(folder / "none", "", {}); }), HasSubstr("there is no such file"));
    EXPECT_THAT(message_of([&] { (void)read_array(folder / "", "", {}); }), HasSubstr("is a folder"));
    EXPECT_THAT(message_of([&] { (void)read_array(folder / "text", "", {}); }), HasSubstr("is none of idx, idx.gz, npy, npz"));
    EXPECT_THAT(message_of([&] { (void)read_array(folder / "empty", "", {}); }), HasSubstr("is none of idx, idx.gz, npy, npz"));
    EXPECT_THAT(message_of([&] { (void)read_array(folder / "text", "x", {}); }), HasSubstr("is not an .npz archive"));
}

TEST(ArrayFile, numpys_own_archive_is_read) {
    const auto file = shared_data("mnist/mnist_test1000_uint8.npz");
    SKIP_WITHOUT(file);
    const std::vector<std::string_view> preferred{"x"};
    EXPECT_EQ(read_array(file, "", preferred).size(), 784'000U);
    EXPECT_EQ(read_array(file, "y", preferred).size(), 1000U);
}

}  // namespace
}  // namespace spikefab
