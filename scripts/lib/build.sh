#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Configures and builds a preset: build.sh PRESET [TARGET...]; all targets when none is named.
source "$(dirname "$0")/common.sh"
cd "$root"

preset=$1
shift
targets=()
(($#)) && targets=(--target "$@")

log=$(mktemp)
trap 'rm -f "$log"' EXIT
say "building ${*:-everything} ($preset) in build/$preset"
cmake --preset "$preset" >"$log" 2>&1 || {
    cat "$log" >&2
    fail "CMake could not configure the preset '$preset' (its message is above)"
}
cmake --build --preset "$preset" --parallel "$(nproc)" "${targets[@]}" || fail "the build of the preset '$preset' failed"
