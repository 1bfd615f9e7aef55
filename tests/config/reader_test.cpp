// SPDX-License-Identifier: Apache-2.0
// Configuration files: includes, assignments, and the wording of every kind of mistake.
#include "config/reader.hpp"
#include "base/error.hpp"
#include "config/writer.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace spikefab::config {
namespace {

using ::testing::HasSubstr;

enum class Kind { tick, barrier };
constexpr auto enum_names(Kind) {
    return std::array<std::string_view, 2>{"tick", "barrier"};
}

struct Inner {
    std::uint32_t neurons = 256;
    Energy price{23.6};
    static constexpr auto fields = std::tuple{field("neurons", &Inner::neurons, {1, 4096}, "neurons of a core"),
                                              field("price", &Inner::price, {0, 1e6}, "energy of an event")};
};

struct Outer {
    std::string name;
    Kind kind = Kind::tick;
    Time tick{1e6};
    Inner core;
    std::vector<double> values;
    std::map<std::string, Inner> cores;
    std::optional<Time> limit;
    std::filesystem::path file;
    static constexpr auto fields = std::tuple{field("name", &Outer::name, "what it is called").required(),
                                              field("kind", &Outer::kind, "kind of step"),
                                              field("tick", &Outer::tick, {1, 1e12}, "length of a step"),
                                              field("core", &Outer::core, "one core"),
                                              field("values", &Outer::values, {0, 1}, "numbers"),
                                              field("cores", &Outer::cores, "cores by name"),
                                              field("limit", &Outer::limit, "longest step"),
                                              field("file", &Outer::file, "a file")};
};

std::string mistakes(const std::string& text) {
    try {
        static_cast<void>(read<Outer>(parse(text, "chip.yaml")));
    } catch (const InputError& error) {
        return error.what();
    }
    return "none";
}

TEST(Reader, fills_a_struct_and_keeps_defaults) {
    const auto outer =
        read<Outer>(parse("name: a\nkind: barrier\ntick: 0.5ms\ncore: {neurons: 7}\nvalues: [0, 0.5]\n"
                          "cores: {x: {price: 1 nJ}}\nlimit: 2 s\nfile: data/x.nir\n",
                          "/some/where/chip.yaml"));
    EXPECT_EQ(outer.kind, Kind::barrier);
    EXPECT_EQ(outer.tick, Time{5e5});
    EXPECT_EQ(outer.core.neurons, 7U);
    EXPECT_EQ(outer.core.price, Energy{23.6});
    EXPECT_EQ(outer.values, (std::vector<double>{0, 0.5}));
    EXPECT_EQ(outer.cores.at("x").price, Energy{1000});
    EXPECT_EQ(outer.limit, Time{2e9});
    EXPECT_EQ(outer.file, "/some/where/data/x.nir");
}

TEST(Reader, reports_every_mistake_at_once_with_line_and_column) {
    const std::string text = mistakes("kind: barier\ntick: 5\ncore:\n  neurons: 5000\n  neuron: 3\nvalues: [2]\n");
    EXPECT_THAT(text, HasSubstr("chip.yaml:1:1: name: missing (what it is called); add this key"));
    EXPECT_THAT(text, HasSubstr("chip.yaml:1:7: kind: unknown name 'barier' (known: tick, barrier); did you mean 'barrier'?"));
    EXPECT_THAT(text,
                HasSubstr("chip.yaml:2:7: tick: '5' is not a quantity in s; write a number with a unit, such as '4.1 ns'"));
    EXPECT_THAT(text,
                HasSubstr("chip.yaml:4:12: core.neurons: 5000 is too large (neurons of a core); must be between 1 and 4096"));
    EXPECT_THAT(text,
                HasSubstr("chip.yaml:5:3: core.neuron: unknown key (known here: neurons, price); did you mean 'neurons'?"));
    EXPECT_THAT(text, HasSubstr("chip.yaml:6:10: values.0: 2 is too large (numbers); must be between 0 and 1"));
}

TEST(Reader, refuses_wrong_kinds_of_values) {
    EXPECT_THAT(mistakes("name: [1]\n"), HasSubstr("expected text, found a list"));
    EXPECT_THAT(mistakes("name: a\ncore: 7\n"), HasSubstr("expected a section, found a single value"));
    EXPECT_THAT(mistakes("name: a\ncore: {neurons: 1.5}\n"), HasSubstr("'1.5' is not a whole number"));
    EXPECT_THAT(mistakes("name: a\ntick: 3 mV\n"), HasSubstr("'3 mV' is not a quantity in s"));
    EXPECT_THAT(mistakes("name: a\nname: b\n"), HasSubstr("key 'name' is written twice"));
    EXPECT_THAT(mistakes("name: [a\n"), HasSubstr("not valid YAML"));
    EXPECT_THAT(mistakes("just words\n"), HasSubstr("expected a section"));
    EXPECT_THAT(mistakes(std::string(2000, '[')), HasSubstr("nest too deeply"));
    EXPECT_THAT(mistakes("name: &a [*a]\n"), HasSubstr("chip.yaml:1:7: lists and sections nest too deeply, or an alias"));
    EXPECT_THAT(mistakes("name: &a {b: [1, {c: *a}]}\n"), HasSubstr("an alias stands within its own anchor"));
    EXPECT_THAT(mistakes(""), HasSubstr("name: missing"));
}

class Files : public ::testing::Test {
protected:
    void SetUp() override { std::filesystem::create_directories(folder_ / "cores"); }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    void write(const std::string& name, const std::string& text) { std::ofstream{folder_ / name} << text; }
    [[nodiscard]] std::filesystem::path path(const std::string& name) const { return folder_ / name; }

private:
    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() /
        ("spikefab-" + std::string{::testing::UnitTest::GetInstance()->current_test_info()->name()});
};

TEST_F(Files, include_each_other_and_can_be_laid_over) {
    write("cores/big.yaml", "neurons: 1024\nprice: 2 pJ\n");
    write("chip.yaml", "name: c\ncore: {from: cores/big.yaml, neurons: 512}\ncores: {x: cores/big.yaml}\n");
    Tree tree = load(path("chip.yaml"));
    assign(tree, "cores.x.price=9pJ");
    assign(tree, "tick=3us");
    const auto outer = read<Outer>(tree);
    EXPECT_EQ(outer.core.neurons, 512U);
    EXPECT_EQ(outer.core.price, Energy{2});
    EXPECT_EQ(outer.cores.at("x").neurons, 1024U);
    EXPECT_EQ(outer.cores.at("x").price, Energy{9});
    EXPECT_EQ(outer.tick, Time{3000});
}

TEST_F(Files, including_themselves_are_refused) {
    write("loop.yaml", "from: loop.yaml\nname: a\n");
    EXPECT_THROW(static_cast<void>(read_file<Outer>(path("loop.yaml"))), InputError);
}

TEST_F(Files, that_are_too_large_are_refused_unread) {
    write("big.yaml", std::string(9U << 20U, ' '));
    try {
        static_cast<void>(load(path("big.yaml")));
        FAIL();
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("too large for a configuration"));
    }
}

