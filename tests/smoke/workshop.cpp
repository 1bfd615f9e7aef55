// SPDX-License-Identifier: Apache-2.0
// Writes the small inputs.
#include "smoke/workshop.hpp"
#include "places.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <numeric>

namespace spikefab::smoke {

void Workshop::write(const std::string& name, const std::string& text) const {
    std::ofstream{folder_ / name, std::ios::binary} << text;
    written_.push_back(name);
}

void Workshop::write_npy(const std::string& name, const std::vector<std::size_t>& shape, std::uint8_t value) const {
    constexpr std::size_t start_of_data = 128;  // version 1.0: magic, two bytes of length, a dictionary padded with spaces
    const std::size_t size = std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies{});
    std::string header = fmt::format("{{'descr': '|u1', 'fortran_order': False, 'shape': ({},), }}", fmt::join(shape, ", "));
    header.resize(start_of_data - 10 - 1, ' ');
    header += '\n';
    const std::string length{static_cast<char>(header.size()), '\0'};
    write(name, "\x93NUMPY\x01" + std::string(1, '\0') + length + header + std::string(size, static_cast<char>(value)));
}

void Workshop::write_small_experiment() const {
    write_npy("images.npy", {3, 28, 28}, 128);
    write_npy("labels.npy", {3}, 1);
    write("small.yaml", fmt::format("from: {}\n"
                                    "name: small\n"
                                    "input: {{images: images.npy, labels: labels.npy, count: 3}}\n"
                                    "steps: 4\n"
                                    "gpus: {{models: []}}\n",
                                    in_repository("configs/experiments/fashion-loihi.yaml")));
}

Command Workshop::command(std::vector<std::string> arguments) const {
    return {.program = program_file(),
            .arguments = std::move(arguments),
            .folder = folder_.path(),
            .out = {},
            .err = {},
            .largest_file = {}};
}

Outcome Workshop::spikefab(std::vector<std::string> arguments) const {
    return run(command(std::move(arguments)));
}

std::vector<std::string> Workshop::leftovers() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{folder_.path()}) {
        const std::string name = entry.path().filename().string();
        if (std::ranges::find(written_, name) == written_.end()) names.push_back(name);
    }
    return names;
}

std::string in_repository(const std::string& path) {
    return source_folder() + "/" + path;
}

}  // namespace spikefab::smoke
