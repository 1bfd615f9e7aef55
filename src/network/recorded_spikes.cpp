// SPDX-License-Identifier: Apache-2.0
// Finds the observable in a NIRData file and turns grids and events into spike trains.
#include "network/recorded_spikes.hpp"

#include "base/error.hpp"
#include "network/hdf5_tree.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <utility>

namespace spikefab {
namespace {

constexpr double most_neurons = 268435456.0;  // 2^28, as for a population
constexpr double most_steps = 16777216.0;     // 2^24
/// Times written as multiples of dt may fall short of them by rounding.
constexpr double time_tolerance = 1e-6;

class Recording final {
public:
    Recording(const std::filesystem::path& path, Time dt) : name_{path.string()}, root_{read_hdf5(path)}, dt_{dt} {}

    [[nodiscard]] Dataset read(const std::string& part) {
        if (type_of(root_) != "NIRGraphData") refuse("is HDF5, but not NIRData: its root has no __type__ = NIRGraphData");
        const auto [name, observable] = chosen(part);
        const std::string type = type_of(*observable);
        if (type == "TimeGriddedData") return grid(name, *observable);
        if (type == "EventData" || type == "ValuedEventData") return events(name, *observable);
        refuse(fmt::format("{} is of type '{}', expected TimeGriddedData or EventData", name, type));
    }

private:
    using Observable = std::pair<std::string, const Hdf5Node*>;  ///< "node/observable"

    [[noreturn]] void refuse(std::string_view problem) const { throw InputError{fmt::format("{}: {}", name_, problem)}; }

    [[nodiscard]] static std::string type_of(const Hdf5Node& node) {
        const auto found = node.text_attributes.find("__type__");
        return found == node.text_attributes.end() ? "" : found->second;
    }

    /// The observable that `part` names, or the only one.
    [[nodiscard]] Observable chosen(const std::string& part) const {
        std::vector<Observable> found;
        std::vector<std::string> names;
        const Hdf5Node* nodes = root_.find("nodes", Hdf5Kind::group);
        if (nodes == nullptr) refuse("has no group 'nodes'");
        for (const auto& [node_name, node] : nodes->children) {
            const Hdf5Node* observables = node.find("observables", Hdf5Kind::group);
            if (observables == nullptr) continue;
            for (const auto& [observable_name, observable] : observables->children) {
                names.push_back(node_name + "/" + observable_name);
                if (part == names.back()) return {names.back(), &observable};
                found.emplace_back(names.back(), &observable);
            }
        }
        if (!part.empty()) refuse(fmt::format("has no '{}'; it holds {}", part, fmt::join(names, ", ")));
        if (found.size() == 1) return found.front();
        refuse(fmt::format("holds {} recordings ({}); say which with {}#node/observable", found.size(), fmt::join(names, ", "),
                           name_));
    }

    [[nodiscard]] const NumberArray& numbers(const std::string& name, const Hdf5Node& observable, std::string_view key) const {
        if (const Hdf5Node* found = observable.find(key, Hdf5Kind::numbers)) return found->numbers;
        refuse(fmt::format("{} has no numbers '{}'", name, key));
    }

    [[nodiscard]] Dataset grid(const std::string& name, const Hdf5Node& observable) const {
        const NumberArray& data = numbers(name, observable, "data");
        if (data.dims.size() != 3 || data.values.empty() || static_cast<double>(data.dims[2]) > most_neurons)
            refuse(
                fmt::format("{}: data has shape ({}), expected (samples, steps, neurons)", name, fmt::join(data.dims, ", ")));
        const auto neurons = static_cast<std::uint32_t>(data.dims[2]);
        std::vector<SpikeTrain> trains(data.dims[0]);
        std::size_t place = 0;
        for (SpikeTrain& train : trains) {
            for (std::size_t step = 0; step < data.dims[1]; ++step) {
                for (std::uint32_t neuron = 0; neuron < neurons; ++neuron)
                    if (data.values[place++] > 0.0) train.neurons.push_back(neuron);
                train.end_step();
            }
        }
        return {name_, neurons, std::move(trains)};
    }

