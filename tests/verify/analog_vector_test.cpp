// SPDX-License-Identifier: Apache-2.0
// Every golden vector of the analog blocks that is present, and small ones made here: right values pass, wrong ones do not.
#include "base/error.hpp"
#include "observe/temporary_folder.hpp"
#include "places.hpp"
#include "verify/number_table.hpp"
#include "verify/vector_file.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>

namespace spikefab::verify {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Outcome = Verdict::Outcome;
using ::testing::HasSubstr;

[[nodiscard]] std::vector<fs::path> golden_files() {
    std::vector<fs::path> files;
    const fs::path folder = fs::path{shared_folder()} / "vectors" / "analog";
    if (!fs::exists(folder)) return files;
    for (const auto& entry : fs::recursive_directory_iterator{folder}) {
        const fs::path& path = entry.path();
        if (path.extension() == ".json" || (path.extension() == ".csv" && !belongs_to_json(path))) files.push_back(path);
    }
    std::sort(files.begin(), files.end());
    return files;
}

TEST(AnalogVectors, all_agree_within_the_tolerance_of_their_kind) {
    const std::vector<fs::path> files = golden_files();
    if (files.empty()) GTEST_SKIP() << "no golden vectors in " << shared_folder() << "/vectors/analog";
    for (const fs::path& file : files) {
        SCOPED_TRACE(file.filename());
        const Verdict verdict = check_vector(read_vector(file));
        // The axon-hillock circuit's files are for reading its shape only.
        const bool for_reading = file.filename().string().starts_with("axon_hillock");
        EXPECT_EQ(verdict.outcome, for_reading ? Outcome::skipped : Outcome::equal) << verdict.note;
        if (!for_reading) {
            EXPECT_GT(verdict.compared, 1U);
        }
    }
}

/// Every expected number that a check reads, so that a change of any is noticed.
void expect_difference_when_changed(const Json& vector, const Json::json_pointer& place, double factor) {
    Json changed = vector;
    changed[place] = changed[place].get<double>() * factor;
    const Verdict verdict = check_vector(changed);
    EXPECT_EQ(verdict.outcome, Outcome::different) << place.to_string();
    EXPECT_EQ(verdict.different, 1U) << place.to_string();
}

[[nodiscard]] Json one_cell() {
    // 1 V over 10 + 1000 + 20 ohm.
    return Json::parse(R"json({"cases": [{"id": "one", "m": 1, "n": 1, "r_wl": 10, "r_bl": 20, "V": [1.0], "G": [[0.001]],
                           "I": [0.0009708737864077669], "V_wl": [[0.9902912621359223]], "V_bl": [[0.019417475728155338]]}]})json");
}

TEST(CrossbarVector, of_a_single_cell_is_compared_in_its_current_and_both_nodes) {
    const Verdict verdict = check_vector(one_cell());
    EXPECT_EQ(verdict.outcome, Outcome::equal) << verdict.note;
    EXPECT_EQ(verdict.compared, 3U);
    for (const char* place : {"/cases/0/I/0", "/cases/0/V_wl/0/0", "/cases/0/V_bl/0/0"})
        expect_difference_when_changed(one_cell(), Json::json_pointer{place}, 1.0 + 3e-7);
}

TEST(CrossbarVector, of_cells_that_are_wrong_or_too_few_is_refused_with_the_place) {
    Json vector = one_cell();
    vector["cases"][0]["G"][0][0] = -1e-3;
    EXPECT_THROW((void)check_vector(vector), InputError);
    vector = one_cell();
    vector["cases"][0]["r_wl"] = -1.0;
    EXPECT_THROW((void)check_vector(vector), InputError);
    vector = one_cell();
    vector["cases"][0]["m"] = 2;
    try {
        (void)check_vector(vector);
        FAIL() << "nothing thrown";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("cases.0.G: holds 1 values, expected 2"));
    }
}

