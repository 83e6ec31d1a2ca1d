//! What people are told of an alert, how they handle it from the message, and what can be seen of it.

use crate::server::{Forewatch, run, send};
use axum::Router;
use axum::extract::State;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// A receiver that takes everything, at a path that nobody must see.
struct Receiver {
    url: String,
    got: Arc<Mutex<Vec<Value>>>,
}

const SECRET: &str = "a-secret-path-of-the-receiver";

impl Receiver {
    async fn start() -> Self {
        let got = Arc::<Mutex<Vec<Value>>>::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/{SECRET}", listener.local_addr().unwrap());
        let take = async |State(got): State<Arc<Mutex<Vec<Value>>>>, axum::Json(body): axum::Json<Value>| {
            got.lock().unwrap().push(body);
        };
        let router = Router::new().fallback(take).with_state(got.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, got }
    }

    /// A server that tells this receiver.
    fn forewatch(&self, kind: &str) -> Forewatch {
        let config = format!(
            "[[notify]]\nname = \"oncall\"\ntype = \"{kind}\"\nurl = \"env:HOOK\"\nallow_private = true\n\
             min_severity = \"info\"\ngroup_wait = \"1ms\"\ngroup_interval = \"1ms\"\n"
        );
        let [mode, token, password] = Forewatch::SHARED;
        Forewatch::with(&config, &[mode, token, password, ("HOOK", &self.url)])
    }
}

fn signed_in(forewatch: &Forewatch, method: Method, path: &str) -> reqwest::RequestBuilder {
    forewatch.request(method, path).basic_auth("mara", Some(crate::server::PASSWORD))
}

