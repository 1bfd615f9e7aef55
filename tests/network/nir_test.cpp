// SPDX-License-Identifier: Apache-2.0
// What NIR nodes mean: layouts, shapes, chains of linear nodes, nested graphs.
#include "network/nir.hpp"

#include "base/error.hpp"
#include "base/random.hpp"
#include "network/nir_writer.hpp"
#include "network/temporary_folder.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace spikefab {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;

class Nir : public testing::Test {
protected:
    /// Writes a file with `fill(file, graph)` and reads it.
    template <class Fill>
    Network read(const Fill& fill) {
        {
            Hdf5Writer file{path_};
            NirWriter graph{file};
            fill(file, graph);
        }
        return read_nir(path_);
    }
    /// input of `shape` -> the linear nodes that `fill` writes, named in `names` -> IF -> output
    template <class Fill>
    Network read_chain(const std::vector<double>& shape, std::vector<std::string> names, const Fill& fill) {
        return read([&](Hdf5Writer& file, NirWriter& graph) {
            graph.port("input", "Input", shape);
            fill(file, graph);
            graph.integrate_and_fire("neurons");
            graph.node("output", "Output");
            names.insert(names.begin(), "input");
            names.insert(names.end(), {"neurons", "output"});
            graph.chain(names);
        });
    }

    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "network.nir";
};

std::vector<double> random_values(std::size_t count, std::uint64_t seed) {
    Rng rng{seed, "test"};
    std::vector<double> values(count);
    for (double& value : values) value = static_cast<double>(rng.below(15)) - 7.0;
    return values;
}

std::vector<double> row(const SparseMatrix<double>& matrix, std::size_t target) {
    std::vector<double> dense(matrix.columns, 0.0);
    for (std::size_t i = 0; i < matrix.sources_of(target).size(); ++i)
        dense[matrix.sources_of(target)[i]] = matrix.values_of(target)[i];
    return dense;
}

TEST_F(Nir, a_dense_layer_keeps_weights_bias_names_and_work) {
    const Network network = read_chain({3}, {"fc"}, [](auto&, NirWriter& graph) {
        graph.dense("fc", {1, 0, 2, -3, 4, 0}, 2, 3, {0.5, -1});
    });
    EXPECT_EQ(network.name, "network");
    ASSERT_EQ(network.projections.size(), 1U);
    const Projection& projection = network.projections.front();
    EXPECT_EQ(projection.name, "fc");
    EXPECT_THAT(row(projection.weights, 0), ElementsAre(1, 0, 2));
    EXPECT_THAT(row(projection.weights, 1), ElementsAre(-3, 4, 0));
    EXPECT_EQ(projection.weights.entries(), 4U);
    EXPECT_THAT(projection.bias, ElementsAre(0.5, -1));
    EXPECT_EQ(network.work.front().flops, 12U);
    EXPECT_EQ(network.work.front().parameters, 8U);
    EXPECT_EQ(network.populations[network.outputs.front()].name, "neurons");
}

TEST_F(Nir, a_chain_of_linear_nodes_is_one_matrix_with_its_biases_carried_on) {
    const Network network = read_chain({2}, {"a", "b"}, [](auto&, NirWriter& graph) {
        graph.dense("a", {1, 2, 3, 4, 5, 6}, 3, 2, {1, 1, 1});
        graph.dense("b", {1, 0, -1}, 1, 3, {10});
    });
    const Projection& projection = network.projections.front();
    EXPECT_EQ(projection.name, "a > b");
    EXPECT_THAT(row(projection.weights, 0), ElementsAre(-4, -4));
    EXPECT_THAT(projection.bias, ElementsAre(10));
    EXPECT_EQ(network.work.size(), 2U);
}