/// Under sin(2 pi t) + offset.
[[nodiscard]] Json hp_memristor(double offset = 0.0) {
    // Without a window x (R_off - (R_off - R_on) x / 2) grows by mu R_on / D^2 times the flux (Strukov 2008).
    Json vector = Json::parse(R"json({"model": "HP linear ion drift", "drive": "v = 1.0*sin(2*pi*1.0*t)",
                                  "params": {
    "Ron" : 100, "Roff" : 16000, "D" : 1e-8, "mu" : 1e-14, "x0" : 0.1}})json");
    const double pi = std::acos(-1.0);
    Json rows = Json::array();
    for (int k = 0; k <= 20; ++k) {
        const double t = 0.02 * k;
        const double flux = (1.0 - std::cos(2.0 * pi * t)) / (2.0 * pi) + offset * t;
        const double grown = 16000.0 * 0.1 - 15900.0 * 0.005 + 1e4 * flux;
        const double x = (16000.0 - std::sqrt(16000.0 * 16000.0 - 2.0 * 15900.0 * grown)) / 15900.0;
        const double v = std::sin(2.0 * pi * t) + offset;
        rows.push_back({t, v, x, v / (16000.0 - 15900.0 * x)});
    }
    vector["tables"]["hp"] = {{"columns", {"t_s", "v_V", "x", "i_A"}}, {"rows", rows}};
    return vector;
}

TEST(MemristorVector, follows_the_closed_form_and_notices_a_change_of_two_millionths) {
    const Verdict verdict = check_vector(hp_memristor());
    EXPECT_EQ(verdict.outcome, Outcome::equal) << verdict.note;
    EXPECT_EQ(verdict.compared, 42U);
    expect_difference_when_changed(hp_memristor(), Json::json_pointer{"/tables/hp/rows/20/2"}, 1.0 + 1e-5);
}

TEST(MemristorVector, follows_a_sine_around_another_voltage_than_zero) {
    Json vector = hp_memristor(-0.3);
    EXPECT_EQ(check_vector(vector).outcome, Outcome::different);
    for (const char* drive : {"v = 1.0*sin(2*pi*1.0*t) - 0.3", "v = 1*sin(2*pi*1*t)+-3e-1"}) {
        vector["drive"] = drive;
        EXPECT_EQ(check_vector(vector).outcome, Outcome::equal) << drive;
    }
    for (const char* drive : {"v = 1*sin(2*pi*1*t) + ", "v = -*sin(2*pi*1*t)", "v = e", "v = 1*sin(2*pi*t)"}) {
        vector["drive"] = drive;
        EXPECT_THROW((void)check_vector(vector), InputError) << drive;
    }
}

TEST(MemristorVector, of_a_drive_that_is_no_sine_says_what_it_expects) {
    Json vector = hp_memristor();
    vector["drive"] = "a square wave";
    try {
        (void)check_vector(vector);
        FAIL() << "nothing thrown";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("v = A*sin(2*pi*F*t)"));
    }
}

TEST(MacrospinVector, reads_its_field_from_words_and_its_torque_from_a_pulse) {
    // Without field or torque nothing moves; with Hk along z a spin that points along z stays.
    Json vector = Json::parse(R"json({"alpha": 0.1, "m0": [0, 0, 1], "H": "H=(Hk mx, 0, -Hd mz)", "Hk": 2e4, "Hd": 7e5,
                                  "aJ": "2*aJc for t<1 ns then 0", "aJc": 0.0, "p": [1, 0, 0],
                                  "tables": {
    "s" : {
        "columns" : [ "t_s", "mx", "my", "mz" ], "rows" : [ [ 0, 0, 0, 1 ], [ 5e-10, 0, 0, 1 ], [ 2e-9, 0, 0, 1 ] ]
    }}})json");
    const Verdict still = check_vector(vector);
    EXPECT_EQ(still.outcome, Outcome::equal) << still.note;
    vector["aJc"] = 100.0;
    EXPECT_EQ(check_vector(vector).outcome, Outcome::different);
    vector["H"] = "in the plane";
    EXPECT_THROW((void)check_vector(vector), InputError);
}

