//! A report that is made by schedule, as it comes by mail: read by Python's own reader of mails.

use crate::mail_server::{Mood, Server};
use crate::server::{Forewatch, send};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Says of a mail on stdin, as JSON, what each of its parts is: kind, encoding, file name, longest line, content in base64.
const READ: &str = r#"
import base64, email, email.policy, json, sys
mail = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
parts = [part for part in mail.walk() if not part.is_multipart()]
print(json.dumps({
    "subject": mail["subject"], "kind": mail.get_content_type(), "version": mail["mime-version"],
    "defects": [repr(defect) for part in mail.walk() for defect in part.defects],
    "parts": [{
        "kind": part.get_content_type(), "disposition": part.get_content_disposition(), "name": part.get_filename(),
        "encoding": part["content-transfer-encoding"], "longest": max(map(len, part.get_payload().splitlines())),
        "content": base64.b64encode(part.get_payload(decode=True)).decode(),
    } for part in parts],
}))
"#;

fn read(mail: &str) -> Value {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/venv/bin/python");
    let mut child =
        Command::new(python).args(["-c", READ]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(mail.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{mail}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn content(part: &Value) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(part["content"].as_str().unwrap()).unwrap()
}

/// The mails that came, each without what was said around it.
fn mails(server: &Server) -> Vec<String> {
    let got = server.got();
    let mut mails = got.split("\nDATA\n");
    let _ = mails.next();
    mails.map(|after| after.split("\n.\n").next().unwrap().replace('\n', "\r\n")).collect()
}

/// A server that finds at its start that a day's report was missed, which goes by mail in these forms.
async fn missed(mail: &Server, formats: &str) -> Forewatch {
    let retention = "[retention]\nsamples = \"9d\"\n";
    let forewatch = Forewatch::with(retention, &[]);
    // The newest day that is over, and the one before: the day may change meanwhile.
    let today = chrono::Utc::now().date_naive();
    let days = (1..=2).map(|back| today - chrono::Days::new(back));
    let tasks = days.map(|day| {
        json!({ "type": "task.completed", "task_id": day.to_string(), "content_type": "x", "name": "render <b>é</b>",
            "at": format!("{day}T12:00:00Z") })
    });
    assert_eq!(forewatch.report(&Value::Array(tasks.collect())).await["accepted"], 2);
    let config = format!(
        "{retention}[[notify]]\nname = \"team\"\nallow_private = true\n{}\n\
         [[report]]\nname = \"farm\"\nevery = \"day\"\ntitle = \"The farm\"\nnotify = [\"team\"]\nformats = {formats}\n",
        mail.setup()
    );
    Forewatch::in_folder(forewatch.stopped(), &config, &[])
}

#[tokio::test]
async fn a_report_by_mail_is_its_page_to_read_and_its_pdf_attached() {
    let server = Server::start(Mood::Takes).await;
    // What a mail needs is kept although it is not named.
    let forewatch = missed(&server, "[\"csv\"]").await;
    forewatch.until("/api/v1/notifications?status=sent", |page| page["total"] == 1).await;
    let report = forewatch.json("/api/v1/reports/kept").await["items"][0].clone();
    let (id, day) = (report["id"].as_str().unwrap(), report["first_day"].as_str().unwrap());
    assert_eq!(id, format!("farm-{0}-{0}", day.replace('-', "")), "the file's name has the period");
    let kept = async |form: &str| {
        let answer = forewatch.get(&format!("/api/v1/reports/kept/{id}.{form}")).send().await.unwrap();
        answer.error_for_status().unwrap().bytes().await.unwrap()
    };

    let all = mails(&server);
    assert_eq!(all.len(), 1);
    let mail = read(&all[0]);
    assert_eq!((&mail["kind"], &mail["version"]), (&json!("multipart/mixed"), &json!("1.0")));
    assert_eq!(mail["subject"], format!("Report: The farm, {day}"));
    assert_eq!(mail["defects"], json!([]));
    let parts = mail["parts"].as_array().unwrap();
    let kinds: Vec<_> = parts.iter().map(|part| part["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["text/plain", "text/html", "application/pdf"]);
    let text = String::from_utf8(content(&parts[0])).unwrap();
    assert!(text.contains("Tasks completed: 1") && text.contains(&format!("{id}.html")), "{text}");
    assert_eq!(content(&parts[1]), kept("html").await, "the page as it is kept");

    let pdf = &parts[2];
    assert_eq!((&pdf["disposition"], &pdf["encoding"]), (&json!("attachment"), &json!("base64")));
    assert_eq!(pdf["name"], format!("{id}.pdf"));
    assert!(pdf["longest"].as_u64().unwrap() <= 76, "lines of base64 are short (RFC 2045): {}", pdf["longest"]);
    let bytes = content(pdf);
    assert!(bytes.starts_with(b"%PDF-") && bytes.ends_with(b"%%EOF"), "{} bytes", bytes.len());
    assert_eq!(bytes, kept("pdf").await);
}

#[tokio::test]
async fn a_mail_server_that_takes_no_large_mails_gets_the_report_without_its_files() {
    let server = Server::start(Mood::Small(4_000)).await;
    let forewatch = missed(&server, "[\"html\", \"pdf\"]").await;
    forewatch.until("/api/v1/notifications?status=sent", |page| page["total"] == 1).await;
    let all = mails(&server);
    assert_eq!(all.len(), 2, "with its files, and then without");
    let mail = read(&all[1]);
    assert_eq!(mail["kind"], "text/plain");
    let text = String::from_utf8(content(&mail["parts"][0])).unwrap();
    assert!(text.contains("did not take the report: follow the link") && text.contains("Tasks completed: 1"), "{text}");
}

#[tokio::test]
async fn a_report_that_is_not_kept_any_more_is_still_told() {
    let refusing = Server::start(Mood::Answers(550)).await;
    let forewatch = missed(&refusing, "[\"html\", \"pdf\"]").await;
    let refused = forewatch.until("/api/v1/notifications?status=dead", |page| page["total"] == 1).await;
    let id = refused["items"][0]["id"].as_str().unwrap();
    let folder = forewatch.stopped();
    std::fs::remove_dir_all(folder.path().join("forewatch.reports")).unwrap();
    let taking = Server::start(Mood::Takes).await;
    let config = format!("[[notify]]\nname = \"team\"\nallow_private = true\n{}\n", taking.setup());
    let forewatch = Forewatch::in_folder(folder, &config, &[]);
    send(forewatch.post(&format!("/api/v1/notifications/{id}/send-again"), &json!({}))).await.ok();
    forewatch.until("/api/v1/notifications?status=sent", |page| page["total"] == 1).await;
    let mail = read(&mails(&taking)[0]);
    let text = String::from_utf8(content(&mail["parts"][0])).unwrap();
    assert!(mail["kind"] == "text/plain" && text.contains("The report is not kept any more."), "{text}");
}