/// PyTorch's conv2d in plain loops.
struct Convolution {
    std::size_t inputs, outputs, groups, height, width, kernel_y, kernel_x;
    std::size_t stride_y, stride_x, pad_y, pad_x, dilation;
    [[nodiscard]] std::size_t out(std::size_t size, std::size_t kernel, std::size_t stride, std::size_t pad) const {
        return (size + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1;
    }
    [[nodiscard]] std::vector<double> apply(const std::vector<double>& weight, const std::vector<double>& image) const {
        const std::size_t out_y = out(height, kernel_y, stride_y, pad_y);
        const std::size_t out_x = out(width, kernel_x, stride_x, pad_x);
        const std::size_t per_group = inputs / groups;
        std::vector<double> result;
        for (std::size_t o = 0; o < outputs; ++o)
            for (std::size_t y = 0; y < out_y; ++y)
                for (std::size_t x = 0; x < out_x; ++x) {
                    double sum = 0.0;
                    for (std::size_t i = 0; i < per_group; ++i)
                        for (std::size_t ky = 0; ky < kernel_y; ++ky)
                            for (std::size_t kx = 0; kx < kernel_x; ++kx) {
                                const std::size_t from_y = y * stride_y + ky * dilation - pad_y;  // wraps when outside
                                const std::size_t from_x = x * stride_x + kx * dilation - pad_x;
                                if (from_y >= height || from_x >= width) continue;
                                const std::size_t channel = o / (outputs / groups) * per_group + i;
                                sum += weight[((o * per_group + i) * kernel_y + ky) * kernel_x + kx] *
                                       image[(channel * height + from_y) * width + from_x];
                            }
                    result.push_back(sum);
                }
        return result;
    }
};

TEST_F(Nir, convolutions_with_stride_padding_dilation_and_groups_equal_plain_loops) {
    const std::vector<Convolution> cases{
        {1, 1, 1, 5, 5, 3, 3, 1, 1, 0, 0, 1}, {2, 3, 1, 6, 7, 3, 2, 2, 1, 1, 0, 1}, {4, 6, 2, 5, 6, 2, 3, 1, 2, 1, 2, 1},
        {3, 3, 3, 7, 7, 3, 3, 2, 2, 1, 1, 2}, {2, 2, 1, 4, 4, 4, 4, 1, 1, 0, 0, 1},
    };
    std::uint64_t seed = 1;
    for (const Convolution& c : cases) {
        const std::vector<double> weight = random_values(c.outputs * (c.inputs / c.groups) * c.kernel_y * c.kernel_x, ++seed);
        const std::vector<double> image = random_values(c.inputs * c.height * c.width, ++seed);
        const Network network =
            read_chain({double(c.inputs), double(c.height), double(c.width)}, {"conv"}, [&](auto&, NirWriter& graph) {
                graph.convolution("conv", weight, {c.outputs, c.inputs / c.groups, c.kernel_y, c.kernel_x});
                graph.set("conv", "stride", {double(c.stride_y), double(c.stride_x)}, {2});
                graph.set("conv", "padding", {double(c.pad_y), double(c.pad_x)}, {2});
                graph.set("conv", "dilation", {double(c.dilation), double(c.dilation)}, {2});
                graph.set("conv", "groups", {double(c.groups)});
            });
        EXPECT_THAT(product(network.projections.front().weights, image), ElementsAreArray(c.apply(weight, image)));
        const LayerWork& work = network.work.front();
        EXPECT_EQ(work.flops, 2 * work.outputs * (c.inputs / c.groups) * c.kernel_y * c.kernel_x);
    }
}

TEST_F(Nir, padding_same_keeps_the_size_and_puts_the_odd_one_behind) {
    const Network network = read_chain({1, 1, 4}, {"conv"}, [](auto&, NirWriter& graph) {
        graph.convolution("conv", {1, 10}, {1, 1, 1, 2});
        graph.set_text("conv", "padding", "same");
    });
    EXPECT_THAT(product(network.projections.front().weights, std::vector<double>{1, 2, 3, 4}), ElementsAre(21, 32, 43, 4));
}

TEST_F(Nir, padding_valid_is_none_and_a_scalar_counts_for_both_directions) {
    const Network network = read_chain({1, 5, 5}, {"conv"}, [](auto&, NirWriter& graph) {
        graph.convolution("conv", std::vector<double>(9, 1.0), {1, 1, 3, 3});
        graph.set_text("conv", "padding", "valid");
        graph.set("conv", "stride", {2});
    });
    EXPECT_THAT(network.populations[PopulationId{1U}].shape, ElementsAre(1, 2, 2));
}

TEST_F(Nir, the_bias_of_a_convolution_goes_to_every_place_of_its_map) {
    const Network network = read_chain({1, 1, 2}, {"conv"}, [](auto&, NirWriter& graph) {
        graph.convolution("conv", {1, 1}, {2, 1, 1, 1});
        graph.set("conv", "bias", {3, 4}, {2});
    });
    EXPECT_THAT(network.projections.front().bias, ElementsAre(3, 3, 4, 4));
}

TEST_F(Nir, pools_sum_and_average) {
    for (const auto& [type, share] : {std::pair{"SumPool2d", 1.0}, std::pair{"AvgPool2d", 0.25}}) {
        const Network network = read_chain({2, 2, 4}, {"pool"}, [&, name = type](auto&, NirWriter& graph) {
            graph.node("pool", name);
            graph.set("pool", "kernel_size", {2, 2}, {2});
            graph.set("pool", "stride", {2, 2}, {2});
            graph.set("pool", "padding", {0, 0}, {2});
        });
        const auto& matrix = network.projections.front().weights;
        EXPECT_THAT(network.populations[PopulationId{1U}].shape, ElementsAre(2, 1, 2));
        EXPECT_THAT(row(matrix, 1), ElementsAre(0, 0, share, share, 0, 0, share, share, 0, 0, 0, 0, 0, 0, 0, 0));
        EXPECT_THAT(row(matrix, 2), ElementsAre(0, 0, 0, 0, 0, 0, 0, 0, share, share, 0, 0, share, share, 0, 0));
    }
}

TEST_F(Nir, flatten_from_0_and_from_1_both_mean_all) {
    for (const double start : {0.0, 1.0}) {
        const Network network = read_chain({1, 2, 2}, {"flat", "fc"}, [&](auto&, NirWriter& graph) {
            graph.node("flat", "Flatten");
            graph.set("flat", "start_dim", {start});
            graph.set("flat", "end_dim", {-1});
            graph.dense("fc", {1, 2, 3, 4}, 1, 4);
        });
        EXPECT_THAT(row(network.projections.front().weights, 0), ElementsAre(1, 2, 3, 4)) << start;
    }
}

TEST_F(Nir, scale_multiplies_element_by_element) {
    const Network network = read_chain({3}, {"scale"}, [](auto&, NirWriter& graph) {
        graph.node("scale", "Scale");
        graph.set("scale", "scale", {2, 0, -1}, {3});
    });
    EXPECT_THAT(product(network.projections.front().weights, std::vector<double>{1, 1, 1}), ElementsAre(2, 0, -1));
}

TEST_F(Nir, the_order_of_nodes_is_that_of_the_edges_not_of_the_names) {
    const Network network = read([](auto&, NirWriter& graph) {
        graph.port("zz", "Input", {1});
        for (int i = 0; i < 12; ++i) {
            graph.dense("w" + std::to_string(i), {double(i + 1)}, 1, 1);
            graph.integrate_and_fire(std::to_string(i));
        }
        std::vector<std::pair<std::string, std::string>> edges{{"zz", "w0"}};
        for (int i = 11; i >= 0; --i) {
            edges.emplace_back("w" + std::to_string(i), std::to_string(i));
            if (i > 0) edges.emplace_back(std::to_string(i - 1), "w" + std::to_string(i));
        }
        graph.edges(edges);
    });
    for (std::uint32_t i = 0; i < 12; ++i) EXPECT_EQ(network.populations[PopulationId{i + 1}].name, std::to_string(i));
    EXPECT_THAT(network.outputs, ElementsAre(PopulationId{12U}));
    EXPECT_THAT(network.notes, ElementsAre(HasSubstr("no Output node")));
}

TEST_F(Nir, edges_that_meet_are_summed_and_branches_share_their_source) {
    const Network network = read([](auto&, NirWriter& graph) {
        graph.port("input", "Input", {2});
        graph.dense("a", {1, 2}, 1, 2, {5});
        graph.dense("b", {10, 20}, 1, 2, {7});
        graph.integrate_and_fire("left");
        graph.integrate_and_fire("right");
        graph.edges({{"input", "a"}, {"input", "b"}, {"a", "left"}, {"b", "left"}, {"left", "right"}, {"b", "right"}});
    });
    ASSERT_EQ(network.projections.size(), 3U);
    EXPECT_EQ(network.projections[0].name, "a > b");
    EXPECT_THAT(row(network.projections[0].weights, 0), ElementsAre(11, 22));
    EXPECT_THAT(network.projections[0].bias, ElementsAre(12));
    EXPECT_THAT(row(network.projections[1].weights, 0), ElementsAre(10, 20));  // input -> right, through b
    EXPECT_THAT(network.projections[1].bias, ElementsAre(7));
    EXPECT_THAT(row(network.projections[2].weights, 0), ElementsAre(1));
    EXPECT_TRUE(network.projections[2].bias.empty());
}

TEST_F(Nir, nested_graphs_are_dissolved_at_their_ports) {
    const Network network = read([](Hdf5Writer& file, NirWriter& graph) {
        graph.port("input", "Input", {2});
        NirWriter inner{file, "/node/nodes/block"};
        inner.port("input", "Input", {2});
        inner.dense("fc", {1, 2}, 1, 2);
        inner.integrate_and_fire("cell");
        inner.port("output", "Output", {1});
        inner.chain({"input", "fc", "cell", "output"});
        graph.port("output", "Output", {1});
        graph.chain({"input", "block", "output"});
    });
    EXPECT_EQ(network.populations.size(), 2U);
    EXPECT_EQ(network.populations[PopulationId{1U}].name, "block.cell");
    EXPECT_EQ(network.projections.front().name, "block.fc");
    EXPECT_THAT(row(network.projections.front().weights, 0), ElementsAre(1, 2));
}

TEST_F(Nir, a_missing_input_node_is_inferred_and_noted) {
    const Network network = read([](auto&, NirWriter& graph) {
        graph.dense("fc", {1, 2, 3}, 1, 3);
        graph.integrate_and_fire("cell");
        graph.chain({"fc", "cell"});
    });
    EXPECT_EQ(network.populations[PopulationId{0U}].name, "input_fc");
    EXPECT_EQ(network.populations[PopulationId{0U}].size(), 3U);
    EXPECT_THAT(network.notes.front(), HasSubstr("'fc' receives nothing"));
}

TEST_F(Nir, neurons_take_scalars_full_arrays_batches_of_one_and_values_per_channel) {
    const Network network = read([](auto&, NirWriter& graph) {
        graph.port("input", "Input", {1, 2, 1, 2});  // a batch of one
        graph.node("cell", "LIF");
        graph.set("cell", "tau", {0.5});
        graph.set("cell", "r", {1, 2, 3, 4}, {1, 2, 1, 2});
        graph.set("cell", "v_leak", {7, 8}, {2, 1, 1});
        graph.set("cell", "v_threshold", {3, 3, 3, 3}, {2, 1, 2});
        graph.chain({"input", "cell"});
    });
    const Population& cell = network.populations[PopulationId{1U}];
    EXPECT_EQ(cell.kind, PopulationKind::leaky);
    EXPECT_THAT(cell.shape, ElementsAre(2, 1, 2));
    EXPECT_THAT(cell.tau_mem.values, ElementsAre(0.5));
    EXPECT_THAT(cell.r.values, ElementsAre(1, 2, 3, 4));
    EXPECT_THAT(cell.v_leak.values, ElementsAre(7, 7, 8, 8));
    EXPECT_THAT(cell.v_threshold.values, ElementsAre(3));  // all equal: kept once
    EXPECT_THAT(cell.v_reset.values, ElementsAre(0));      // absent
    EXPECT_EQ(network.projections.front().weights, identity_matrix(4));
}

TEST_F(Nir, cuba_neurons_of_old_files_have_no_w_in) {
    const Network network = read([](auto&, NirWriter& graph) {
        graph.port("input", "Input", {1});
        graph.node("cell", "CubaLIF");
        for (const char* key : {"tau_syn", "tau_mem", "r", "v_leak", "v_threshold"}) graph.set("cell", key, {0.25});
        graph.chain({"input", "cell"});
    });
    EXPECT_EQ(network.populations[PopulationId{1U}].kind, PopulationKind::current_based);
    EXPECT_EQ(network.populations[PopulationId{1U}].w_in[0], 1.0);
}

TEST_F(Nir, metadata_of_any_kind_becomes_text) {
    const Network network = read([](Hdf5Writer& file, NirWriter& graph) {
        graph.port("input", "Input", {1});
        graph.integrate_and_fire("cell");
        graph.chain({"input", "cell"});
        file.numbers("/node/metadata/dt", {0.001}, {}, H5T_IEEE_F64LE);
        file.numbers("/node/metadata/steps", {16}, {}, H5T_STD_I64LE);
        file.texts("/node/metadata/encoding", {"ramp"});
        file.numbers("/node/metadata/list", {1, 2.5}, {2});
        file.texts("/node/metadata/more/author", {"somebody"});
    });
    EXPECT_EQ(network.metadata.at("dt"), "0.001");
    EXPECT_EQ(network.metadata.at("steps"), "16");
    EXPECT_EQ(network.metadata.at("encoding"), "ramp");
    EXPECT_EQ(network.metadata.at("list"), "1, 2.5");
    EXPECT_EQ(network.metadata.at("more.author"), "somebody");
}

TEST_F(Nir, fixed_length_texts_and_every_type_of_number_are_read) {
    for (const H5T_str_t padding : {H5T_STR_NULLTERM, H5T_STR_NULLPAD, H5T_STR_SPACEPAD}) {
        for (const hid_t type : {H5T_IEEE_F64LE, H5T_IEEE_F32BE, H5T_STD_I64LE, H5T_STD_I8LE, H5T_STD_U16BE}) {
            {
                Hdf5Writer file{path_};
                file.fixed_texts("/node/type", {"NIRGraph"}, 10, padding);
                file.fixed_texts("/node/edges", {"in", "fc", "fc", "cell"}, 5, padding, {2, 2});
                file.fixed_texts("/node/nodes/in/type", {"Input"}, 6, padding);
                file.numbers("/node/nodes/in/shape", {2}, {1}, H5T_STD_I32BE);
                file.fixed_texts("/node/nodes/fc/type", {"Linear"}, 7, padding);
                file.numbers("/node/nodes/fc/weight", {3, 4}, {1, 2}, type, true);
                file.fixed_texts("/node/nodes/cell/type", {"IF"}, 3, padding);
                for (const char* key : {"r", "v_threshold"})
                    file.numbers(std::string{"/node/nodes/cell/"} + key, {1}, {1}, type);
            }
            EXPECT_THAT(row(read_nir(path_).projections.front().weights, 0), ElementsAre(3, 4));
        }
    }
}

}  // namespace
}  // namespace spikefab