async fn until_told(forewatch: &Forewatch, count: usize) -> Value {
    for _ in 0..400 {
        let page = send(signed_in(forewatch, Method::GET, "/api/v1/notifications?status=sent")).await.ok();
        if page["total"] == count {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("never told");
}

async fn raise(forewatch: &Forewatch) -> String {
    let alert =
        json!({ "title": "The fan is loud", "severity": "error", "component": "worker", "component_id": "gpu-1" });
    let raised = send(signed_in(forewatch, Method::POST, "/api/v1/alerts").json(&alert)).await.ok();
    raised["alert_id"].as_str().unwrap().to_owned()
}

/// The path of the signed link in what Slack was told.
fn link(receiver: &Receiver, forewatch: &Forewatch) -> String {
    let told = receiver.got.lock().unwrap().last().unwrap().to_string();
    let (_, after) = told.split_once(&format!("<{}/handle/", forewatch.url)).expect("there is a link");
    format!("/handle/{}", after.split('|').next().unwrap())
}

/// A click on a button of the link's page.
fn click(forewatch: &Forewatch, link: &str, what: &str) -> reqwest::RequestBuilder {
    let form = forewatch.request(Method::POST, link).header("content-type", "application/x-www-form-urlencoded");
    form.body(format!("do={what}"))
}

#[tokio::test]
async fn an_alert_is_told_and_acknowledged_by_a_click_in_the_message_and_by_no_preview_of_it() {
    let receiver = Receiver::start().await;
    let forewatch = receiver.forewatch("slack");
    let id = raise(&forewatch).await;
    until_told(&forewatch, 1).await;
    let link = link(&receiver, &forewatch);
    let alert = async || send(signed_in(&forewatch, Method::GET, &format!("/api/v1/alerts/{id}"))).await.ok();

    // Previews look, and ask for the head alone; nobody is signed in.
    for method in [Method::GET, Method::HEAD, Method::GET] {
        let page = send(forewatch.request(method.clone(), &link)).await;
        assert_eq!(page.status, 200);
        assert!(method == Method::HEAD || page.text.contains("The fan is loud") && page.text.contains("Acknowledge"));
        assert_eq!(page.headers["x-robots-tag"], "noindex");
    }
    assert_eq!(alert().await["acknowledged"], false);

    let click = |what: &str| click(&forewatch, &link, what);
    let foreign = send(click("acknowledge").header("origin", "https://evil.example")).await;
    assert_eq!(foreign.status, 403);
    assert_eq!(send(click("burn")).await.status, 400);
    assert_eq!(alert().await["acknowledged"], false);
    let page = send(click("acknowledge").header("origin", &forewatch.url)).await;
    assert!(page.status == 200 && page.text.contains("Acknowledged"), "{page:?}");
    let now = alert().await;
    assert_eq!((&now["acknowledged"], &now["acknowledged_by"]), (&json!(true), &json!("oncall")));
    let again = send(click("resolve")).await;
    assert!(again.status == 409 && again.text.contains("has been used"), "{again:?}");
    assert_eq!(alert().await["state"], "firing");

    for forged in [format!("{link}A"), link.replace("/handle/", "/handle/A"), "/handle/x.y".to_owned()] {
        assert_eq!(send(forewatch.get(&forged)).await.status, 404, "{forged}");
    }
}

#[tokio::test]
async fn a_link_resolves_too_and_one_that_could_do_nothing_is_not_used_up() {
    let receiver = Receiver::start().await;
    let forewatch = receiver.forewatch("slack");
    let id = raise(&forewatch).await;
    until_told(&forewatch, 1).await;
    let link = link(&receiver, &forewatch);
    let command = |verb: &str| signed_in(&forewatch, Method::POST, &format!("/api/v1/alerts/{id}/{verb}"));
    send(command("acknowledge")).await.ok();
    let click = |what: &str| click(&forewatch, &link, what);
    let page = send(click("acknowledge")).await;
    assert!(page.status == 409 && page.text.contains("mara acknowledged it"), "{page:?}");
    let page = send(click("resolve")).await;
    assert!(page.status == 200 && page.text.contains("Resolved"), "{page:?}");
    until_told(&forewatch, 2).await;
    assert!(receiver.got.lock().unwrap().last().unwrap().to_string().contains("Resolved: The fan is loud"));
}

#[tokio::test]
async fn the_log_of_deliveries_the_channels_and_the_metrics_tell_how_it_goes_and_no_secret() {
    let receiver = Receiver::start().await;
    let forewatch = receiver.forewatch("webhook");
    let id = raise(&forewatch).await;
    let page = until_told(&forewatch, 1).await;
    let delivery = &page["items"][0];
    assert_eq!((&delivery["channel"], &delivery["alerts"]), (&json!("oncall"), &json!([id])));
    assert_eq!(delivery["attempts"][0]["accepted"], true);
    let by_alert = format!("/api/v1/notifications?alert={id}&channel=oncall");
    assert_eq!(send(signed_in(&forewatch, Method::GET, &by_alert)).await.ok()["total"], 1);

    let tried = send(signed_in(&forewatch, Method::POST, "/api/v1/notifications/oncall/test")).await.ok();
    assert_eq!((&tried["status"], &tried["alerts"]), (&json!("sent"), &json!([])));
    let again = format!("/api/v1/notifications/{}/send-again", tried["id"].as_str().unwrap());
    send(signed_in(&forewatch, Method::POST, &again)).await.problem(409);
    for path in ["/api/v1/notifications/nobody/test", "/api/v1/notifications/nothing/send-again"] {
        send(signed_in(&forewatch, Method::POST, path)).await.problem(404);
    }
    for path in ["/api/v1/notifications?status=lost", "/api/v1/notifications?cursor=x", "/api/v1/notifications?q=1"] {
        send(signed_in(&forewatch, Method::GET, path)).await.problem(400);
    }

    let channels = send(signed_in(&forewatch, Method::GET, "/api/v1/notifications/channels")).await;
    let metrics = send(signed_in(&forewatch, Method::GET, "/metrics")).await;
    assert!(metrics.text.contains("forewatch_notifications_sent_total{channel=\"oncall\"} 2"), "{}", metrics.text);
    assert!(metrics.text.contains("forewatch_notifications_waiting{channel=\"oncall\"} 0"));
    let log = send(signed_in(&forewatch, Method::GET, "/api/v1/notifications")).await;
    for answer in [&channels, &metrics, &log] {
        assert!(!answer.text.contains(SECRET), "{}", answer.text);
    }
    assert_eq!((&channels.json()[0]["type"], &channels.json()[0]["sent"]), (&json!("webhook"), &json!(2)));
    // Strangers see and do nothing.
    send(forewatch.get("/api/v1/notifications")).await.problem(401);
    send(forewatch.request(Method::POST, "/api/v1/notifications/oncall/test")).await.problem(401);
}

#[test]
fn every_mistake_about_a_channel_is_told_with_its_line_and_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("forewatch.toml");
    let text = "[[notify]]\nname = \"a\"\ntype = \"pigeon\"\n\n\
                [[notify]]\nname = \"b\"\ntype = \"slack\"\nurl = \"env:NOT_THERE\"\n\n\
                [[notify]]\nname = \"c\"\ntype = \"webhook\"\nurl = \"http://169.254.169.254/\"\ntitle = \"{titel}\"\n\
                quiet = { from = \"22:00\", to = \"07:00\", zone = \"Europe/Nowhere\" }\nmin_severity = \"bad\"\ncolour = 1\n";
    std::fs::write(&file, text).unwrap();
    let (code, said) = run(&["check-config", file.to_str().unwrap()]);
    assert_eq!(code, 2, "{said}");
    for told in [
        ":3: notify[0].type: ",
        ":8: notify[1].url: the environment has no NOT_THERE",
        ":13: notify[2].url: ",
        ":14: notify[2].title: {titel}",
        ":15: notify[2].quiet.zone: ",
        ":16: notify[2].min_severity: ",
        ":17: notify[2].colour: ",
    ] {
        assert!(said.contains(told), "{told} in\n{said}");
    }
    assert_eq!(said.trim().lines().count(), 7, "{said}");
}

#[tokio::test]
async fn a_report_that_is_made_is_told_to_its_channel_with_its_figures_and_where_it_is() {
    let receiver = Receiver::start().await;
    let retention = "[retention]\nsamples = \"9d\"\n";
    let forewatch = Forewatch::with(retention, &[]);
    // The newest day that is over, and the one before: the day may change meanwhile.
    let today = chrono::Utc::now().date_naive();
    let days = (1..=2).map(|back| today - chrono::Days::new(back));
    let tasks = days.map(|day| json!({ "type": "task.completed", "task_id": day.to_string(), "content_type": "x", "at": format!("{day}T12:00:00Z") }));
    assert_eq!(forewatch.report(&Value::Array(tasks.collect())).await["accepted"], 2);
    let config = format!(
        "{retention}[[notify]]\nname = \"team\"\ntype = \"webhook\"\nurl = \"env:HOOK\"\nallow_private = true\n\
         [[report]]\nname = \"farm\"\nevery = \"day\"\ntitle = \"The farm\"\nnotify = [\"team\"]\n"
    );
    let forewatch = Forewatch::in_folder(forewatch.stopped(), &config, &[("HOOK", &receiver.url)]);
    forewatch.until("/api/v1/notifications?status=sent", |page| page["total"] == 1).await;
    let kept = forewatch.json("/api/v1/reports/kept").await;
    let told = receiver.got.lock().unwrap()[0].clone();
    let annotations = &told["alerts"][0]["annotations"];
    assert!(annotations["title"].as_str().unwrap().starts_with("The farm, 20"), "{told}");
    assert!(annotations["description"].as_str().unwrap().contains("Tasks completed: 1"), "{told}");
    let address = format!("{}/api/v1/reports/kept/{}.html", forewatch.url, kept["items"][0]["id"].as_str().unwrap());
    assert_eq!(annotations["dashboard"], address);
    assert_eq!((&told["status"], &told["groupLabels"]["alertname"]), (&json!("resolved"), &json!("report")));
    assert_eq!(send(forewatch.get(address.strip_prefix(&forewatch.url).unwrap())).await.status, 200);
    assert_eq!(forewatch.json("/api/v1/alerts").await["total"], 0, "it is no alert");
}
