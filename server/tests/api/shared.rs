//! Where people sign in and workers show a token.

use crate::server::{Answer, Forewatch, PASSWORD, TOKEN, heartbeat, send};
use reqwest::Method;
use serde_json::json;

async fn sign_in(forewatch: &Forewatch, name: &str, password: &str, next: &str) -> Answer {
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("name", name), ("password", password), ("next", next)])
        .finish();
    let request = forewatch.request(Method::POST, "/sign-in").header("origin", &forewatch.url);
    send(request.header("content-type", "application/x-www-form-urlencoded").body(form)).await
}

async fn session(forewatch: &Forewatch, name: &str) -> String {
    let answer = sign_in(forewatch, name, PASSWORD, "/").await;
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.text);
    answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn without_the_password_nothing_is_seen() {
    let forewatch = Forewatch::shared();
    for path in [
        "/api/v1/dashboard",
        "/api/v1/system",
        "/api/v1/workers",
        "/api/v1/workers/stats",
        "/api/v1/workers/x",
        "/api/v1/tasks",
        "/api/v1/tasks/x",
        "/api/v1/tasks/groups?by=name",
        "/api/v1/stats/hourly",
        "/api/v1/stats/daily",
        "/api/v1/queues",
        "/api/v1/queues/x",
        "/api/v1/alerts",
        "/api/v1/alerts/x",
        "/api/v1/sources",
        "/api/v1/query?metric=system.workers",
        "/api/v1/metrics-catalog",
        "/api/v1/openapi.json",
        "/api/docs",
        "/metrics",
    ] {
        send(forewatch.get(path)).await.problem(401);
        send(forewatch.get(path).bearer_auth("wrong")).await.problem(401);
        send(forewatch.get(path).header("cookie", "forewatch_session=forged")).await.problem(401);
        send(forewatch.get(path).bearer_auth(TOKEN)).await.problem(403);
    }
    for path in ["/", "/workers", "/workers/gpu-1", "/tasks", "/queues", "/alerts", "/nothing"] {
        let answer = send(forewatch.get(path)).await;
        assert_eq!(answer.status.as_u16(), 303, "{path}");
        assert!(answer.headers["location"].to_str().unwrap().starts_with("/sign-in"), "{path}");
    }
    for path in ["/healthz", "/readyz", "/sign-in", "/pkg/a.css"] {
        assert_eq!(send(forewatch.get(path)).await.status.as_u16(), 200, "{path}");
    }
}

#[tokio::test]
async fn without_the_token_nothing_enters() {
    let forewatch = Forewatch::shared();
    let registration = json!({ "registration": { "worker_id": "gpu-1" } });
    let cookie = session(&forewatch, "mara").await;
    let posts = [
        ("/api/v1/workers/register", registration.clone()),
        ("/api/v1/workers/gpu-1/heartbeat", heartbeat("gpu-1")),
        ("/api/v1/events", json!([])),
    ];
    for (path, body) in posts {
        send(forewatch.post(path, &body)).await.problem(401);
        send(forewatch.post(path, &body).bearer_auth("wrong")).await.problem(401);
        let request = forewatch.post(path, &body).header("cookie", &cookie).header("origin", &forewatch.url);
        send(request).await.problem(403);
    }
    send(forewatch.request(Method::DELETE, "/api/v1/workers/gpu-1")).await.problem(401);

    send(forewatch.post("/api/v1/workers/register", &registration).bearer_auth(TOKEN)).await.ok();
    let mut in_body = registration;
    in_body["registration"]["worker_id"] = json!("gpu-2");
    in_body["auth_token"] = json!("wrong");
    send(forewatch.post("/api/v1/workers/register", &in_body)).await.problem(401);
    in_body["auth_token"] = json!(TOKEN);
    send(forewatch.post("/api/v1/workers/register", &in_body)).await.ok();
    send(forewatch.post("/api/v1/workers/gpu-1/heartbeat", &heartbeat("gpu-1")).bearer_auth(TOKEN)).await.ok();
    send(forewatch.request(Method::DELETE, "/api/v1/workers/gpu-1").bearer_auth(TOKEN)).await.ok();
}

