# Node packages, exactly as their package-lock.json says.

# set_up_node_packages FOLDER PURPOSE
set_up_node_packages() {
    local folder=$1 stamp=$1/node_modules/.installed-lock
    cmp -s "$folder/package-lock.json" "$stamp" && return 0
    say "installing Node packages for $2 (less than a minute)"
    (cd "$folder" && quietly npm ci --no-audit --no-fund) || die "npm could not install the packages of ${folder#"$root"/}"
    cp "$folder/package-lock.json" "$stamp"
}
