#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the packages of packages.txt that are missing; without any missing it returns at once.
source "$(dirname "$0")/common.sh"

wanted() { sed 's/#.*//' "$root/scripts/lib/packages.txt" | awk 'NF { print $1 }'; }

installed() { [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

command -v dpkg-query >/dev/null ||
    fail "this is not Debian (no dpkg-query); install the equivalents of scripts/lib/packages.txt by hand and run" \
        "cmake --preset release && cmake --build --preset release"

missing=()
for package in $(wanted); do
    installed "$package" || missing+=("$package")
done
((${#missing[@]})) || exit 0

by_hand="apt-get update && apt-get install --no-install-recommends ${missing[*]}"
as_root=()
if ((EUID != 0)); then
    # sudo may ask for a password only where somebody can type it.
    command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; } ||
        fail "missing packages, and neither root nor sudo to install them; as root run: $by_hand"
    as_root=(sudo)
fi

apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" \
        </dev/null >"$log" 2>&1
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
say "installing ${missing[*]}"
# Package lists that are absent or too old make the first try fail; only then are they fetched.
apt install --yes --no-install-recommends "${missing[@]}" ||
    { apt update && apt install --yes --no-install-recommends "${missing[@]}"; } ||
    fail "apt-get failed ($(grep -m1 '^E:' "$log" || tail -n1 "$log")); by hand: $by_hand"