/// A spin along z in a field along it stays; in any other place it moves.
[[nodiscard]] Json resting_spin(const char* axis) {
    Json vector = Json::parse(R"json({"alpha": 0.1, "Hk": 2e4, "Ms": 8e5, "Hx": 3e3, "p": [0, 0, 1]})json");
    const Json m = axis[0] == 'x' ? Json{1, 0, 0} : Json{0, 0, 1};
    vector["m0"] = m;
    vector["tables"]["s"] = {{"columns", {"t_s", "mx", "my", "mz"}},
                             {"rows", {{0, m[0], m[1], m[2]}, {1e-9, m[0], m[1], m[2]}}}};
    return vector;
}

TEST(MacrospinVector, reads_constant_parts_factors_and_brackets_of_a_field) {
    for (const char* field : {"H=(Hx + Hk mx, 0, 0)", "H = Hx x - (Ms - 0.5*Hk) mz z", "H=(Hx,0,-Ms mz)"}) {
        Json vector = resting_spin("x");
        vector["H"] = field;
        EXPECT_EQ(check_vector(vector).outcome, Outcome::equal) << field;
        vector = resting_spin("z");
        vector["H"] = field;
        EXPECT_EQ(check_vector(vector).outcome, Outcome::different) << field;
    }
    Json vector = resting_spin("x");
    vector["H"] = {3e3, 0.0, 0.0};
    vector["aJ"] = nullptr;
    vector["t_switch_mz0_exact_s"] = nullptr;
    EXPECT_EQ(check_vector(vector).outcome, Outcome::equal);
}

TEST(MacrospinVector, does_not_pass_over_what_it_cannot_read) {
    for (const char* field : {"H=(Hx my, 0, 0)", "H=(Hy, 0, 0)", "H=(Hx, 0)", "H=(mx mx, 0, 0)", "H = Hx", "H=(Hx^2, 0, 0)"}) {
        Json vector = resting_spin("x");
        vector["H"] = field;
        EXPECT_THROW((void)check_vector(vector), InputError) << field;
    }
    for (const char* torque : {"2*aJc", "Hx for t<4 hours then 0", "Hx for t<e ns then 0", "sometimes"}) {
        Json vector = resting_spin("z");
        vector["aJ"] = torque;
        EXPECT_THROW((void)check_vector(vector), InputError) << torque;
    }
    Json vector = resting_spin("z");
    vector["aJ"] = "Hx/3 for t<4 ns then 0";
    EXPECT_THROW((void)check_vector(vector), InputError);
    vector["aJ"] = "-0.5*Hx for t<40 ps then (Hx - Hk)";
    EXPECT_EQ(check_vector(vector).outcome, Outcome::equal);
}

TEST(NeuronVector, without_a_rate_is_compared_with_silence) {
    Json vector = Json::parse(R"json({"tables": {"f": {"columns": ["I_A", "t_first_s", "f_closed_Hz"],
                                                     "rows": [[4e-7, null, 0], [0, 0, null], [-1e-6, null, null]]}}})json");
    EXPECT_EQ(check_vector(vector).outcome, Outcome::equal);
    vector["tables"]["f"]["rows"][1][0] = 6e-7;
    EXPECT_EQ(check_vector(vector).different, 1U);
}

TEST(WallVector, settles_however_weak_its_damping_and_moves_backwards_under_a_negative_density) {
    // v = beta u / alpha below Walker's breakdown (Thiaville 2005), u = muB P J / (e Ms).
    for (const double density : {-5e11, 5e11}) {
        const double u = 9.2740100783e-24 * 0.7 * density / (1.602176634e-19 * 8e5);
        Json vector = Json::parse(R"json({"params": {"alpha": 0.01, "beta": 0.02, "Delta_w": 1e-8, "H_K": 1e5, "Ms": 8e5,
                                                   "A": 1.3e-11}, "pol": 0.7})json");
        vector["cases"] = {{{"J", density}, {"u", u}, {"below_walker", true}, {"v_closed_below_walker", 2.0 * u}}};
        const Verdict verdict = check_vector(vector);
        EXPECT_EQ(verdict.outcome, Outcome::equal) << verdict.note;
        expect_difference_when_changed(vector, Json::json_pointer{"/cases/0/v_closed_below_walker"}, 1.0 + 1e-6);
    }
}

