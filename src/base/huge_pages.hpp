// SPDX-License-Identifier: Apache-2.0
// Large pages for flat arrays.
#pragma once

namespace spikefab {

/// Asks the system to back the heap with large pages, so that walking over the arrays of thousands of cores and routers
/// seldom waits for an address to be translated. Called once, before the arrays are made; where the system has no large
/// pages, or another allocator is in use, nothing changes.
void prefer_huge_pages();

}  // namespace spikefab
