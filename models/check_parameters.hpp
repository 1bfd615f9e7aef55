// SPDX-License-Identifier: Apache-2.0
// Checks between parameters of a model that a single field's bounds cannot express.
#pragma once

namespace spikefab {

/// Calls Model::check(params), which throws InputError, for models that have one.
template <class Model>
void check_parameters(const typename Model::Params& params) {
    if constexpr (requires { Model::check(params); }) Model::check(params);
}

}  // namespace spikefab
