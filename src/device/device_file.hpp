// SPDX-License-Identifier: Apache-2.0
// A device file (configs/devices): one device by its model, how it is programmed, and the drive that shows it.
#pragma once

#include "models/column/column_neuron.hpp"
#include "models/device/conductance_statistics.hpp"
#include "models/device/dynamic_device.hpp"
#include "models/device/memristor.hpp"
#include "models/device/programming.hpp"

#include <string>
#include <variant>

namespace spikefab::device {

/// A device of any kind, picked by `model: name`: the registry that knows the name says which kind it is.
class AnyDevice final {
public:
    using Model = std::variant<ModelChoice<Memristor>, ModelChoice<ConductanceStatistics>, ModelChoice<ColumnNeuronModel>,
                               ModelChoice<DynamicDevice>>;

    [[nodiscard]] const Model& model() const { return model_; }
    [[nodiscard]] const std::string& name() const;
    [[nodiscard]] explicit operator bool() const { return !name().empty(); }

    class Ref final : public ChoiceRef {
    public:
        explicit Ref(AnyDevice& owner) : owner_{owner} {}
        [[nodiscard]] std::vector<std::string_view> names() const override;
        [[nodiscard]] std::string_view summary(std::string_view name) const override;
        [[nodiscard]] std::string_view selected() const override { return owner_.name(); }
        void select(std::string_view name) const override;
        void visit(FieldVisitor& visitor) const override;

    private:
        AnyDevice& owner_;
    };
    [[nodiscard]] Ref choice_ref() { return Ref{*this}; }
    [[nodiscard]] std::string_view summary() const;

private:
    Model model_;
};

struct DeviceFile {
    std::string name = "device";
    AnyDevice device;
    ProgramParams program{};
    std::string drive;
    static constexpr auto fields = std::tuple{
        field("name", &DeviceFile::name, "what the device is called"),
        field("device", &DeviceFile::device, "the device: a memristor, cell statistics, a column neuron or a spin device")
            .required(),
        field("program", &DeviceFile::program, "how a conductance is written into it (memristors and cell statistics)"),
        field("drive", &DeviceFile::drive, "drive when `spikefab device` is given none, e.g. sine,1V,1MHz")};
};

/// InputError when parameters contradict each other, or the file's drive is not one for its device.
void check(const DeviceFile& file);

/// What `spikefab describe` prints: the model, and every parameter with value and meaning.
[[nodiscard]] std::string describe(DeviceFile file);

}  // namespace spikefab::device
