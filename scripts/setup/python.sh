# Python packages in a virtual environment of this checkout.

# set_up_python REQUIREMENTS PURPOSE
set_up_python() {
    local venv=$target/venv requirements=$1 stamp
    stamp=$venv/installed-$(basename "$(dirname "$requirements")").txt
    cmp -s "$requirements" "$stamp" && return 0
    say "installing Python packages for $2 (about a minute)"
    [ -x "$venv/bin/python" ] || quietly python3 -m venv "$venv" || die "python3 could not make a virtual environment in $venv"
    quietly "$venv/bin/python" -m pip install --disable-pip-version-check --requirement "$requirements" ||
        die "pip could not install ${requirements#"$root"/}"
    cp "$requirements" "$stamp"
}
