// SPDX-License-Identifier: Apache-2.0
// Routers made of stages against RANC's RTL: every hop and delivery of recorded traffic, in its cycle; and laws of queues.
#include "base/partial_visitor.hpp"
#include "noc/make_engine.hpp"
#include "noc/staged_engine.hpp"
#include "places.hpp"
#include "verify/vector_file.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <map>

namespace spikefab::noc {
namespace {

namespace fs = std::filesystem;

using Hop = std::array<std::uint64_t, 3>;  ///< cycle, router, stage

class Recorder final : public Sink, public Observer {
public:
    Tick accept(std::uint32_t endpoint, const Packet& /*packet*/, Tick now) override {
        deliveries.push_back({now, endpoint, 0});
        return now;
    }
    void hop(std::uint32_t router, std::uint32_t port, const Packet& /*packet*/, Tick now) override {
        hops.push_back({now, router, port});
    }
    /// The RTL's trace samples a stage's write enable, which stays up while the stage stands still.
    void stalled(std::uint32_t router, std::uint32_t port, const Packet& /*packet*/, Tick first, Tick last) override {
        for (Tick cycle = first; cycle <= last; ++cycle) hops.push_back({cycle, router, port});
    }
    void injected(std::uint32_t endpoint, const Packet& /*packet*/, Tick now) override {
        entries.push_back({now, endpoint, 0});
    }
    std::vector<Hop> hops, deliveries, entries;
};

[[nodiscard]] Options staged_mesh(std::uint32_t width, std::uint32_t height) {
    Options options;
    options.topology = ModelChoice<TopologyModel>{"mesh"};
    options.staged = StagedTimes{};
    struct Size final : PartialVisitor {
        std::uint32_t width, height;
        Size(std::uint32_t w, std::uint32_t h) : width{w}, height{h} {}
        void integer(const FieldInfo& info, std::int64_t& value) override {
            if (info.key == "width") value = width;
            if (info.key == "height") value = height;
        }
    } size{width, height};
    options.topology->visit(size);
    return options;
}

/// The edge port on the west side of router 0.
[[nodiscard]] std::uint32_t west_port(const Topology& topology) {
    for (std::uint32_t i = 0; i < topology.endpoints().size(); ++i) {
        const Endpoint& endpoint = topology.endpoint(EndpointId{i});
        if (endpoint.router == RouterId{0U} && endpoint.direction == Direction::west) return i;
    }
    return none;
}

void replay(const nlohmann::json& vector, Engine& engine, const Topology& topology) {
    const auto width = vector["grid"]["GX"].get<std::int64_t>();
    struct Send {
        Tick cycle;
        std::uint32_t from;
        std::int64_t to;
    };
    std::vector<Send> sends;
    for (std::size_t i = 0; i < vector["input_packets"].size(); ++i) {
        const auto& packet = vector["input_packets"][i];
        sends.push_back({vector["input_fifo_push"][i][0].get<Tick>(), west_port(topology),
                         packet[1].get<std::int64_t>() + packet[2].get<std::int64_t>() * width});
    }
    for (const auto& inject : vector["expected"]["inject"])
        sends.push_back(
            {inject[0].get<Tick>(), inject[1].get<std::uint32_t>(),
             inject[1].get<std::int64_t>() + inject[2].get<std::int64_t>() + inject[3].get<std::int64_t>() * width});
    std::stable_sort(sends.begin(), sends.end(), [](const Send& a, const Send& b) { return a.cycle < b.cycle; });
    for (const Send& send : sends)
        engine.inject(send.from, {.source = send.from, .destination = static_cast<std::uint32_t>(send.to)}, send.cycle);
    engine.run_until(never);
}

[[nodiscard]] std::vector<Hop> sorted(std::vector<Hop> hops) {
    std::sort(hops.begin(), hops.end());
    return hops;
}

void expect_same_traffic(const fs::path& file) {
    const nlohmann::json vector = verify::read_vector(file);
    const Options options = staged_mesh(vector["grid"]["GX"].get<std::uint32_t>(), vector["grid"]["GY"].get<std::uint32_t>());
    const Topology topology = options.topology->build();
    Recorder recorder;
    const auto engine = make_engine(options, topology, recorder);
    engine->observe(&recorder);
    replay(vector, *engine, topology);

    const std::map<std::string, std::uint64_t> stage_numbers{{"E", 0}, {"W", 1}, {"N", 2}, {"S", 3}, {"L", 4}};
    std::vector<Hop> hops, deliveries;
    for (const auto& hop : vector["expected"].value("hop", nlohmann::json::array()))
        hops.push_back({hop[0].get<Tick>(), hop[1].get<std::uint64_t>(), stage_numbers.at(hop[2].get<std::string>())});
    const auto& bus = vector["grid"]["output_bus"];
    const std::uint64_t bus_core =
        bus.is_array() ? bus[0].get<std::uint64_t>() + bus[1].get<std::uint64_t>() * vector["grid"]["GX"].get<std::uint64_t>()
                       : 0;
    for (const auto& delivery : vector["expected"]["deliver"])
        deliveries.push_back({delivery[0].get<Tick>(), delivery[1].get<std::uint64_t>(), 0});
    // The output bus is seen in the half cycle before its clock edge.
    for (const auto& output : vector["expected"]["output_bus"]) deliveries.push_back({output[0].get<Tick>() + 1, bus_core, 0});
    EXPECT_EQ(sorted(recorder.deliveries), sorted(deliveries)) << file.filename();
    if (!hops.empty()) {
        EXPECT_EQ(sorted(recorder.hops), sorted(hops)) << file.filename();
    }
}

TEST(StagedRouters, pass_recorded_traffic_in_the_cycles_of_the_rtl) {
    const fs::path folder = fs::path{shared_folder()} / "vectors" / "digital" / "ranc_rtl";
    if (!fs::exists(folder)) GTEST_SKIP() << "no golden vectors in " << folder;
    for (const auto& entry : fs::directory_iterator{folder}) expect_same_traffic(entry.path());
}

TEST(StagedRouters, take_six_cycles_and_two_more_per_hop) {
    const Options options = staged_mesh(4, 4);
    const Topology topology = options.topology->build();
    for (const auto& [from, to, hops] : {std::array{0U, 0U, 0U}, std::array{0U, 3U, 3U}, std::array{15U, 0U, 6U}}) {
        Recorder recorder;
        const auto engine = make_engine(options, topology, recorder);
        engine->inject(from, {.destination = to}, 10);
        engine->run_until(never);
        EXPECT_EQ(recorder.deliveries, (std::vector<Hop>{{10 + 6 + 2 * hops, to, 0}}));
    }
}

TEST(StagedRouters, hold_a_fifth_packet_in_front_of_a_queue_of_four) {
    const Options options = staged_mesh(2, 1);
    const Topology topology = options.topology->build();
    Recorder recorder;
    const auto engine = make_engine(options, topology, recorder);
    engine->observe(&recorder);
    for (int i = 0; i < 12; ++i) engine->inject(0, {.destination = 1}, 10);
    engine->run_until(never);
    // Four enter as they come, one a cycle; the forwarder makes room every second cycle, which the core sees two later.
    std::vector<Tick> cycles;
    for (const Hop& entry : recorder.entries) cycles.push_back(entry[0]);
    EXPECT_EQ((std::vector<Tick>{cycles.begin(), cycles.begin() + 4}), (std::vector<Tick>{10, 11, 12, 13}));
    EXPECT_EQ(recorder.deliveries.size(), 12U);
    EXPECT_TRUE(engine->idle());
}

}  // namespace
}  // namespace spikefab::noc
