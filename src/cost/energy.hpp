// SPDX-License-Identifier: Apache-2.0
// Counts x prices + power x time = energy. Pure arithmetic, done once at report time.
#pragma once

#include "cost/price_list.hpp"
#include "observe/activity.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spikefab {

/// How much hardware is switched on.
struct HardwareInUse {
    std::uint32_t chips = 1;
    std::uint32_t cores_fitted = 0;  ///< cores that the chips have
    std::uint32_t cores_used = 0;    ///< cores that hold something
};

/// What the prices are asked for.
struct EnergyOptions {
    bool include_host = false;         ///< add the awake host's power as a component of its own
    std::optional<Voltage> voltage{};  ///< supply; default: the list's
    std::optional<Frequency> clock{};  ///< needed by lists with a price per clock cycle
};

/// Energies that a block computed itself because they depend on data (a crossbar's sum of V*I*t), by component.
using ComputedEnergy = std::map<std::string, Energy>;

/// Energy of a run or of a window. `by_component` holds every dynamic component, "static" and (when asked for) "host";
/// it sums to `total`, and total = dynamic + static_energy + host.
struct EnergyBreakdown {
    std::map<std::string, Energy> by_component{};
    Energy dynamic{};
    Energy static_energy{};
    Energy host{};
    Energy total{};
};

/// A price list made ready at one supply and clock. InputError when the list is wrong (`check`), when the supply is
/// outside its scaling rule, or when it needs a clock and none is given.
class EnergyModel final {
public:
    EnergyModel(const PriceList& prices, const HardwareInUse& hardware, const EnergyOptions& options = {});

    /// Energy of `counts` events in `elapsed`, plus what blocks computed themselves.
    [[nodiscard]] EnergyBreakdown energy(const ActivityCounts& counts, Time elapsed, const ComputedEnergy& computed = {}) const;

    /// Marginal energy of `counts` alone: no static power, no clock, no host.
    [[nodiscard]] Energy event_energy(const ActivityCounts& counts) const;

    /// The price of one event at the chosen supply; zero for what the list does not price.
    [[nodiscard]] Energy price(Activity activity) const { return prices_[static_cast<std::size_t>(activity)].energy; }

    /// Components in the order of `EnergyBreakdown::by_component`.
    [[nodiscard]] const std::vector<std::string>& components() const { return components_; }

    /// Activities that happened but whose energy is in no price: what the total does not cover.
    [[nodiscard]] std::vector<std::string_view> unpriced(const ActivityCounts& counts) const;

    [[nodiscard]] Power static_power() const { return static_power_; }
    [[nodiscard]] Power host_power() const { return host_power_; }  ///< zero unless the host is included
    [[nodiscard]] Voltage voltage() const { return voltage_; }

private:
    struct Priced {
        Energy energy;
        std::string component;  ///< empty: not priced
        bool included = false;  ///< inside another price
    };

    std::array<Priced, activity_count> prices_{};
    std::vector<std::string> components_;
    Power clock_power_;
    std::string clock_component_;
    Power static_power_;
    Power host_power_;
    bool include_host_ = false;
    Voltage voltage_;
};

/// Mean power of each component over one window.
struct PowerSample {
    Time start{};
    Time duration{};
    std::map<std::string, Power> by_component{};
    Power total{};
};

/// What was counted in one window of time.
struct ActivityWindow {
    Time start{};
    Time duration{};
    ActivityCounts counts{};
    ComputedEnergy computed{};
};

/// Power over time; windows without duration are left out.
[[nodiscard]] std::vector<PowerSample> power_series(const EnergyModel& model, const std::vector<ActivityWindow>& windows);

}  // namespace spikefab
