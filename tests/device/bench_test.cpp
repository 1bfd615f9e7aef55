// SPDX-License-Identifier: Apache-2.0
// Devices under a drive, as `spikefab device` measures them, against golden data and closed forms.
#include "device/bench.hpp"

#include "analog/golden.hpp"
#include "base/error.hpp"
#include "config/reader.hpp"
#include "places.hpp"

#include <fmt/format.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace spikefab::device {
namespace {

using ::testing::HasSubstr;

/// A device as a file of the repository, or one line of YAML, describes it.
struct Station {
    DeviceFile file;
    std::unique_ptr<Bench> bench;

    [[nodiscard]] static Station read(config::Tree tree, const std::vector<std::string>& assignments) {
        for (const std::string& assignment : assignments) config::assign(tree, assignment);
        Station station{config::read<DeviceFile>(std::move(tree)), nullptr};
        station.bench = make_bench(station.file);
        return station;
    }
    [[nodiscard]] static Station config(const std::string& name, const std::vector<std::string>& assignments = {}) {
        return read(config::load(std::filesystem::path{source_folder()} / "configs" / "devices" / (name + ".yaml")),
                    assignments);
    }
    [[nodiscard]] static Station text(const std::string& device) {
        return read(config::parse("device: " + device + "\n", "test"), {});
    }
    [[nodiscard]] Measurement measure(const std::string& drive, std::uint32_t points = 401, BenchOptions options = {}) const {
        options.points = points;
        return device::measure(*bench, parse_drive(drive, *bench), options, points, false);
    }
};

[[nodiscard]] double value_of(const Measurement& measurement, std::string_view name) {
    for (const Value& value : measurement.values)
        if (value.what.name == name) return value.value;
    throw std::out_of_range{std::string{name}};
}
[[nodiscard]] std::vector<double> column_of(const Measurement& measurement, std::string_view name) {
    for (std::size_t k = 0; k < measurement.table.columns.size(); ++k) {
        if (measurement.table.columns[k].name != name) continue;
        std::vector<double> values;
        for (const auto& row : measurement.table.rows) values.push_back(row[k]);
        return values;
    }
    throw std::out_of_range{std::string{name}};
}

/// Every value within a share of the largest.
void expect_column(const std::vector<double>& actual, const std::vector<double>& expected, double tolerance) {
    ASSERT_EQ(actual.size(), expected.size());
    double most = 0.0;
    for (const double value : expected) most = std::max(most, std::abs(value));
    for (std::size_t k = 0; k < actual.size(); ++k) ASSERT_NEAR(actual[k], expected[k], tolerance * most) << "row " << k;
}

TEST(DeviceFiles, of_the_repository_measure_their_own_drive) {
    std::size_t files = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator{std::filesystem::path{source_folder()} / "configs" / "devices"}) {
        SCOPED_TRACE(entry.path().filename().string());
        const Station station = Station::config(entry.path().stem().string());
        ASSERT_NO_THROW(check(station.file));
        ASSERT_FALSE(station.file.drive.empty());
        const Measurement measurement = station.measure(station.file.drive, 12);
        ASSERT_GE(measurement.table.rows.size(), 12U);
        for (const auto& row : measurement.table.rows) ASSERT_EQ(row.size(), measurement.table.columns.size());
        EXPECT_EQ(column_of(measurement, measurement.table.columns[0].name).size(), measurement.table.rows.size());
        bool plotted = false;
        for (const Column& column : measurement.table.columns) plotted = plotted || column.key() == measurement.y;
        EXPECT_TRUE(plotted) << measurement.y;
        ++files;
    }
    EXPECT_GE(files, 18U);
}

TEST(AnyDevice, knows_every_model_of_every_kind_once) {
    AnyDevice device;
    const auto names = device.choice_ref().names();
    EXPECT_EQ(std::set<std::string_view>(names.begin(), names.end()).size(), names.size());
    for (const char* name : {"vteam", "pcm", "rc_lif", "macrospin"}) {
        EXPECT_THAT(names, ::testing::Contains(name));
        EXPECT_FALSE(device.choice_ref().summary(name).empty());
    }
    EXPECT_THROW(device.choice_ref().select("no_such_device"), InputError);
}

