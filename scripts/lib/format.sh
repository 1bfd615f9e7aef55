#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Names every C++ file that clang-format would change, and fails if there is one; --fix changes them instead.
source "$(dirname "$0")/common.sh"
cd "$root"

files() { find src models tests -name '*.[ch]pp' -print0 | sort -z; }

formatter=$(command -v clang-format-14) || fail "clang-format-14 is missing; run scripts/lib/install.sh"
if [[ ${1:-} == --fix ]]; then
    files | xargs -0 "$formatter" -i
    exit
fi

complaints=$(files | xargs -0 "$formatter" --dry-run --Werror --fno-color-diagnostics 2>&1) || {
    printf '%s\n' "$complaints" | sed -n 's/^\([^ :]*\):[0-9].*/\1/p' | sort -u >&2
    fail "the files above are not formatted; run scripts/lib/format.sh --fix"
}
