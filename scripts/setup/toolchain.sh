# A Rust toolchain that builds for this host and for WASM, written down in target/toolchain.env for every
# later cargo call. In this order: the toolchain that is there; its WASM target through rustup; Debian's
# `-web` packages with the standard library for WASM built once.

wasm_triple=wasm32-unknown-unknown

set_up_toolchain() {
    local env_file=$target/toolchain.env
    if [ -f "$env_file" ] && (. "$env_file" && toolchain_is_whole "${CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER:-}"); then
        return 0
    fi
    if new_enough cargo rustc; then
        if ! has_wasm_std rustc && have rustup; then
            say "adding the WASM target with rustup (up to two minutes)"
            timeout 120 rustup target add "$wasm_triple" >/dev/null 2>&1 </dev/null || say "rustup could not fetch it; looking further"
        fi
        if has_wasm_std rustc; then
            add_components
            write_toolchain_env "" "$(wasm_linker rustc)"
            return 0
        fi
    fi
    debian_toolchain
}

rust_wanted() { sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/Cargo.toml"; }

# new_enough CARGO RUSTC: both run, and are at least as new as the workspace asks.
new_enough() {
    local wanted found
    wanted=$(rust_wanted)
    "$1" --version >/dev/null 2>&1 || return 1
    found=$("$2" --version 2>/dev/null | awk '{print $2}') || return 1
    [ -n "$found" ] && [ "$(printf '%s\n%s\n' "$wanted" "$found" | sort -V | head -n 1)" = "$wanted" ]
}

# The standard library and the test library for WASM are there and of this compiler's version.
has_wasm_std() { compiles_for_wasm "$1" --test --emit metadata; }

# The compiler links WASM, with the named linker or with its own choice.
links_wasm() { compiles_for_wasm "$1" --crate-type cdylib ${2:+-C "linker=$2"}; }

# Tries an empty program. In a folder of its own: rustc replaces its output file, whatever that is.
compiles_for_wasm() {
    local folder result=0 compiler=$1
    shift
    folder=$(mktemp -d)
    printf '' | "$compiler" "$@" --crate-name probe --target "$wasm_triple" -o "$folder/probe" - 2>/dev/null || result=1
    rm -rf "$folder"
    return $result
}

# Prints the linker to name for WASM; nothing where the compiler's own choice links.
wasm_linker() {
    local linker
    for linker in "" rust-lld wasm-ld wasm-ld-19 wasm-ld-18 wasm-ld-17 wasm-ld-16; do
        if links_wasm "$1" "$linker"; then printf '%s' "$linker"; return 0; fi
    done
    die "no linker for WASM was found" "Install LLVM's lld (on Debian: apt-get install lld), then start again."
}

toolchain_is_whole() {
    new_enough cargo rustc && has_wasm_std rustc && links_wasm rustc "$1"
}

# rustfmt and clippy come with most toolchains; where they do not, rustup is asked.
add_components() {
    cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 && return 0
    have rustup && quietly timeout 120 rustup component add rustfmt clippy && return 0
    [ "$goal" = run ] || die "cargo fmt and cargo clippy are missing" "Install rustfmt and clippy for $(rustc --version)."
}

# The standard library's source, from which the dashboard's own copy is built for size. Where it cannot be had the dashboard
# is built without, and is larger.
set_up_std_source() {
    (
        . "$target/toolchain.env"
        [ -f "$(rustc --print sysroot)/lib/rustlib/src/rust/library/std/Cargo.toml" ] && exit 0
        have rustup || exit 0
        say "adding the standard library's source with rustup (less than a minute)"
        quietly timeout 120 rustup component add rust-src || say "rustup could not fetch it; going on without"
    )
}

no_toolchain() {
    die "a Rust toolchain with the target $wasm_triple is missing (Rust $(rust_wanted) or later)" \
        "With rustup: rustup update stable && rustup target add $wasm_triple"
}

debian_toolchain() {
    local packages=(rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web lld-19)
    local bin=$target/toolchain/bin tool
    if ! dpkg -s "${packages[@]}" >/dev/null 2>&1; then
        have apt-get || no_toolchain
        apt_update
        apt-cache show "${packages[@]}" >/dev/null 2>&1 || no_toolchain
        say "installing Debian's Rust (about a minute): ${packages[*]}"
        apt_install "${packages[@]}" || die "apt-get could not install: ${packages[*]}"
    fi
    new_enough /usr/bin/cargo /usr/bin/rustc || die "Debian's $(/usr/bin/rustc --version) is too old for Forewatch"
    has_wasm_std /usr/bin/rustc || build_wasm_std
    # Links in a folder of our own: PATH then leads to this toolchain whether rustup is there or not.
    mkdir -p "$bin"
    for tool in cargo rustc rustdoc rustfmt cargo-fmt clippy-driver cargo-clippy; do
        ln -sf "/usr/bin/$tool" "$bin/$tool"
    done
    write_toolchain_env "$bin" "$(wasm_linker /usr/bin/rustc)"
}

build_wasm_std() {
    local scratch=$target/toolchain/wasm-std libraries
    libraries=$(/usr/bin/rustc --print sysroot)/lib/rustlib/$wasm_triple/lib
    say "building Rust's standard library for WASM, once for this machine (about a minute)"
    rm -rf "$scratch"
    mkdir -p "$scratch/src"
    printf '[package]\nname = "scratch"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n' >"$scratch/Cargo.toml"
    : >"$scratch/src/lib.rs"
    (
        cd "$scratch"
        quietly env -u RUSTFLAGS RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$scratch/target" /usr/bin/cargo build \
            --release --target "$wasm_triple" -Zbuild-std=std,panic_abort,panic_unwind,test
    ) || die "the standard library for WASM could not be built"
    rm -f "$scratch/target/$wasm_triple/release/deps/"libscratch*
    # What another version of the compiler left there would stand in the way.
    as_root rm -rf "$libraries"
    as_root mkdir -p "$libraries"
    as_root cp "$scratch/target/$wasm_triple/release/deps/"lib*.rlib "$libraries/"
    rm -rf "$scratch"
    has_wasm_std /usr/bin/rustc || die "the standard library for WASM was built, but /usr/bin/rustc does not find it in $libraries"
}

# write_toolchain_env BIN LINKER
write_toolchain_env() {
    {
        echo "# Written by scripts/setup.sh. Read before every cargo call."
        # shellcheck disable=SC2016
        printf 'export PATH=%q:"$PATH"\n' "${1:+$1:}$target/tools/bin"
        [ -z "$2" ] || printf 'export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=%q\n' "$2"
    } >"$target/toolchain.env"
    (. "$target/toolchain.env" && say "Rust: $(rustc --version), WASM linker: ${2:-built in}")
}
