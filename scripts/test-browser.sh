#!/usr/bin/env bash
# The dashboard's WASM tests, in a real headless browser driven by its WebDriver.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

driver=${CHROMEDRIVER:-$(command -v chromedriver)}
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner
export CHROMEDRIVER=$driver WASM_BINDGEN_USE_BROWSER=1 WASM_BINDGEN_TEST_TIMEOUT=${WASM_BINDGEN_TEST_TIMEOUT:-120}
exec cargo test --package frontend --target wasm32-unknown-unknown "$@"
