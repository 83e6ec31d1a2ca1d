//! Reports by schedule, as those who ask for them meet them: what was missed is made at the start, listed and handed out.

use crate::server::{Forewatch, PASSWORD, send};
use chrono::{Days, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};

/// Tasks of days ago may come in.
const KEPT: &str = "[retention]\nsamples = \"9d\"\n";
const DAILY: &str = "[[report]]\nname = \"farm\"\nevery = \"day\"\ntitle = \"The farm\"\nformats = [\"html\", \"pdf\", \"csv\", \"json\"]\n";

/// The newest day (UTC) that is over and settled.
fn newest_day() -> NaiveDate {
    (Utc::now() - TimeDelta::minutes(2)).date_naive() - Days::new(1)
}

/// A server that finds at its start that the report of `day` was missed, with five tasks in it.
async fn missed(day: NaiveDate, environment: &[(&str, &str)]) -> Forewatch {
    let forewatch = Forewatch::with(KEPT, &[]);
    let task = |n: u32| {
        let at = format!("{day}T12:00:{n:02}Z");
        json!({ "type": "task.completed", "task_id": format!("t-{n}"), "content_type": "x", "at": at })
    };
    let answer = forewatch.report(&Value::Array((0..5).map(task).collect())).await;
    assert_eq!(answer["accepted"], 5, "{answer}");
    Forewatch::in_folder(forewatch.stopped(), &format!("{KEPT}{DAILY}"), environment)
}

#[tokio::test]
async fn a_report_that_was_missed_is_made_at_the_start_and_handed_out_in_its_forms() {
    // At midnight the day may change meanwhile: then it is done again, for the next one.
    let (forewatch, kept, day) = loop {
        let day = newest_day();
        let forewatch = missed(day, &[]).await;
        let kept = forewatch.until("/api/v1/reports/kept", |page| page["total"] == 1).await;
        if newest_day() == day {
            break (forewatch, kept, day);
        }
    };
    let report = &kept["items"][0];
    let days = format!("{0}-{0}", day.format("%Y%m%d"));
    assert_eq!(report["id"], format!("farm-{days}"));
    assert_eq!((&report["first_day"], &report["last_day"]), (&json!(day), &json!(day)));
    assert_eq!(
        (&report["title"], &report["every"], &report["zone"]),
        (&json!("The farm"), &json!("day"), &json!("UTC"))
    );
    let files = report["files"].as_array().unwrap();
    assert_eq!(files.len(), 4);
    for (file, media_type) in files.iter().zip(["text/html", "application/pdf", "text/csv", "application/json"]) {
        let name = file["name"].as_str().unwrap();
        let answer = forewatch.get(&format!("/api/v1/reports/kept/{name}")).send().await.unwrap();
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with(media_type), "{name}");
        assert_eq!(answer.headers()["content-disposition"], format!("attachment; filename=\"{name}\""));
        assert_eq!(answer.bytes().await.unwrap().len() as u64, file["bytes"].as_u64().unwrap(), "{name}");
    }
    let figures = forewatch.json(&format!("/api/v1/reports/kept/farm-{days}.json")).await;
    assert_eq!(figures["work"]["now"]["completed"], 5);
    let page = send(forewatch.get("/reports")).await;
    assert!(page.text.contains(&format!("/api/v1/reports/kept/farm-{days}.pdf")) && page.text.contains("The farm"));
    let metrics = send(forewatch.get("/metrics")).await.text;
    assert!(
        metrics.contains("\nforewatch_reports_made_total 1\n")
            && metrics.contains("\nforewatch_reports_failed_total 0\n")
    );

    // After another start there is still the one.
    let folder = forewatch.killed();
    assert!(folder.path().join(format!("forewatch.reports/farm-{days}/farm-{days}.html")).is_file());
    let forewatch = Forewatch::in_folder(folder, KEPT, &[]);
    assert_eq!(forewatch.json("/api/v1/reports/kept").await["items"], kept["items"]);
    for none in ["farm.pdf", "about.json", "..%2Fforewatch.db", "%2e%2e"] {
        send(forewatch.get(&format!("/api/v1/reports/kept/{none}"))).await.problem(404);
    }
}

#[tokio::test]
async fn kept_reports_are_for_those_who_are_signed_in() {
    let forewatch = missed(newest_day(), &Forewatch::SHARED).await;
    for path in ["/api/v1/reports/kept", "/api/v1/reports/kept/farm-20250101-20250101.pdf"] {
        send(forewatch.get(path)).await.problem(401);
        send(forewatch.get(path).bearer_auth(crate::server::TOKEN)).await.problem(403);
    }
    let answer = send(forewatch.get("/api/v1/reports/kept").basic_auth("mara", Some(PASSWORD))).await.ok();
    assert!(answer["items"].is_array());
}

#[tokio::test]
async fn what_is_wrong_with_a_schedule_is_told_by_line_and_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("forewatch.toml");
    let text = "[[report]]\nname = \"a\"\nevry = \"day\"\n[[report]]\nname = \"b\"\nevery = \"year\"\n[[report]]\nname = \"c d\"\n\
                every = \"week\"\nzone = \"Mars\"\nkeep = 0\n[[report]]\nname = \"e\"\nevery = \"day\"\nformats = [\"doc\"]\n";
    std::fs::write(&file, text).unwrap();
    let (code, told) = crate::server::run(&["check-config", file.to_str().unwrap()]);
    assert_eq!(code, 2, "{told}");
    let at = |place: &str| told.lines().filter(|line| line.contains(&format!("forewatch.toml:{place}: "))).count();
    for place in [
        "3: report[0].evry",
        "6: report[1].every",
        "8: report[2].name",
        "10: report[2].zone",
        "11: report[2].keep",
        "15: report[3].formats[0]",
    ] {
        assert_eq!(at(place), 1, "{place} in\n{told}");
    }
    assert_eq!(told.lines().count(), 6, "{told}");
}