TEST(MemristorBench, follows_the_golden_trajectories_to_1e_6) {
    struct Case {
        std::string golden, config, drive, state;
        std::vector<std::string> settings;
    };
    const std::vector<Case> cases{{"hp_joglekar_p1", "hp", "sine,1V,1Hz", "x", {}},
                                  {"hp_linear_nowindow", "hp", "sine,1V,1Hz", "x", {"device.window=none"}},
                                  {"vteam_memtorch_50MHz_1V", "vteam", "sine,1V,50MHz,4", "w_m", {}},
                                  {"vteam_smooth_1MHz_1V",
                                   "vteam",
                                   "sine,1V,1MHz,3",
                                   "w_m",
                                   {"device.k_on=-0.004", "device.k_off=0.003", "device.alpha_off=2", "device.v_on=-0.5V",
                                    "device.v_off=0.4V", "device.r_on=1kohm", "device.r_off=100kohm", "device.initial=1nm"}},
                                  {"yakopcic_xyce_0p5V_100Hz", "yakopcic", "sine,0.5V,100Hz", "x", {}}};
    for (const Case& one : cases) {
        SCOPED_TRACE(one.golden);
        const std::string name = "memristor/" + one.golden + ".csv";
        SPIKEFAB_NEEDS_GOLDEN(name);
        const test::Table golden = test::golden_table(name);
        const auto rows = static_cast<std::uint32_t>(golden.rows.size());
        const Measurement measurement = Station::config(one.config, one.settings).measure(one.drive, rows);
        expect_column(column_of(measurement, "t"), golden.values("t_s"), 1e-12);
        expect_column(column_of(measurement, "state"), golden.values(one.state), 1e-6);
        expect_column(column_of(measurement, "i"), golden.values("i_A"), 1e-6);
    }
}

TEST(MemristorBench, finds_when_a_golden_pulse_stops_moving_the_gap) {
    SPIKEFAB_NEEDS_GOLDEN("memristor/stanford_pku_pulses.json");
    const nlohmann::json golden = test::golden_json("memristor/stanford_pku_pulses.json");
    for (const auto& entry : golden["cases"]) {
        SCOPED_TRACE(entry["case"].get<int>());
        const Station station = Station::config(
            "stanford-pku", {"device.r_series=0ohm", fmt::format("device.initial={}m", entry["gap_init"].get<double>())});
        const Measurement measurement =
            station.measure(fmt::format("pulse,{}V,{}s", entry["V"].get<double>(), entry["t_end"].get<double>()), 3);
        EXPECT_NEAR(value_of(measurement, "state"), entry["gap_final"].get<double>(), 1e-14);
        EXPECT_NEAR(value_of(measurement, "g_read") / entry["G_read_0p1V"].get<double>(), 1.0, 1e-4);
        EXPECT_NEAR(value_of(measurement, "settled"), entry["t_stop"].get<double>(), 1e-6 * entry["t_stop"].get<double>());
    }
}

TEST(MemristorBench, takes_a_self_limiting_reset_under_a_slow_ramp_to_the_closed_form_of_its_peak) {
    // Motion stops where gamma V / t_ox falls below F_min: gamma0 - beta (g / nm)^3 = F_min t_ox / V.
    for (const double peak : {1.1, 1.2, 1.3}) {
        for (const char* hertz : {"1Hz", "50Hz", "1kHz"}) {
            SCOPED_TRACE(fmt::format("{} V at {}", peak, hertz));
            const Station station = Station::config("stanford-pku", {"device.r_series=0ohm", "device.initial=0.2nm"});
            const double gap = std::cbrt((16.0 - 1.4e9 * 12e-9 / peak) / 0.8) * 1e-9;
            EXPECT_NEAR(value_of(station.measure(fmt::format("triangle,-{}V,{},0.5", peak, hertz), 7), "state"), gap, 1e-14);
        }
    }
}

