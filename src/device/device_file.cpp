// SPDX-License-Identifier: Apache-2.0
// Models of four registries as one choice, and what a device file says.
#include "device/device_file.hpp"

#include "base/error.hpp"
#include "device/bench.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spikefab::device {
namespace {

/// Calls `visit(registry of the kind)` for every kind until one returns true.
template <class Visit>
bool any_kind(Visit visit) {
    return visit.template operator()<Memristor>() || visit.template operator()<ConductanceStatistics>() ||
           visit.template operator()<ColumnNeuronModel>() || visit.template operator()<DynamicDevice>();
}

/// One line per field: key, value, meaning.
class Describer final : public FieldVisitor {
public:
    explicit Describer(std::string indent) : indent_{std::move(indent)} {}
    [[nodiscard]] const std::string& text() const { return text_; }

    void boolean(const FieldInfo& info, bool& value) override { line(info, value ? "true" : "false"); }
    void integer(const FieldInfo& info, std::int64_t& value) override { line(info, fmt::format("{}", value)); }
    void real(const FieldInfo& info, double& value) override { line(info, fmt::format("{:.7g}", value)); }
    void quantity(const FieldInfo& info, const Unit& unit, double& value) override {
        line(info, format_rounded(value, unit, 7));
    }
    void text(const FieldInfo& info, std::string& value) override { line(info, value); }
    void path(const FieldInfo& info, std::filesystem::path& value) override { line(info, value.string()); }
    void choice(const FieldInfo& info, std::span<const std::string_view> names, std::size_t& index) override {
        line(info, std::string{names[index]});
    }
    void section(const FieldInfo& info, const SectionRef& section) override {
        line(info, "");
        Describer inner{indent_ + "  "};
        section.visit(inner);
        text_ += inner.text();
    }
    void list(const FieldInfo& info, const ListRef& list) override { line(info, fmt::format("{} values", list.size())); }
    void map(const FieldInfo& info, const MapRef& map) override { line(info, fmt::format("{} entries", map.keys().size())); }
    void optional(const FieldInfo& info, const OptionalRef& optional) override {
        if (optional.has_value()) optional.visit(info, *this);
    }
    void model(const FieldInfo& info, const ChoiceRef& choice) override { line(info, std::string{choice.selected()}); }

private:
    void line(const FieldInfo& info, const std::string& value) {
        text_ += fmt::format("{}{:<18} {:<14} {}\n", indent_, info.key, value, info.meaning);
    }
    std::string indent_;
    std::string text_;
};

}  // namespace

const std::string& AnyDevice::name() const {
    return std::visit([](const auto& choice) -> const std::string& { return choice.name(); }, model_);
}

std::vector<std::string_view> AnyDevice::Ref::names() const {
    std::vector<std::string_view> all;
    any_kind([&]<class Kind>() {
        for (const std::string_view name : Registry<Kind>::instance().names()) all.push_back(name);
        return false;
    });
    std::ranges::sort(all);
    return all;
}

std::string_view AnyDevice::Ref::summary(std::string_view name) const {
    std::string_view text;
    any_kind([&]<class Kind>() {
        const auto* entry = Registry<Kind>::instance().find(name);
        if (entry != nullptr) text = entry->summary;
        return entry != nullptr;
    });
    return text;
}

void AnyDevice::Ref::select(std::string_view name) const {
    const bool known = any_kind([&]<class Kind>() {
        if (Registry<Kind>::instance().find(name) == nullptr) return false;
        owner_.model_ = ModelChoice<Kind>{name};
        return true;
    });
    if (!known) throw InputError{fmt::format("unknown device '{}'; known: {}", name, fmt::join(names(), ", "))};
}

void AnyDevice::Ref::visit(FieldVisitor& visitor) const {
    std::visit([&](auto& choice) { choice->visit(visitor); }, owner_.model_);
}

std::string_view AnyDevice::summary() const {
    AnyDevice copy = *this;
    return copy.choice_ref().summary(name());
}

void check(const DeviceFile& file) {
    const auto bench = make_bench(file);
    if (!file.drive.empty()) static_cast<void>(parse_drive(file.drive, *bench));
}

std::string describe(DeviceFile file) {
    const auto bench = make_bench(file);
    std::string text = fmt::format("{}: {}\n  {}\n\n", file.name, file.device.name(), file.device.summary());
    Describer parameters{"  "};
    file.device.choice_ref().visit(parameters);
    text += parameters.text();
    if (bench->is_programmed()) {
        Describer programming{"    "};
        visit_fields(programming, file.program);
        text += fmt::format("\n  programming\n{}", programming.text());
    }
    text += fmt::format("\n  drives: {}\n", bench->drive_help());
    if (!file.drive.empty()) text += fmt::format("  drive of this file: {}\n", file.drive);
    return text;
}

}  // namespace spikefab::device
