// SPDX-License-Identifier: Apache-2.0
// Reading /nodes and /routes (docs/formats.md).
#include "network/spike_recording.hpp"

#include "base/error.hpp"
#include "network/hdf5_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace spikefab {
namespace {

class RecordingReader final {
public:
    explicit RecordingReader(const std::filesystem::path& file) : file_{file.string()}, root_{read_hdf5(file)} {}

    [[nodiscard]] SpikeRecording run() {
        const Hdf5Node* nodes = root_.find("nodes", Hdf5Kind::group);
        if (nodes == nullptr) fail("it has no /nodes, so it is no recording of spikes");
        const Hdf5Node* routes = root_.find("routes", Hdf5Kind::group);
        if (routes == nullptr)
            fail(
                "it does not say on which cores its neurons were and where they sent to (/routes); record it with "
                "`spikefab run ... --trace spikes`");
        for (const auto& [name, node] : nodes->children) {
            const Hdf5Node* route = routes->find(name, Hdf5Kind::group);
            if (route == nullptr) fail(fmt::format("/routes lacks population '{}'", name));
            add_population(name, *route);
            add_spikes(name, node);
        }
        sort();
        return std::move(recording_);
    }

private:
    [[noreturn]] void fail(const std::string& reason) const { throw InputError{fmt::format("{}: {}", file_, reason)}; }

    [[nodiscard]] const std::vector<double>& numbers(const Hdf5Node& group, const std::string& path,
                                                     std::string_view name) const {
        const Hdf5Node* found = group.find(name, Hdf5Kind::numbers);
        if (found == nullptr) fail(fmt::format("{}/{} is missing", path, name));
        return found->numbers.values;
    }

    /// A whole number from `least` to `most`.
    [[nodiscard]] double whole(double value, double least, double most, const std::string& where) const {
        if (!(value >= least && value <= most) || value != std::floor(value))
            fail(fmt::format("{}: {} is not a whole number from {} to {}", where, value, least, most));
        return value;
    }

    [[nodiscard]] std::vector<std::int32_t> cores(const Hdf5Node& group, const std::string& path, std::string_view name) const {
        constexpr double most = 1 << 24;
        std::vector<std::int32_t> all;
        for (const double core : numbers(group, path, name))
            all.push_back(static_cast<std::int32_t>(whole(core, SpikeRecording::host, most, fmt::format("{}/{}", path, name))));
        return all;
    }

    void add_population(const std::string& name, const Hdf5Node& route) {
        const std::string path = "/routes/" + name;
        SpikeRecording::Population population{.name = name};
        population.core = cores(route, path, "core");
        population.destinations = cores(route, path, "destinations");
        const auto size = static_cast<double>(population.destinations.size());
        for (const double offset : numbers(route, path, "offsets")) {
            const double least = population.offsets.empty() ? 0.0 : static_cast<double>(population.offsets.back());
            population.offsets.push_back(static_cast<std::size_t>(whole(offset, least, size, path + "/offsets")));
        }
        if (population.offsets.size() != population.core.size() + 1)
            fail(fmt::format("{}: {} offsets for {} neurons, expected one more", path, population.offsets.size(),
                             population.core.size()));
        recording_.populations.push_back(std::move(population));
    }

    void add_spikes(const std::string& name, const Hdf5Node& node) {
        const std::string path = fmt::format("/nodes/{}/observables/spikes", name);
        const Hdf5Node* observables = node.find("observables", Hdf5Kind::group);
        const Hdf5Node* spikes = observables == nullptr ? nullptr : observables->find("spikes", Hdf5Kind::group);
        if (spikes == nullptr) fail(path + " is missing");
        const auto& neurons = numbers(*spikes, path, "idx");
        const auto& times = numbers(*spikes, path, "time");
        const auto& steps = numbers(*spikes, path, "step");
        if (neurons.size() != times.size() || neurons.size() != steps.size())
            fail(fmt::format("{}: idx, time and step have {}, {} and {} entries, expected equally many", path, neurons.size(),
                             times.size(), steps.size()));
        const auto population = static_cast<std::uint32_t>(recording_.populations.size() - 1);
        const double last = static_cast<double>(recording_.populations.back().core.size()) - 1.0;
        for (std::size_t i = 0; i < neurons.size(); ++i) {
            const auto step = static_cast<std::uint64_t>(whole(steps[i], 0.0, 9e15, path + "/step"));
            const auto neuron = static_cast<std::uint32_t>(whole(neurons[i], 0.0, last, path + "/idx"));
            if (!(times[i] >= 0.0 && times[i] < 1e9)) fail(fmt::format("{}/time: {} s is not possible", path, times[i]));
            recording_.spikes.push_back({step, population, neuron});
            starts_.try_emplace(step, times[i]);
        }
    }

    void sort() {
        std::vector<SpikeRecording::Spike>& spikes = recording_.spikes;
        std::sort(spikes.begin(), spikes.end(), [](const SpikeRecording::Spike& a, const SpikeRecording::Spike& b) {
            return std::tie(a.step, a.population, a.neuron) < std::tie(b.step, b.population, b.neuron);
        });
        for (std::size_t i = 0; i < spikes.size(); ++i)
            if (i == 0 || spikes[i].step != spikes[i - 1].step)
                recording_.steps.push_back({spikes[i].step, starts_.at(spikes[i].step), i});
        for (std::size_t step = 1; step < recording_.steps.size(); ++step)
            if (recording_.steps[step].seconds < recording_.steps[step - 1].seconds)
                fail(fmt::format("step {} begins before step {}", recording_.steps[step].number,
                                 recording_.steps[step - 1].number));
    }

    std::string file_;
    Hdf5Node root_;
    SpikeRecording recording_;
    std::map<std::uint64_t, double> starts_;
};

}  // namespace

SpikeRecording read_spike_recording(const std::filesystem::path& file) {
    return RecordingReader{file}.run();
}

}  // namespace spikefab
