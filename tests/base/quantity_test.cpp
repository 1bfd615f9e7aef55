// SPDX-License-Identifier: Apache-2.0
// Quantities: units, prefixes, exact round trips.
#include "base/quantity.hpp"

#include <gtest/gtest.h>

namespace spikefab {
namespace {

TEST(Quantity, pico_joule_over_nano_second_is_milli_watt) {
    EXPECT_EQ((Energy{6.0} / Time{2.0}).value(), Power{3.0}.value());
    EXPECT_DOUBLE_EQ(Power{3.0}.si(), 3e-3);
}

TEST(Quantity, reads_prefixes_exactly) {
    EXPECT_EQ(parse_quantity("23.6 pJ", EnergyDim::unit), 23.6);
    EXPECT_EQ(parse_quantity("1ms", TimeDim::unit), 1e6);
    EXPECT_EQ(parse_quantity("128 KiB", DataDim::unit), 1048576.0);
    EXPECT_EQ(parse_quantity("60 mm2", AreaDim::unit), 6e7);
    EXPECT_EQ(parse_quantity("5ohm", ResistanceDim::unit), 0.005);
    EXPECT_EQ(parse_quantity("300 K", TemperatureDim::unit), 300.0);
}

TEST(Quantity, refuses_a_wrong_or_missing_unit) {
    for (const char* text : {"23.6", "23.6 pW", "pJ", "", "1e999 pJ", "nan J", "3 xJ", "3 pJ x"})
        EXPECT_FALSE(parse_quantity(text, EnergyDim::unit)) << text;
}

TEST(Quantity, what_is_written_reads_back_to_the_same_bits) {
    for (const double value : {23.6, 0.1, 1e-7, 123456.789, 1.0 / 3.0, 4.1, -2.5, 0.0, 1e12})
        EXPECT_EQ(parse_quantity(format_quantity(value, EnergyDim::unit), EnergyDim::unit), value)
            << format_quantity(value, EnergyDim::unit);
    EXPECT_EQ(format_quantity(23.6, EnergyDim::unit), "23.6 pJ");
    EXPECT_EQ(format_quantity(1e6, TimeDim::unit), "1 ms");
}

}  // namespace
}  // namespace spikefab
