//! A report as titles and tables: what a reader sees, whatever the form.

use forewatch::report::{AlertFigures, Compared, GpuUse, Ranking, Report};
use forewatch::{Ratio, TaskGroup, format};

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Count,
    /// 0..=1.
    Share,
    /// Told as a duration.
    Seconds,
    /// Seconds that are told in hours: of devices.
    Hours,
    /// Joules that are told in kilowatt-hours.
    Energy,
}

impl Of {
    /// The unit of the bare number.
    pub(super) fn unit(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Share => "ratio",
            Self::Seconds | Self::Hours => "seconds",
            Self::Energy => "joules",
        }
    }

    /// For people.
    pub(super) fn text(self, value: f64) -> String {
        match self {
            Self::Count => format::number(value),
            Self::Share => format::ratio(value),
            Self::Seconds => format::duration(value),
            Self::Hours => format!("{} h", tenths(value / 3_600.0)),
            Self::Energy => format!("{} kWh", tenths(value / 3.6e6)),
        }
    }
}

/// Large figures whole, small ones with one digit; what is too small for that is not told as nothing.
fn tenths(value: f64) -> String {
    if value >= 100.0 {
        format::number(value.round())
    } else if value > 0.0 && value < 0.05 {
        "<0.1".to_owned()
    } else {
        format!("{value:.1}")
    }
}

/// Whether more of it is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Better {
    More,
    Less,
    Neither,
}

/// A figure: what it is, and its value in both periods.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figure {
    pub(super) name: &'static str,
    pub(super) of: Of,
    pub(super) better: Better,
    pub(super) now: Option<f64>,
    pub(super) before: Option<f64>,
}

impl Figure {
    /// For people.
    pub(super) fn text(&self) -> String {
        self.now.map_or_else(|| format::UNKNOWN.to_owned(), |value| self.of.text(value))
    }

    /// By how much it differs from before, with its sign: in parts of it, or of a share in points. Where either is not
    /// known, or nothing differs, none.
    pub(super) fn change(&self) -> Option<String> {
        let (now, before) = (self.now?, self.before?);
        let difference = now - before;
        let sign = if difference > 0.0 { "+" } else { "−" };
        if self.of == Of::Share {
            let points = (difference.abs() * 1_000.0).round() / 10.0;
            return (points > 0.0).then(|| format!("{sign}{} pt", format::number(points)));
        }
        if before == 0.0 {
            return (now > 0.0).then(|| "new".to_owned());
        }
        let percent = (difference / before).abs() * 100.0;
        (percent >= 0.05).then(|| {
            if percent >= 1_000.0 {
                format!("{}×", format::number((now / before).round()))
            } else {
                format!("{sign}{}", format::ratio((percent / 100.0 * 1_000.0).round() / 1_000.0))
            }
        })
    }

    /// Whether it got better; of what is neither, none.
    pub(super) fn improved(&self) -> Option<bool> {
        let (now, before) = (self.now?, self.before?);
        let order = now.total_cmp(&before);
        match self.better {
            Better::More if order.is_ne() => Some(order.is_gt()),
            Better::Less if order.is_ne() => Some(order.is_lt()),
            _ => None,
        }
    }
}

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
    let named = |group: &TaskGroup| match (&group.key, group.is_other) {
        (_, true) => "(all others)".to_owned(),
        (Some(key), false) => key.clone(),
        (None, false) => "(not told)".to_owned(),
    };
    let rows: Vec<Row> = ranking.rows.iter().map(|compared| row(named(&compared.now), compared)).collect();
    let shown = rows.len() as u64;
    let note = (ranking.total > shown).then(|| format!("The {shown} largest of {}.", format::count(ranking.total)));
    Section { title, of, rows, note }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(of: Of, better: Better, now: f64, before: Option<f64>) -> Figure {
        Figure { name: "x", of, better, now: Some(now), before }
    }

    #[test]
    fn a_change_is_told_in_parts_of_a_share_in_points_and_of_nothing_not_at_all() {
        let change = |of, now, before| figure(of, Better::Less, now, before).change();
        assert_eq!(change(Of::Count, 120.0, Some(100.0)).as_deref(), Some("+20 %"));
        assert_eq!(change(Of::Count, 50.0, Some(100.0)).as_deref(), Some("−50 %"));
        assert_eq!(change(Of::Share, 0.05, Some(0.02)).as_deref(), Some("+3 pt"));
        assert_eq!(change(Of::Count, 5.0, Some(0.0)).as_deref(), Some("new"));
        assert_eq!(change(Of::Seconds, 300.0, Some(2.0)).as_deref(), Some("150×"));
        assert_eq!(change(Of::Count, 7.0, Some(7.0)), None);
        assert_eq!(change(Of::Count, 7.0, None), None);
    }

    #[test]
    fn fewer_failures_are_better_and_more_of_what_is_neither_is_neither() {
        assert_eq!(figure(Of::Count, Better::Less, 1.0, Some(2.0)).improved(), Some(true));
        assert_eq!(figure(Of::Count, Better::More, 1.0, Some(2.0)).improved(), Some(false));
        assert_eq!(figure(Of::Hours, Better::Neither, 1.0, Some(2.0)).improved(), None);
    }
}
