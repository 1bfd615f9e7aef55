// SPDX-License-Identifier: Apache-2.0
// NIR files that cannot be used: each is refused with the name of the node at fault, none crashes or fills the memory.
#include "base/error.hpp"
#include "network/guarded.hpp"
#include "network/hdf5_tree.hpp"
#include "network/nir.hpp"
#include "network/nir_writer.hpp"
#include "network/shared_data.hpp"
#include "network/temporary_folder.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <csignal>
#include <functional>
#include <iterator>

namespace spikefab {
namespace {

using testing::HasSubstr;

std::string message_of(const std::filesystem::path& file) {
    try {
        (void)read_nir(file);
    } catch (const InputError& error) {
        return error.what();
    }
    return "was accepted";
}

struct BadFile {
    const char* name;
    std::function<void(Hdf5Writer&, NirWriter&)> fill;
    const char* fragment;
};

/// input(4) -> fc(2x4) -> cell -> output, to be spoilt.
void good(NirWriter& graph) {
    graph.port("input", "Input", {4});
    graph.dense("fc", {1, 2, 3, 4, 5, 6, 7, 8}, 2, 4);
    graph.integrate_and_fire("cell");
    graph.port("output", "Output", {2});
    graph.chain({"input", "fc", "cell", "output"});
}

void with_node(NirWriter& graph, const std::string& type, const std::vector<std::pair<std::string, double>>& values = {}) {
    graph.port("input", "Input", {4});
    graph.node("odd", type);
    for (const auto& [key, value] : values) graph.set("odd", key, {value});
    graph.integrate_and_fire("cell");
    graph.chain({"input", "odd", "cell"});
}

void with_convolution(NirWriter& graph, const std::vector<double>& shape, const std::vector<hsize_t>& dims,
                      const std::vector<std::pair<std::string, double>>& values) {
    graph.port("input", "Input", shape);
    std::size_t count = 1;
    for (const hsize_t dim : dims) count *= dim;
    graph.convolution("conv", std::vector<double>(count, 1.0), dims);
    for (const auto& [key, value] : values) graph.set("conv", key, {value});
    graph.integrate_and_fire("cell");
    graph.chain({"input", "conv", "cell"});
}

const std::vector<BadFile>& bad_files() {
    static const std::vector<BadFile> files{
        {"threshold", [](auto&, NirWriter& g) { with_node(g, "Threshold"); },
         "node 'odd' (Threshold): this type of node is not supported; write the layer as IF or LIF"},
        {"delay", [](auto&, NirWriter& g) { with_node(g, "Delay"); }, "node 'odd' (Delay): has no 'delay'"},
        {"integrator", [](auto&, NirWriter& g) { with_node(g, "LI"); }, "it never spikes; use LIF"},
        {"cuba_integrator", [](auto&, NirWriter& g) { with_node(g, "CubaLI"); }, "it never spikes; use CubaLIF"},
        {"convolution_1d", [](auto&, NirWriter& g) { with_node(g, "Conv1d"); }, "Conv2d with a height of 1"},
        {"invented", [](auto&, NirWriter& g) { with_node(g, "Quantum"); }, "supported are Input, Output, Affine"},
        {"no_weight", [](auto&, NirWriter& g) { with_node(g, "Linear"); }, "node 'odd' (Linear): has no 'weight'"},
        {"no_kernel", [](auto&, NirWriter& g) { with_node(g, "SumPool2d"); },
         "node 'odd' (SumPool2d): needs (channels, height, width)"},
        {"flatten_from_2",
         [](auto&, NirWriter& g) {
             with_node(g, "Flatten", {{"start_dim", 2.0}});
         },
         "start_dim 2"},
        {"flatten_to_5",
         [](auto&, NirWriter& g) {
             with_node(g, "Flatten", {{"end_dim", 5.0}});
         },
         "end_dim 5"},
        {"no_threshold",
         [](auto&, NirWriter& g) {
             g.port("input", "Input", {1});
             g.node("cell", "IF");
             g.set("cell", "r", {1});
             g.chain({"input", "cell"});
         },
         "node 'cell' (IF): has no 'v_threshold'"},
        {"threshold_not_a_number",
         [](auto&, NirWriter& g) {
             g.port("input", "Input", {1});
             g.integrate_and_fire("cell", std::numeric_limits<double>::quiet_NaN());
             g.chain({"input", "cell"});
         },
         "node 'cell' (IF): 'v_threshold' holds nan"},
        {"tau_of_zero",
         [](auto&, NirWriter& g) {
             g.port("input", "Input", {1});
             g.leaky("cell", 0.0, 1.0, 1.0);
             g.chain({"input", "cell"});
         },
         "population 'cell', neuron 0: tau = 0 must be greater than 0"},
        {"weight_not_finite",
         [](auto&, NirWriter& g) {
             g.port("input", "Input", {2});
             g.dense("fc", {1, std::numeric_limits<double>::infinity()}, 1, 2);
             g.integrate_and_fire("cell");
             g.chain({"input", "fc", "cell"});
         },
         "projection 'fc': the weight from neuron 1 to neuron 0 is not a finite number"},
        {"dense_of_wrong_size",
         [](auto&, NirWriter& g) {
             g.port("input", "Input", {5});
             g.dense("fc", {1, 2, 3, 4}, 1, 4);
             g.integrate_and_fire("cell");
             g.chain({"input", "fc", "cell"});
         },
         "node 'fc' (Linear): 'weight' takes 4 values, but what it receives has shape (5)"},
        {"dense_without_flatten",
         [](auto&, NirWriter& g) {
             g.port("input", "Input", {2, 2});
             g.dense("fc", {1, 2, 3, 4}, 1, 4);
             g.integrate_and_fire("cell");
             g.chain({"input", "fc", "cell"});
         },
         "has shape (2, 2); put a Flatten before it"},
        {"bias_of_wrong_size",
         [](auto&, NirWriter& g) {
             g.port("input", "Input", {1});
             g.dense("fc", {1}, 1, 1, {1, 2});
             g.integrate_and_fire("cell");
             g.chain({"input", "fc", "cell"});
         },
         "node 'fc' (Affine): 'bias' has 2 values, expected 1"},
        {"neurons_of_wrong_size",
         [](auto&, NirWriter& g) {
             g.port("input", "Input", {3});
             g.node("cell", "IF");
             g.set("cell", "r", {1, 1}, {2});
             g.set("cell", "v_threshold", {1});
             g.chain({"input", "cell"});
         },
         "node 'cell' (IF): 'r' has shape (2), but what it receives has shape (3)"},
        {"output_of_wrong_size",
         [](auto&, NirWriter& g) {
             g.port("input", "Input", {3});
             g.integrate_and_fire("cell");
             g.port("output", "Output", {4});
             g.chain({"input", "cell", "output"});
         },
         "node 'output' (Output): says shape (4), but receives shape (3)"},
        {"no_neuron_at_the_end",
         [](auto&, NirWriter& g) {
             g.port("input", "Input", {1});
             g.integrate_and_fire("cell");
             g.dense("readout", {1}, 1, 1);
             g.port("output", "Output", {1});
             g.chain({"input", "cell", "readout", "output"});
         },
         "receives 'readout', which is not a neuron node"},
        {"dangling",
         [](auto&, NirWriter& g) {
             g.port("input", "Input", {1});
             g.integrate_and_fire("cell");
             g.dense("loose", {1}, 1, 1);
             g.edges({{"input", "cell"}, {"cell", "loose"}});
         },
         "node 'loose' (Linear): leads nowhere"},
        {"no_neurons",
         [](auto&, NirWriter& g) {
             g.port("input", "Input", {1});
             g.port("output", "Output", {1});
             g.chain({"input", "output"});
         },
         "has no neurons"},
        {"empty_graph", [](auto&, NirWriter&) {}, "has no nodes"},
        {"unknown_node_in_an_edge",
         [](auto&, NirWriter& g) {
             g.port("input", "Input", {1});
             g.integrate_and_fire("cells");
             g.chain({"input", "cell"});
         },
         "the edge 'input' -> 'cell' names a node 'cell' that does not exist; the nearest is 'cells'"},
        {"recurrent",
         [](auto&, NirWriter& g) {
             g.port("input", "Input", {1});
             g.integrate_and_fire("a");
             g.integrate_and_fire("b");
             g.edges({{"input", "a"}, {"a", "b"}, {"b", "a"}});
         },
         "recurrent: a -> b -> a"},
        {"its_own_source",
         [](auto&, NirWriter& g) {
             g.port("input", "Input", {1});
             g.integrate_and_fire("a");
             g.edges({{"input", "a"}, {"a", "a"}});
         },
         "recurrent: a -> a"},
        {"no_edges",
         [](auto&, NirWriter& g) {
             g.port("input", "Input", {1});
             g.integrate_and_fire("cell");
         },
         "has nodes but no 'edges'"},
        {"edges_not_in_pairs",
         [](Hdf5Writer& f, NirWriter& g) {
             g.port("input", "Input", {1});
             g.integrate_and_fire("cell");
             f.texts("/node/edges", {"input", "cell", "cell"}, {1, 3});
         },
         "'edges' must be a table of pairs"},
        {"no_type",
         [](Hdf5Writer& f, NirWriter& g) {
             good(g);
             f.group("/node/nodes/untyped");
         },
         "node 'untyped' has no 'type'"},
        {"missing_input_of_unknown_shape",
         [](auto&, NirWriter& g) {
             g.integrate_and_fire("cell");
             g.port("output", "Output", {1});
             g.chain({"cell", "output"});
         },
         "node 'cell' (IF): receives nothing"},
        {"output_without_an_edge",
         [](auto&, NirWriter& g) {
             g.port("input", "Input", {1});
             g.integrate_and_fire("cell");
             g.port("output", "Output", {1});
             g.chain({"input", "cell"});
         },
         "node 'output' (Output): receives nothing; draw an edge"},
        {"shape_of_zero",
         [](auto&, NirWriter& g) {
             with_convolution(g, {1, 0, 4}, {1, 1, 1, 1}, {});
         },
         "node 'input' (Input): 'shape' holds 0"},
        {"shape_not_whole",
         [](auto&, NirWriter& g) {
             with_convolution(g, {1, 1.5, 4}, {1, 1, 1, 1}, {});
         },
         "'shape' holds 1.5"},
        {"shape_too_large",
         [](auto&, NirWriter& g) {
             with_convolution(g, {1, 1e6, 1e6}, {1, 1, 1, 1}, {});
         },
         "'shape' is more than"},
        {"batch",
         [](auto&, NirWriter& g) {
             with_convolution(g, {7, 1, 4, 4}, {1, 1, 1, 1}, {});
         },
         "has shape (7, 1, 4, 4)"},
        {"channels",
         [](auto&, NirWriter& g) {
             with_convolution(g, {3, 4, 4}, {1, 2, 1, 1}, {});
         },
         "node 'conv' (Conv2d): takes 2 input channels"},
        {"groups",
         [](auto&, NirWriter& g) {
             with_convolution(g, {2, 4, 4}, {3, 1, 1, 1}, {{"groups", 2}});
         },
         "3 output channels do not divide into 2 groups"},
        {"kernel_too_large",
         [](auto&, NirWriter& g) {
             with_convolution(g, {1, 4, 4}, {1, 1, 5, 1}, {});
         },
         "its window spans 5 rows"},
        {"stride_of_zero",
         [](auto&, NirWriter& g) {
             with_convolution(g, {1, 4, 4}, {1, 1, 1, 1}, {{"stride", 0}});
         },
         "'stride' is 0, expected a whole number from 1"},
        {"negative_padding",
         [](auto&, NirWriter& g) {
             with_convolution(g, {1, 4, 4}, {1, 1, 1, 1}, {{"padding", -1}});
         },
         "'padding' is -1"},
        {"too_many_synapses",
         [](auto&, NirWriter& g) {
             with_convolution(g, {1, 16000, 16000}, {8, 1, 3, 3}, {});
         },
         "would make"},
        {"padding_same_with_stride",
         [](auto&, NirWriter& g) {
             with_convolution(g, {1, 4, 4}, {1, 1, 1, 1}, {{"stride", 2}});
             g.set_text("conv", "padding", "same");
         },
         "padding \"same\" needs a stride of 1"},
        {"padding_unknown",
         [](auto&, NirWriter& g) {
             with_convolution(g, {1, 4, 4}, {1, 1, 1, 1}, {});
             g.set_text("conv", "padding", "mirror");
         },
         "padding 'mirror' is not known"},
        {"input_shape_differs",
         [](auto&, NirWriter& g) {
             with_convolution(g, {1, 4, 4}, {1, 1, 1, 1}, {});
             g.set("conv", "input_shape", {5, 4}, {2});
         },
         "expects (1, 5, 4), but what it receives has shape (1, 4, 4)"},
        {"declared_but_not_there",
         [](Hdf5Writer& f, NirWriter& g) {
             g.port("input", "Input", {4});
             g.node("fc", "Linear");
             f.declared("/node/nodes/fc/weight", {1U << 14U, 1U << 14U});
             g.integrate_and_fire("cell");
             g.chain({"input", "fc", "cell"});
         },
         "/node/nodes/fc/weight: claims to hold (16384, 16384) values, but only 0 bytes of the file are behind it"},
        {"declared_beyond_memory",
         [](Hdf5Writer& f, NirWriter& g) {
             g.port("input", "Input", {4});
             g.node("fc", "Linear");
             f.declared("/node/nodes/fc/weight", {hsize_t{1} << 40U, hsize_t{1} << 20U});
             g.integrate_and_fire("cell");
             g.chain({"input", "fc", "cell"});
         },
         "more than fit into 4 GiB"},
        {"nested_too_deep",
         [](Hdf5Writer& f, NirWriter&) {
             std::string root = "/node";
             for (int i = 0; i < 20; ++i) {
                 NirWriter inner{f, root + "/nodes/n"};
                 root += "/nodes/n";
             }
         },
         "nest deeper than 16"},
        {"nested_with_two_inputs",
         [](Hdf5Writer& f, NirWriter& g) {
             g.port("input", "Input", {1});
             NirWriter inner{f, "/node/nodes/block"};
             inner.port("one", "Input", {1});
             inner.port("two", "Input", {1});
             inner.integrate_and_fire("cell");
             inner.edges({{"one", "cell"}, {"two", "cell"}});
             g.chain({"input", "block"});
         },
         "the nested graph 'block' has 2 inputs; exactly one is supported"},
        {"not_a_graph", [](Hdf5Writer& f, NirWriter&) { H5Ldelete(f.id(), "/node", H5P_DEFAULT); },
         "not NIR: it has no group 'node'"},
    };
    return files;
}

class BadNir : public testing::TestWithParam<std::size_t> {};

TEST_P(BadNir, is_refused_by_name) {
    const BadFile& bad = bad_files()[GetParam()];
    const TemporaryFolder folder;
    {
        Hdf5Writer file{folder / "bad.nir"};
        NirWriter graph{file};
        bad.fill(file, graph);
    }
    EXPECT_THAT(message_of(folder / "bad.nir"), testing::AllOf(HasSubstr(bad.fragment), HasSubstr("bad.nir")));
}

INSTANTIATE_TEST_SUITE_P(All, BadNir, testing::Range(std::size_t{0}, bad_files().size()),
                         [](const auto& instance) { return std::string{bad_files()[instance.param].name}; });

TEST(BadNirFiles, that_are_missing_or_no_hdf5_are_named) {
    const TemporaryFolder folder;
    write_file(folder / "text.nir", std::vector<std::uint8_t>(100, 'x'));
    write_file(folder / "empty.nir", {});
    EXPECT_THAT(message_of(folder / "none.nir"), HasSubstr("none.nir: there is no such file"));
    EXPECT_THAT(message_of(folder / ""), HasSubstr("is a folder"));
    EXPECT_THAT(message_of(folder / "text.nir"), HasSubstr("text.nir: not a readable HDF5 file"));
    EXPECT_THAT(message_of(folder / "empty.nir"), HasSubstr("not a readable HDF5 file"));
}

TEST(BadNirFiles, hdf5_prints_nothing_of_its_own) {
    const TemporaryFolder folder;
    write_file(folder / "text.nir", std::vector<std::uint8_t>(100, 'x'));
    testing::internal::CaptureStderr();
    (void)message_of(folder / "text.nir");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(BadNirFiles, a_link_to_another_file_is_not_followed) {
    const TemporaryFolder folder;
    {
        Hdf5Writer secret{folder / "other.h5"};
        secret.numbers("/weight", {1, 2, 3, 4}, {1, 4});
        Hdf5Writer file{folder / "linked.nir"};
        NirWriter graph{file};
        graph.port("input", "Input", {4});
        graph.node("fc", "Linear");
        H5Lcreate_external("other.h5", "/weight", file.id(), "/node/nodes/fc/weight", H5P_DEFAULT, H5P_DEFAULT);
        graph.integrate_and_fire("cell");
        graph.chain({"input", "fc", "cell"});
    }
    EXPECT_THAT(message_of(folder / "linked.nir"), HasSubstr("node 'fc' (Linear): has no 'weight'"));
}

TEST(BadNirFiles, a_group_that_contains_itself_ends) {
    const TemporaryFolder folder;
    {
        Hdf5Writer file{folder / "loop.nir"};
        NirWriter graph{file};
        H5Lcreate_hard(file.id(), "/node", file.id(), "/node/nodes/again", H5P_DEFAULT, H5P_DEFAULT);
    }
    EXPECT_THAT(message_of(folder / "loop.nir"), HasSubstr("groups nest deeper than"));
}

class DamagedNir : public testing::Test {
protected:
    /// A file with everything in it: chunks, texts, nested groups.
    void SetUp() override {
        {
            Hdf5Writer file{folder_ / "good.nir"};
            file.texts("/version", {"1.0.8"});
            NirWriter graph{file};
            good(graph);
            file.numbers("/node/nodes/cell/v_reset", {0, 0}, {2}, H5T_IEEE_F32LE, true);
            file.numbers("/node/metadata/dt", {0.001}, {});
        }
        std::ifstream stream{folder_ / "good.nir", std::ios::binary};
        bytes_.assign(std::istreambuf_iterator<char>{stream}, {});
        ASSERT_EQ(message_of(folder_ / "good.nir"), "was accepted");
    }

    TemporaryFolder folder_;
    std::vector<std::uint8_t> bytes_;
};

TEST_F(DamagedNir, truncated_at_any_length_is_refused) {
    ASSERT_GT(bytes_.size(), 4000U);
    for (std::size_t length = 0; length < bytes_.size(); length += 211) {
        write_file(folder_ / "cut.nir", std::span{bytes_}.first(length));
        EXPECT_THAT(message_of(folder_ / "cut.nir"), HasSubstr("cut.nir")) << length;
    }
}

/// Any outcome but a crash: many bytes of a file mean nothing, or another network.
TEST_F(DamagedNir, with_any_byte_flipped_never_crashes) {
    std::size_t damaged_files = 0;
    for (std::size_t place = 0; place < bytes_.size(); place += 97) {
        std::vector<std::uint8_t> damaged = bytes_;
        damaged[place] ^= 0xFFU;
        write_file(folder_ / "flipped.nir", damaged);
        try {
            (void)read_hdf5(folder_ / "flipped.nir", {.cpu_seconds = 0.2, .extra_bytes = 200'000'000});
            EXPECT_FALSE(message_of(folder_ / "flipped.nir").empty()) << place;
        } catch (const InputError& error) {
            EXPECT_THAT(error.what(), HasSubstr("flipped.nir")) << place;
            ++damaged_files;
        }
    }
    EXPECT_GT(damaged_files, 10U);
}

TEST(Guarded, results_and_messages_come_through) {
    const std::vector<std::uint8_t> bytes(300'000, 7);
    EXPECT_EQ(run_guarded([&] { return bytes; }, {}, "x"), bytes);
    EXPECT_THAT([] { (void)run_guarded([]() -> std::vector<std::uint8_t> { throw InputError{"the message"}; }, {}, "x"); },
                testing::ThrowsMessage<InputError>("the message"));
}

TEST(Guarded, a_crash_a_loop_and_a_glut_become_messages) {
    const auto crash = []() -> std::vector<std::uint8_t> {
        raise(SIGSEGV);
        return {};
    };
    const auto loop = []() -> std::vector<std::uint8_t> {
        for (std::atomic<std::uint64_t> turns = 0;; ++turns) continue;
    };
    EXPECT_THAT([&] { (void)run_guarded(crash, {}, "file: damaged"); },
                testing::ThrowsMessage<InputError>(HasSubstr("file: damaged (reading it crashes")));
    EXPECT_THAT([&] { (void)run_guarded(loop, {.cpu_seconds = 0.05}, "file: damaged"); },
                testing::ThrowsMessage<InputError>(HasSubstr("does not come to an end")));
#ifndef __SANITIZE_ADDRESS__
    const auto glut = [] { return std::vector<std::uint8_t>(std::size_t{1} << 30U, 1); };
    EXPECT_THAT([&] { (void)run_guarded(glut, {.cpu_seconds = 10, .extra_bytes = 100'000'000}, "file: damaged"); },
                testing::ThrowsMessage<InputError>(HasSubstr("needs too much memory")));
#endif
}

}  // namespace
}  // namespace spikefab
