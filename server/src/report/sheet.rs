//! A report as titles and tables: what a reader sees, whatever the form.

mod waits;

use super::figure::{Better, Figure, Of};
use forewatch::report::{AlertFigures, Compared, GpuUse, Ranking, Report};
use forewatch::{Ratio, TaskGroup, format};

/// A line of a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) figures: Vec<Figure>,
}

/// A table under a title.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Section {
    pub(super) title: &'static str,
    /// The head of the first column.
    pub(super) of: &'static str,
    pub(super) rows: Vec<Row>,
    /// What the reader must know of it.
    pub(super) note: Option<String>,
}

impl Section {
    /// The columns of which something is known in any row, by their place among a row's figures.
    pub(super) fn columns(&self) -> Vec<usize> {
        let all = self.rows.first().map_or(0, |row| row.figures.len());
        (0..all).filter(|place| self.rows.iter().any(|row| row.figures[*place].now.is_some())).collect()
    }
}

/// The figures at the top: the whole in a glance.
pub(super) fn glance(report: &Report) -> Vec<Figure> {
    let work = pick(&report.work);
    let gpus = pick(&report.gpus);
    let alerts = pick(&report.alerts);
    vec![
        work("Tasks completed", Of::Count, Better::More, |w| Some(w.completed as f64)),
        work("Failure rate", Of::Share, Better::Less, |w| share(w.error_rate)),
        work("Wait, p95", Of::Seconds, Better::Less, |w| Some(w.queue_wait_time?.p95)),
        work("Run, p95", Of::Seconds, Better::Less, |w| Some(w.processing_time?.p95)),
        gpus("GPU time used", Of::Hours, Better::Neither, |g| g.used_seconds),
        gpus("GPU utilisation", Of::Share, Better::More, |g| share(g.utilization())),
        alerts("Alerts", Of::Count, Better::Less, |a| Some(a.raised as f64)),
        alerts("Time to acknowledge", Of::Seconds, Better::Less, |a| Some(a.time_to_acknowledge?.median)),
    ]
}

/// The tables.
pub(super) fn sections(report: &Report) -> Vec<Section> {
    let mut sections =
        vec![
        Section { title: "Work", of: "", rows: vec![row("All tasks".to_owned(), &report.work)], note: None },
        ranking("By type", "Task", &report.names),
        ranking("By queue", "Queue", &report.queues),
        ranking("By worker", "Worker", &report.workers),
        ranking("By user", "User", &report.users),
        waits::by_user(report),
        waits::by_pair(report),
        match &report.errors {
            Some(errors) => causes(errors),
            None => Section {
                title: "Failures by cause",
                of: "",
                rows: Vec::new(),
                note: Some("Single tasks of this period are no longer kept.".to_owned()),
            },
        },
        Section {
            title: "GPUs",
            of: "",
            rows: vec![Row { name: "All devices".to_owned(), figures: gpu_figures(&report.gpus) }],
            note: Some(
                "Available: devices of online hosts over time. Used: those, by how busy they were. Idle: the rest. \
                 Told by tasks: the GPU time that tasks reported themselves."
                    .to_owned(),
            ),
        },
        Section {
            title: "Alerts",
            of: "Rule",
            rows: std::iter::once(Row { name: "All".to_owned(), figures: alert_figures(&report.alerts) })
                .chain(report.rules.iter().map(|rule| Row {
                    name: rule.rule_id.to_string(),
                    figures: alert_figures(&rule.alerts),
                }))
                .collect(),
            note: None,
        },
    ];
    // A table of users or causes that says nothing is left out.
    sections.retain(|section| !section.rows.is_empty() || section.note.is_some());
    sections
}

fn ranking(title: &'static str, of: &'static str, ranking: &Ranking) -> Section {
    section(title, of, ranking, row)
}

/// Of what failed it counts how often, and how long it took until it did.
fn causes(errors: &Ranking) -> Section {
    section("Failures by cause", "Error, without what differs each time", errors, |name, compared| {
        let figure = pick(compared);
        let figures = vec![
            figure("Failed", Of::Count, Better::Less, |g| Some(g.failed as f64)),
            figure("By a time limit", Of::Count, Better::Less, |g| Some(g.timed_out as f64)),
            figure("Retries before", Of::Count, Better::Less, |g| Some(g.retries as f64)),
        ];
        Row { name, figures }
    })
}

