#!/usr/bin/env bash
# Sets up what is missing to build, test or measure Forewatch, and touches nothing else.
#
#   scripts/setup.sh [run|test|bench]
#
# `run` is enough to build and serve; `test` adds a browser, Redis and Celery; `bench` what
# the benchmarks need. What is built for this checkout lies under the target directory;
# only Debian packages (and, where rustup has no WASM target, the standard library for WASM) go into the system, and
# the WASM target and the standard library's source into rustup.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
target=${CARGO_TARGET_DIR:-$root/target}
goal=${1:-run}
case $goal in run | test | bench) ;; *) echo "usage: scripts/setup.sh [run|test|bench]" >&2; exit 2 ;; esac

mkdir -p "$target"
target=$(cd "$target" && pwd)

for concern in say system toolchain wasm-tools node python; do
    # shellcheck source=/dev/null
    . "$here/setup/$concern.sh"
done

want_build_packages
[ "$goal" != test ] || want_test_packages
[ "$goal" != bench ] || want_bench_packages
install_wanted_packages

set_up_toolchain
set_up_std_source
set_up_wasm_tools
set_up_node_packages "$root/scripts/site" "Binaryen, which makes the dashboard's code small"
if [ "$goal" = test ]; then
    set_up_node_packages "$root/end2end" "the browser tests"
    set_up_python "$root/end2end/celery_app/requirements.txt" "a real Celery for the tests"
fi
if [ "$goal" = bench ]; then
    set_up_node_packages "$root/bench" "the benchmarks"
    set_up_node_packages "$root/end2end" "what they share with the browser tests"
    set_up_python "$root/end2end/celery_app/requirements.txt" "a real Celery for the benchmarks"
fi