TEST(MemristorBench, goes_through_any_sine_with_any_series_resistor) {
    Rng rng{3, "drives"};
    for (int k = 0; k < 12; ++k) {
        const double volts = -3.0 + 6.0 * rng.uniform();
        const double ohms = k % 3 == 0 ? 0.0 : 2e4 * rng.uniform();
        const double hertz = std::pow(10.0, 1.0 + 7.0 * rng.uniform());
        SCOPED_TRACE(fmt::format("{} V {} Hz {} ohm", volts, hertz, ohms));
        const Station station = Station::config("stanford-pku", {fmt::format("device.r_series={}ohm", ohms)});
        const double few = value_of(station.measure(fmt::format("sine,{}V,{}Hz,1", volts, hertz), 9), "state");
        const double many = value_of(station.measure(fmt::format("sine,{}V,{}Hz,1", volts, hertz), 301), "state");
        EXPECT_NEAR(few, many, 2e-12);  // a thousandth of the gap's range, however the drive is cut
    }
}

TEST(MemristorBench, integrates_charge_and_energy_of_a_resistor) {
    // r_on almost r_off: v^2 / R over two cycles of a sine is v^2 / (2 R) times their time; charge cancels.
    const Station station = Station::text("{model: vteam, r_on: 999.999999 ohm, r_off: 1000 ohm}");
    const Measurement measurement = station.measure("sine,0.5V,1kHz", 201);
    EXPECT_NEAR(value_of(measurement, "energy"), 0.5 * 0.25 / 1000.0 * 2e-3, 1e-9 * 2.5e-7);
    EXPECT_NEAR(value_of(measurement, "charge"), 0.0, 1e-12);
}

TEST(MemristorBench, pulse_trains_end_where_single_pulses_end_one_after_another) {
    const Station station = Station::config("vteam");
    BenchOptions per_pulse;
    per_pulse.per_pulse = true;
    const Measurement train = station.measure("pulse,30mV,1ns,5", 401, per_pulse);
    ASSERT_EQ(train.table.rows.size(), 5U);
    const auto states = column_of(train, "state");
    for (std::size_t k = 0; k < 5; ++k)  // 5e-4 m/s at 1.5 thresholds
        EXPECT_NEAR(states[k], 5e-4 * 0.5 * 1e-9 * static_cast<double>(k + 1), 1e-22);
    EXPECT_NEAR(states.back() / value_of(station.measure("pulse,30mV,1ns,5"), "state"), 1.0, 1e-12);
}

TEST(MemristorBench, write_verify_ends_within_tolerance_and_tells_every_pulse) {
    for (const char* name : {"hp", "vteam", "yakopcic", "stanford-pku"}) {
        SCOPED_TRACE(name);
        const Station station = Station::config(name);
        const auto g_of = [&](double share) {
            const auto& model = *std::get<ModelChoice<Memristor>>(station.file.device.model());
            const auto [low, high] = model.range();
            return model.conductance(low + share * (high - low), station.file.program.read.si());
        };
        const double range = std::abs(g_of(1.0) - g_of(0.0));
        const double target = g_of(0.5);
        const Measurement measurement = station.measure(fmt::format("program,{}S", target));
        EXPECT_EQ(value_of(measurement, "converged"), 1.0);
        EXPECT_NEAR(value_of(measurement, "reached"), target, station.file.program.tolerance * range);
        const auto pulses = column_of(measurement, "pulses");
        ASSERT_EQ(pulses.back(), value_of(measurement, "pulses"));
        for (std::size_t k = 0; k < pulses.size(); ++k) EXPECT_EQ(pulses[k], static_cast<double>(k));
        const auto energy = column_of(measurement, "energy");
        EXPECT_TRUE(std::ranges::is_sorted(energy));
        const auto time = column_of(measurement, "time");
        const double each = (station.file.program.pulse + station.file.program.read_time).si();
        EXPECT_NEAR(time.back(), pulses.back() * each + station.file.program.read_time.si(), 1e-9 * time.back());
    }
}

