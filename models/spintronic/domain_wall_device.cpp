// SPDX-License-Identifier: Apache-2.0
// A domain wall in a wire under a drive current: its position and angle over time.
//
// Equations and sources: domain_wall.hpp. Defaults: those of its parameters, in a wire of 50 nm x 3 nm like the neuron's
// (dw_lif.cpp); nominal.
#include "models/device/dynamic_device.hpp"
#include "models/spintronic/domain_wall.hpp"

#include <cmath>
#include <limits>
#include <span>

namespace spikefab {
namespace {

struct DomainWallDevice {
    static constexpr std::string_view name = "domain_wall";
    static constexpr std::string_view summary = "domain wall under spin torque: position and angle (Thiaville 2005)";
    static constexpr std::array variables{Variable{"position", "m"}, Variable{"angle", "rad"}, Variable{"leak_field", "A/m"}};
    static constexpr std::string_view plotted = "end_position_m";

    struct Params {
        double damping = 0.1;
        double nonadiabaticity = 0.2;
        Length wall = Length::from_si(1.15e-8);
        double transverse_field = 1e5;
        double saturation = 8e5;
        double polarisation = 0.7;
        double exchange = 1.3e-11;
        double anisotropy = 1e5;
        double anisotropy_slope = 0.0;
        Length length = Length::from_si(250e-9);
        Length width = Length::from_si(50e-9);
        Length thickness = Length::from_si(3e-9);
        double applied = 0.0;
        Length position{0.0};
        double angle = 0.0;
        static constexpr auto fields = std::tuple{
            field("alpha", &Params::damping, {1e-6, 1.0}, "Gilbert damping"),
            field("beta", &Params::nonadiabaticity, {0.0, 10.0}, "non-adiabaticity of the torque"),
            field("wall_width", &Params::wall, {1e-5, 10.0}, "width of the wall"),
            field("h_k", &Params::transverse_field, {0.0, 1e8}, "transverse anisotropy field, A/m"),
            field("ms", &Params::saturation, {1e3, 1e7}, "saturation magnetisation, A/m"),
            field("p", &Params::polarisation, {0.0, 1.0}, "spin polarisation"),
            field("exchange", &Params::exchange, {0.0, 1e-9}, "exchange stiffness A, J/m"),
            field("k0", &Params::anisotropy, {1.0, 1e9}, "anisotropy at the start of the wire, J/m3"),
            field("k1", &Params::anisotropy_slope, {0.0, 1e16}, "its rise along the wire, J/m4: the leak; 0 for none"),
            field("length", &Params::length, {1e-4, 1e6}, "length of the graded wire"),
            field("width", &Params::width, {1e-4, 1e6}, "width of the wire"),
            field("thickness", &Params::thickness, {1e-5, 1e3}, "thickness of the wire"),
            field("field", &Params::applied, {-1e8, 1e8}, "applied field along the easy axis, A/m"),
            field("q", &Params::position, {-1e6, 1e6}, "position at the start"),
            field("phi", &Params::angle, {-1e3, 1e3}, "angle at the start, rad")};

        [[nodiscard]] WallParams wall_params() const {
            return {.damping = damping,
                    .nonadiabaticity = nonadiabaticity,
                    .width = wall.si(),
                    .transverse_field = transverse_field,
                    .saturation = saturation,
                    .polarisation = polarisation,
                    .exchange = exchange,
                    .anisotropy = anisotropy,
                    .anisotropy_slope = anisotropy_slope,
                    .length = length.si()};
        }
        [[nodiscard]] double cross_section() const { return width.si() * thickness.si(); }
    };
    using State = WallState;

    static std::optional<double> amperes_per(const Params& params, DriveUnit unit) {
        if (unit == DriveUnit::ampere) return 1.0;
        if (unit == DriveUnit::ampere_per_square_metre) return params.cross_section();
        return std::nullopt;
    }
    static State start(const Params& params, Rng& /*rng*/) { return {.position = params.position.si(), .angle = params.angle}; }
    static void advance(const Params& params, State& state, const Waveform& drive, double from, double to) {
        Waveform density = drive;
        density.amplitude /= params.cross_section();
        density.offset /= params.cross_section();
        state = advance_wall(params.wall_params(), state, density, params.applied, from, to);
    }
    static void observe(const Params& params, const State& state, double /*amperes*/, std::vector<double>& values) {
        values.insert(values.end(), {state.position, state.angle, params.wall_params().leak_field(state.position)});
    }
    static std::vector<Figure> figures(const Params& params, Stimulus stimulus) {
        const WallParams wall = params.wall_params();
        const double density = stimulus.amperes / params.cross_section();
        const double u = wall.torque_velocity(density);
        const bool steady = std::abs(u) < wall.walker_velocity() && params.anisotropy_slope == 0.0 && params.applied == 0.0;
        return {{{"current_density", "A/m2"}, density},
                {{"torque_velocity", "m/s"}, u},
                {{"walker_velocity", "m/s"}, wall.walker_velocity()},
                {{"steady_velocity", "m/s"},
                 steady ? wall.nonadiabaticity / wall.damping * u : std::numeric_limits<double>::quiet_NaN()}};
    }
};

[[maybe_unused]] const bool registered = register_dynamic_device<DomainWallDevice>();

}  // namespace
}  // namespace spikefab
