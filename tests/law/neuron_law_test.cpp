// SPDX-License-Identifier: Apache-2.0
// Laws that every registered neuron model keeps; a new model is under them by being registered.
#include "base/error.hpp"
#include "law/model_under_test.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace spikefab::law {
namespace {

class NeuronLaw : public testing::TestWithParam<std::string> {};

constexpr std::size_t neurons = 150;  // two whole words and a part of one

/// Input that comes in bursts with long silences between, from weak to far beyond any threshold.
template <class Input>
[[nodiscard]] Input random_input(Rng& rng) {
    const double size = std::exp2(14.0 * rng.uniform());
    return static_cast<Input>((rng.uniform() < 0.3 ? -1.0 : 1.0) * size);
}

/// Two arrays of the same model and parameters, fed the same input.
template <class Input>
class Twins {
public:
    Twins(std::string_view model, std::uint64_t seed) : rng_{seed, model}, table_{random_parameters(model, neurons, 40, rng_)} {
        for (auto* array : {&lazy_, &eager_}) {
            *array = make_array<Input>(model, table_);
            (*array)->draw_from(DrawSource{seed});
        }
    }

    void step() {
        ++step_;
        std::vector<std::uint64_t> due((neurons + 63) / 64, 0);
        std::vector<Input> input(neurons, Input{});
        const double activity = step_ / 40 % 3 == 0 ? 0.4 : 0.002;
        for (std::size_t i = 0; i < neurons; ++i) {
            if (rng_.uniform() >= activity) continue;
            input[i] = random_input<Input>(rng_);
            due[i / 64] |= std::uint64_t{1} << (i % 64);
        }
        std::vector<Input> same_input = input;
        std::vector<Spike> of_lazy, of_eager;
        lazy_->step(step_, due, input, of_lazy);
        eager_->step(step_, everyone(neurons), same_input, of_eager);
        ASSERT_EQ(of_lazy, of_eager) << "step " << step_;
        for (const Input left : input) ASSERT_EQ(left, Input{}) << "input is read and cleared";
        spikes_ += of_lazy.size();
    }

    void expect_equal_states() {
        for (std::size_t i = 0; i < neurons; ++i)
            ASSERT_EQ(state_of(*lazy_, i, step_), state_of(*eager_, i, step_)) << "neuron " << i << ", step " << step_;
    }
    [[nodiscard]] std::size_t spikes() const { return spikes_; }

private:
    Rng rng_;
    NeuronParameters table_;
    std::unique_ptr<NeuronArray<Input>> lazy_, eager_;
    std::uint64_t step_ = 0;
    std::size_t spikes_ = 0;
};

/// Feeds 64 neurons, which a model may step side by side, and the first 63 of them, which it steps one by one.
template <class Input>
void expect_whole_words_as_single_steps(std::string_view model, std::size_t rows, std::uint64_t seed) {
    Rng rng{seed, model};
    NeuronParameters table = random_parameters(model, 64, rows, rng);
    // Random draws keep neurons from being stepped side by side, so most tables go without.
    const std::vector<std::string_view> drawing{"stochastic_leak", "threshold_mask_bits", "noise", "width", "leak_reversal",
                                                "overflow",        "reset_interval"};
    for (std::size_t column = 0; seed % 4 != 0 && column < table.columns.size(); ++column)
        if (std::ranges::find(drawing, table.columns[column]) != drawing.end())
            for (auto& row : table.rows) row[column] = table.columns[column] == "width" ? 1.0 : 0.0;
    const auto together = make_array<Input>(model, table);
    table.row_of_neuron.pop_back();
    const auto single = make_array<Input>(model, table);
    for (std::uint64_t step = 1; step <= 60; ++step) {
        std::vector<Input> input(64);
        for (Input& value : input) value = rng.uniform() < 0.5 ? random_input<Input>(rng) : Input{};
        std::vector<Input> same_input{input.begin(), input.end() - 1};
        std::vector<Spike> of_together, of_single;
        together->step(step, everyone(64), input, of_together);
        single->step(step, everyone(63), same_input, of_single);
        if (!of_together.empty() && of_together.back().neuron == 63) of_together.pop_back();
        ASSERT_EQ(of_together, of_single) << "seed " << seed << ", step " << step;
        for (std::size_t i = 0; i < 63; ++i)
            ASSERT_EQ(state_of(*together, i, step), state_of(*single, i, step)) << "seed " << seed << ", neuron " << i;
    }
}

TEST_P(NeuronLaw, sixty_four_neurons_at_once_do_what_they_do_one_by_one) {
    with_input_type(GetParam(), [](auto input) {
        for (std::uint64_t seed = 1; seed <= 200 && !testing::Test::HasFatalFailure(); ++seed)
            expect_whole_words_as_single_steps<decltype(input)>(GetParam(), seed % 3 == 0 ? 5 : 1, seed);
    });
}

TEST_P(NeuronLaw, a_sleeping_neuron_is_caught_up_to_what_it_would_have_been_awake) {
    with_input_type(GetParam(), [](auto input) {
        std::size_t spikes = 0;
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            Twins<decltype(input)> twins{GetParam(), seed};
            for (int i = 0; i < 200 && !testing::Test::HasFatalFailure(); ++i) twins.step();
            twins.expect_equal_states();
            ASSERT_FALSE(testing::Test::HasFatalFailure()) << "seed " << seed;
            spikes += twins.spikes();
        }
        EXPECT_GT(spikes, 100U) << "the law was tried on neurons that hardly fire";
    });
}