TEST(StatisticsBench, has_the_golden_moments_of_phase_change_memory) {
    SPIKEFAB_NEEDS_GOLDEN("pcm/pcm_aihwkit_moments.csv");
    const test::Table golden = test::golden_table("pcm/pcm_aihwkit_moments.csv");
    const Station station = Station::config("pcm");
    BenchOptions few;
    few.trials = 2;
    for (const auto& row : golden.rows) {
        const double seconds = row[golden.column("t_inference_s")];
        const Measurement measurement =
            station.measure(fmt::format("program,{}uS,{}s", row[golden.column("g_target_uS")], seconds), 3, few);
        const auto expect = [&](double actual, std::string_view name, double unit) {
            EXPECT_NEAR(actual / (row[golden.column(name)] * unit), 1.0, 1e-7)
                << name << " of " << row[0] << " uS";  // as printed
        };
        expect(value_of(measurement, "sigma_prog"), "sigma_prog_uS", 1e-6);
        expect(value_of(measurement, "drift_mean"), "nu_mean", 1.0);
        expect(value_of(measurement, "drift_sigma"), "nu_std", 1.0);
        EXPECT_EQ(column_of(measurement, "t").back(), seconds);
        expect(column_of(measurement, "g_drifted").back(), "g_mean_drifted_uS", 1e-6);
        expect(column_of(measurement, "sigma_read").back(), "sigma_read_uS", 1e-6);
    }
}

TEST(StatisticsBench, draws_cells_with_the_moments_that_it_names) {
    const Station station = Station::text("{model: gaussian, sigma: 1 uS, drift: 0.05, t0: 1 s}");
    BenchOptions many;
    many.trials = 20000;
    const Measurement measurement = station.measure("program,50uS,99s", 3, many);
    EXPECT_NEAR(column_of(measurement, "mean").front(), 50e-6, 4.0 * 1e-6 / std::sqrt(20000.0));
    EXPECT_NEAR(column_of(measurement, "sigma").front(), 1e-6, 4.0 * 1e-6 / std::sqrt(40000.0));
    EXPECT_NEAR(column_of(measurement, "p95").front() - column_of(measurement, "p05").front(), 2.0 * 1.6449e-6, 0.1e-6);
    EXPECT_NEAR(column_of(measurement, "g_drifted").back(), 50e-6 * std::pow(100.0, -0.05), 1e-18);
}

TEST(NeuronBench, has_the_golden_rates_of_an_rc_neuron) {
    SPIKEFAB_NEEDS_GOLDEN("lif/lif_rc_fI.csv");
    const test::Table golden = test::golden_table("lif/lif_rc_fI.csv");
    const Station station = Station::config("rc-lif");
    for (const auto& row : golden.rows) {
        const Measurement measurement = station.measure(fmt::format("dc,{}A,100us", row[0]), 5);
        EXPECT_NEAR(value_of(measurement, "first_spike") / row[golden.column("t_first_s")], 1.0, 1e-9);
        EXPECT_NEAR(value_of(measurement, "rate") / row[golden.column("f_closed_Hz")], 1.0, 1e-9);
        EXPECT_EQ(static_cast<double>(measurement.spikes.size()), value_of(measurement, "spikes"));
    }
}

TEST(NeuronBench, has_the_golden_rates_of_a_dpi_neuron_whose_synapse_passes_its_input_on) {
    SPIKEFAB_NEEDS_GOLDEN("lif/dpi_neuron_fI.csv");
    const test::Table golden = test::golden_table("lif/dpi_neuron_fI.csv");
    const Station station = Station::config("dpi", {"device.c_syn=1e-21F", "device.i_gain_syn=86.87943262411346pA"});
    for (const auto& row : golden.rows) {
        const double period = 1.0 / row[golden.column("f_Hz")];
        const Measurement measurement =
            station.measure(fmt::format("dc,{}A,{}s", row[golden.column("I_in_A")], 3.5 * period), 2);
        EXPECT_NEAR(value_of(measurement, "rate") * period, 1.0, 1e-6);
    }
}

