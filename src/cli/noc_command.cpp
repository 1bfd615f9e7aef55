// SPDX-License-Identifier: Apache-2.0
// `spikefab noc`: a NoC alone, under synthetic traffic or driven by recorded spikes; latency and throughput.
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/error_place.hpp"
#include "cli/file_kinds.hpp"
#include "cli/noc_plot.hpp"
#include "config/reader.hpp"
#include "noc/check_options.hpp"
#include "noc/make_engine.hpp"
#include "noc/traffic_run.hpp"
#include "run/noc_replay.hpp"
#include "run/noc_trace.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
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
    double multicast = 0.0;
    noc::Tick cycles = 10000;
    noc::Tick warmup = 1000;
    std::uint64_t seed = 1;
    std::filesystem::path trace_in;
    std::string steps = "recorded";
    noc::Tick spike_interval = 1;
    std::uint32_t host_router = 0;
    std::filesystem::path links;
    std::filesystem::path packets;
    std::filesystem::path plot;
    bool algorithms = false;
    bool unchecked = false;
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
    config::assign(tree, "model", config::parse(text, option));
    return config::read<Chosen<Model>>(std::move(tree)).model;
}

/// A rate out of `option`, which is all that was given.
[[nodiscard]] double parse_rate(std::string_view text, std::string_view option) {
    double rate = 0.0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), rate);
    if (failure != std::errc{} || end != text.data() + text.size() || !(rate > 0.0) || rate > 1.0)
        throw InputError{
            fmt::format("--rate {}: expected packets per core and cycle above 0 and at most 1, or a range a..b", option)};
    return rate;
}

