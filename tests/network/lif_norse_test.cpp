// SPDX-License-Identifier: Apache-2.0
// The one neuron that ten platforms ran: Norse's trace, spike for spike.
#include "network/layer_simulation.hpp"
#include "network/lowering.hpp"
#include "network/nir.hpp"
#include "network/shared_data.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace spikefab {
namespace {

struct Trace {
    std::vector<double> input, potential, spike;
};

/// Columns: input spike, potential after the step, output spike.
Trace read_trace(const std::filesystem::path& file) {
    Trace trace;
    std::ifstream stream{file};
    for (std::string line; std::getline(stream, line);) {
        std::replace(line.begin(), line.end(), ',', ' ');
        std::istringstream fields{line};
        double input = 0.0;
        double spike = 0.0;
        double potential = 0.0;
        if (!(fields >> input >> potential >> spike)) continue;
        trace.input.push_back(input);
        trace.spike.push_back(spike);
        trace.potential.push_back(potential);
    }
    return trace;
}

TEST(LifNorse, replay_matches_every_spike_of_the_trace) {
    const auto network_file = shared_data("nir/paper/lif_norse.nir");
    const auto trace_file = shared_data("nir/paper_activity/01_lif_lif_norse.csv");
    SKIP_WITHOUT(network_file);
    SKIP_WITHOUT(trace_file);
    const Trace trace = read_trace(trace_file);
    ASSERT_GE(trace.input.size(), 1000U);
    const LoweredNetwork network = lower(read_nir(network_file), "lif");
    EXPECT_DOUBLE_EQ(network.dt.si(), 1e-4);
    LayerSimulation simulation{network};
    std::size_t spikes = 0;
    for (std::size_t step = 0; step < trace.input.size(); ++step) {
        const std::vector<std::uint32_t> input(trace.input[step] != 0.0 ? 1U : 0U, 0U);
        const bool fired = !simulation.step(input)[1].empty();
        ASSERT_EQ(fired, trace.spike[step] != 0.0) << "step " << step;
        spikes += fired ? 1U : 0U;
    }
    EXPECT_EQ(spikes, 4U);
}

}  // namespace
}  // namespace spikefab
