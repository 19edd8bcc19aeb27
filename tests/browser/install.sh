#!/usr/bin/env bash
# Install what the browser's tests need into a folder, each pinned; what cannot be had is named, and the tests
# that need it are skipped with that reason.
#   tests/browser/install.sh FOLDER PYTHON
set -u
place=$1 python=$2
mkdir -p "$place"

has() { command -v "$1" >/dev/null; }
skip() { printf 'skipped %s: %s\n' "$1" "$2"; }

chromium() {
    has chromium && return
    has apt-get || { skip chromium 'neither the browser nor apt-get is here'; return; }
    (($(id -u) == 0)) || { skip chromium 'not installed, and only root may: apt-get install chromium'; return; }
    { apt-get update && apt-get install -y --no-install-recommends chromium fonts-noto-core; } \
        >"$place/apt.log" 2>&1 || skip chromium "$(tail -n 1 "$place/apt.log")"
}

package() {
    has npm || { skip "$1" 'npm is not here'; return; }
    npm install --prefix "$place/npm" --no-audit --no-fund --ignore-scripts "$1@$2" >"$place/npm.log" 2>&1 ||
        skip "$1" "$(grep -m 1 -i error "$place/npm.log")"
}

"$python" -m pip install --quiet 'playwright==1.65.2' || skip playwright 'pip could not install it'
chromium
package axe-core 4.14.1
package lighthouse 12.8.2
exit 0
