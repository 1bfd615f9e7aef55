// SPDX-License-Identifier: Apache-2.0
// What wrong input gets: its exit code, a message that says what is wrong, and nothing left on the disk.
#include "smoke/workshop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace spikefab::smoke {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Arguments = std::vector<std::string>;

using Preparation = std::function<Arguments(const Workshop&)>;

/// The small experiment into a folder, with further words on the command line.
Preparation small_run(const std::string& out, const Arguments& more) {
    return [=](const Workshop& workshop) {
        workshop.write_small_experiment();
        Arguments arguments{"run", "small.yaml", "--out", out};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return arguments;
    };
}
Preparation small_run(const Arguments& more) {
    return small_run("result", more);
}

/// The small experiment with one more file, and further words on the command line.
Preparation small_run_with(std::string name, std::string text, const Arguments& more) {
    return [=](const Workshop& workshop) {
        workshop.write(name, text);
        return small_run(more)(workshop);
    };
}

/// A NoC alone.
Preparation noc_run(const Arguments& more) {
    return [=](const Workshop&) {
        Arguments arguments{"noc", in_repository("configs/nocs/mesh8.yaml")};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return arguments;
    };
}

/// One YAML file, to be run.
Preparation yaml(const std::function<std::string()>& text) {
    return [text](const Workshop& workshop) {
        workshop.write("bad.yaml", text());
        return Arguments{"run", "bad.yaml", "--out", "result"};
    };
}

struct Case {
    std::string name;
    Preparation prepare;            ///< writes the files and says what to type
    std::vector<std::string> says;  ///< parts of the message
};

void PrintTo(const Case& test, std::ostream* out) {
    *out << test.name;
}

Arguments truncated_network(const Workshop& workshop) {
    const std::string whole = bytes_of(in_repository("configs/networks/fashion-loihi.nir"));
    return small_run_with("half.nir", whole.substr(0, whole.size() / 2), {"--set", "network.file=half.nir"})(workshop);
}

Arguments images_of_another_shape(const Workshop& workshop) {
    workshop.write_npy("wide.npy", {3, 28, 30}, 128);
    return small_run({"--set", "input.images=wide.npy"})(workshop);
}

Arguments labels_of_another_length(const Workshop& workshop) {
    workshop.write_npy("few.npy", {2}, 1);
    return small_run({"--set", "input.labels=few.npy"})(workshop);
}

Arguments label_of_another_class(const Workshop& workshop) {
    workshop.write_npy("tens.npy", {3}, 10);
    return small_run({"--set", "input.labels=tens.npy"})(workshop);
}

