//! The built files of the dashboard.

use crate::server::{Forewatch, send};

#[tokio::test]
async fn hashed_files_are_kept_for_ever_and_come_compressed() {
    let forewatch = Forewatch::start();
    let answer = send(forewatch.get("/pkg/a.css").header("accept-encoding", "gzip, br")).await;
    assert_eq!(answer.headers["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!((answer.headers["content-encoding"].to_str().unwrap(), answer.text.as_str()), ("br", "a.css.br"));
    let answer = send(forewatch.get("/pkg/a.wasm").header("accept-encoding", "gzip, br")).await;
    assert_eq!(
        (answer.headers["content-type"].to_str().unwrap(), answer.text.as_str()),
        ("application/wasm", "a.wasm")
    );
    assert!(!answer.headers.contains_key("content-encoding"));
}

#[tokio::test]
async fn other_files_are_asked_for_again_with_their_tag() {
    let forewatch = Forewatch::start();
    let answer = send(forewatch.get("/favicon.svg")).await;
    assert_eq!(answer.headers["content-type"], "image/svg+xml");
    let tag = answer.headers["etag"].clone();
    let answer = send(forewatch.get("/favicon.svg").header("if-none-match", tag)).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (304, ""));
}

#[tokio::test]
async fn nothing_outside_the_site_can_be_had() {
    let forewatch = Forewatch::start();
    std::fs::write(forewatch.folder.path().join("secret.txt"), "secret").unwrap();
    for path in [
        "/pkg/../../secret.txt",
        "/pkg/%2e%2e/%2e%2e/secret.txt",
        "/pkg/..%2f..%2fsecret.txt",
        "/pkg/%2fetc%2fpasswd",
        "/pkg//etc/passwd",
        "/manifest.json",
        "/pkg/a.css.br",
        "/pkg/",
        "/pkg/missing.js",
    ] {
        let answer = send(forewatch.get(path)).await;
        assert_eq!(answer.status.as_u16(), 404, "{path}: {}", answer.text);
        assert!(!answer.text.contains("root:") && !answer.text.contains("secret\n"), "{path}");
    }
}
