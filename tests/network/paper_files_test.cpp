// SPDX-License-Identifier: Apache-2.0
// The real and historic files of the NIR paper: each loads, or says by node name why not.
#include "base/error.hpp"
#include "network/nir.hpp"
#include "network/shared_data.hpp"

#include <gmock/gmock.h>

namespace spikefab {
namespace {

struct Expectation {
    std::string file;
    std::size_t neurons;   ///< 0: it is refused
    std::string fragment;  ///< of the message
};

class PaperFile : public testing::TestWithParam<Expectation> {};

TEST_P(PaperFile, loads_or_is_explained_by_node_name) {
    const auto file = shared_data("nir/" + GetParam().file);
    SKIP_WITHOUT(file);
    if (GetParam().neurons != 0) {
        EXPECT_EQ(read_nir(file).neurons(), GetParam().neurons);
        return;
    }
    try {
        (void)read_nir(file);
        FAIL() << "was accepted";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr(GetParam().fragment));
        EXPECT_THAT(error.what(), testing::HasSubstr(file.string()));
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, PaperFile,
    testing::Values(Expectation{"paper/lif_norse.nir", 1, ""}, Expectation{"paper/lif_rockpool.nir", 1, ""},
                    Expectation{"paper/two_lif_neurons.nir", 2, ""}, Expectation{"paper/cnn_sinabs.nir", 8970, ""},
                    Expectation{"paper/hist_scnn_mnist_batches.nir", 8970, ""},
                    Expectation{"derived/mnist_mlp_lavadl.nir", 202, ""},
                    Expectation{"paper/braille_noDelay_bias_zero.nir", 0, "recurrent: lif1.lif -> lif1.w_rec -> lif1.lif"},
                    Expectation{"paper/braille_noDelay_noBias_subtract.nir", 0,
                                "recurrent: lif1.lif -> lif1.w_rec -> lif1.lif"},
                    Expectation{"paper/braille_noDelay_bias_zero_subgraph.nir", 0,
                                "names a node 'lif' that does not exist; the nearest is 'lif1'"},
                    Expectation{"paper/braille_noDelay_noBias_subtract_subgraph.nir", 0,
                                "in the nested graph 'lif1', the edge 'input' -> 'lif' names a node 'lif'"},
                    Expectation{"paper/hist_braille.nir", 0, "there are 'lif1.input', 'lif1.lif', 'lif1.output', 'lif1.w_rec'"},
                    Expectation{"paper/hist_braille_flattened.nir", 0, "recurrent: lif1 -> w_rec -> lif1"},
                    Expectation{"paper/hist_braille_subgraph.nir", 0, "recurrent: hidden.lif -> hidden.lin -> hidden.lif"}),
    [](const auto& instance) {
        const std::string text = instance.param.file.substr(instance.param.file.find('/') + 1);
        return text.substr(0, text.find('.'));
    });

TEST(PaperFiles, both_layouts_of_the_convolutional_network_are_the_same_network) {
    const auto now = shared_data("nir/paper/cnn_sinabs.nir");
    const auto historic = shared_data("nir/paper/hist_scnn_mnist_batches.nir");
    SKIP_WITHOUT(now);
    SKIP_WITHOUT(historic);
    const Network left = read_nir(now);
    const Network right = read_nir(historic);
    ASSERT_EQ(left.projections.size(), right.projections.size());
    for (std::size_t i = 0; i < left.projections.size(); ++i)
        EXPECT_EQ(left.projections[i].weights, right.projections[i].weights) << left.projections[i].name;
}

}  // namespace
}  // namespace spikefab
