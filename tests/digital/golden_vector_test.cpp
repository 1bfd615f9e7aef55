// SPDX-License-Identifier: Apache-2.0
// Every golden vector that is present: zero differing values; and a changed vector is noticed.
#include "base/error.hpp"
#include "places.hpp"
#include "verify/vector_file.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <vector>

namespace spikefab::verify {
namespace {

namespace fs = std::filesystem;
using Outcome = Verdict::Outcome;

const fs::path vectors = fs::path{shared_folder()} / "vectors" / "digital";

[[nodiscard]] std::vector<fs::path> files_of(const char* folder, std::string_view prefix) {
    std::vector<fs::path> files;
    if (!fs::exists(vectors / folder)) return files;
    for (const auto& entry : fs::directory_iterator{vectors / folder})
        if (entry.path().filename().string().starts_with(prefix)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

void expect_all_equal(const char* folder, std::string_view prefix) {
    const std::vector<fs::path> files = files_of(folder, prefix);
    if (files.empty()) GTEST_SKIP() << "no golden vectors in " << vectors / folder;
    for (const fs::path& file : files) {
        const Verdict verdict = check_vector(read_vector(file));
        EXPECT_EQ(verdict.outcome, Outcome::equal) << file.filename() << ": " << verdict.note;
        EXPECT_GT(verdict.compared, 0U) << file.filename();
    }
}

TEST(GoldenVectors, lava_neurons_agree_in_every_state_at_every_step) {
    expect_all_equal("lava", "lif_");
}
TEST(GoldenVectors, lava_networks_agree_in_every_state_at_every_step) {
    expect_all_equal("lava", "net_");
}
TEST(GoldenVectors, nengo_loihi_blocks_agree_in_every_state_at_every_step) {
    expect_all_equal("nengo_loihi", "cx_");
}
TEST(GoldenVectors, lava_learning_agrees_in_every_trace_weight_and_tag_at_every_step) {
    expect_all_equal("lava", "stdp_");
    expect_all_equal("lava", "lrn_");
}

/// Two inputs, weights of 1, on one neuron that keeps no current: u is what arrives.
nlohmann::json halved_sums(std::vector<int> delays) {
    nlohmann::json vector{
        {"pops", {{{"n", 1}, {"du", 4095}, {"dv", 0}, {"vth", 1000}, {"bias_mant", 0}, {"bias_exp", 0}}}},
        {"conns", {{{"src", -1}, {"dst", 0}, {"w", {{2, 2}}}, {"exp", -2}, {"bits", 8}, {"sign", 1}, {"kind", "dense"}}}},
        {"n_inputs", 2},
        {"steps", 4}};
    vector["conns"][0]["delays"] = {delays};
    return vector;
}
nlohmann::json states(const std::vector<int>& u, const std::vector<int>& v) {
    nlohmann::json result;
    for (std::size_t row = 0; row < u.size(); ++row) {
        result["u"].push_back({u[row]});
        result["v"].push_back({v[row]});
        result["s"].push_back({0});
    }
    return {result};
}

// Of a shifted sum each step's spikes of one delay are rounded by themselves (lava's DelayDense): 2 / 4 is 0, twice.
TEST(LavaNetwork, rounds_what_was_sent_in_different_steps_apart) {
    nlohmann::json vector = halved_sums({1, 0});
    vector["inputs"] = nlohmann::json::parse("[[0], [1], [], []]");  // both arrive in step 3
    vector["expected"] = states({0, 0, 0, 0}, {0, 0, 0, 0});
    EXPECT_EQ(check_vector(vector).outcome, Outcome::equal) << check_vector(vector).note;
}

// Sent together with one delay they are one sum: (2 + 2) / 4 is 1, and 64 in u. On the chip, too, where axons have delays.
TEST(LavaNetwork, rounds_what_was_sent_together_as_one) {
    nlohmann::json vector = halved_sums({1, 1});
    vector["inputs"] = nlohmann::json::parse("[[0, 1], [], [], []]");
    vector["expected"] = states({0, 0, 64, 0}, {0, 0, 64, 64});
    EXPECT_EQ(check_vector(vector).outcome, Outcome::equal) << check_vector(vector).note;
    vector["expected"][0]["v"][3][0] = 63;
    EXPECT_NE(check_vector(vector).note.find("step 3"), std::string::npos);
    vector["inputs"] = nlohmann::json::parse("[[0, 2], [], [], []]");
    EXPECT_THROW(static_cast<void>(check_vector(vector)), InputError) << "there is no input 2";
}

TEST(GoldenVectors, ranc_agrees_in_every_potential_and_every_cycle) {
    expect_all_equal("ranc_rtl", "");
}

/// One core and the output bus north of it, in a grid of one column. The core's first neuron hands a spike on to the bus.
/// By the cycle facts of the RTL, with 2 axons: a packet takes 2 cycles to each stage; the first neuron is written 4 cycles
/// after the tick, its packet is in its queue one later. A packet's bits are dx, dy (9 each), axon (1) and delay (4).
nlohmann::json one_column() {
    return nlohmann::json::parse(R"({
        "grid": {"GX": 1, "GY": 2, "output_bus": [0, 1], "neurons": 2, "axons": 2, "ticks_row": 16, "router_buffer_depth": 4,
                 "potential_bits": 9},
        "timing": {"tick_period_cycles": 100, "ticks": 1},
        "neuron_fields": ["V0", "R", "w0", "w1", "w2", "w3", "leak", "pos_threshold", "neg_threshold", "reset_mode", "dx",
                          "dy", "dest_axon", "delay"],
        "cores": [{"id": 0, "axon_type": [0, 0], "conn_hex": ["1", "0"],
                   "neurons": [[0, 0, 1, 0, 0, 0, 0, 1, -9, 0, 0, 1, 1, 0], [0, 0, 0, 0, 0, 0, 0, 255, -9, 0, 0, 0, 0, 0]]}],
        "input_packets": [[0, 0, 0, 0, 0]],
        "expected": {
            "V": {"0": {"0": [0, 0]}},
            "spikes": [[0, 0, 0, 104]], "inject": [[105, 0, 0, 1, 1, 0]], "deliver": [[8, 0, 0, 0]],
            "output_bus": [[112, 0, 1]], "errors": [],
            "hop": [[4, 0, "E", 0], [6, 0, "N", 0], [8, 0, "L", 0],
                    [107, 0, "E", 48], [109, 0, "N", 48], [111, 1, "N", 16], [113, 1, "L", 16]]}})");
}

TEST(RancVector, of_a_single_column_takes_its_input_from_the_west) {
    nlohmann::json vector = one_column();
    EXPECT_EQ(check_vector(vector).outcome, Outcome::equal) << check_vector(vector).note;
    vector["expected"]["hop"][0][2] = "W";
    EXPECT_EQ(check_vector(vector).outcome, Outcome::different);
}

TEST(RancVector, may_hold_neurons_that_point_outside_the_grid_and_never_fire) {
    nlohmann::json vector = one_column();
    constexpr std::size_t dx = 10;
    vector["cores"][0]["neurons"][1][dx] = -256;
    EXPECT_EQ(check_vector(vector).outcome, Outcome::equal) << check_vector(vector).note;
    vector["cores"][0]["neurons"][0][dx] = 1;  // this one fires
    EXPECT_NE(check_vector(vector).note.find("injection is missing"), std::string::npos) << check_vector(vector).note;
    vector["input_packets"][0][1] = 1;
    EXPECT_THROW(static_cast<void>(check_vector(vector)), InputError);
}

TEST(RancVector, may_have_more_rows_of_delay_than_the_shipped_chip) {
    nlohmann::json vector = one_column();
    vector["grid"]["ticks_row"] = 32;
    vector["timing"]["ticks"] = 22;
    vector["input_packets"][0][4] = 20;  // acts in tick 20, which comes in cycle 2100
    vector["expected"] = {{"spikes", {{20, 0, 0, 2104}}}};
    for (int tick = 0; tick < 22; ++tick) vector["expected"]["V"][std::to_string(tick)]["0"] = {0, 0};
    EXPECT_EQ(check_vector(vector).outcome, Outcome::equal) << check_vector(vector).note;
}

TEST(RancVector, whose_cores_were_too_slow_for_the_tick_says_so_first) {
    nlohmann::json vector = one_column();
    vector["expected"]["errors"] = {"token controller of core 0, cycle 101"};
    vector["expected"]["V"]["0"]["0"][0] = 7;
    EXPECT_NE(check_vector(vector).note.find("still busy when a tick came"), std::string::npos) << check_vector(vector).note;
}

TEST(GoldenVectors, odin_and_tinyodin_agree_in_every_line_of_their_trace_and_every_cycle) {
    expect_all_equal("odin_rtl", "");
    expect_all_equal("tinyodin_rtl", "");
}

TEST(GoldenVectors, a_single_changed_cycle_of_odin_is_reported_with_its_line) {
    const fs::path file = vectors / "odin_rtl" / "sdsp32_s3.json.gz";
    if (!fs::exists(file)) GTEST_SKIP() << "no golden vector " << file;
    nlohmann::json vector = read_vector(file);
    ASSERT_EQ(vector["trace"][4], "S,4,12");
    vector["trace"][4] = "S,5,12";
    const Verdict verdict = check_vector(vector);
    EXPECT_EQ(verdict.outcome, Outcome::different);
    EXPECT_NE(verdict.note.find("'S,4,12', expected 'S,5,12'"), std::string::npos) << verdict.note;
}

/// tinyODIN with one neuron, a synapse of weight 3 onto itself and two spikes of the neuron as events, and what it does with
/// the first, worked out by hand: seen after two cycles, in the queue one cycle after the decision, idle again three cycles
/// after the acknowledgement, an update of two cycles, and one cycle in which the spike leaves the queue.
[[nodiscard]] nlohmann::json one_neuron_asked_twice() {
    return {
        {"spi", {{"open_loop", 0}, {"aer_src_ctrl_nneur", 0}, {"max_neur", 0}}},
        {"aerout_ack_delay", 5},
        {"neurons", {{{"dis", 0}, {"leak", 0}, {"thr", 6}, {"v", 1}}}},
        {"synapses", {{3}}},
        {"events", {{{"min_gap", 0}, {"aer", 0}}, {{"min_gap", 50}, {"aer", 0}}}},
        {"trace",
         {"IN,0,0", "S,3,6", "PUSH,3,0,0", "ACK,4", "S,4,11", "S,7,0", "S,8,7", "N,9,0,4,0", "S,10,9", "POP,10,0", "S,11,0"}}};
}

TEST(OdinVector, that_ends_between_two_events_was_cut_off_and_is_held_to_what_it_tells) {
    const Verdict verdict = check_vector(one_neuron_asked_twice());
    EXPECT_EQ(verdict.outcome, Outcome::equal) << verdict.note;
    EXPECT_EQ(verdict.compared, 11U);
}

TEST(OdinVector, that_ends_while_a_spike_waits_for_its_receiver_was_cut_off_there) {
    nlohmann::json vector = one_neuron_asked_twice();
    vector["aerout_ack_delay"] = 300;
    vector["neurons"][0]["v"] = 6;
    vector["events"] = {{{"min_gap", 0}, {"aer", 256}}};  // a time reference for neuron 0, which fires with it
    vector["trace"] = {"IN,0,256", "S,3,5", "N,4,0,0,1", "PUSH,4,0,0", "OUT,5,0", "ACK,5", "S,5,11", "S,8,0"};
    const Verdict verdict = check_vector(vector);
    EXPECT_EQ(verdict.outcome, Outcome::equal) << verdict.note;
    EXPECT_EQ(verdict.compared, 8U);
}

TEST(OdinVector, that_tells_of_an_end_is_held_to_its_silence_after_it) {
    nlohmann::json vector = one_neuron_asked_twice();
    vector["neurons"][0]["thr"] = 4;  // it fires, and its trace says nothing of it
    vector["events"].erase(1);
    const Verdict verdict = check_vector(vector);
    EXPECT_EQ(verdict.outcome, Outcome::different);
    EXPECT_GT(verdict.compared, 11U);
}

TEST(OdinVector, with_a_line_without_a_cycle_is_refused_with_that_line) {
    nlohmann::json vector = one_neuron_asked_twice();
    vector["trace"][3] = "ACK,";
    try {
        static_cast<void>(check_vector(vector));
        FAIL() << "no message";
    } catch (const InputError& error) {
        EXPECT_NE(std::string{error.what()}.find("'ACK,' has no cycle"), std::string::npos) << error.what();
    }
}

TEST(GoldenVectors, a_single_changed_value_is_reported_with_step_and_neuron) {
    const fs::path file = vectors / "lava" / "lif_boundary.json.gz";
    if (!fs::exists(file)) GTEST_SKIP() << "no golden vector " << file;
    nlohmann::json vector = read_vector(file);
    vector["v"][7][3] = vector["v"][7][3].get<int>() + 1;
    const Verdict verdict = check_vector(vector);
    EXPECT_EQ(verdict.outcome, Outcome::different);
    EXPECT_EQ(verdict.different, 1U);
    EXPECT_NE(verdict.note.find("step 7, neuron 3: v is"), std::string::npos) << verdict.note;
}

TEST(VectorFile, of_an_unknown_format_is_skipped_with_the_reason) {
    EXPECT_EQ(check_vector(nlohmann::json{{"answer", 42}}).outcome, Outcome::skipped);
}

TEST(VectorFile, that_lacks_what_its_check_needs_is_refused) {
    EXPECT_THROW(static_cast<void>(check_vector({{"a_in", nlohmann::json::array()}, {"params", {{"du", 1}}}})), InputError);
}

TEST(VectorFile, that_is_missing_or_not_json_is_refused) {
    EXPECT_THROW(static_cast<void>(read_vector("no/such/file.json")), InputError);
    EXPECT_THROW(static_cast<void>(read_vector(fs::path{source_folder()} / "LICENSE")), InputError);
}

}  // namespace
}  // namespace spikefab::verify
