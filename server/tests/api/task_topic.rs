//! One task, followed over the live socket.

use crate::server::{Forewatch, ago};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

struct Follower(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Follower {
    async fn of(forewatch: &Forewatch) -> Self {
        let mut request = format!("ws://{}/api/v1/live", forewatch.authority()).into_client_request().unwrap();
        request.headers_mut().insert("origin", forewatch.url.parse().unwrap());
        Self(connect_async(request).await.unwrap().0)
    }

    async fn say(&mut self, what: &Value) {
        self.0.send(Message::text(what.to_string())).await.unwrap();
    }

    /// The next message, within ten seconds.
    async fn hear(&mut self) -> Value {
        let next = async {
            loop {
                if let Message::Text(text) = self.0.next().await.unwrap().unwrap() {
                    return serde_json::from_str(&text).unwrap();
                }
            }
        };
        timeout(Duration::from_secs(10), next).await.expect("a message")
    }
}

async fn tell(forewatch: &Forewatch, kind: &str, task: &str, more: &Value) {
    let mut event = json!({ "type": kind, "task_id": task, "at": ago(0) });
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = forewatch.report(&json!([event])).await;
    assert_eq!(answer["rejected"], json!([]), "{answer}");
}

#[tokio::test]
async fn a_task_is_followed_with_its_timeline_and_numbers_only_grow_for_somebody_who_comes_back() {
    let forewatch = Forewatch::start();
    tell(&forewatch, "task.submitted", "one", &json!({ "content_type": "video" })).await;
    forewatch.until("/api/v1/tasks/one", |task| task["task_id"] == "one").await;
    let mut follower = Follower::of(&forewatch).await;
    follower.say(&json!({ "subscribe": ["task:one", "task:never"] })).await;
    let never = follower.hear().await;
    assert_eq!((&never["topic"], &never["data"]), (&json!("task:never"), &Value::Null));
    let first = follower.hear().await;
    assert_eq!((&first["topic"], &first["kind"]), (&json!("task:one"), &json!("snapshot")));
    assert_eq!(first["data"]["events"][0]["what"], "submitted");

    // Another task changes nothing here.
    tell(&forewatch, "task.submitted", "two", &json!({ "content_type": "video" })).await;
    tell(&forewatch, "task.progress", "one", &json!({ "progress": 0.5 })).await;
    let second = follower.hear().await;
    assert_eq!(
        (&second["topic"], &second["kind"], &second["prev"]),
        (&json!("task:one"), &json!("delta"), &first["seq"])
    );
    assert_eq!(second["data"]["progress"], 0.5);
    assert!(second["seq"].as_u64() > first["seq"].as_u64());

    follower.say(&json!({ "unsubscribe": ["task:one"] })).await;
    follower.say(&json!({ "subscribe": ["task:one"] })).await;
    let again = follower.hear().await;
    assert_eq!(again["kind"], "snapshot");
    assert!(again["seq"].as_u64() >= second["seq"].as_u64(), "{again} after {second}");
    tell(&forewatch, "task.completed", "one", &json!({})).await;
    let third = follower.hear().await;
    assert_eq!((&third["prev"], &third["data"]["status"]), (&again["seq"], &json!("completed")));
}