TEST(NeuronBench, fires_a_stochastic_junction_as_often_as_its_equation_says) {
    const Station neuron = Station::config("mtj-neuron", {"device.i_bias=0"});
    const Station junction = Station::config("mtj");
    const double share = value_of(neuron.measure("pulse,60uA,5ns,4000", 2), "fired_per_pulse");
    const double exact = value_of(junction.measure("pulse,60uA,5ns", 2), "p_switch");
    EXPECT_NEAR(share, exact, 3.0 * std::sqrt(exact * (1.0 - exact) / 4000.0));
}

TEST(NeuronBench, holds_a_sine_at_its_mean_between_rows_so_that_charge_is_kept) {
    // Without leak or threshold the membrane is the charge over the capacitance.
    const Station station = Station::text("{model: rc_lif, c: 1 pF, r_leak: 1e12 ohm, v_th: 1000 V}");
    const Measurement measurement = station.measure("sine,1uA,1MHz,1", 41);
    const auto times = column_of(measurement, "t");
    const auto volts = column_of(measurement, "state");
    for (std::size_t k = 0; k < times.size(); ++k) {
        const double charge = 1e-6 * (1.0 - std::cos(2e6 * M_PI * times[k])) / (2e6 * M_PI);
        EXPECT_NEAR(volts[k], charge / 1e-12, 1e-6) << times[k];
    }
}

TEST(DynamicBench, follows_the_golden_synapse) {
    SPIKEFAB_NEEDS_GOLDEN("lif/dpi_synapse_pulse.csv");
    const test::Table golden = test::golden_table("lif/dpi_synapse_pulse.csv");
    const Station station = Station::config("dpi-synapse");
    for (const auto& row : golden.rows) {
        if (row[0] <= 10e-6) continue;
        const Measurement measurement = station.measure(fmt::format("pulse,8nA,10us,1,{}s", row[0]), 2);
        EXPECT_NEAR(value_of(measurement, "end_i_syn"), row[1], 1e-6 * row[1]);
    }
}

TEST(DynamicBench, finds_the_exact_switching_time_of_a_golden_macrospin_and_its_path) {
    SPIKEFAB_NEEDS_GOLDEN("llg/L2_pma_stt.csv");
    const nlohmann::json golden = test::golden_json("llg/L2_pma_stt.json");
    const test::Table path = test::golden_table("llg/L2_pma_stt.csv");
    const Station station = Station::config("macrospin", {fmt::format("device.start.x={}", golden["m0"][0].get<double>()),
                                                          fmt::format("device.start.z={}", golden["m0"][2].get<double>())});
    const std::string drive = fmt::format("dc,{}A/m,{}s", golden["aJ"].get<double>(), path.rows.back()[0]);
    const Measurement measurement = station.measure(drive, static_cast<std::uint32_t>(path.rows.size()));
    for (const auto& [ours, theirs] : {std::pair{"m_x", "mx"}, std::pair{"m_y", "my"}, std::pair{"m_z", "mz"}})
        expect_column(column_of(measurement, ours), path.values(theirs), 1e-8);
    EXPECT_NEAR(value_of(measurement, "switched") / golden["t_switch_mz0_exact_s"].get<double>(), 1.0, 1e-9);
    EXPECT_NEAR(value_of(measurement, "critical_current") / golden["Ic0_A"].get<double>(), 1.0, 1e-9);
}

TEST(DynamicBench, has_the_golden_switching_probability_over_current_and_time) {
    SPIKEFAB_NEEDS_GOLDEN("mtj/psw_fokker_planck.csv");
    const test::Table golden = test::golden_table("mtj/psw_fokker_planck.csv");
    const double rate = test::golden_json("mtj/psw.json")["tau_per_second"];
    for (std::size_t k = 0; k < golden.rows.size(); k += 37) {
        const auto& row = golden.rows[k];
        const Station station = Station::config("mtj", {fmt::format("device.delta={}", row[0])});
        const Measurement measurement = station.measure(fmt::format("pulse,{},{}s", row[1], row[2] / rate), 2);
        EXPECT_NEAR(value_of(measurement, "tau"), row[2], 1e-9 * row[2]);
        EXPECT_NEAR(value_of(measurement, "p_switch"), row[3], 1e-4);
    }
}

