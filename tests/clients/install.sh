#!/usr/bin/env bash
# Install the clients of tests/clients into a folder, each pinned; what cannot be had is skipped, and why is printed.
#   tests/clients/install.sh FOLDER
set -u
place=$1
mkdir -p "$place/java"

has() { command -v "$1" >/dev/null; }
skip() { printf 'skipped %s: %s\n' "$1" "$2"; }

rsdmx() {
    has Rscript && Rscript -e 'quit(status = !requireNamespace("rsdmx", quietly = TRUE))' && return
    has apt-get || { skip rsdmx 'neither the R package nor apt-get is here'; return; }
    (($(id -u) == 0)) || { skip rsdmx 'not installed, and only root may: apt-get install r-cran-rsdmx'; return; }
    { apt-get update && apt-get install -y --no-install-recommends r-cran-rsdmx; } >"$place/apt.log" 2>&1 ||
        skip rsdmx "$(tail -n 1 "$place/apt.log")"
}

sdmx_rest() {
    has npm || { skip sdmx-rest 'npm is not here'; return; }
    npm install --prefix "$place/npm" --no-audit --no-fund --ignore-scripts sdmx-rest@2.20.0 >"$place/npm.log" 2>&1 ||
        skip sdmx-rest "$(grep -m 1 -i error "$place/npm.log")"
}

sdmx_dl() {
    has mvn && has java || { skip sdmx-dl 'mvn or java is not here'; return; }
    local name
    for name in sdmx-dl-standalone sdmx-dl-api; do
        [[ -s $place/java/$name.jar ]] && continue
        mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy -Dmdep.stripVersion=true \
            -Dartifact="com.github.nbbrd.sdmx-dl:$name:3.0.0-beta.13" -DoutputDirectory="$place/java" \
            >"$place/mvn.log" 2>&1 || { skip sdmx-dl "$(grep -m 1 ERROR "$place/mvn.log")"; return; }
    done
}

croissant() {
    [[ -x $place/croissant/bin/python ]] || python3 -m venv "$place/croissant" >"$place/pip.log" 2>&1 ||
        { skip mlcroissant "$(tail -n 1 "$place/pip.log")"; rm -rf "$place/croissant"; return; }
    "$place/croissant/bin/python" -m pip install --quiet mlcroissant==1.1.1 'pyarrow>=20' >"$place/pip.log" 2>&1 ||
        { skip mlcroissant "$(tail -n 1 "$place/pip.log")"; rm -rf "$place/croissant"; }
}

rsdmx
sdmx_rest
sdmx_dl
croissant
exit 0
