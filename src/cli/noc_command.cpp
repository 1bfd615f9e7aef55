// SPDX-License-Identifier: Apache-2.0
// `spikefab noc`: a NoC alone under synthetic traffic, latency and throughput against the offered rate.
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/noc_plot.hpp"
#include "config/reader.hpp"
#include "noc/check_options.hpp"
#include "noc/make_engine.hpp"
#include "noc/traffic_run.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <charconv>
#include <memory>

namespace spikefab::cli {
namespace {

struct NocCommandOptions {
    std::filesystem::path file;
    std::vector<std::string> assignments;
    std::string traffic = "uniform";
    std::string injection = "bernoulli";
    std::string rate = "0.02..0.4";
    std::uint32_t points = 10;
    noc::Tick cycles = 10000;
    noc::Tick warmup = 1000;
    std::uint64_t seed = 1;
    std::filesystem::path plot;
    bool algorithms = false;
};

/// A model named on the command line, with parameters as in YAML: `hotspot` or `{model: hotspot, ...}`.
template <class Model>
struct Chosen {
    ModelChoice<Model> model;
    static constexpr auto fields = std::tuple{field("model", &Chosen::model, "a registered model").required()};
};
template <class Model>
[[nodiscard]] ModelChoice<Model> choose(const std::string& text, const std::string& option) {
    config::Tree tree;
    tree.kind = config::Tree::Kind::map;
    config::assign(tree, "model=" + text);
    for (config::Tree::Entry& entry : tree.entries) entry.value.origin.file = std::make_shared<const std::string>(option);
    return config::read<Chosen<Model>>(std::move(tree)).model;
}

[[nodiscard]] double parse_rate(std::string_view text) {
    double rate = 0.0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), rate);
    if (failure != std::errc{} || end != text.data() + text.size() || !(rate > 0.0) || rate > 1.0)
        throw InputError{
            fmt::format("--rate {}: expected packets per core and cycle above 0 and at most 1, or a range a..b", text)};
    return rate;
}

/// "0.1", or "0.02..0.4" in `points` equal steps.
[[nodiscard]] std::vector<double> rates_of(const NocCommandOptions& options) {
    const std::size_t dots = options.rate.find("..");
    if (dots == std::string::npos) return {parse_rate(options.rate)};
    const double first = parse_rate(std::string_view{options.rate}.substr(0, dots));
    const double last = parse_rate(std::string_view{options.rate}.substr(dots + 2));
    if (last <= first) throw InputError{fmt::format("--rate {}: the range must rise", options.rate)};
    std::vector<double> rates;
    for (std::uint32_t i = 0; i < options.points; ++i) rates.push_back(first + (last - first) * i / (options.points - 1));
    return rates;
}

template <class Model>
void list_models(std::string& text, std::string_view title) {
    text += fmt::format("{}\n", title);
    for (const std::string_view name : Registry<Model>::instance().names())
        text += fmt::format("  {:<20} {}\n", name, Registry<Model>::instance().find(name)->summary);
}

[[nodiscard]] std::string list_algorithms() {
    std::string text;
    list_models<TopologyModel>(text, "topologies");
    list_models<RoutingModel>(text, "routing algorithms");
    list_models<TrafficModel>(text, "traffic patterns");
    list_models<InjectionModel>(text, "injection processes");
    text += "arbitration\n  round_robin          the input after the last winner\n  fixed_priority       the lowest input\n";
    return text;
}

/// Latency of saturated points depends on the length of the run and is marked.
[[nodiscard]] std::string row(double rate, const noc::TrafficResult& result) {
    return fmt::format("{:>8.4f} {:>9.5f} {:>9} {:>10.3f} {:>8} {:>8} {:>8.3f}  {}\n", rate, result.accepted_rate,
                       result.packets, result.mean_latency, result.histogram.quantile(0.95), result.longest_latency,
                       result.mean_hops, result.saturated() ? "saturated" : "");
}

