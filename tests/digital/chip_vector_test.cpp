// SPDX-License-Identifier: Apache-2.0
// The simulator's own vectors: the examples of docs/vectors.md hold, every changed number is noticed, what is wrong is said
// with its place.
#include "base/error.hpp"
#include "places.hpp"
#include "verify/vector_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

namespace spikefab::verify {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using Outcome = Verdict::Outcome;

/// The first example of the documentation.
[[nodiscard]] json example() {
    std::ifstream file{source_folder() + "/docs/vectors.md"};
    std::ostringstream text;
    text << file.rdbuf();
    const std::string page = text.str();
    const std::string fence = "```json\n";
    const std::size_t begin = page.find(fence) + fence.size();
    return json::parse(page.substr(begin, page.find("```", begin) - begin));
}

TEST(ChipVector, of_the_documentation_holds) {
    const Verdict verdict = check_vector(example());
    EXPECT_EQ(verdict.outcome, Outcome::equal) << verdict.note;
    EXPECT_EQ(verdict.compared, 10U);
}

struct Change {
    std::string_view path;  ///< JSON pointer
    json value;
    std::string_view words;  ///< in the first difference or the message
};
const json gone = "(gone)";  ///< as a value: the key is removed

void PrintTo(const Change& change, std::ostream* out) {
    *out << change.path << " = " << change.value;
}

[[nodiscard]] json changed(const Change& change) {
    json vector = example();
    const json::json_pointer place{std::string{change.path}};
    if (change.value == gone) {
        vector.at(place.parent_pointer()).erase(place.back());
    } else {
        vector[place] = change.value;
    }
    return vector;
}

class Different : public ::testing::TestWithParam<Change> {};

TEST_P(Different, value_is_told_with_its_place) {
    const Verdict verdict = check_vector(changed(GetParam()));
    EXPECT_EQ(verdict.outcome, Outcome::different);
    EXPECT_THAT(verdict.note, HasSubstr(GetParam().words));
}

INSTANTIATE_TEST_SUITE_P(
    ChipVector, Different,
    ::testing::Values(
        Change{"/expected/potentials/0/2/1", 2, "step 2, core 5, neuron 1: potential is 1, expected 2"},
        Change{"/expected/spikes/rows/1", {3, 5, 1}, "spike is not expected: step 3, core 5, neuron 0"},
        Change{"/expected/spikes/rows/1/0", 4, "spike is not expected: step 3, core 5, neuron 0"},
        Change{"/inputs/spikes/1/1", json::array({0}), "spike is not expected: step 3, core 5, neuron 1"},
        Change{"/cores/0/parameters/threshold/0", 2, "spike is missing: step 2, core 5, neuron 0"},
        Change{"/expected/potentials/1/0", 4, "step 4, core 5: there are no potentials"},
        Change{"/expected/answers", {{"columns", {"output"}}, {"rows", {{0}, {0}, {1}}}}, "answer is missing: output 1"},
        // The last neuron is written after two turns of 258 cycles, the first of them 256 cycles into its own.
        Change{"/expected/write_times", {{2, 5, {0, nullptr}}}, "step 2, core 5, neuron 0: written at"}),
    [](const auto& param) { return "case_" + std::to_string(param.index); });

class Refused : public ::testing::TestWithParam<Change> {};

TEST_P(Refused, vector_is_told_what_is_wrong_with_it_and_where) {
    try {
        static_cast<void>(check_vector(changed(GetParam())));
        FAIL() << "accepted";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr(GetParam().words));
    }
}

