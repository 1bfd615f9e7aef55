// SPDX-License-Identifier: Apache-2.0
// Rows of text.
#include "report/csv.hpp"

#include "report/decimal.hpp"

#include <fmt/format.h>

namespace spikefab {
namespace {

template <class Dimension>
[[nodiscard]] std::string si(Quantity<Dimension> quantity) {
    return decimal(quantity.si());
}

}  // namespace

StepsCsv::StepsCsv(const std::filesystem::path& path) : file_{path} {
    file_.write("step,start_s,duration_s,spikes,packets,busiest_core,busiest_core_s\n");
}

void StepsCsv::add(const StepRecord& step) {
    file_.write(fmt::format("{},{},{},{},{},{},{}\n", step.step, si(step.start), si(step.duration), step.spikes, step.packets,
                            step.busiest_core, si(step.busiest_time)));
}

InferencesCsv::InferencesCsv(const std::filesystem::path& path) : file_{path} {
    file_.write("image,label,answer,start_s,end_s,latency_s,energy_J,dynamic_energy_J\n");
}

void InferencesCsv::add(const InferenceRecord& inference) {
    const std::string label = inference.label ? fmt::format("{}", *inference.label) : "";
    file_.write(fmt::format("{},{},{},{},{},{},{},{}\n", inference.image, label, inference.answer, si(inference.start),
                            si(inference.end), si(inference.end - inference.start), si(inference.energy),
                            si(inference.dynamic_energy)));
}

PowerCsv::PowerCsv(const std::filesystem::path& path, std::vector<std::string> components)
    : file_{path}, components_{std::move(components)} {
    std::string header = "start_s,duration_s";
    for (const std::string& component : components_) header += "," + component + "_W";
    file_.write(header + ",total_W\n");
}

void PowerCsv::add(const PowerSample& sample) {
    std::string row = si(sample.start) + "," + si(sample.duration);
    for (const std::string& component : components_) {
        const auto found = sample.by_component.find(component);
        row += "," + (found == sample.by_component.end() ? "0" : si(found->second));
    }
    file_.write(row + "," + si(sample.total) + "\n");
}

LinksCsv::LinksCsv(const std::filesystem::path& path) : file_{path} {
    file_.write("plane,router,port,direction,to,flits,utilisation,waits,waiting_s\n");
}

void LinksCsv::add(const LinkLoad& link) {
    file_.write(fmt::format("{},{},{},{},{},{},{},{},{}\n", link.plane, link.router, link.port, link.direction, link.to,
                            link.flits, decimal(link.utilisation), link.waits, si(link.waiting)));
}

}  // namespace spikefab