/// Prints a row for every rate.
[[nodiscard]] std::vector<NocPoint> run_points(const NocCommandOptions& options, const noc::Options& noc,
                                               const Topology& topology, const TrafficPattern& pattern,
                                               const InjectionModel& injection) {
    std::vector<NocPoint> points;
    for (const double rate : rates_of(options)) {
        const noc::TrafficLoad load{.pattern = &pattern,
                                    .injection = &injection,
                                    .rate = rate,
                                    .sources = static_cast<std::uint32_t>(topology.cores()),
                                    .flits = noc.packet_flits,
                                    .warmup = options.warmup,
                                    .measured = options.cycles,
                                    .drain_limit = 2 * options.cycles,
                                    .seed = options.seed};
        const auto engine = [&](noc::Sink& sink) { return noc::make_engine(noc, topology, sink); };
        const noc::TrafficResult result = noc::run_traffic(engine, load);
        if (!result.stuck.empty()) throw SimulationError{"the NoC is deadlocked:\n" + result.stuck};
        print_result(row(rate, result));
        points.push_back({rate, result.accepted_rate, result.mean_latency, result.saturated()});
        if (interrupted()) break;
    }
    return points;
}

ExitCode run(const NocCommandOptions& options) {
    if (options.algorithms) {
        print_result(list_algorithms());
        return ExitCode::done;
    }
    if (options.file.empty()) throw InputError{"name a NoC file (configs/nocs), or use --algorithms"};
    if (!options.plot.empty()) require_plotter();
    catch_interrupts();
    config::Tree tree = config::load(options.file);
    for (const std::string& assignment : options.assignments) config::assign(tree, assignment);
    const auto noc = config::read<noc::Options>(std::move(tree));
    const Topology topology = noc.topology->build();
    for (const std::string& note : noc::check_options(noc, topology).notes) say(note + "\n");
    const auto pattern = choose<TrafficModel>(options.traffic, "--traffic")->make(traffic_site(topology));
    const auto injection = choose<InjectionModel>(options.injection, "--injection");
    print_result(fmt::format("{}, {} routers, {} cores, {} routing, traffic {}; a tick is {}\n", topology.family(),
                             topology.routers(), topology.cores(), noc.routing.name(), options.traffic,
                             format(noc::tick_duration(noc))));
    print_result(fmt::format("{:>8} {:>9} {:>9} {:>10} {:>8} {:>8} {:>8}\n", "offered", "accepted", "packets", "latency",
                             "95 %", "longest", "hops"));
    const std::vector<NocPoint> points = run_points(options, noc, topology, *pattern, *injection);
    if (!options.plot.empty())
        plot_latency(options.plot, points, fmt::format("{}, {}", options.file.filename().string(), options.traffic));
    return interrupted() ? ExitCode::interrupted : ExitCode::done;
}

}  // namespace

void add_noc_command(Program& program) {
    auto options = std::make_shared<NocCommandOptions>();
    CLI::App& command =
        program.command("noc", "run a network-on-chip alone under synthetic traffic", [options] { return run(*options); });
    command.add_option("file", options->file, "NoC file (configs/nocs)");
    command.add_option("--set", options->assignments, "write a value over the file's")->allow_extra_args(false);
    command.add_option("--traffic", options->traffic, "pattern, e.g. uniform or '{model: hotspot, ...}'")
        ->capture_default_str();
    command.add_option("--injection", options->injection, "when packets are made: bernoulli, on_off, burst")
        ->capture_default_str();
    command.add_option("--rate", options->rate, "packets per core and tick, or a range")->capture_default_str();
    command.add_option("--points", options->points, "points of a range")->check(CLI::Range(2, 1000))->capture_default_str();
    command.add_option("--cycles", options->cycles, "measured ticks")->check(CLI::PositiveNumber)->capture_default_str();
    command.add_option("--warmup", options->warmup, "ticks before them")->capture_default_str();
    command.add_option("--seed", options->seed, "of all random streams")->capture_default_str();
    command.add_option("--plot", options->plot, "write latency against accepted rate as an SVG (needs gnuplot)");
    command.add_flag("--algorithms", options->algorithms, "list topologies, routing, traffic and arbitration");
}

}  // namespace spikefab::cli
