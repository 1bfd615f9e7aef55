// SPDX-License-Identifier: Apache-2.0
// How fast the NoC is, figure by figure beside its target: CPU time of one thread, the SystemC kernel included. Every row runs
// in processes of its own, because SystemC elaborates once; medians of several.
// Use: spikefab_bench_noc [--booksim PROGRAM] [--runs N] [--only TEXT]; the variable SPIKEFAB_BOOKSIM names PROGRAM as well.
#include "base/huge_pages.hpp"
#include "base/random.hpp"
#include "config/reader.hpp"
#include "noc/make_engine.hpp"
#include "observe/temporary_folder.hpp"
#include "places.hpp"
#include "smoke/process.hpp"

#include <fmt/format.h>
#include <systemc>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include <malloc.h>
#include <sys/resource.h>

/// SystemC's library wants this entry point; the bench has its own main().
int sc_main(int /*argc*/, char* /*argv*/[]) {
    return 0;
}

namespace {

using namespace spikefab;
using noc::Tick;

// ---------------------------------------------------------------- what is measured

enum class Load {
    bernoulli,  ///< uniform traffic, `rate` packets per node and tick
    idle,       ///< one packet in a million ticks
    stress,     ///< 5.12 packets per node, within the first 10 us of each ms: TrueNorth's own load (Merolla et al. 2014)
};
enum class Figure { million_flit_hops, milliseconds_per_tick, nanoseconds_per_idle_cycle, instructions, bytes_per_router };

struct Row {
    std::string name;
    std::string file;  ///< of configs/nocs
    std::vector<std::string> assignments;
    Load load;
    double rate;
    Tick ticks;  ///< of traffic
    Figure figure;
    double target;
    Tick booksim_cycles = 0;  ///< measured by BookSim, which is slower; 0: it has no such NoC
};

constexpr Tick millisecond_in_ns = 1'000'000;
const std::vector<std::string> four_channels{"virtual_channels=4"};
const std::vector<std::string> wormhole{"packet_flits=4"};
const std::vector<std::string> adaptive{"virtual_channels=2", "routing=minimal_adaptive"};
const std::vector<std::string> of_8x8{"topology.width=8", "topology.height=8", "routing=xy"};
const std::vector<std::string> by_xy{"routing=xy"};

using enum Load;
using enum Figure;
const std::vector<Row> rows{
    {"8 x 8, rate 0.1", "mesh8", {}, bernoulli, 0.1, 200'000, million_flit_hops, 20, 4000},
    {"64 x 64, rate 0.001", "mesh64", {}, bernoulli, 0.001, 40'000, million_flit_hops, 25, 1000},
    {"64 x 64, rate 0.005", "mesh64", {}, bernoulli, 0.005, 10'000, million_flit_hops, 25, 400},
    {"64 x 64, rate 0.02", "mesh64", {}, bernoulli, 0.02, 4000, million_flit_hops, 25, 200},
    {"8 x 8, rate 0.1, 4 virtual channels", "mesh8", four_channels, bernoulli, 0.1, 100'000, million_flit_hops, 10, 4000},
    {"8 x 8, 4 flits, rate 0.025", "mesh8", wormhole, bernoulli, 0.025, 100'000, million_flit_hops, 10, 4000},
    {"8 x 8, rate 0.1, minimal adaptive", "mesh8", adaptive, bernoulli, 0.1, 100'000, million_flit_hops, 10, 4000},
    {"64 x 64, rate 0.005, 4 virtual channels", "mesh64", four_channels, bernoulli, 0.005, 4000, million_flit_hops, 10, 200},
    {"64 x 64, 4 flits, rate 0.00125", "mesh64", wormhole, bernoulli, 0.00125, 4000, million_flit_hops, 10, 200},
    {"64 x 64, rate 0.005, minimal adaptive", "mesh64", adaptive, bernoulli, 0.005, 4000, million_flit_hops, 10, 200},
    {"8 x 8, no clock, 0.02/ns", "truenorth", of_8x8, bernoulli, 0.002, 2'000'000, million_flit_hops, 15},
    {"64 x 64, no clock, 0.002/ns", "truenorth", by_xy, bernoulli, 0.0002, 200'000, million_flit_hops, 15},
    {"64 x 64, nothing in flight", "mesh64", {}, idle, 0, 4'000'000'000, nanoseconds_per_idle_cycle, 0.01},
    {"TrueNorth's stress, 1 GHz clock", "mesh64", {}, stress, 1, 10 * millisecond_in_ns, milliseconds_per_tick, 50},
    {"TrueNorth's stress, no clock", "truenorth", by_xy, stress, 10, 100 * millisecond_in_ns, milliseconds_per_tick, 60},
    {"8 x 8, rate 0.1", "mesh8", {}, bernoulli, 0.1, 10'000, instructions, 400},
    {"64 x 64, rate 0.02", "mesh64", {}, bernoulli, 0.02, 4000, bytes_per_router, 1024},
};

[[nodiscard]] std::string unit_of(Figure figure) {
    switch (figure) {
        case million_flit_hops:
            return "M flit-hops/s";
        case milliseconds_per_tick:
            return "ms per 1 ms tick";
        case nanoseconds_per_idle_cycle:
            return "ns per cycle";
        case instructions:
            return "instructions per flit-hop";
        case bytes_per_router:
            return "bytes per router";
    }
    return {};
}

// ---------------------------------------------------------------- one run

/// Packets made up before the clock starts, so that drawing them is not measured.
struct Offer {
    std::uint32_t source;
    std::uint32_t destination;
    Tick at;
};
/// Packets of one stretch of time, by source.
struct Window {
    Tick begin = 0;
    Tick end = 0;
    std::vector<Offer> offers{};
};

constexpr Tick window_length = 64;

[[nodiscard]] std::vector<Tick> times_of(const Row& row, std::uint32_t node, Tick ticks, Rng& random) {
    std::vector<Tick> times;
    if (row.load == stress) {
        const auto nanosecond = static_cast<Tick>(row.rate);
        const Tick period = millisecond_in_ns * nanosecond;
        for (Tick start = 0; start < ticks; start += period)
            for (std::uint32_t spike = 0; spike < (node % 8 == 0 ? 6U : 5U); ++spike)
                times.push_back(start + random.below(static_cast<std::uint32_t>(10'000 * nanosecond)));
        std::ranges::sort(times);
        return times;
    }
    if (row.load == idle) {
        for (Tick at = 0; node == 0 && at < ticks; at += 1'000'000) times.push_back(at);
        return times;
    }
    const auto gap = [&] { return 1 + static_cast<Tick>(std::log(1 - random.uniform()) / std::log(1 - row.rate)); };
    for (Tick at = gap() - 1; at < ticks; at += gap()) times.push_back(at);
    return times;
}

[[nodiscard]] std::vector<Window> make_windows(const Row& row, std::uint32_t nodes, Tick ticks) {
    const std::uint64_t key = Rng::key_of(1, "bench.noc");
    std::vector<Offer> offers;
    for (std::uint32_t node = 0; node < nodes; ++node) {
        Rng random{key, node, 0};
        for (const Tick at : times_of(row, node, ticks, random)) offers.push_back({node, random.below(nodes), at});
    }
    std::ranges::stable_sort(offers, {}, [](const Offer& offer) { return offer.at / window_length; });
    std::vector<Window> windows;
    for (const Offer& offer : offers) {
        const Tick begin = offer.at / window_length * window_length;
        if (windows.empty() || windows.back().begin != begin) windows.push_back({begin, begin + window_length});
        windows.back().offers.push_back(offer);
    }
    return windows;
}

struct Measured {
    std::uint64_t flit_hops = 0;
    double cpu_s = 0.0;
    std::uint64_t bytes = 0;
    std::uint64_t routers = 0;
};

/// The NoC as one module with one process, as in src/chip/noc_module.hpp; its clients do nothing but send.
class Shell final : public sc_core::sc_module, private noc::Sink {
public:
    SC_HAS_PROCESS(Shell);
    Shell(const sc_core::sc_module_name& name, const noc::Options& options, const Topology& topology,
          std::vector<Window> windows)
        : sc_core::sc_module{name},
          windows_{std::move(windows)},
          tick_{sc_core::sc_time{to_nanoseconds(noc::tick_duration(options)), sc_core::SC_NS}},
          flits_{options.packet_flits},
          engine_{noc::make_engine(options, topology, *this)} {
        SC_METHOD(run);
    }
    [[nodiscard]] noc::Counters counters() const { return engine_->counters(); }
    [[nodiscard]] bool complete() const { return engine_->idle() && next_ > windows_.size(); }

private:
    [[nodiscard]] static double to_nanoseconds(Time time) { return time / Time{1.0}; }

    [[gnu::noinline]] void run() {
        if (next_ >= windows_.size()) {
            engine_->run_until(noc::never);
            ++next_;
            return;
        }
        const Window& window = windows_[next_++];
        engine_->run_until(window.begin);
        for (const Offer& offer : window.offers)
            engine_->inject(offer.source, {.destination = offer.destination, .flits = flits_}, offer.at);
        engine_->run_until(window.end);
        const Tick next = next_ < windows_.size() ? windows_[next_].begin : window.end + 1;
        next_trigger(tick_ * static_cast<double>(next - window.begin));
    }
    Tick accept(std::uint32_t /*endpoint*/, const noc::Packet& /*packet*/, Tick now) override { return now; }

    std::vector<Window> windows_;
    std::size_t next_ = 0;
    sc_core::sc_time tick_;
    std::uint32_t flits_;
    std::unique_ptr<noc::Engine> engine_;
};

[[nodiscard]] double cpu_seconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}
[[nodiscard]] std::uint64_t bytes_in_use() {
    const auto info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

[[nodiscard]] noc::Options options_of(const Row& row) {
    config::Tree tree = config::load(source_folder() + "/configs/nocs/" + row.file + ".yaml");
    config::expand(tree);
    for (const std::string& assignment : row.assignments) config::assign(tree, assignment);
    return config::read<noc::Options>(std::move(tree));
}

[[nodiscard]] Measured measure(const Row& row) {
    const noc::Options options = options_of(row);
    const Topology topology = options.topology->build();
    Measured measured{.routers = topology.routers()};
    std::vector<Window> windows = make_windows(row, static_cast<std::uint32_t>(topology.cores()), row.ticks);
    sc_core::sc_set_time_resolution(1, sc_core::SC_PS);
    const std::uint64_t before = bytes_in_use();
    Shell shell{"noc", options, topology, std::move(windows)};
    const double start = cpu_seconds();
    sc_core::sc_start();
    measured.cpu_s = cpu_seconds() - start;
    measured.bytes = bytes_in_use() - before;
    measured.flit_hops = shell.counters().router_visits;
    if (!shell.complete()) throw std::runtime_error{row.name + ": packets were left in the network"};
    return measured;
}

// ---------------------------------------------------------------- runs of rows as processes

struct Settings {
    std::string self;
    std::string booksim;
    std::size_t runs = 5;
    std::string only;
    std::size_t row = rows.size();  ///< measure this one and print the raw numbers
};

[[nodiscard]] std::string output_of(const smoke::Command& command) {
    const smoke::Outcome outcome = smoke::run(command);
    if (outcome.exit_code != 0) throw std::runtime_error{command.program.string() + " failed: " + describe(outcome)};
    return outcome.out + outcome.err;
}

[[nodiscard]] double number_in(const std::string& text, const std::string& pattern) {
    std::smatch match;
    double last = std::nan("");
    for (auto from = text.cbegin(); std::regex_search(from, text.cend(), match, std::regex{pattern}); from = match[0].second)
        last = std::stod(match[1]);
    return last;
}

[[nodiscard]] Measured measure_elsewhere(const Settings& settings, std::size_t row) {
    const std::string text = output_of({.program = settings.self,
                                        .arguments = {"--row", std::to_string(row)},
                                        .folder = {},
                                        .out = {},
                                        .err = {},
                                        .largest_file = {},
                                        .time_limit = std::chrono::seconds{600}});
    return {static_cast<std::uint64_t>(number_in(text, "flit_hops (\\d+)")), number_in(text, "cpu_s ([0-9.e+-]+)"),
            static_cast<std::uint64_t>(number_in(text, "bytes (\\d+)")),
            static_cast<std::uint64_t>(number_in(text, "routers (\\d+)"))};
}

/// Instructions spent in the NoC's process, counted by callgrind; drawing packets and starting up are not in it.
[[nodiscard]] double instructions_per_hop(const Settings& settings, std::size_t row) {
    const TemporaryFolder folder;
    const std::string text = output_of(
        {.program = "/usr/bin/env",
         .arguments = {"valgrind", "--tool=callgrind", "--toggle-collect=*Shell::run()",
                       "--callgrind-out-file=" + (folder / "out").string(), settings.self, "--row", std::to_string(row)},
         .folder = {},
         .out = {},
         .err = {},
         .largest_file = {},
         .time_limit = std::chrono::seconds{600}});
    return number_in(text, "Collected : (\\d+)") / number_in(text, "flit_hops (\\d+)");
}

[[nodiscard]] double figure_of(const Row& row, const Measured& measured) {
    switch (row.figure) {
        case milliseconds_per_tick:
            return measured.cpu_s * 1e3 / (static_cast<double>(row.ticks) / (1e6 * row.rate));
        case nanoseconds_per_idle_cycle:
            return measured.cpu_s * 1e9 / static_cast<double>(row.ticks);
        case bytes_per_router:
            return static_cast<double>(measured.bytes) / static_cast<double>(measured.routers);
        case million_flit_hops:
        case instructions:
            break;
    }
    return static_cast<double>(measured.flit_hops) * 1e-6 / measured.cpu_s;
}

// ---------------------------------------------------------------- BookSim

/// The same NoC for BookSim2 (Jiang et al., ISPASS 2013): lookahead routing, speculation, channel allocation with the switch's.
/// A warm-up period and three measured ones of equal length, whatever the latencies (all thresholds off).
[[nodiscard]] std::string booksim_configuration(const Row& row, const noc::Options& options, const Topology& topology) {
    const bool adapts = options.routing.name() == "minimal_adaptive";
    return fmt::format(
        "topology = mesh;\nk = {};\nn = 2;\nrouting_function = {};\nnum_vcs = {};\nvc_buf_size = {};\npacket_size = {};\n"
        "traffic = uniform;\ninjection_rate = {};\nrouting_delay = 0;\nvc_alloc_delay = 1;\nsw_alloc_delay = 1;\n"
        "st_final_delay = 1;\nspeculative = 1;\nvc_allocator = {};\nsw_allocator = islip;\nalloc_iters = 1;\n"
        "credit_delay = 0;\nwait_for_tail_credit = 0;\ninternal_speedup = 1.0;\nsim_type = throughput;\n"
        "sample_period = {};\nwarmup_periods = 1;\nmax_samples = 4;\nsim_count = 1;\nwarmup_thres = -1.0;\n"
        "acc_warmup_thres = -1.0;\nstopping_thres = -1.0;\nacc_stopping_thres = -1.0;\nseed = 1;\n",
        topology.grid().width, adapts ? "min_adapt" : "dor", options.virtual_channels, options.buffer_depth,
        options.packet_flits, row.rate, adapts ? "islip" : "piggyback", row.booksim_cycles);
}

[[nodiscard]] double cpu_of_children() {
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// BookSim's M flit-hops/s: accepted flits x hops (routers visited, as here) over its CPU time.
[[nodiscard]] double run_booksim(const Settings& settings, const Row& row) {
    const noc::Options options = options_of(row);
    const Topology topology = options.topology->build();
    const TemporaryFolder folder;
    const std::filesystem::path file = folder / "noc.cfg";
    std::ofstream{file} << booksim_configuration(row, options, topology);
    const double before = cpu_of_children();
    // Its exit code says nothing: BookSim ends good runs with 255.
    const std::string text = smoke::run({.program = settings.booksim,
                                         .arguments = {file.string()},
                                         .folder = folder.path(),
                                         .out = {},
                                         .err = {},
                                         .largest_file = {},
                                         .time_limit = std::chrono::seconds{600}})
                                 .out;
    const double seconds = cpu_of_children() - before;
    const double cycles = number_in(text, "Time taken is (\\d+) cycles");
    const double flits = number_in(text, "[Aa]ccepted flit rate average *= *([0-9.e+-]+)");
    const double hops = number_in(text, "Hops average *= *([0-9.e+-]+)");
    const double flit_hops = flits * static_cast<double>(topology.cores()) * cycles * hops;
    if (std::isnan(flit_hops))
        throw std::runtime_error{"cannot find cycles, accepted flits and hops in what " + settings.booksim + " printed:\n" +
                                 text};
    return flit_hops * 1e-6 / seconds;
}

// ---------------------------------------------------------------- the table

[[nodiscard]] double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

[[nodiscard]] bool has_valgrind() {
    return smoke::run({.program = "/usr/bin/env",
                       .arguments = {"valgrind", "--version"},
                       .folder = {},
                       .out = {},
                       .err = {},
                       .largest_file = {}})
               .exit_code == 0;
}

[[nodiscard]] std::string booksim_cells(const Settings& settings, const Row& row, double ours) {
    if (settings.booksim.empty() || row.booksim_cycles == 0) return {};
    const double theirs = run_booksim(settings, row);
    return fmt::format(" {:>9.3f} {:>8.0f}", theirs, ours / theirs);
}

void print_row(const Settings& settings, std::size_t number) {
    const Row& row = rows[number];
    const bool higher_is_better = row.figure == million_flit_hops;
    const std::string target = fmt::format("{} {:g}", higher_is_better ? ">=" : "<=", row.target);
    std::vector<double> figures;
    if (row.figure == instructions) {
        if (has_valgrind()) figures.push_back(instructions_per_hop(settings, number));
    } else {
        const std::size_t runs = row.figure == bytes_per_router ? 1 : settings.runs;
        while (figures.size() < runs) figures.push_back(figure_of(row, measure_elsewhere(settings, number)));
    }
    if (figures.empty()) {
        fmt::print("{:<40} {:>9} {:<25} {:>8}   valgrind is not installed\n", row.name, "-", unit_of(row.figure), target);
    } else {
        const double figure = median(figures);
        fmt::print("{:<40} {:>9.4g} {:<25} {:>8} {:>9.4g} {:>9.4g}{}\n", row.name, figure, unit_of(row.figure), target,
                   *std::ranges::min_element(figures), *std::ranges::max_element(figures),
                   booksim_cells(settings, row, figure));
    }
    std::fflush(stdout);
}

void print_table(const Settings& settings) {
    fmt::print(
        "The NoC alone, one thread, SystemC included: medians of {} processes, CPU time of the simulation; XY, one virtual\n"
        "channel, buffers of 4, single-flit uniform traffic unless said; rates in packets per node and cycle.\n\n",
        settings.runs);
    fmt::print("{:<40} {:>9} {:<25} {:>8} {:>9} {:>9}", "NoC and load", "figure", "", "target", "lowest", "highest");
    fmt::print("{}\n", settings.booksim.empty() ? "" : "   BookSim    ratio");
    for (std::size_t row = 0; row < rows.size(); ++row)
        if (rows[row].name.find(settings.only) != std::string::npos) print_row(settings, row);
    if (settings.booksim.empty())
        fmt::print("\nWith --booksim PROGRAM (or SPIKEFAB_BOOKSIM) BookSim2 runs the clocked rows too.\n");
}

[[nodiscard]] Settings parse(int argc, char** argv) {
    Settings settings{.self = argv[0], .booksim = {}, .only = {}};
    if (const char* booksim = std::getenv("SPIKEFAB_BOOKSIM")) settings.booksim = booksim;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string option = argv[i];
        if (option == "--booksim")
            settings.booksim = argv[i + 1];
        else if (option == "--only")
            settings.only = argv[i + 1];
        else if (option == "--runs")
            settings.runs = std::stoul(argv[i + 1]);
        else if (option == "--row")
            settings.row = std::stoul(argv[i + 1]);
        else
            throw std::invalid_argument{option};
    }
    if (argc % 2 == 0 || settings.runs == 0) throw std::invalid_argument{"arguments"};
    return settings;
}

}  // namespace

int main(int argc, char** argv) {
    prefer_huge_pages();  // as the command does
    Settings settings;
    try {
        settings = parse(argc, argv);
    } catch (const std::exception&) {
        fmt::print(stderr, "use: {} [--booksim PROGRAM] [--runs N] [--only TEXT]\n", argv[0]);
        return 2;
    }
    try {
        if (settings.row < rows.size()) {
            const Measured measured = measure(rows[settings.row]);
            fmt::print("flit_hops {} cpu_s {} bytes {} routers {}\n", measured.flit_hops, measured.cpu_s, measured.bytes,
                       measured.routers);
        } else {
            print_table(settings);
        }
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
    return 0;
}
