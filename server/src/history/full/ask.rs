//! Asking a full store what people ask.

use super::{LIMITS, kept, open};
use crate::collector::clock;
use crate::history::History;
use app::query::SeriesQuery;
use chrono::TimeDelta;
use forewatch::series::Aggregation;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

/// Times that each question is asked.
const TIMES: usize = 15;

/// How long a question took.
#[derive(Debug)]
pub struct Asked {
    /// The question.
    pub what: &'static str,
    /// Median and longest of the answers.
    pub took: [Duration; 2],
    /// Which tiers answered.
    pub source: String,
    /// Points with a value.
    pub points: usize,
}

struct Question {
    what: &'static str,
    metric: &'static str,
    worker: Option<&'static str>,
    hours: i64,
    step: f64,
    over_all: Option<Aggregation>,
}

const QUESTIONS: [Question; 9] = [
    question("1 h of one worker", "worker.cpu_usage", 1, 10.0).of("sim-001.*"),
    question("1 h of each worker at 60 s", "worker.cpu_usage", 1, 60.0),
    question("24 h of each worker at 5 min", "worker.cpu_usage", 24, 300.0),
    question("a year of the system at 1 d", "system.workers_online", 365 * 24, 86_400.0),
    question("a year of each worker at 1 d", "worker.cpu_usage", 365 * 24, 86_400.0),
    question("p95 over all GPUs, 1 h at 60 s", "gpu.utilization", 1, 60.0).percentile(),
    question("p95 over all GPUs, 24 h at 5 min", "gpu.utilization", 24, 300.0).percentile(),
    question("p95 over all GPUs, 7 d at 1 h", "gpu.utilization", 7 * 24, 3_600.0).percentile(),
    question("p95 over all GPUs, a year at 1 d", "gpu.utilization", 365 * 24, 86_400.0).percentile(),
];

const fn question(what: &'static str, metric: &'static str, hours: i64, step: f64) -> Question {
    Question { what, metric, worker: None, hours, step, over_all: None }
}

impl Question {
    const fn of(mut self, worker: &'static str) -> Self {
        self.worker = Some(worker);
        self
    }

    const fn percentile(mut self) -> Self {
        self.over_all = Some(Aggregation::P95);
        self
    }

    fn query(&self) -> SeriesQuery {
        let now = clock();
        let labels = self.worker.iter().map(|worker| ("worker".to_owned(), (*worker).to_owned()));
        SeriesQuery {
            metric: self.metric.to_owned(),
            labels: labels.collect::<BTreeMap<_, _>>(),
            from: now - TimeDelta::hours(self.hours),
            to: now,
            step: Some(self.step),
            over: None,
            agg: self.over_all,
            by: self.over_all.map(|_| Vec::new()),
            offset: None,
        }
    }
}

/// Opens the store at `url` and asks; answers with how long the opening took, and each question.
pub fn ask(url: &str, folder: &Path) -> anyhow::Result<(Duration, Vec<Asked>)> {
    let begin = Instant::now();
    let store = open(url, folder)?;
    let history = History::start(store.history, store.history_reader, LIMITS, kept())?;
    let opened = begin.elapsed();
    let mut all = Vec::new();
    for question in &QUESTIONS {
        let (mut took, mut source, mut points) = (Vec::new(), String::new(), 0);
        for _ in 0..TIMES {
            let query = question.query();
            let begin = Instant::now();
            let answer = history.answer(&query)?;
            took.push(begin.elapsed());
            source = answer.source;
            points = answer.series.iter().flat_map(|series| &series.points).filter(|point| point.1.is_some()).count();
        }
        took.sort_unstable();
        all.push(Asked { what: question.what, took: [took[TIMES / 2], took[TIMES - 1]], source, points });
    }
    history.finish();
    Ok((opened, all))
}
