# What comes from the system: a C compiler, Node.js, and for the tests a browser, Redis, Python and promtool.
# On Debian and its kin missing packages are installed; elsewhere the set-up names the missing commands.

wanted_packages=()
wanted_commands=()

# want PACKAGE COMMAND...: the Debian package that brings (one of) the commands, where none is there.
want() {
    local package=$1
    shift
    if ! first_of "$@" >/dev/null; then
        wanted_packages+=("$package")
        wanted_commands+=("$1")
    fi
}

want_build_packages() {
    want build-essential cc
    want nodejs node
    want npm npm
}

want_browser() {
    want chromium chromium chromium-browser google-chrome-stable google-chrome
}

want_test_packages() {
    want_browser
    want chromium-driver chromedriver
    want redis-server redis-server valkey-server
    want prometheus promtool
    want python3 python3
    # Debian's Python has venv in a package of its own.
    if have python3 && ! python3 -c 'import ensurepip' 2>/dev/null; then
        wanted_packages+=(python3-venv)
        wanted_commands+=("python3 -m venv")
    fi
}

want_bench_packages() {
    want_browser
    want redis-server redis-server valkey-server
    want prometheus prometheus
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif have sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        sudo "$@"
    else
        die "this needs root: $*" "Run it yourself, then start again."
    fi
}

# The package lists are read once, and only when something is to be installed.
apt_updated=
apt_update() {
    [ -z "$apt_updated" ] || return 0
    quietly as_root apt-get update || say "apt-get update met an error; going on with the lists that are there"
    apt_updated=yes
}

apt_install() {
    apt_update
    # RUNLEVEL keeps packages such as redis-server from starting a service of their own.
    quietly as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
        apt-get install -y --no-install-recommends "$@"
}

install_wanted_packages() {
    [ ${#wanted_packages[@]} -gt 0 ] || return 0
    if ! have apt-get; then
        die "these commands are missing: ${wanted_commands[*]}" \
            "On Debian they come with: apt-get install ${wanted_packages[*]}" \
            "Install their likes with your system's package manager, then start again."
    fi
    say "installing ${wanted_packages[*]} (a minute or two)"
    apt_install "${wanted_packages[@]}" || die "apt-get could not install: ${wanted_packages[*]}"
    wanted_packages=()
}
