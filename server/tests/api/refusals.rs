//! Whatever is refused is a problem document, also where the request never gets to what it asks for.

use crate::server::{Forewatch, heartbeat, send};
use reqwest::Method;

#[tokio::test]
async fn a_name_in_the_path_that_is_not_utf_8_is_pointed_at() {
    let forewatch = Forewatch::start();
    for (method, path, pointer) in [
        (Method::GET, "/api/v1/workers/%ff", "id"),
        (Method::DELETE, "/api/v1/workers/gpu%c3", "id"),
        (Method::GET, "/api/v1/tasks/%ff", "id"),
        (Method::GET, "/api/v1/queues/%ff", "name"),
        (Method::GET, "/api/v1/alerts/%ff", "id"),
        (Method::POST, "/api/v1/alerts/%ff/resolve", "id"),
    ] {
        let problem = send(forewatch.request(method, path)).await.problem(400);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{path}: {problem}");
    }
    send(forewatch.post("/api/v1/workers/%ff/heartbeat", &heartbeat("w"))).await.problem(400);
    send(forewatch.get("/api/v1/nothing/%ff")).await.problem(404);
}

#[tokio::test]
async fn a_live_socket_that_is_not_asked_for_as_one_is_told_what_is_missing() {
    let forewatch = Forewatch::start();
    let problem = send(forewatch.get("/api/v1/live")).await.problem(400);
    assert!(problem["detail"].as_str().unwrap().contains("WebSocket"), "{problem}");
    let upgrade = forewatch.get("/api/v1/live").header("upgrade", "websocket").header("connection", "upgrade");
    let own = upgrade.header("origin", &forewatch.url);
    let problem =
        send(own.header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==").header("sec-websocket-version", "12"))
            .await
            .problem(400);
    assert!(problem["detail"].as_str().unwrap().contains("Sec-WebSocket-Version"), "{problem}");
    let problem = send(forewatch.get("/api/v1/live?topic=system")).await.problem(400);
    assert_eq!(problem["errors"][0]["pointer"], "topic");
}

#[tokio::test]
async fn unknown_paths_methods_and_parameters_are_problems() {
    let forewatch = Forewatch::start();
    for path in ["/api", "/api/v1", "/api/v1/nothing", "/api/v2/workers", "/api/v1/workers/a/b/c"] {
        send(forewatch.get(path)).await.problem(404);
    }
    let answer = send(forewatch.request(Method::PUT, "/api/v1/workers/gpu-1")).await;
    assert!(answer.headers["allow"].to_str().unwrap().contains("DELETE"), "{answer:?}");
    answer.problem(405);
    for path in
        ["/api/v1/system", "/api/v1/live", "/api/v1/openapi.json", "/api/docs", "/healthz", "/readyz", "/metrics"]
    {
        send(forewatch.request(Method::POST, path)).await.problem(405);
    }
    send(forewatch.get("/api/v1/events")).await.problem(405);
    for (path, pointer) in [
        ("/api/v1/workers?staus=online", "staus"),
        ("/api/v1/workers?status=sleeping", "status"),
        ("/api/v1/workers?limit=1001", "limit"),
        ("/api/v1/workers?limit=0", "limit"),
        ("/api/v1/workers?cursor=abc", "cursor"),
        ("/api/v1/queues?cursor=abc", "cursor"),
        ("/api/v1/tasks?cursor=abc", "cursor"),
        ("/api/v1/alerts?cursor=abc", "cursor"),
        ("/api/v1/tasks?from=yesterday", "from"),
        ("/api/v1/tasks?from=now&to=now-1h", "from"),
        ("/api/v1/tasks?sort=colour", "sort"),
        ("/api/v1/alerts?state=angry", "state"),
        ("/api/v1/query?metric=no.such", "metric"),
        ("/api/v1/query", "metric"),
        ("/api/v1/query?metric=worker.cpu_usage&queue=a", "queue"),
        ("/api/v1/system?now=1", "now"),
        ("/healthz?a=b", "a"),
    ] {
        let problem = send(forewatch.get(path)).await.problem(400);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{path}: {problem}");
    }
}
