# wasm-bindgen and its test runner, of exactly the version in Cargo.lock (another one refuses the WASM).

set_up_wasm_bindgen() {
    local version
    version=$(awk '/^name = "wasm-bindgen"$/ { getline; gsub(/version = |"/, ""); print; exit }' "$root/Cargo.lock")
    [ -n "$version" ] || die "Cargo.lock names no wasm-bindgen"
    (
        . "$target/toolchain.env"
        for tool in wasm-bindgen wasm-bindgen-test-runner; do
            [ "$("$tool" --version 2>/dev/null | awk '{print $2}')" = "$version" ] || exit 1
        done
    ) && return 0
    say "building wasm-bindgen $version (about two minutes)"
    (
        . "$target/toolchain.env"
        # Without optimisation: it runs for a second or two a build. Without --locked: an index may lag behind the lock.
        quietly env -u RUSTFLAGS -u CARGO_BUILD_TARGET cargo install wasm-bindgen-cli --version "$version" --debug --force \
            --root "$target/tools" --target-dir "$target/tools/build"
    ) || die "wasm-bindgen-cli $version could not be built"
    rm -rf "$target/tools/build"
}
