# wasm-bindgen and its test runner, of exactly the version in Cargo.lock (another one refuses the WASM), and
# wasm-split-cli, which cuts the dashboard's WASM into a part for each group of pages.

# Of the same line (0.2) as the crate wasm_split_helpers, which Leptos brings.
wasm_split_version=0.2.4

set_up_wasm_tools() {
    local version
    version=$(awk '/^name = "wasm-bindgen"$/ { getline; gsub(/version = |"/, ""); print; exit }' "$root/Cargo.lock")
    [ -n "$version" ] || die "Cargo.lock names no wasm-bindgen"
    if ! tool_says "$version" wasm-bindgen --version || ! tool_says "$version" wasm-bindgen-test-runner --version; then
        say "building wasm-bindgen $version (about two minutes)"
        install_tool wasm-bindgen-cli "$version"
    fi
    # It does not tell its version: cargo's own list of what it installed does.
    if ! tool_says "v$wasm_split_version:" cargo install --list --root "$target/tools" wasm_split_cli_support; then
        say "building wasm-split-cli $wasm_split_version (half a minute)"
        install_tool wasm_split_cli_support "$wasm_split_version" --features build-binary
    fi
    rm -rf "$target/tools/build"
}

# tool_says WORD COMMAND...: the command runs, and the word stands in what it prints.
tool_says() {
    local word=$1
    shift
    (
        . "$target/toolchain.env"
        "$@" 2>/dev/null | grep -qwF -- "$word"
    )
}

# install_tool CRATE VERSION [OPTIONS]: without optimisation, since it runs for a second or two a build; without --locked,
# since an index may lag behind the lock.
install_tool() {
    local crate=$1 version=$2
    shift 2
    (
        . "$target/toolchain.env"
        export CARGO_PROFILE_DEV_DEBUG=false CARGO_INCREMENTAL=0
        quietly env -u RUSTFLAGS -u CARGO_BUILD_TARGET cargo install "$crate" --version "$version" --debug --force "$@" \
            --root "$target/tools" --target-dir "$target/tools/build"
    ) || die "$crate $version could not be built"
}