fn section(
    title: &'static str,
    of: &'static str,
    ranking: &Ranking,
    row: fn(String, &Compared<TaskGroup>) -> Row,
) -> Section {
    let rows: Vec<Row> =
        ranking.rows.iter().map(|one| row(named(one.now.key.as_deref(), one.now.is_other), one)).collect();
    let shown = ranking.rows.iter().filter(|one| !one.now.is_other).count() as u64;
    let note = (ranking.total > shown).then(|| format!("The {shown} largest of {}.", format::count(ranking.total)));
    Section { title, of, rows, note }
}

/// What a key is called.
fn named(key: Option<&str>, is_other: bool) -> String {
    match (key, is_other) {
        (_, true) => "(all others)".to_owned(),
        (Some(key), false) => key.to_owned(),
        (None, false) => "(not told)".to_owned(),
    }
}

fn row(name: String, compared: &Compared<TaskGroup>) -> Row {
    let figure = pick(compared);
    let figures = vec![
        figure("Completed", Of::Count, Better::More, |g| Some(g.completed as f64)),
        figure("Failed", Of::Count, Better::Less, |g| Some(g.failed as f64)),
        figure("Failure rate", Of::Share, Better::Less, |g| share(g.error_rate)),
        figure("Timeout rate", Of::Share, Better::Less, |g| share(g.timeout_rate)),
        figure("Retry rate", Of::Share, Better::Less, |g| share(g.retry_rate)),
        figure("Wait p50", Of::Seconds, Better::Less, |g| Some(g.queue_wait_time?.p50)),
        figure("Wait p95", Of::Seconds, Better::Less, |g| Some(g.queue_wait_time?.p95)),
        figure("Wait p99", Of::Seconds, Better::Less, |g| Some(g.queue_wait_time?.p99)),
        figure("Run p50", Of::Seconds, Better::Less, |g| Some(g.processing_time?.p50)),
        figure("Run p95", Of::Seconds, Better::Less, |g| Some(g.processing_time?.p95)),
        figure("Run p99", Of::Seconds, Better::Less, |g| Some(g.processing_time?.p99)),
        figure("GPU time", Of::Hours, Better::Neither, |g| g.gpu_time),
    ];
    Row { name, figures }
}

fn gpu_figures(gpus: &Compared<GpuUse>) -> Vec<Figure> {
    let figure = pick(gpus);
    vec![
        figure("Available", Of::Hours, Better::Neither, |g| g.available_seconds),
        figure("Used", Of::Hours, Better::Neither, |g| g.used_seconds),
        figure("Idle", Of::Hours, Better::Less, GpuUse::idle_seconds),
        figure("Utilisation", Of::Share, Better::More, |g| share(g.utilization())),
        figure("Told by tasks", Of::Hours, Better::Neither, |g| g.task_seconds),
        figure("Of tasks that did not complete", Of::Hours, Better::Less, |g| g.wasted_seconds),
        figure("Energy", Of::Energy, Better::Neither, |g| g.energy_joules),
    ]
}

fn alert_figures(alerts: &Compared<AlertFigures>) -> Vec<Figure> {
    let figure = pick(alerts);
    vec![
        figure("Raised", Of::Count, Better::Less, |a| Some(a.raised as f64)),
        figure("Acknowledged", Of::Count, Better::Neither, |a| Some(a.acknowledged as f64)),
        figure("Resolved", Of::Count, Better::Neither, |a| Some(a.resolved as f64)),
        figure("To acknowledge, median", Of::Seconds, Better::Less, |a| Some(a.time_to_acknowledge?.median)),
        figure("longest", Of::Seconds, Better::Less, |a| Some(a.time_to_acknowledge?.longest)),
        figure("To resolve, median", Of::Seconds, Better::Less, |a| Some(a.time_to_resolve?.median)),
        figure("longest", Of::Seconds, Better::Less, |a| Some(a.time_to_resolve?.longest)),
    ]
}

/// Makes figures of what is compared.
fn pick<T>(compared: &Compared<T>) -> impl Fn(&'static str, Of, Better, fn(&T) -> Option<f64>) -> Figure {
    move |name, of, better, read| Figure {
        name,
        of,
        better,
        now: read(&compared.now),
        before: compared.before.as_ref().and_then(read),
    }
}

fn share(ratio: Option<Ratio>) -> Option<f64> {
    ratio.map(Ratio::get)
}