TEST_P(NeuronLaw, at_rest_with_default_parameters_it_stays_silent_and_asleep) {
    with_input_type(GetParam(), [](auto zero) {
        using Input = decltype(zero);
        const NeuronParameters table{{}, {{}}, std::vector<std::uint16_t>(neurons, 0)};
        const auto array = make_array<Input>(GetParam(), table);
        std::vector<Input> input(neurons, zero);
        std::vector<Spike> spikes;
        for (std::uint64_t step = 1; step <= 1000; ++step) array->step(step, everyone(neurons), input, spikes);
        EXPECT_TRUE(spikes.empty());
        EXPECT_FALSE(array->awake());
    });
}

TEST_P(NeuronLaw, the_same_input_gives_the_same_spikes_again_after_a_reset) {
    with_input_type(GetParam(), [](auto zero) {
        using Input = decltype(zero);
        const NeuronParameters table{{}, {{}}, std::vector<std::uint16_t>(neurons, 0)};
        const auto array = make_array<Input>(GetParam(), table);
        std::vector<std::vector<Spike>> runs(2);
        for (std::uint64_t run = 0; run < 2; ++run) {
            Rng rng{9, GetParam()};
            for (std::uint64_t step = 1; step <= 100; ++step) {
                std::vector<Input> input;
                for (std::size_t i = 0; i < neurons; ++i) input.push_back(random_input<Input>(rng));
                array->step(run * 100 + step, everyone(neurons), input, runs[run]);
            }
            array->reset(run * 100 + 100);
        }
        EXPECT_FALSE(runs[0].empty());
        EXPECT_EQ(runs[0], runs[1]);
    });
}

TEST_P(NeuronLaw, spikes_come_in_rising_order_and_are_never_zero) {
    with_input_type(GetParam(), [](auto zero) {
        using Input = decltype(zero);
        Rng rng{5, GetParam()};
        const auto array = make_array<Input>(GetParam(), random_parameters(GetParam(), neurons, 20, rng));
        for (std::uint64_t step = 1; step <= 50; ++step) {
            std::vector<Input> input;
            std::vector<Spike> spikes;
            for (std::size_t i = 0; i < neurons; ++i) input.push_back(random_input<Input>(rng));
            array->step(step, everyone(neurons), input, spikes);
            for (std::size_t i = 0; i < spikes.size(); ++i) {
                EXPECT_NE(spikes[i].payload, 0);
                if (i > 0) {
                    EXPECT_GT(spikes[i].neuron, spikes[i - 1].neuron);
                }
            }
        }
    });
}

/// The message of the InputError that one parameter value gets; empty when it is accepted.
[[nodiscard]] std::string refusal(std::string_view model, const std::string& key, double value) {
    const NeuronParameters table{{key}, {{value}}, {0}};
    const auto chosen = Registry<NeuronModel>::instance().make(model);
    try {
        static_cast<void>(chosen->make_integer_array(table));
        static_cast<void>(chosen->make_real_array(table));
    } catch (const InputError& error) {
        return error.what();
    }
    return {};
}

TEST_P(NeuronLaw, parameters_at_their_bounds_are_taken_and_beyond_them_refused_by_key) {
    for (const ParameterField& field : parameter_fields(GetParam())) {
        for (const double bound : {field.bounds.lower, field.bounds.upper}) {
            if (!std::isfinite(bound)) continue;
            const double beyond = bound + (bound == field.bounds.upper ? 1.0 : -1.0) * std::max(1.0, std::abs(bound) * 1e-6);
            EXPECT_EQ(refusal(GetParam(), field.key, bound), "") << field.key;
            EXPECT_NE(refusal(GetParam(), field.key, beyond).find(field.key), std::string::npos) << field.key << " " << beyond;
        }
        if (field.whole) {
            EXPECT_NE(refusal(GetParam(), field.key, 0.5).find(field.key), std::string::npos) << field.key;
        }
    }
    EXPECT_NE(refusal(GetParam(), "no_such_key", 1.0).find("no_such_key"), std::string::npos);
}

[[nodiscard]] std::vector<std::string> all_models() {
    std::vector<std::string> names;
    for (const std::string_view name : Registry<NeuronModel>::instance().names()) names.emplace_back(name);
    return names;
}

INSTANTIATE_TEST_SUITE_P(Every, NeuronLaw, testing::ValuesIn(all_models()), [](const auto& model) { return model.param; });

}  // namespace
}  // namespace spikefab::law