#[tokio::test]
async fn a_person_signs_in_acts_under_their_name_and_signs_out() {
    let forewatch = Forewatch::shared();
    let answer = sign_in(&forewatch, " Mara Öztürk ", PASSWORD, "/alerts?state=all").await;
    assert_eq!((answer.status.as_u16(), answer.headers["location"].to_str().unwrap()), (303, "/alerts?state=all"));
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Max-Age=2592000"),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().unwrap();

    let manual = json!({ "title": "Loud", "severity": "info", "component": "worker", "component_id": "gpu-1" });
    let own =
        |path: &str| forewatch.request(Method::POST, path).header("cookie", cookie).header("origin", &forewatch.url);
    let alert = send(own("/api/v1/alerts").json(&manual)).await.ok();
    let path = format!("/api/v1/alerts/{}/acknowledge", alert["alert_id"].as_str().unwrap());
    assert_eq!(send(own(&path)).await.ok()["acknowledged_by"], "Mara Öztürk");
    send(forewatch.request(Method::POST, &path).header("cookie", cookie)).await.problem(403);

    let answer = send(own("/sign-out")).await;
    assert_eq!((answer.status.as_u16(), answer.headers["location"].to_str().unwrap()), (303, "/sign-in"));
    assert!(answer.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
}

#[tokio::test]
async fn a_new_password_ends_every_session_and_a_restart_none() {
    let forewatch = Forewatch::shared();
    let cookie = session(&forewatch, "mara").await;
    let forewatch = forewatch.restarted(PASSWORD);
    send(forewatch.get("/api/v1/system").header("cookie", &cookie)).await.ok();
    let forewatch = forewatch.restarted("another password");
    send(forewatch.get("/api/v1/system").header("cookie", &cookie)).await.problem(401);
}

#[tokio::test]
async fn guessing_passwords_is_slowed_down_and_a_right_one_has_to_wait_too() {
    let forewatch = Forewatch::shared();
    for _ in 0..5 {
        let answer = sign_in(&forewatch, "mara", "wrong", "/").await;
        assert_eq!(answer.status.as_u16(), 403);
        assert!(
            answer.text.contains("The password is not right.") && !answer.text.contains("wrong\""),
            "{}",
            answer.text
        );
    }
    let answer = sign_in(&forewatch, "mara", PASSWORD, "/").await;
    assert_eq!(answer.status.as_u16(), 429);
    assert!(answer.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    send(forewatch.get("/api/v1/system").basic_auth("mara", Some(PASSWORD))).await.problem(429);
}

#[tokio::test]
async fn behind_a_trusted_proxy_only_whoever_guesses_has_to_wait() {
    let guess = |forewatch: &Forewatch, from: &str, name: &str, password: &str| {
        let request = forewatch.get("/api/v1/system").basic_auth(name, Some(password)).header("x-forwarded-for", from);
        async move { send(request).await.status.as_u16() }
    };
    let forewatch = Forewatch::with("[server]\ntrusted_proxies = [\"127.0.0.0/8\"]\n", &Forewatch::SHARED);
    for n in 0..5 {
        assert_eq!(guess(&forewatch, "192.0.2.1", &format!("guest {n}"), "wrong").await, 401);
    }
    assert_eq!(guess(&forewatch, "192.0.2.1", "mara", PASSWORD).await, 429);
    assert_eq!(guess(&forewatch, "198.51.100.1, 192.0.2.1", "mara", PASSWORD).await, 429, "a made-up hop");
    assert_eq!(guess(&forewatch, "192.0.2.2", "mara", PASSWORD).await, 200);

    // From whom no proxy was named, what it says of others is not believed.
    let forewatch = Forewatch::shared();
    for n in 0..5 {
        assert_eq!(guess(&forewatch, &format!("192.0.2.{n}"), &format!("guest {n}"), "wrong").await, 401);
    }
    assert_eq!(guess(&forewatch, "192.0.2.99", "mara", PASSWORD).await, 429);
}

#[tokio::test]
async fn guessing_under_one_name_from_everywhere_is_slowed_down() {
    let forewatch = Forewatch::with("[server]\ntrusted_proxies = [\"127.0.0.1\"]\n", &Forewatch::SHARED);
    let guess = |n: u32, name: &str, password: &str| {
        let request = forewatch.get("/api/v1/system").basic_auth(name, Some(password));
        let request = request.header("x-forwarded-for", format!("192.0.2.{n}"));
        async move { send(request).await.status.as_u16() }
    };
    for n in 0..20 {
        assert_eq!(guess(n, "Mara", "wrong").await, 401);
    }
    assert_eq!(guess(100, "mara", PASSWORD).await, 429);
    assert_eq!(guess(100, "jonas", PASSWORD).await, 200);
}

#[tokio::test]
async fn signing_in_leads_only_to_our_own_pages_and_shows_text_as_text() {
    let forewatch = Forewatch::shared();
    for next in ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
        assert_eq!(sign_in(&forewatch, "mara", PASSWORD, next).await.headers["location"], "/", "{next}");
    }
    let answer = sign_in(&forewatch, "\"><script>alert(1)</script>", "wrong", "/").await;
    assert!(!answer.text.contains("<script"), "{}", answer.text);
    let answer = sign_in(&forewatch, "", PASSWORD, "/").await;
    assert!(answer.text.contains("Say who you are"), "{}", answer.text);
}

#[tokio::test]
async fn a_foreign_page_cannot_sign_anybody_in() {
    let forewatch = Forewatch::shared();
    let request = forewatch.request(Method::POST, "/sign-in").header("origin", "https://evil.example");
    send(request.body(format!("name=mara&password={PASSWORD}"))).await.problem(403);
}

#[tokio::test]
async fn a_program_reads_with_a_name_and_the_password() {
    let forewatch = Forewatch::shared();
    send(forewatch.get("/api/v1/system").basic_auth("prometheus", Some(PASSWORD))).await.ok();
    let answer = send(forewatch.get("/metrics").basic_auth("prometheus", Some(PASSWORD))).await;
    assert!(answer.text.contains("forewatch_build_info"), "{}", answer.text);
}

#[tokio::test]
async fn secrets_are_in_no_answer() {
    let forewatch = Forewatch::shared();
    let cookie = session(&forewatch, "mara").await;
    for path in ["/", "/metrics", "/api/v1/openapi.json", "/api/v1/dashboard", "/sign-in"] {
        let text = send(forewatch.get(path).header("cookie", &cookie)).await.text;
        assert!(!text.contains(TOKEN) && !text.contains(PASSWORD), "{path}");
    }
}

#[tokio::test]
async fn behind_https_the_cookie_never_travels_in_the_clear_and_the_public_origin_is_ours() {
    let forewatch = Forewatch::shared_at("https://forewatch.example");
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("name", "mara"), ("password", PASSWORD)])
        .finish();
    let request = |origin: &str| {
        let request =
            forewatch.request(Method::POST, "/sign-in").header("host", "forewatch.example").header("origin", origin);
        request.header("content-type", "application/x-www-form-urlencoded").body(form.clone())
    };
    let answer = send(request("https://forewatch.example")).await;
    assert!(answer.headers["set-cookie"].to_str().unwrap().contains("Secure"));
    send(request("https://forewatch.example.evil.example")).await.problem(403);
    send(forewatch.get("/api/v1/system").header("host", "evil.example")).await.problem(421);
    // A worker may know the server by a name of its own.
    let worker = forewatch.post("/api/v1/events", &json!([])).header("host", "gpu-head:8790").bearer_auth(TOKEN);
    send(worker).await.ok();
}
