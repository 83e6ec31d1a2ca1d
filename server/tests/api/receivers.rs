//! Receivers of all kinds, told by the whole server: two that are real by their documentation, and one that hangs.

use crate::alertmanager::Body;
use crate::mail_server::{Mood, Server};
use crate::receiver::Receiver;
use crate::server::{Forewatch, heartbeat, send};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};

const COMMON: &str = "allow_private = true\nmin_severity = \"info\"\ngroup_wait = \"1ms\"\ngroup_interval = \"1ms\"\n";

async fn alertmanager() -> Receiver {
    Receiver::start(|request| Body::read(&request.body).map(drop)).await
}

fn webhook(name: &str, url: &str) -> String {
    format!("[[notify]]\nname = \"{name}\"\ntype = \"webhook\"\nurl = \"{url}\"\n{COMMON}")
}

/// Raises an alert by hand.
async fn raise(forewatch: &Forewatch, title: &str) -> String {
    let alert = json!({ "title": title, "severity": "error", "component": "worker", "component_id": "gpu-1" });
    let raised = send(forewatch.post("/api/v1/alerts", &alert)).await.ok();
    raised["alert_id"].as_str().unwrap().to_owned()
}

/// Waits until it is so, far longer than it takes.
async fn until<T>(mut look: impl FnMut() -> Option<T>, what: &str) -> T {
    let deadline = Instant::now() + Duration::from_secs(40);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_receiver_of_alertmanager_and_a_mail_server_are_told_an_alarm_and_its_end() {
    let (receiver, mail) = (alertmanager().await, Server::start(Mood::Takes).await);
    let config = format!("{}[[notify]]\nname = \"mail\"\n{}\n{COMMON}", webhook("hook", &receiver.url()), mail.setup());
    let forewatch = Forewatch::with(&config, &[]);
    let id = raise(&forewatch, "The fan is loud").await;
    let path = "/api/v1/notifications?status=sent";
    forewatch.until(path, |page| page["total"] == 2).await;
    send(forewatch.post(&format!("/api/v1/alerts/{id}/resolve"), &json!({}))).await.ok();
    let sent = forewatch.until(path, |page| page["total"] == 4).await;
    assert!(sent["items"].as_array().unwrap().iter().all(|one| one["attempts"].as_array().unwrap().len() == 1));

    let told: Vec<Body> = receiver.requests().iter().map(|request| Body::read(&request.body).unwrap()).collect();
    let statuses: Vec<_> = told.iter().map(|body| (body.status.as_str(), body.alerts[0].status.as_str())).collect();
    assert_eq!(statuses, [("firing", "firing"), ("resolved", "resolved")]);
    assert_eq!(told[0].alerts[0].fingerprint, told[1].alerts[0].fingerprint);
    assert_eq!(told[0].group_key, told[1].group_key);
    assert_eq!(told[0].alerts[0].annotations["title"], "The fan is loud");
    assert_eq!(told[0].alerts[0].generator_url, format!("{}/alerts/{id}", forewatch.url));

    let got = mail.got();
    let subjects: Vec<_> = got.lines().filter(|line| line.starts_with("Subject: ")).collect();
    assert_eq!(subjects, ["Subject: Error: The fan is loud", "Subject: Resolved: The fan is loud"]);
    for line in ["RCPT TO:<ada@example.com>", "RCPT TO:<bob@example.com>"] {
        assert_eq!(got.matches(line).count(), 2, "{got}");
    }
}

/// A receiver that takes connections and says nothing, and what it took.
async fn hanging() -> (String, Arc<Mutex<Vec<TcpStream>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hangs", listener.local_addr().unwrap());
    let taken = Arc::<Mutex<Vec<_>>>::default();
    tokio::spawn({
        let taken = taken.clone();
        async move {
            while let Ok((socket, _)) = listener.accept().await {
                taken.lock().unwrap().push(socket);
            }
        }
    });
    (url, taken)
}

/// The hanging attempt lasts longer than all waits here together: whoever waited for it would be told of nothing.
#[tokio::test]
async fn a_receiver_that_hangs_holds_up_neither_another_nor_the_rules() {
    let (url, taken) = hanging().await;
    let receiver = alertmanager().await;
    let rule = "[[rule]]\nid = \"any-load\"\nmetric = \"worker.cpu_usage\"\nthreshold = 0.2\nseverity = \"info\"\n\
                title = \"{subject}\"\n";
    let config = format!("{}timeout = \"10m\"\n{}{rule}", webhook("hangs", &url), webhook("works", &receiver.url()));
    let forewatch = Forewatch::with(&config, &[]);
    raise(&forewatch, "first").await;
    until(|| (!taken.lock().unwrap().is_empty()).then_some(()), "the one that hangs was asked").await;

    let told = || -> Vec<String> {
        let bodies = receiver.requests().into_iter().map(|request| Body::read(&request.body).unwrap());
        bodies.map(|body| format!("{} {}", body.status, body.alerts[0].annotations["title"])).collect()
    };
    let mut expected = vec!["firing first".to_owned()];
    for n in 1..=3 {
        let id = format!("w{n}");
        forewatch.worker(&id).await;
        for (load, total, status) in [(0.9, 1, "firing"), (0.1, 0, "resolved")] {
            let mut beat = heartbeat(&id);
            beat["metrics"] = json!({ "cpu_usage": load });
            send(forewatch.post(&format!("/api/v1/workers/{id}/heartbeat"), &beat)).await.ok();
            forewatch.until("/api/v1/alerts?rule=any-load", |alerts| alerts["total"] == total).await;
            expected.push(format!("{status} {id}"));
            until(|| (told() == expected).then_some(()), "the other is told, in order").await;
        }
    }
    let channels = forewatch.json("/api/v1/notifications/channels").await;
    let sent =
        |name: &str| channels.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()["sent"].clone();
    assert_eq!((sent("hangs"), sent("works")), (json!(0), json!(7)), "{channels}");
    assert_eq!(taken.lock().unwrap().len(), 1, "it is asked once, and waited for");
}
