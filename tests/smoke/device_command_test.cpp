// SPDX-License-Identifier: Apache-2.0
// `spikefab device` from outside: the same figures as a table, as JSON, as CSV and as a plot; and what it says of wrong input.
#include "smoke/workshop.hpp"

#include <nlohmann/json.hpp>

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace spikefab::smoke {
namespace {

using ::testing::HasSubstr;

std::string read_text(const std::filesystem::path& path) {
    std::ifstream file{path};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(Device, shows_a_pinched_loop_as_table_json_and_csv_alike) {
    const Workshop workshop;
    const std::vector<std::string> arguments{"device", in_repository("configs/devices/vteam.yaml"), "--drive", "sine,1V,1MHz"};
    const Outcome table = workshop.spikefab(arguments);
    ASSERT_EQ(table.exit_code, 0) << describe(table);
    EXPECT_THAT(table.out, HasSubstr("t (s)"));
    EXPECT_THAT(table.out, HasSubstr("energy"));
    auto with = arguments;
    with.insert(with.end(), {"--json", "--csv", "loop.csv", "--points", "101"});
    const Outcome outcome = workshop.spikefab(with);
    ASSERT_EQ(outcome.exit_code, 0) << describe(outcome);
    const auto json = nlohmann::json::parse(outcome.out);
    EXPECT_EQ(json["schema"], "spikefab.device.v1");
    EXPECT_EQ(json["columns"], nlohmann::json({"t_s", "v_V", "i_A", "state", "g_read_S"}));
    ASSERT_EQ(json["rows"].size(), 101U);
    for (const auto& row : json["rows"])
        if (row[1] == 0.0) {
            EXPECT_EQ(row[2], 0.0);  // no current without voltage
        }
    std::ifstream csv{workshop / "loop.csv"};
    std::string line;
    std::getline(csv, line);
    EXPECT_EQ(line, "t_s,v_V,i_A,state,g_read_S");
    std::size_t rows = 0;
    for (; std::getline(csv, line); ++rows) {
        std::istringstream words{line};
        std::string word;
        for (std::size_t k = 0; std::getline(words, word, ','); ++k) EXPECT_EQ(std::stod(word), json["rows"][rows][k]);
    }
    EXPECT_EQ(rows, 101U);
}

TEST(Device, plots_every_kind_where_gnuplot_is_installed) {
    const Workshop workshop;
    const bool installed = std::system("command -v gnuplot >/dev/null 2>&1") == 0;  // NOLINT: a fixed command
    for (const char* name : {"vteam", "pcm", "rc-lif", "domain-wall"}) {
        const Outcome outcome = workshop.spikefab({"device", in_repository(std::string{"configs/devices/"} + name + ".yaml"),
                                                   "--plot", "it.svg", "--points", "11", "--trials", "10"});
        EXPECT_EQ(outcome.exit_code, installed ? 0 : 2) << describe(outcome);
        if (!installed) continue;
        EXPECT_THAT(read_text(workshop / "it.svg"), HasSubstr("<svg"));
        std::filesystem::remove(workshop / "it.svg");
    }
}

TEST(Device, draws_the_same_cells_for_the_same_seed_and_others_for_another) {
    const Workshop workshop;
    const auto with_seed = [&](const char* seed) {
        return workshop.spikefab(
            {"device", in_repository("configs/devices/pcm.yaml"), "--json", "--points", "5", "--seed", seed});
    };
    const Outcome first = with_seed("7");
    ASSERT_EQ(first.exit_code, 0) << describe(first);
    EXPECT_EQ(first.out, with_seed("7").out);
    EXPECT_NE(nlohmann::json::parse(first.out)["rows"], nlohmann::json::parse(with_seed("8").out)["rows"]);
}

TEST(Device, says_what_is_expected_of_a_wrong_drive_column_or_file) {
    const Workshop workshop;
    workshop.write("odd.yaml", "device: {model: vteam, w_on: 4 nm, w_off: 3 nm}\n");
    workshop.write("unknown.yaml", "device: {model: vtaem}\n");
    const std::string vteam = in_repository("configs/devices/vteam.yaml");
    const std::vector<std::pair<std::vector<std::string>, std::string>> wrong{
        {{"device", vteam, "--drive", "sine,1A,1MHz"}, "sine,1V,1MHz"},
        {{"device", vteam, "--drive", "sine"}, "expected sine,AMPLITUDE,FREQUENCY[,CYCLES]"},
        {{"device", vteam, "--set", "device.k_onn=3"}, "k_on"},
        {{"device", "odd.yaml", "--drive", "dc,1V,1ns"}, "w_off must be larger"},
        {{"device", "unknown.yaml", "--drive", "dc,1V,1ns"}, "vteam"},
        {{"device", "missing.yaml"}, "missing.yaml"},
        {{"validate", "odd.yaml"}, "odd.yaml"}};
    for (const auto& [arguments, message] : wrong) {
        const Outcome outcome = workshop.spikefab(arguments);
        EXPECT_EQ(outcome.exit_code, 2) << describe(outcome);
        EXPECT_THAT(outcome.err, HasSubstr(message));
    }
}

TEST(Device, files_are_validated_described_and_have_a_schema) {
    const Workshop workshop;
    const std::string mtj = in_repository("configs/devices/mtj.yaml");
    EXPECT_THAT(workshop.spikefab({"validate", mtj}).out, HasSubstr("mtj.yaml: device"));
    const Outcome described = workshop.spikefab({"describe", mtj, "--set", "device.delta=45"});
    EXPECT_EQ(described.exit_code, 0) << describe(described);
    EXPECT_THAT(described.out, HasSubstr("45"));
    EXPECT_THAT(described.out, HasSubstr("thermal stability"));
    const auto schema = nlohmann::json::parse(workshop.spikefab({"schema", "device"}).out);
    EXPECT_TRUE(schema["anyOf"][0]["properties"].contains("device"));
}

}  // namespace
}  // namespace spikefab::smoke