INSTANTIATE_TEST_SUITE_P(
    ChipVector, Refused,
    ::testing::Values(
        Change{"/chip", gone, "'chip' is missing"}, Change{"/chip", "rank", "no chip 'rank' comes with the program"},
        Change{"/chip", 7, "chip: expected a chip"}, Change{"/chip", "none.yaml", "none.yaml"},
        Change{"/chip", json::object(), "synchronisation"}, Change{"/set", {{"tick", "1 V"}}, "tick"},
        Change{"/set", {{"noc.topology.height", 1}}, "cores.0.core: expected a whole number from 0 to 3, not 5"},
        Change{"/steps", 0, "steps: expected a whole number from 1"}, Change{"/steps", 1.5, "steps: expected a whole number"},
        Change{"/steps", 1e300, "steps: expected a whole number"}, Change{"/step", 3, "'step' is not a key of a vector"},
        Change{"/cores", gone, "'cores' is missing"}, Change{"/cores", json::object(), "cores: expected a list, not an object"},
        Change{"/cores/0/core", 16, "cores.0.core: expected a whole number from 0 to 15, not 16"},
        Change{"/cores/0/core", -1, "cores.0.core"},
        Change{"/cores/1", example()["cores"][0], "cores.1: core 5 is there twice"},
        Change{"/cores/0/neurons", 257, "cores.0.neurons: expected a whole number from 1 to 256"},
        Change{"/cores/0/parameters/threshold/2", 1, "cores.0.parameters.threshold: has 3 values for 2 neurons"},
        Change{"/cores/0/parameters/treshold", 1, "treshold"},
        Change{"/cores/0/parameters/threshold", "high", "cores.0.parameters.threshold: expected a number, not \"high\""},
        Change{"/cores/0/parameters/threshold", 1e9, "threshold"},
        Change{"/cores/0/synapses/axon_types/0", 4, "cores.0.synapses.axon_types.0: expected a whole number from 0 to 3"},
        Change{"/cores/0/synapses/axon_types/2", 1, "cores.0.synapses.crossbar: has 2 rows for 3 axons"},
        Change{"/cores/0/synapses/crossbar/1/0", 2, "cores.0.synapses.crossbar.1.0: expected a whole number from 0 to 1"},
        Change{"/cores/0/synapses/crossbar/1", "4", "connects neuron 2; the core has 2"},
        Change{"/cores/0/synapses/crossbar/1", "x", "'x' is not hexadecimal"},
        Change{"/cores/0/synapses/weights/0/1", 40000, "cores.0.synapses.weights.0.1"},
        Change{"/cores/0/synapses", {{"lists", json::array()}}, "the chip's cores hold a one-bit crossbar"},
        Change{"/cores/0/destinations/0/0", {4, 0}, "core 4 is not among `cores`"},
        Change{"/cores/0/destinations/0/0", {5, 2}, "core 5 has no axon 2; it has 2"},
        Change{"/cores/0/destinations/0/0", {5, 1, 16}, "cores.0.destinations.0.0.2: expected a whole number from 1 to 15"},
        Change{"/cores/0/destinations", json::array(), "has 0 lists for 2 neurons"},
        Change{"/inputs/spikes/0/1/0", 2, "inputs.spikes.0.1.0: expected a whole number from 0 to 1"},
        Change{"/inputs/spikes/0", {1}, "expected [step, [inputs that spike]]"},
        Change{"/inputs/destinations", gone, "'destinations' is missing"},
        Change{"/network", {{"file", "no.nir"}}, "both 'cores' and 'network'"}, Change{"/time_unit", "10 pJ", "time_unit"},
        Change{"/tolerance", -1, "tolerance"}, Change{"/expected", gone, "'expected' is missing"},
        Change{"/expected/spike", 1, "'spike' is not a key of 'expected'"},
        Change{"/expected/spikes/columns/0", "tick", "spikes have no column 'tick'; there are: step, core, neuron, value"},
        Change{"/expected/spikes/rows/0", {1, 2}, "expected.spikes.rows.0: has 2 values for 3 columns"},
        Change{"/expected/spikes/rows/0/0", "two", "expected.spikes.rows.0.0: expected a whole number"},
        Change{"/expected/potentials/0/2", {1}, "has 1 values for 2 neurons"}),
    [](const auto& param) { return "case_" + std::to_string(param.index); });

TEST(ChipVector, compares_only_what_is_given) {
    json vector = example();
    vector["expected"] = {{"spikes", {{"columns", {"neuron"}}, {"only", {{"step", {2}}}}, {"rows", {{0}}}}},
                          {"potentials", {{3, 5, {nullptr, 1}}}}};
    const Verdict verdict = check_vector(vector);
    EXPECT_EQ(verdict.outcome, Outcome::equal) << verdict.note;
    EXPECT_EQ(verdict.compared, 2U);
}

TEST(ChipVector, counts_times_in_the_unit_that_it_names) {
    json vector = example();
    vector["set"] = {{"input_before_first_tick", false}, {"tick", "1 ms"}};
    vector["time_unit"] = "10 ns";
    // A pass begins at the tick and two cycles; a neuron is written 256 cycles into its turn of 258 (docs of ranc.yaml).
    vector["expected"]["write_times"] = {{2, 5, {100'000 + 258, 100'000 + 2 * 258}}};
    vector["expected"]["steps"] = {{"columns", {"step", "start", "end"}},
                                   {"rows", {{1, 0, 100'000}, {2, 100'000, 200'000}, {3, 200'000, 300'000}}}};
    const Verdict verdict = check_vector(vector);
    EXPECT_EQ(verdict.outcome, Outcome::equal) << verdict.note;
}

TEST(ChipVector, of_a_later_version_is_skipped) {
    json vector = example();
    vector["format"] = "spikefab.vector.v9";
    EXPECT_EQ(check_vector(vector).outcome, Outcome::skipped);
}

TEST(ChipVector, of_a_network_holds_it_against_the_spikes_of_its_layers) {
    json vector{{"format", "spikefab.vector.v1"},
                {"chip", "truenorth"},
                {"steps", 3},
                {"network", {{"file", source_folder() + "/configs/networks/fashion-truenorth.nir"}}},
                {"expected", {{"spikes", {{"columns", {"layer", "unit", "step"}}, {"rows", json::array()}}}}}};
    EXPECT_EQ(check_vector(vector).outcome, Outcome::skipped) << "nothing was expected, nothing happened";
    std::vector<int> every_pixel;
    for (int pixel = 0; pixel < 784; ++pixel) every_pixel.push_back(pixel);
    vector["inputs"]["spikes"] = {{1, every_pixel}};
    const Verdict verdict = check_vector(vector);
    EXPECT_EQ(verdict.outcome, Outcome::different);
    EXPECT_THAT(verdict.note, HasSubstr("spike is not expected: layer edges, unit"));
}

}  // namespace
}  // namespace spikefab::verify