/// "0.1", or "0.02..0.4" in `points` equal steps.
[[nodiscard]] std::vector<double> rates_of(const NocCommandOptions& options) {
    const std::size_t dots = options.rate.find("..");
    if (dots == std::string::npos) return {parse_rate(options.rate, options.rate)};
    const double first = parse_rate(std::string_view{options.rate}.substr(0, dots), options.rate);
    const double last = parse_rate(std::string_view{options.rate}.substr(dots + 2), options.rate);
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

constexpr noc::Tick longest_run = 1'000'000'000'000;
/// So that a short run of a large network is not called saturated for packets that are merely on their way.
constexpr noc::Tick least_drain = 10'000;

[[nodiscard]] std::uint32_t dead_cores(const Topology& topology) {
    std::uint32_t dead = 0;
    for (std::uint32_t core = 0; core < topology.cores(); ++core) dead += topology.dead(EndpointId{core}) ? 1U : 0U;
    return dead;
}

/// Keeps packets and links where files were asked for.
[[nodiscard]] std::unique_ptr<NocTrace> trace_of(const NocCommandOptions& options, const noc::Options& noc,
                                                 const Topology& topology) {
    if (options.links.empty() && options.packets.empty()) return nullptr;
    return std::make_unique<NocTrace>(noc, topology, NocTrace::Files{options.packets, options.links});
}

void finish_trace(NocTrace& trace, const noc::Options& noc, noc::Tick elapsed) {
    const PacketSummary summary = trace.finish(to_picoseconds(static_cast<double>(elapsed) * noc::tick_duration(noc)));
    if (summary.hot_spots.empty()) return;
    print_result("links most waited for\n");
    for (const LinkLoad& link : summary.hot_spots)
        print_result(fmt::format("  plane {} router {:>5} {:<6} to {:<12} {:>9} flits, {:>5.1f} % busy, {} waited\n",
                                 link.plane, link.router, link.direction, link.to, link.flits, 100.0 * link.utilisation,
                                 format(link.waiting)));
}

/// What holds on every run, said where a person can check it.
[[nodiscard]] std::string conservation(const noc::Counters& counters) {
    return fmt::format("packets: {} injected + {} copied = {} delivered + {} dropped + {} in flight\n", counters.injected,
                       counters.copied, counters.delivered, counters.dropped, counters.in_flight());
}

/// Latency of saturated points depends on the length of the run and is marked.
[[nodiscard]] std::string row(double rate, const noc::TrafficResult& result) {
    return fmt::format("{:>8.4f} {:>9.5f} {:>9} {:>10.3f} {:>8} {:>8} {:>8.3f}  {}\n", rate, result.accepted_rate,
                       result.packets, result.mean_latency, result.histogram.quantile(0.95), result.longest_latency,
                       result.mean_hops, result.saturated() ? "saturated" : "");
}

[[nodiscard]] std::string title(const noc::Options& noc, const Topology& topology, const std::string& traffic) {
    const std::uint32_t dead = dead_cores(topology);
    return fmt::format("{}, {} routers, {} cores{}, {} routing, traffic {}; a tick is {}\n", topology.family(),
                       topology.routers(), topology.cores(), dead == 0 ? "" : fmt::format(" ({} dead)", dead),
                       noc.routing.name(), traffic, format(noc::tick_duration(noc)));
}

/// Prints a title and a row for every rate.
[[nodiscard]] std::vector<NocPoint> run_points(const NocCommandOptions& options, const noc::Options& noc,
                                               const Topology& topology, const TrafficPattern& pattern,
                                               const InjectionModel& injection) {
    const std::vector<MulticastGroup> groups = multicast_groups(noc.multicast, topology);
    if (options.multicast > 0.0 && groups.empty())
        throw InputError{
            "--multicast needs groups: write `multicast: [{tag: 1, source: 0, destinations: [3, 5]}]` into the NoC"};
    const std::vector<double> rates = rates_of(options);
    for (const double rate : rates) static_cast<void>(injection.make(rate));  // an InputError now and not after other rows
    const auto trace = trace_of(options, noc, topology);
    if (trace && rates.size() > 1) throw InputError{"--links and --packets describe one run: give a single --rate"};
    print_result(title(noc, topology, options.traffic));
    print_result(fmt::format("{:>8} {:>9} {:>9} {:>10} {:>8} {:>8} {:>8}\n", "offered", "accepted", "packets", "latency",
                             "95 %", "longest", "hops"));
    std::vector<NocPoint> points;
    for (const double rate : rates) {
        const noc::TrafficLoad load{.pattern = &pattern,
                                    .injection = &injection,
                                    .rate = rate,
                                    .sources = static_cast<std::uint32_t>(topology.cores()),
                                    .dead = dead_cores(topology),
                                    .flits = noc.packet_flits,
                                    .planes = noc.planes,
                                    .groups = groups,
                                    .multicast_share = options.multicast,
                                    .warmup = options.warmup,
                                    .measured = options.cycles,
                                    .drain_limit = std::max(2 * options.cycles, least_drain),
                                    .seed = options.seed,
                                    .stop_requested = interrupted};
        const auto engine = [&](noc::Sink& sink) { return noc::make_engine(noc, topology, sink); };
        const noc::TrafficResult result = noc::run_traffic(engine, load, trace.get());
        if (interrupted()) break;
        if (!result.stuck.empty()) throw SimulationError{"the NoC is deadlocked:\n" + result.stuck};
        print_result(row(rate, result));
        if (result.counters.dropped != 0 || rates.size() == 1) print_result(conservation(result.counters));
        if (trace) finish_trace(*trace, noc, result.elapsed);
        points.push_back({rate, result.accepted_rate, result.mean_latency, result.saturated()});
    }
    return points;
}

/// "recorded", "drained", or a number of ticks.
[[nodiscard]] ReplayOptions replay_options(const NocCommandOptions& options) {
    ReplayOptions replay{.spike_interval = options.spike_interval, .host_router = options.host_router};
    if (options.steps == "recorded") return replay;
    if (options.steps == "drained") {
        replay.pace = StepPace::drained;
        return replay;
    }
    replay.pace = StepPace::fixed;
    const char* const end = options.steps.data() + options.steps.size();
    const auto [stop, failure] = std::from_chars(options.steps.data(), end, replay.step_ticks);
    if (failure != std::errc{} || stop != end || replay.step_ticks == 0)
        throw InputError{fmt::format("--steps {}: expected recorded, drained, or the ticks of a step", options.steps)};
    return replay;
}

[[nodiscard]] std::string describe(const SpikeRecording& recording, const CoreMap& map, const ReplayResult& result) {
    std::string text = fmt::format("{} spikes of {} populations on {} cores in {} steps", result.spikes,
                                   recording.populations.size(), map.used(), result.steps.size());
    if (map.moved()) text += "; the used cores take the NoC's in their order";
    return text + "\n";
}

void print_replay(const ReplayResult& result, const noc::Options& noc, std::size_t cores) {
    const auto packets = static_cast<double>(result.counters.delivered);
    const auto mean = [packets](double sum) { return packets > 0.0 ? sum / packets : 0.0; };
    const Time time = static_cast<double>(result.end) * noc::tick_duration(noc);
    const double visits = static_cast<double>(result.counters.router_visits) / noc.packet_flits;
    print_result(fmt::format("{:>9} {:>10} {:>10} {:>8} {:>8} {:>8} {:>9}\n", "packets", "delivered", "latency", "95 %",
                             "longest", "hops", "late"));
    print_result(fmt::format("{:>9} {:>10} {:>10.3f} {:>8} {:>8} {:>8.3f} {:>9}\n", result.counters.injected,
                             result.counters.delivered, mean(static_cast<double>(result.latency.sum)),
                             result.latency.histogram.quantile(0.95), result.latency.longest, mean(visits), result.late));
    if (result.end != 0)
        print_result(fmt::format("accepted {:.5g} packets per core and tick over {} ({:.4g} M packets/s)\n",
                                 packets / static_cast<double>(result.end) / static_cast<double>(cores), format(time),
                                 packets / time.si() * 1e-6));
    print_result(conservation(result.counters));
}

ExitCode run_replay(const NocCommandOptions& options, const noc::Options& noc, Topology topology) {
    const SpikeRecording recording = read_spike_recording(options.trace_in);
    const ReplayOptions replay = replay_options(options);
    if (replay.host_router >= topology.routers())
        throw InputError{
            fmt::format("--host-router {}: the NoC has routers 0 to {}", replay.host_router, topology.routers() - 1)};
    const CoreMap map{recording, topology};
    const RouterId host{replay.host_router};
    if (map.has_host() && !topology.host_at(host).valid()) topology = topology.with_host_port(host);
    const auto trace = trace_of(options, noc, topology);
    const ReplayResult result = spikefab::replay(recording, noc, topology, replay, trace.get());
    if (!result.stuck.empty()) throw SimulationError{"the NoC is deadlocked:\n" + result.stuck};
    print_result(title(noc, topology, options.trace_in.filename().string()));
    print_result(describe(recording, map, result));
    print_replay(result, noc, topology.cores());
    if (trace) finish_trace(*trace, noc, result.end);
    if (options.plot.empty()) return ExitCode::done;
    std::vector<StepPoint> points;
    for (const ReplayStep& step : result.steps)
        if (step.arrived != 0)
            points.push_back({step.step, static_cast<double>(step.latency) / static_cast<double>(step.arrived)});
    plot_steps(options.plot, points,
               fmt::format("{}, {}", options.file.filename().string(), options.trace_in.filename().string()));
    return ExitCode::done;
}

/// A file that is written in the end needs its folder before a long run and not after it.
void require_folder(const std::filesystem::path& file) {
    if (file.empty() || !file.has_parent_path() || std::filesystem::is_directory(file.parent_path())) return;
    throw InputError{fmt::format("cannot create '{}': there is no folder '{}'; make it, or choose another", file.string(),
                                 file.parent_path().string())};
}

ExitCode run(const NocCommandOptions& options) {
    if (options.algorithms) {
        print_result(list_algorithms());
        return ExitCode::done;
    }
    if (options.file.empty()) throw InputError{"name a NoC file (configs/nocs), or use --algorithms"};
    for (const std::filesystem::path& file : {options.links, options.packets, options.plot}) require_folder(file);
    if (!options.plot.empty()) require_plotter();
    config::Tree tree = load_file(options.file, {"noc"});
    for (const std::string& assignment : options.assignments) config::assign(tree, assignment);
    const auto noc = config::read<noc::Options>(tree);
    const Topology topology = place_errors(tree, noc_subjects, [&] { return noc::build_topology(noc); });
    const RoutingReport report = place_errors(tree, noc_subjects, [&] {
        static_cast<void>(noc::timing_of(noc));
        if (!options.unchecked) return noc::check_options(noc, topology);
        noc::check_parts(noc, topology);
        return RoutingReport{};
    });
    for (const std::string& note : report.notes) say(note + "\n");
    if (!options.trace_in.empty()) return run_replay(options, noc, topology);
    const auto pattern = choose<TrafficModel>(options.traffic, "--traffic")->make(traffic_site(topology));
    const auto injection = choose<InjectionModel>(options.injection, "--injection");
    catch_interrupts();  // before this nothing is lost by ending at once
    const std::vector<NocPoint> points = run_points(options, noc, topology, *pattern, *injection);
    if (!options.plot.empty())
        plot_latency(options.plot, points, fmt::format("{}, {}", options.file.filename().string(), options.traffic));
    return interrupted() ? ExitCode::interrupted : ExitCode::done;
}

}  // namespace