TEST(DynamicBench, switches_attempts_as_often_as_the_equation_says) {
    const Station station = Station::config("mtj", {"device.delta=40"});
    BenchOptions attempts;
    attempts.trials = 400;
    const Measurement measurement = station.measure("pulse,1.2,4ns", 2, attempts);
    const double exact = value_of(measurement, "p_switch");
    EXPECT_GT(exact, 0.1);
    EXPECT_LT(exact, 0.9);
    EXPECT_NEAR(value_of(measurement, "switched_share"), exact, 3.0 * std::sqrt(exact * (1.0 - exact) / 400.0));
}

TEST(DynamicBench, moves_a_wall_as_golden_below_and_above_walker) {
    SPIKEFAB_NEEDS_GOLDEN("dw/dw.json");
    const Station station = Station::config("domain-wall", {"device.k1=0"});
    for (const char* density : {"5e+11", "1e+12", "2e+12"}) {
        SCOPED_TRACE(density);
        const test::Table golden = test::golden_table(fmt::format("dw/dw_stt_J{}.csv", density));
        const Measurement measurement = station.measure(fmt::format("dc,{}A/m2,{}s", density, golden.rows.back()[0]),
                                                        static_cast<std::uint32_t>(golden.rows.size()));
        expect_column(column_of(measurement, "position"), golden.values("q_m"), 1e-8);
        expect_column(column_of(measurement, "angle"), golden.values("phi_rad"), 1e-8);
    }
}

TEST(DynamicBench, has_the_golden_power_and_frequency_of_an_oscillator_over_its_drive) {
    SPIKEFAB_NEEDS_GOLDEN("stno/stno_vs_drive.csv");
    const test::Table golden = test::golden_table("stno/stno_vs_drive.csv");
    const Station station = Station::config("oscillator");
    const auto last = static_cast<std::uint32_t>(golden.rows.size());
    const Measurement curve =
        station.measure(fmt::format("dc,{}..{},100ns", golden.rows.front()[0], golden.rows.back()[0]), last);
    expect_column(column_of(curve, "relative_current"), golden.values("zeta_I_over_Ith"), 1e-12);
    expect_column(column_of(curve, "steady_power"), golden.values("p0"), 1e-9);
    expect_column(column_of(curve, "steady_frequency"), golden.values("f_Hz"), 1e-9);
    expect_column(column_of(curve, "nonlinearity"), golden.values("nu_nonlinearity"), 1e-9);
}

TEST(DynamicBench, integrates_a_sine_to_the_closed_forms_of_a_synapse_and_of_a_weak_oscillation) {
    const double w = 2e3 * M_PI * 0.05;  // 50 Hz
    const double tau = 0.025 * 24.5e-12 / (0.705 * 86.87943262411346e-12);
    const double t = 1.3 / 50.0;
    const double synapse =
        100.0 * 8e-9 / (1.0 + w * w * tau * tau) * (std::sin(w * t) - w * tau * std::cos(w * t) + w * tau * std::exp(-t / tau));
    EXPECT_NEAR(value_of(Station::config("dpi-synapse").measure("sine,8nA,50Hz,1.3", 9), "end_i_syn") / synapse, 1.0, 1e-8);
    // Far below saturation ln p grows by 2 G times the integral of zeta - 1.
    const double g = 2e9 * M_PI * 0.12;
    const double turn = 2e7 * M_PI;
    const double growth = 2.0 * g * (4.0 / turn - 0.5 / 1e7);  // half a period of 2 sin at 10 MHz
    const Station oscillator = Station::config("oscillator", {"device.p_init=1e-24", "device.i_th=100uA"});
    const double power = value_of(oscillator.measure("sine,2,10MHz,0.5", 21), "end_power");
    EXPECT_NEAR(std::log(power / 1e-24) / growth, 1.0, 1e-6);
}