TEST(Assign, names_a_bad_path) {
    Tree tree = parse("values: [1]\n", "x.yaml");
    EXPECT_THROW(assign(tree, "values"), InputError);
    EXPECT_THROW(assign(tree, "values.3=1"), InputError);
}

TEST(Assign, moves_a_setting_to_where_it_was_written_last) {
    Tree tree = parse("core: {neurons: 1}\nvalues: [1, 2]\n", "x.yaml");
    EXPECT_EQ(origin_of(tree, "core.neurons").text(), "x.yaml:1:8");
    EXPECT_EQ(origin_of(tree, "values.1").text(), "x.yaml:2:13");
    EXPECT_EQ(origin_of(tree, "values.7").text(), "x.yaml:2:1");
    assign(tree, "core.neurons=2");
    EXPECT_EQ(origin_of(tree, "core.neurons").text(), "--set core.neurons=2:1:1");
    EXPECT_EQ(origin_of(tree, "core").text(), "x.yaml:1:1");
}

TEST(Writer, gives_yaml_that_reads_back_to_the_same_yaml) {
    Outer outer;
    outer.name = "x: \"quoted\" # not a comment";
    outer.values = {0.1, 1.0 / 3.0};
    outer.cores["a"].price = Energy{1.0 / 3.0};
    const std::string text = to_yaml(outer);
    const auto again = read<Outer>(parse(text, "resolved"));
    EXPECT_EQ(to_yaml(again), text);
    EXPECT_EQ(again.cores.at("a").price, outer.cores.at("a").price);
    EXPECT_EQ(again.name, outer.name);
}

TEST(Schema, names_every_key_with_its_meaning) {
    const std::string schema = json_schema<Outer>("outer");
    for (const char* word : {"\"neurons\"", "energy of an event", "\"barrier\"", "additionalProperties", "4096"})
        EXPECT_THAT(schema, HasSubstr(word));
}

}  // namespace
}  // namespace spikefab::config