void add_noc_command(Program& program) {
    auto options = std::make_shared<NocCommandOptions>();
    CLI::App& command = program.command("noc", "run a network-on-chip alone, under synthetic traffic or recorded spikes",
                                        [options] { return run(*options); });
    command.add_option("file", options->file, "NoC file (configs/nocs)");
    command.add_option("--set", options->assignments, "write a value over the file's")->allow_extra_args(false);
    command.add_option("--traffic", options->traffic, "pattern, e.g. uniform or '{model: hotspot, ...}'")
        ->capture_default_str();
    command.add_option("--injection", options->injection, "when packets are made: bernoulli, on_off, burst")
        ->capture_default_str();
    command.add_option("--rate", options->rate, "packets per core and tick, or a range")->capture_default_str();
    command
        .add_option("--multicast", options->multicast,
                    "share of the packets of a core with multicast groups in the file that go to one of them, in turn")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    command.add_option("--points", options->points, "points of a range")->check(CLI::Range(2, 1000))->capture_default_str();
    command.add_option("--cycles", options->cycles, "measured ticks")
        ->check(CLI::Range(noc::Tick{1}, longest_run))
        ->capture_default_str();
    command.add_option("--warmup", options->warmup, "ticks before them")
        ->check(CLI::Range(noc::Tick{0}, longest_run))
        ->capture_default_str();
    command.add_option("--seed", options->seed, "of all random streams")->capture_default_str();
    command
        .add_option("--trace-in", options->trace_in,
                    "spikes.h5 of `run --trace spikes`: drive the NoC by a network's recorded spikes")
        ->excludes("--traffic", "--injection", "--rate", "--points");
    command
        .add_option("--steps", options->steps,
                    "with --trace-in, when a step begins: recorded, drained (when the one before is), or a number of ticks")
        ->needs("--trace-in")
        ->capture_default_str();
    command
        .add_option("--spike-interval", options->spike_interval,
                    "with --trace-in, ticks from one spike of a core to its next in a step")
        ->needs("--trace-in")
        ->capture_default_str();
    command.add_option("--host-router", options->host_router, "with --trace-in, where input enters and answers leave")
        ->needs("--trace-in")
        ->capture_default_str();
    command.add_option("--links", options->links, "write every link's flits, utilisation and waiting as CSV");
    command.add_option("--packets", options->packets, "write every packet's latency, waiting and hops as HDF5");
    command.add_option("--plot", options->plot,
                       "write latency against accepted rate, or against steps with --trace-in, as an SVG (needs gnuplot)");
    command.add_flag("--unchecked", options->unchecked,
                     "run even a NoC that can deadlock: it ends with who waits for whom when it does");
    command.add_flag("--algorithms", options->algorithms, "list topologies, routing, traffic and arbitration");
}

}  // namespace spikefab::cli
