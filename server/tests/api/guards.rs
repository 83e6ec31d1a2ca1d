//! What keeps other pages, other names and other origins out.

use crate::server::{Forewatch, send};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_page_of_another_origin_can_change_nothing() {
    let forewatch = Forewatch::start();
    let id = forewatch.alert().await;
    for (header, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://localhost:1"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        for path in [format!("/api/v1/alerts/{id}/resolve"), "/api/v1/events".to_owned(), "/sign-out".to_owned()] {
            let request = forewatch.request(Method::POST, &path).header(header, value).body("{}");
            send(request).await.problem(403);
        }
        send(forewatch.request(Method::DELETE, "/api/v1/workers/w").header(header, value)).await.problem(403);
    }
    assert_eq!(forewatch.json(&format!("/api/v1/alerts/{id}")).await["state"], "firing");
    let own = forewatch.post(&format!("/api/v1/alerts/{id}/resolve"), &json!({})).header("origin", &forewatch.url);
    send(own).await.ok();
}

#[tokio::test]
async fn server_functions_are_guarded_like_everything_else() {
    let forewatch = Forewatch::start();
    let request = forewatch.request(Method::POST, "/api/anything").header("origin", "https://evil.example");
    send(request).await.problem(403);
}

#[tokio::test]
async fn a_foreign_name_that_was_pointed_at_us_is_not_answered() {
    let forewatch = Forewatch::start();
    for host in ["evil.example", "evil.example:8790", "127.0.0.1.evil.example", "192.0.2.1"] {
        for path in ["/", "/api/v1/system", "/healthz", "/sign-in"] {
            send(forewatch.get(path).header("host", host)).await.problem(421);
        }
    }
    let port = forewatch.authority().rsplit(':').next().unwrap();
    for host in [format!("localhost:{port}"), "[::1]:8790".to_owned()] {
        assert_eq!(send(forewatch.get("/healthz").header("host", host)).await.status.as_u16(), 200);
    }
}

#[tokio::test]
async fn every_answer_tells_the_browser_to_guard_it() {
    let forewatch = Forewatch::start();
    let mut policies = Vec::new();
    for path in ["/", "/api/v1/system", "/api/v1/nothing", "/api/docs"] {
        let headers = send(forewatch.get(path)).await.headers;
        let policy = headers["content-security-policy"].to_str().unwrap().to_owned();
        for part in [
            "default-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "script-src 'self' 'nonce-",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "same-origin");
        policies.push(policy);
    }
    policies.sort();
    policies.dedup();
    assert_eq!(policies.len(), 4, "every answer has a nonce of its own");
    let headers = send(forewatch.get("/pkg/a.js")).await.headers;
    assert!(!headers.contains_key("content-security-policy"), "a file is no page");
    assert_eq!(headers["x-content-type-options"], "nosniff", "and is never taken for one");
    assert_eq!(headers["content-type"], "text/javascript; charset=utf-8");
}

#[tokio::test]
async fn every_inline_script_and_style_of_a_page_carries_the_answers_nonce() {
    let forewatch = Forewatch::start();
    for path in ["/", "/workers", "/api/docs"] {
        let answer = send(forewatch.get(path)).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
        for tag in ["<script", "<style"] {
            for part in answer.text.split(tag).skip(1) {
                let attributes = part.split('>').next().unwrap();
                assert!(attributes.contains(&format!("nonce=\"{nonce}\"")), "{path}: {tag}{attributes}>");
            }
        }
    }
}

#[tokio::test]
async fn pages_and_data_are_not_kept_by_caches() {
    let forewatch = Forewatch::start();
    for path in ["/", "/workers", "/api/v1/system", "/metrics"] {
        assert_eq!(send(forewatch.get(path)).await.headers["cache-control"], "no-store", "{path}");
    }
}

#[tokio::test]
async fn no_other_origin_is_allowed_to_read() {
    let forewatch = Forewatch::start();
    let answer = send(forewatch.get("/api/v1/system").header("origin", "https://evil.example")).await;
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
    assert_eq!(answer.headers["cross-origin-resource-policy"], "same-origin");
}