    [[nodiscard]] double attribute(const std::string& name, const Hdf5Node& observable, const std::string& key,
                                   double highest) const {
        const auto found = observable.number_attributes.find(key);
        if (found == observable.number_attributes.end() || !(found->second > 0.0 && found->second <= highest))
            refuse(fmt::format("{} needs an attribute '{}' above 0 and at most {}", name, key, highest));
        return found->second;
    }

    [[nodiscard]] Dataset events(const std::string& name, const Hdf5Node& observable) const {
        const NumberArray& index = numbers(name, observable, "idx");
        const NumberArray& time = numbers(name, observable, "time");
        if (index.dims.size() != 2 || index.dims != time.dims)
            refuse(fmt::format("{}: idx ({}) and time ({}) must have one shape (samples, events)", name,
                               fmt::join(index.dims, ", "), fmt::join(time.dims, ", ")));
        if (index.dims[0] == 0) refuse(fmt::format("{} holds no samples", name));
        const double neurons = std::floor(attribute(name, observable, "n_neurons", most_neurons));
        const double steps = std::ceil(attribute(name, observable, "t_max", most_steps * dt_.si()) / dt_.si() - time_tolerance);
        std::vector<SpikeTrain> trains;
        for (std::size_t sample = 0; sample < index.dims[0]; ++sample) {
            const auto first = static_cast<std::ptrdiff_t>(sample * index.dims[1]);
            const auto count = static_cast<std::ptrdiff_t>(index.dims[1]);
            trains.push_back(sorted({index.values.begin() + first, index.values.begin() + first + count},
                                    {time.values.begin() + first, time.values.begin() + first + count}, neurons, steps,
                                    sample));
        }
        return {name_, static_cast<std::uint32_t>(neurons), std::move(trains)};
    }

    /// An index of -1 is no event.
    [[nodiscard]] SpikeTrain sorted(const std::vector<double>& index, const std::vector<double>& time, double neurons,
                                    double steps, std::size_t sample) const {
        std::vector<std::pair<std::uint32_t, std::uint32_t>> spikes;  // step, neuron
        for (std::size_t i = 0; i < index.size(); ++i) {
            if (index[i] == -1.0) continue;
            const double step = std::floor(time[i] / dt_.si() + time_tolerance);
            if (!(index[i] >= 0.0 && index[i] < neurons) || index[i] != std::floor(index[i]) || !(step >= 0.0 && step < steps))
                refuse(fmt::format("sample {}, event {}: neuron {} at {} s is outside {} neurons and {} steps of {}", sample, i,
                                   index[i], time[i], neurons, steps, format(dt_)));
            spikes.emplace_back(static_cast<std::uint32_t>(step), static_cast<std::uint32_t>(index[i]));
        }
        std::sort(spikes.begin(), spikes.end());
        spikes.erase(std::unique(spikes.begin(), spikes.end()), spikes.end());
        SpikeTrain train;
        auto next = spikes.begin();
        for (std::uint32_t step = 0; step < static_cast<std::uint32_t>(steps); ++step) {
            for (; next != spikes.end() && next->first == step; ++next) train.neurons.push_back(next->second);
            train.end_step();
        }
        return train;
    }

    std::string name_;
    Hdf5Node root_;
    Time dt_;
};

}  // namespace

bool is_recorded(const std::filesystem::path& file) {
    std::array<char, 8> start{};
    std::ifstream stream{file, std::ios::binary};
    stream.read(start.data(), start.size());
    return std::string_view{start.data(), start.size()} == "\x89HDF\r\n\x1a\n";
}

Dataset read_recorded(const std::filesystem::path& file, const std::string& part, Time dt) {
    return Recording{file, dt}.read(part);
}

}  // namespace spikefab