TEST(Drive, beyond_what_a_device_has_numbers_for_is_refused) {
    const auto refuses = [](const Station& station, const std::string& drive) {
        EXPECT_THROW((void)station.measure(drive, 11), InputError) << drive;
    };
    for (const char* name : {"vteam", "hp", "yakopcic", "stanford-pku", "alox-hfo2"})
        for (const char* drive : {"pulse,1000V,1us", "sine,-1000V,1MHz", "dc,1e300V,1us"})
            refuses(Station::config(name), drive);
    refuses(Station::text("{model: stanford_pku, v0: 1 mV}"), "pulse,1V,1us");
    refuses(Station::config("mtj"), "dc,1e300A,1ns");
    refuses(Station::config("mtj"), "dc,1,1s");
    refuses(Station::config("rc-lif"), "dc,1e10A,1us");
    refuses(Station::config("oscillator"), "dc,1e300,1ns");
}

TEST(Drive, that_is_not_one_is_refused_with_what_is_expected) {
    const Station memristor = Station::config("vteam");
    for (const char* wrong : {"", "sine", "sine,1V", "sine,1A,1MHz", "sine,1V,1s", "sine,1V,0Hz", "sine,1V,1MHz,-1",
                              "sine,1V,1MHz,2,3", "pulse,1V,-1ns", "pulse,1V,1ns,0.5", "pulse,1V,2ns,3,1ns", "square,1V,1MHz",
                              "dc,1V..2V,1ns..2ns", "dc,1V..1V,1ns", "program,-1uS", "sine,nanV,1MHz", "pulse,1V,1ns,1e9"}) {
        try {
            static_cast<void>(parse_drive(wrong, *memristor.bench));
            ADD_FAILURE() << wrong << " was taken";
        } catch (const InputError& error) {
            EXPECT_THAT(error.what(), HasSubstr("expected")) << wrong;
        }
    }
    EXPECT_THROW(static_cast<void>(parse_drive("dc,1V,1us", *Station::config("rc-lif").bench)), InputError);
    EXPECT_THROW(static_cast<void>(parse_drive("sine,1V,1kHz", *Station::config("pcm").bench)), InputError);
    EXPECT_THROW(static_cast<void>(parse_drive("dc,1A/m2,1ns", *Station::config("mtj").bench)), InputError);
}

TEST(Drive, of_pulses_rests_between_them_and_after_the_last_where_a_period_is_given) {
    const Station station = Station::config("vteam");
    const Drive open = make_drive(parse_drive("pulse,1V,10ns,3", *station.bench));
    ASSERT_EQ(open.segments.size(), 5U);
    EXPECT_DOUBLE_EQ(open.duration(), 50e-9);
    const Drive closed = make_drive(parse_drive("pulse,1V,10ns,3,15ns", *station.bench));
    ASSERT_EQ(closed.segments.size(), 6U);
    EXPECT_DOUBLE_EQ(closed.duration(), 45e-9);
    EXPECT_FALSE(closed.segments[1].on);
}

TEST(Drive, ranges_go_from_end_to_end_in_equal_steps_or_ratios) {
    const Station station = Station::config("mtj");
    const DriveRequest request = parse_drive("pulse,1.5,1ns..1us", *station.bench);
    const auto even = make_drives(request, 4, false);
    const auto log = make_drives(request, 4, true);
    EXPECT_NEAR(even[1].seconds, 334e-9, 1e-15);
    EXPECT_NEAR(log[1].seconds, 10e-9, 1e-15);
    EXPECT_EQ(log[3].seconds, even[3].seconds);
    EXPECT_THROW(static_cast<void>(make_drives(parse_drive("pulse,0..2,1ns", *station.bench), 4, true)), InputError);
}

}  // namespace
}  // namespace spikefab::device
