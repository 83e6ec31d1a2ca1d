# How the set-up speaks: one line before each thing that takes time, one clear line when it cannot go on.

say() { printf 'setup: %s\n' "$*" >&2; }

die() {
    printf 'setup: %s\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '       %s\n' "$@" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# The first of the named commands that exists.
first_of() {
    local name
    for name in "$@"; do
        if have "$name"; then command -v "$name"; return 0; fi
    done
    return 1
}

# Runs a long command; its output is shown only when it fails.
quietly() {
    local log
    log=$(mktemp)
    if "$@" >"$log" 2>&1 </dev/null; then rm -f "$log"; return 0; fi
    tail -n 40 "$log" >&2
    rm -f "$log"
    return 1
}
