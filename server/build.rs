//! Tells the compiler where the built site lies, for the feature `embed`.

use std::env;
use std::path::PathBuf;

fn main() {
    println!("cargo:rerun-if-env-changed=CARGO_TARGET_DIR");
    println!("cargo:rerun-if-env-changed=FOREWATCH_SITE");
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it for build scripts"));
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| here.join("../target"), PathBuf::from);
    let site = env::var_os("FOREWATCH_SITE").map_or_else(|| target.join("site"), PathBuf::from);
    println!("cargo:rustc-env=FOREWATCH_SITE={}", site.display());
    if env::var_os("CARGO_FEATURE_EMBED").is_some() {
        // The names of the files change with their content, and the manifest with their names.
        println!("cargo:rerun-if-changed={}", site.join("manifest.json").display());
        if !site.join("manifest.json").is_file() {
            println!(
                "cargo:warning=the dashboard is not built: run `node scripts/site.mjs release` first, as `make build` does"
            );
        }
    }
}