std::string deeply_nested() {
    return "name: " + std::string(100'000, '[') + std::string(100'000, ']') + "\n";
}

std::string a_hundred_megabytes() {
    std::string text{"name: small\n# "};
    text.append(100U << 20U, 'x');
    return text + "\n";
}

std::string aliases_that_multiply() {
    std::string text{"a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"};
    for (int level = 1; level < 12; ++level) {
        text += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [";
        for (int copy = 0; copy < 10; ++copy) text += "*a" + std::to_string(level - 1) + (copy < 9 ? ", " : "]\n");
    }
    return text;
}

const std::vector<Case> wrong_inputs{
    {"no_such_experiment",
     [](const Workshop&) {
         return Arguments{"run", "none.yaml"};
     },
     {"none.yaml"}},
    {"a_chip_is_not_an_experiment",
     [](const Workshop&) {
         return Arguments{"run", in_repository("configs/chips/loihi.yaml")};
     },
     {"is of kind 'chip', not 'experiment'", "spikefab run --chip"}},
    {"a_sweep_is_not_a_noc",
     [](const Workshop&) {
         return Arguments{"noc", in_repository("configs/sweeps/loihi-mesh.yaml")};
     },
     {"is of kind 'sweep', not 'noc'", "spikefab sweep"}},
    {"missing_network", small_run({"--set", "network.file=none.nir"}), {"none.nir"}},
    {"truncated_network", truncated_network, {"half.nir"}},
    {"network_that_is_text", small_run_with("text.nir", "hello\n", {"--set", "network.file=text.nir"}), {"text.nir"}},
    {"shape_that_does_not_match", images_of_another_shape, {"840", "784"}},
    {"labels_of_the_wrong_length", labels_of_another_length, {"few.npy", "2", "3"}},
    {"missing_images", small_run({"--set", "input.images=none.npy"}), {"none.npy"}},
    {"label_of_a_class_that_is_not_there", label_of_another_class, {"input.labels", "class 10", "image 0", "0 to 9"}},
    {"images_from_a_device", small_run({"--set", "input.images=/dev/zero"}), {"/dev/zero", "device"}},
    {"no_images_at_all", small_run({"--images", "0"}), {"--images", "1"}},
    {"name_that_leaves_the_folder", small_run({"--set", "name=../evil"}), {"name", "../evil", "/"}},
    {"name_that_is_hidden", small_run({"--set", "name=.evil"}), {"name", "dot"}},
    {"sweep_whose_name_leaves_the_folder",
     [](const Workshop& workshop) {
         workshop.write_small_experiment();
         workshop.write("sweep.yaml", "name: ../evil\nbase: small.yaml\nvalues: {steps: [1, 2]}\n");
         return Arguments{"sweep", "sweep.yaml"};
     },
     {"name", "../evil"}},
    {"more_images_than_there_are", small_run({"--set", "input.count=4"}), {"count", "3"}},
    {"network_that_does_not_fit",
     small_run(
         {"--set", "chip.noc.topology.width=1", "--set", "chip.noc.topology.height=1", "--set", "chip.cores.neuro.neurons=64"}),
     {"fashion-loihi", "42 cores", "38 too many"}},
    {"router_that_cannot_be_reached", small_run({"--set", "chip.noc.topology.faults={routers: [9]}"}), {"cut off", "core 0"}},
    {"network_that_can_deadlock",
     small_run({"--set", "chip.noc.topology={model: torus, width: 8, height: 4, cores_per_router: 4}"}),
     {"xy"}},
    {"wrong_unit",
     small_run({"--set", "chip.cores.neuro.axon_in.latency=5pJ"}),
     {"chip.cores.neuro.axon_in.latency", "5pJ", "ns"}},
    {"no_unit", small_run({"--set", "chip.cores.neuro.axon_in.latency=5"}), {"chip.cores.neuro.axon_in.latency", "unit"}},
    {"unknown_key", small_run({"--set", "chip.cores.neuro.nuerons=5"}), {"nuerons", "neurons"}},
    {"out_of_bounds", small_run({"--set", "chip.cores.neuro.neurons=0"}), {"chip.cores.neuro.neurons", "1"}},
    {"unknown_trace", small_run({"--trace", "powr"}), {"powr", "power"}},
    {"not_an_assignment", small_run({"--set", "chip.cores"}), {"chip.cores"}},
    {"unwritable_folder", small_run("/proc/result", {}), {"/proc"}},
    {"existing_folder", small_run(".", {}), {"exist"}},
    {"not_yaml", yaml([] { return std::string{"name: {small\n: ]\n"}; }), {"bad.yaml:"}},
    {"binary",
     yaml([] {
         return std::string{"\0\x01\x02\xff\xfe", 5};
     }),
     {"bad.yaml"}},
    {"empty", yaml([] { return std::string{}; }), {"bad.yaml"}},
    {"key_written_twice", yaml([] { return std::string{"name: a\nname: b\n"}; }), {"bad.yaml:2", "name"}},
    {"a_hundred_megabytes_of_yaml", yaml(a_hundred_megabytes), {"bad.yaml", "MiB"}},
    {"deeply_nested_yaml", yaml(deeply_nested), {"bad.yaml", "nest too deeply"}},
    {"anchor_that_holds_itself", yaml([] { return std::string{"name: &a [*a]\n"}; }), {"bad.yaml:1:7", "alias"}},
    {"aliases_that_multiply", yaml(aliases_that_multiply), {"bad.yaml"}},
    {"include_of_itself", yaml([] { return std::string{"from: bad.yaml\n"}; }), {"bad.yaml"}},
    {"traffic_that_nobody_knows", noc_run({"--traffic", "unifrom"}), {"--traffic", "uniform"}},
    {"traffic_to_a_core_that_is_not_there",
     noc_run({"--traffic", "{model: hotspot, hot: [{core: 64, weight: 3}]}"}),
     {"core 64", "0 to 63"}},
    {"traffic_to_a_negative_core",
     noc_run({"--traffic", "{model: hotspot, hot: [{core: -1, weight: 3}]}"}),
     {"--traffic:1", "-1"}},
    {"no_rate", noc_run({"--rate", "0"}), {"--rate 0:", "above 0 and at most 1"}},
    {"rate_above_one", noc_run({"--rate", "0.5..1.5"}), {"--rate 0.5..1.5:", "at most 1"}},
    {"half_a_range", noc_run({"--rate", "0.1.."}), {"--rate 0.1..:"}},
    {"bursts_without_parameters", noc_run({"--injection", "on_off"}), {"on_off", "two of alpha, beta and on_rate"}},
    {"more_than_a_burst_can_send",
     noc_run({"--injection", "{model: burst, tick: 1000, neurons: 100}", "--rate", "0.05..0.2"}),
     {"chance of a neuron", "lower the rate"}},
    {"no_cycles", noc_run({"--cycles", "0"}), {"--cycles", "1"}},
    {"unknown_command", [](const Workshop&) { return Arguments{"rum"}; }, {"rum", "run"}},
};

class WrongInput : public ::testing::TestWithParam<Case> {};

TEST_P(WrongInput, ends_with_2_a_message_and_nothing_written) {
    const Workshop workshop;
    const Outcome outcome = workshop.spikefab(GetParam().prepare(workshop));
    EXPECT_EQ(outcome.exit_code, 2) << describe(outcome);
    for (const std::string& part : GetParam().says) EXPECT_THAT(outcome.err, HasSubstr(part));
    EXPECT_THAT(outcome.err, AllOf(Not(HasSubstr("what()")), Not(HasSubstr("terminate")))) << describe(outcome);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(workshop.leftovers(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Table, WrongInput, ::testing::ValuesIn(wrong_inputs),
                         [](const auto& test) { return test.param.name; });

TEST(WrongInput, is_reported_at_once_however_many_mistakes_there_are) {
    const Workshop workshop;
    const Outcome outcome = workshop.spikefab(
        small_run({"--set", "stebs=3", "--set", "power_window=4", "--set", "chip.cores.neuro.neurons=0"})(workshop));
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("stebs"), HasSubstr("power_window"), HasSubstr("chip.cores.neuro.neurons")));
}

TEST(Validate, knows_an_experiment_that_takes_most_from_another) {
    const Workshop workshop;
    workshop.write_small_experiment();
    const Outcome outcome = workshop.spikefab({"validate", "small.yaml"});
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_THAT(outcome.out, HasSubstr("experiment"));
}

/// What `validate` says of a file with this text.
std::string refusal(const std::string& text) {
    const Workshop workshop;
    workshop.write_small_experiment();
    workshop.write("wrong.yaml", text);
    const Outcome outcome = workshop.spikefab({"validate", "wrong.yaml"});
    EXPECT_EQ(outcome.exit_code, 2) << describe(outcome);
    return outcome.err;
}

std::string lines(std::initializer_list<std::string> all) {
    std::string text;
    for (const std::string& line : all) text += line + "\n";
    return text;
}

TEST(Validate, says_where_it_stands_whatever_is_wrong_with_an_experiment) {
    const auto experiment = [](const std::string& line) { return refusal(lines({"from: small.yaml", "steps: 3", line})); };
    EXPECT_THAT(experiment("name: a/b"), HasSubstr("wrong.yaml:3:1: name: 'a/b' cannot name a folder"));
    EXPECT_THAT(experiment("network: {file: ''}"), HasSubstr("wrong.yaml:3:11: network.file: missing"));
    EXPECT_THAT(experiment("learn: {images: x.npy}"), HasSubstr("wrong.yaml:3:1: learn: nothing learns"));
    EXPECT_THAT(experiment("chip: {host: {router: 99}}"), HasSubstr("wrong.yaml:3:15: chip 'loihi': host.router: there is no"));
    EXPECT_THAT(experiment("chip: {barrier: [{tiles: 2, time: 1 ns}, {tiles: 1, time: 1 ns}]}"),
                HasSubstr("wrong.yaml:3:43: chip 'loihi': barrier.1.tiles: must rise"));
    EXPECT_THAT(experiment("chip: {prices: {events: {spikee: {energy: 1 pJ, component: x, covers: y, kind: marginal, "
                           "evidence: derived, source: z}}}}"),
                HasSubstr("wrong.yaml:3:26: price list 'loihi-davies2018': events.spikee: no such activity"));
    EXPECT_THAT(experiment("gpus: {models: [{from: " + in_repository("configs/gpus/v100.yaml") +
                           ", memory: {bandwidth: {value: 0 GB/s}}}]}"),
                HasSubstr("gpus.models.0.memory.bandwidth: must be above 0"));
}

TEST(Validate, says_where_it_stands_whatever_is_wrong_with_another_file) {
    EXPECT_THAT(refusal(lines({"from: " + in_repository("configs/chips/odin.yaml"), "host:", "  router: 7"})),
                HasSubstr("wrong.yaml:3:3: chip 'odin': host.router: there is no router 7"));
    EXPECT_THAT(refusal(lines({"from: " + in_repository("configs/prices/odin.yaml"), "included: {spike: '', spikee: x}"})),
                AllOf(HasSubstr("wrong.yaml:2:12: price list 'odin': included.spike: is empty"),
                      HasSubstr("wrong.yaml:2:23: price list 'odin': included.spikee: no such activity")));
    EXPECT_THAT(refusal(lines({"epoch: 2", "dw: x1*y0 +"})), HasSubstr("wrong.yaml:2:1: dw: learning rule 'x1*y0 +'"));
    EXPECT_THAT(refusal(lines({"from: " + in_repository("configs/devices/hp.yaml"), "drive: sine,1V"})),
                HasSubstr("wrong.yaml:2:1: drive 'sine,1V'"));
    EXPECT_THAT(refusal(lines({"from: " + in_repository("configs/devices/hp.yaml"), "device: {r_off: 1 ohm}"})),
                HasSubstr("wrong.yaml:2:1: hp_linear_drift: r_off must be larger"));
    EXPECT_THAT(refusal(lines({"name: s", "base: small.yaml", "values:", "  steps: [3, 4, many]"})),
                HasSubstr("wrong.yaml:4:17: steps: 'many' is not a whole number"));
    EXPECT_THAT(refusal(lines({"name: s", "base: small.yaml", "values: {name: [a, a/b]}"})),
                HasSubstr("wrong.yaml:3:20: name: 'a/b' cannot name a folder"));
    EXPECT_THAT(refusal(lines({"name: s", "base: none.yaml", "values: {steps: [3]}"})),
                AllOf(HasSubstr("wrong.yaml:2:1: base: "), HasSubstr("none.yaml: cannot read this file")));
    EXPECT_THAT(refusal(lines({"name: s", "base: small.yaml", "values: {steps: []}"})),
                HasSubstr("wrong.yaml:3:10: values.steps: the list is empty"));
}

TEST(WrongGpu, is_refused_before_the_run_and_not_after_it) {
    const Workshop workshop;
    const std::string gpus = "gpus={precision: fp9, models: [" + in_repository("configs/gpus/v100.yaml") + "]}";
    const Outcome outcome = workshop.spikefab(small_run({"--set", gpus})(workshop));
    EXPECT_EQ(outcome.exit_code, 2) << describe(outcome);
    EXPECT_THAT(outcome.err, HasSubstr("gpus.models.0: GPU 'V100' has no precision 'fp9'"));
    EXPECT_THAT(outcome.err, Not(HasSubstr("placed"))) << "what is said when the run begins";
}

TEST(Describe, shows_the_chip_of_an_experiment_that_takes_it_from_another) {
    const Workshop workshop;
    workshop.write_small_experiment();
    const Outcome outcome = workshop.spikefab({"describe", "small.yaml"});
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_THAT(outcome.out, HasSubstr("chip loihi"));
}

TEST(FullDisk, ends_a_run_with_1_a_message_and_nothing_left) {
    const Workshop workshop;
    Command command = workshop.command(small_run({"--trace", "spikes"})(workshop));
    command.largest_file = 3000;
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.exit_code, 1) << describe(outcome);
    EXPECT_THAT(outcome.err, HasSubstr("result")) << "names the file that could not be written";
    EXPECT_THAT(workshop.leftovers(), IsEmpty());
}

TEST(FullDisk, under_a_recorded_vector_ends_a_run_with_1_and_nothing_left) {
    const Workshop workshop;
    Command command = workshop.command(small_run({"--record", "vector.json"})(workshop));
    command.largest_file = 30'000;
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.exit_code, 1) << describe(outcome);
    EXPECT_THAT(outcome.err, HasSubstr("vector.json"));
    EXPECT_THAT(workshop.leftovers(), IsEmpty());
}

TEST(FullDisk, under_standard_output_is_an_error) {
    const Workshop workshop;
    Command command = workshop.command({"describe", in_repository("configs/chips/loihi.yaml")});
    command.out = "/dev/full";
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.exit_code, 1) << describe(outcome);
    EXPECT_THAT(outcome.err, HasSubstr("standard output"));
}

TEST(FullDisk, under_standard_error_stops_nothing) {
    const Workshop workshop;
    Command command = workshop.command(small_run({})(workshop));
    command.err = "/dev/full";
    EXPECT_EQ(run(command).exit_code, 0);
    EXPECT_TRUE(std::filesystem::exists(workshop / "result" / "run.json"));
}

}  // namespace
}  // namespace spikefab::smoke