TEST(OscillatorVector, of_closed_forms_passes_and_a_wrong_power_does_not) {
    // p0 = (zeta - 1) / (zeta + Q), f = (w0 + N p0) / 2 pi.
    const double p0 = 1.0 / 3.5;
    const double pi = std::acos(-1.0);
    Json vector{{"params", {{"w0", 4e10}, {"N", -1e10}, {"Gamma_G", 7e8}, {"Q", 1.5}}}};
    vector["tables"]["steady"] = {{"columns", {"zeta_I_over_Ith", "p0", "f_Hz", "Gamma_p_rad_s", "nu_nonlinearity"}},
                                  {"rows", {{2.0, p0, (4e10 - 1e10 * p0) / (2.0 * pi), 7e8, -1e10 / (7e8 * 3.5)}}}};
    const Verdict verdict = check_vector(vector);
    EXPECT_EQ(verdict.outcome, Outcome::equal) << verdict.note;
    expect_difference_when_changed(vector, Json::json_pointer{"/tables/steady/rows/0/1"}, 1.0 + 1e-8);
}

TEST(WallVector, without_a_density_in_its_table_s_name_is_refused) {
    Json vector =
        Json::parse(R"json({"params": {"alpha": 0.1, "beta": 0.2, "Delta_w": 1e-8, "H_K": 1e5, "Ms": 8e5, "A": 1.3e-11},
                                  "pol": 0.7, "K0": 0, "K1": 0, "L": 2.5e-7,
                                  "tables": {"wall": {"columns": ["t_s", "q_m", "phi_rad"], "rows": [[0, 0, 0], [1e-9, 0, 0]]}}})json");
    EXPECT_THROW((void)check_vector(vector), InputError);
    vector["tables"]["wall_J0"] = vector["tables"]["wall"];
    vector["tables"].erase("wall");
    const Verdict verdict = check_vector(vector);
    EXPECT_EQ(verdict.outcome, Outcome::equal) << verdict.note;
}

TEST(Tables, travel_with_the_json_file_whose_name_starts_theirs) {
    const TemporaryFolder folder;
    const auto write = [&](const char* name, const char* text) { std::ofstream{folder / name} << text; };
    write("a.json", "{\"x\": 1}");
    write("a_long.json", "{\"x\": 2}");
    write("a_first.csv", "t,v\n0,1\n1,nan\n");
    write("a_long_way.csv", "t,v\r\n0,1\r\n");
    write("other.csv", "t,v\n0,1\n");
    EXPECT_EQ(read_vector(folder / "a.json")["tables"].size(), 1U);
    EXPECT_TRUE(read_vector(folder / "a.json")["tables"].contains("a_first"));
    EXPECT_TRUE(read_vector(folder / "a_long.json")["tables"].contains("a_long_way"));
    EXPECT_TRUE(belongs_to_json(folder / "a_long_way.csv"));
    EXPECT_FALSE(belongs_to_json(folder / "other.csv"));
    EXPECT_EQ(read_table(folder / "a_long_way.csv").columns[1], "v");
    EXPECT_TRUE(std::isnan(read_table(folder / "a_first.csv").rows[1][1]));
    write("python.json", R"({"note": "NaN stays", "t_stop": [NaN, 1, NaN]})");
    EXPECT_EQ(read_vector(folder / "python.json")["note"], "NaN stays");
    EXPECT_TRUE(read_vector(folder / "python.json")["t_stop"][2].is_null());
    write("short.csv", "t,v\n0\n");
    EXPECT_THROW((void)read_vector(folder / "short.csv"), InputError);
    write("foreign.json", "{\"tables\": {\"a\": 5}}");
    EXPECT_EQ(check_vector(read_vector(folder / "foreign.json")).outcome, Outcome::skipped);
}

}  // namespace
}  // namespace spikefab::verify
