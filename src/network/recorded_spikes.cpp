// SPDX-License-Identifier: Apache-2.0
// Finds the observable in a NIRData file and turns grids and events into spike trains.
#include "network/recorded_spikes.hpp"

#include "base/error.hpp"
#include "network/hdf5_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>

namespace spikefab {
namespace {

constexpr double most_neurons = 268435456.0;  // 2^28, as for a population
constexpr double most_steps = 16777216.0;     // 2^24
/// Times written as multiples of dt may fall short of them by rounding.
constexpr double time_tolerance = 1e-6;

class Recording final {
public:
    Recording(const std::filesystem::path& path, Time dt) : name_{path.string()}, file_{path}, dt_{dt} {}

    [[nodiscard]] Dataset read(const std::string& part) {
        if (file_.text_attribute("/", "__type__") != "NIRGraphData")
            refuse("is HDF5, but not NIRData: its root has no __type__ = NIRGraphData");
        const std::string group = chosen(part);
        const std::string type = file_.text_attribute(group, "__type__").value_or("");
        if (type == "TimeGriddedData") return grid(group);
        if (type == "EventData" || type == "ValuedEventData") return events(group);
        refuse(fmt::format("{} is of type '{}', expected TimeGriddedData or EventData", group, type));
    }

private:
    [[noreturn]] void refuse(std::string_view problem) const { throw InputError{fmt::format("{}: {}", name_, problem)}; }

    /// Group of the observable that `part` names, or of the only one.
    [[nodiscard]] std::string chosen(const std::string& part) const {
        std::vector<std::string> found;
        for (const std::string& node : children_of("/nodes")) {
            const std::string observables = "/nodes/" + node + "/observables";
            if (file_.kind("/nodes/" + node) != Hdf5Kind::group || file_.kind(observables) != Hdf5Kind::group) continue;
            for (const std::string& observable : file_.children(observables)) {
                if (part == node + "/" + observable) return observables + "/" + observable;
                found.push_back(node + "/" + observable);
            }
        }
        if (!part.empty()) refuse(fmt::format("has no '{}'; it holds {}", part, fmt::join(found, ", ")));
        if (found.size() != 1)
            refuse(fmt::format("holds {} recordings ({}); say which with {}#node/observable", found.size(),
                               fmt::join(found, ", "), name_));
        const std::size_t slash = found.front().rfind('/');
        return "/nodes/" + found.front().substr(0, slash) + "/observables" + found.front().substr(slash);
    }

    [[nodiscard]] std::vector<std::string> children_of(const std::string& group) const {
        if (file_.kind(group) != Hdf5Kind::group) refuse(fmt::format("has no group '{}'", group));
        return file_.children(group);
    }

    [[nodiscard]] Dataset grid(const std::string& group) const {
        const NumberArray data = file_.numbers(group + "/data");
        if (data.dims.size() != 3 || data.values.empty() || static_cast<double>(data.dims[2]) > most_neurons)
            refuse(
                fmt::format("{}/data has shape ({}), expected (samples, steps, neurons)", group, fmt::join(data.dims, ", ")));
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

    [[nodiscard]] double attribute(const std::string& group, const std::string& key, double highest) const {
        const auto value = file_.number_attribute(group, key);
        if (!value || !(*value > 0.0 && *value <= highest))
            refuse(fmt::format("{} needs an attribute '{}' above 0 and at most {}", group, key, highest));
        return *value;
    }

    [[nodiscard]] Dataset events(const std::string& group) const {
        const NumberArray index = file_.numbers(group + "/idx");
        const NumberArray time = file_.numbers(group + "/time");
        if (index.dims.size() != 2 || index.dims != time.dims)
            refuse(fmt::format("{}: idx ({}) and time ({}) must have one shape (samples, events)", group,
                               fmt::join(index.dims, ", "), fmt::join(time.dims, ", ")));
        if (index.dims[0] == 0) refuse(fmt::format("{} holds no samples", group));
        const double neurons = std::floor(attribute(group, "n_neurons", most_neurons));
        const double steps = std::ceil(attribute(group, "t_max", most_steps * dt_.si()) / dt_.si() - time_tolerance);
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
    Hdf5File file_;
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
