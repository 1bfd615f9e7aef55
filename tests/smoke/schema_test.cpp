// SPDX-License-Identifier: Apache-2.0
// `spikefab schema` from outside: an editor that checks by it accepts every file that we ship, and marks what `validate`
// refuses.
#include "config/tree.hpp"
#include "smoke/schema_check.hpp"
#include "smoke/workshop.hpp"

#include <gmock/gmock.h>

#include <charconv>
#include <map>

namespace spikefab::smoke {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::map<std::string, std::string> kind_by_folder{
    {"chips", "chip"}, {"experiments", "experiment"}, {"prices", "prices"}, {"gpus", "gpu"},
    {"nocs", "noc"},   {"devices", "device"},         {"rules", "rule"},    {"sweeps", "sweep"}};

template <class Number>
[[nodiscard]] bool is_number(const std::string& text, Number& number) {
    const char* const begin = text.data() + (text.starts_with('+') ? 1 : 0);
    const auto [end, failure] = std::from_chars(begin, text.data() + text.size(), number);
    return failure == std::errc{} && end == text.data() + text.size();
}

/// A plain scalar as YAML 1.2 reads it; this program knows no types before it knows what a value is for.
[[nodiscard]] json scalar(const std::string& text) {
    if (std::int64_t whole = 0; is_number(text, whole)) return whole;
    if (double real = 0.0; is_number(text, real)) return real;
    if (text == "true" || text == "false") return text == "true";
    return text;
}

[[nodiscard]] json document(const config::Tree& tree) {
    switch (tree.kind) {
        case config::Tree::Kind::null:
            break;
        case config::Tree::Kind::scalar:
            return scalar(tree.scalar);
        case config::Tree::Kind::list: {
            json list = json::array();
            for (const config::Tree& item : tree.items) list.push_back(document(item));
            return list;
        }
        case config::Tree::Kind::map: {
            json map = json::object();
            for (const config::Tree::Entry& entry : tree.entries) map[entry.key] = document(entry.value);
            return map;
        }
    }
    return nullptr;
}

[[nodiscard]] json schema(const std::string& kind) {
    const Workshop workshop;
    const Outcome outcome = workshop.spikefab({"schema", kind});
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    return json::parse(outcome.out);
}

TEST(Schema, is_that_of_a_chip_when_no_kind_is_named) {
    const Workshop workshop;
    const json its_schema = json::parse(workshop.spikefab({"schema"}).out);
    EXPECT_EQ(its_schema, schema("chip"));
    EXPECT_TRUE(its_schema.at("anyOf").at(0).at("properties").contains("synchronisation"));
}

TEST(Schema, accepts_every_shipped_file_of_its_kind) {
    for (const auto& [folder, kind] : kind_by_folder) {
        const json its_schema = schema(kind);
        for (const auto& entry : std::filesystem::directory_iterator{in_repository("configs/" + folder)})
            EXPECT_EQ(schema_problem(its_schema, document(config::load(entry.path()))), "") << entry.path();
    }
}

TEST(Schema, marks_what_validate_refuses_for_its_shape) {
    const json its_schema = schema("chip");
    const auto problem = [&](const std::string& assignment) {
        config::Tree chip = config::load(in_repository("configs/chips/loihi.yaml"));
        config::assign(chip, assignment);
        return schema_problem(its_schema, document(chip));
    };
    EXPECT_EQ(problem("cores.neuro.neurons=512"), "");
    EXPECT_EQ(problem("cores.neuro.learning=~"), "") << "what may be missing may be nothing";
    EXPECT_EQ(problem("cores.neuro={from: core.yaml, soma: {active: 1 ns}}"), "") << "a file may hold the rest";
    EXPECT_EQ(problem("name=7"), "") << "text all the same";
    EXPECT_THAT(problem("cores.neuro={soma: {active: 1 ns}}"), HasSubstr("cores.neuro: required"));
    EXPECT_THAT(problem("cores.neuro={from: core.yaml, soma: {actve: 1 ns}}"), HasSubstr("soma.actve: no such key"));
    EXPECT_THAT(problem("cores.neuro.nuerons=5"), HasSubstr("nuerons: no such key"));
    EXPECT_THAT(problem("cores.neuro.neurons=0"), HasSubstr("neurons: minimum"));
    EXPECT_THAT(problem("cores.neuro.neurons=1.5"), HasSubstr("neurons: type"));
    EXPECT_THAT(problem("cores.neuro.soma.active=1 pJ"), HasSubstr("soma.active: pattern"));
    EXPECT_THAT(problem("cores.neuro.soma.active=1"), HasSubstr("soma.active: type"));
    EXPECT_THAT(problem("cores.neuro.neuron.model=lof"), Not(IsEmpty()));
    EXPECT_THAT(problem("synchronisation=bariers"), HasSubstr("synchronisation: enum"));
    EXPECT_THAT(problem("cores=7"), Not(IsEmpty()));
}

}  // namespace
}  // namespace spikefab::smoke
