// SPDX-License-Identifier: Apache-2.0
// What fits into one array.
#include "plan/analog_description.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace spikefab {

ArrayCapacity array_capacity(const ArrayDescription& array) {
    const WeightEncodingParams& encoding = array.encoding;
    const bool paired = encoding.scheme == WeightScheme::differential || encoding.scheme == WeightScheme::two_sided;
    const std::uint32_t cells = encoding.slices * (paired ? 2 : 1);
    const std::uint32_t side_by_side = encoding.placement == CellPlacement::adjacent_columns ? cells : 1;
    const std::uint32_t zeros = encoding.scheme == WeightScheme::offset_column ? side_by_side : 0;
    const std::uint32_t rows_each = encoding.placement == CellPlacement::interleaved_rows ? 2 : 1;
    const ArrayCapacity capacity{.inputs = array.rows / rows_each,
                                 .outputs = array.columns > zeros ? (array.columns - zeros) / side_by_side : 0};
    if (capacity.inputs == 0 || capacity.outputs == 0)
        throw InputError{
            fmt::format("array: {} x {} cells hold no weight (each takes {} row(s) and {} column(s)); use more rows or columns",
                        array.rows, array.columns, rows_each, side_by_side + zeros)};
    return capacity;
}

}  // namespace spikefab
