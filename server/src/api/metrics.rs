//! `/metrics` in Prometheus' text format: the fleet by the metric catalogue, alerts, sources, and
//! Forewatch's own workings.

mod alerts;
mod notifications;
mod objectives;
mod store;
mod text;

use super::params::{Asked, Nothing};
use crate::auth::access::Person;
use crate::collector::Fleet;
use crate::ingest::celery::{Counts, Reason};
use crate::state::AppState;
use crate::store::sqlite::SqliteOutbox;
use crate::telemetry::CounterKind;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use forewatch::catalogue::{METRICS, Read};
use forewatch::source::SourceState;
use text::{Kind, Text};

/// Version 0.0.4 of the text format, which every scraper reads.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/metrics", get(metrics))
}

/// Everything for Prometheus. Where people sign in, scrape with HTTP Basic: any name, and the password.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses((status = 200, body = String, content_type = "text/plain")))]
pub(super) async fn metrics(_: Person, State(state): State<AppState>, _: Asked<Nothing>) -> impl IntoResponse {
    let (records, history) = (state.records.clone(), state.history.clone());
    let sizes = tokio::task::spawn_blocking(move || (records.sizes(), history.sizes().unwrap_or_default())).await;
    let (files, tiers) = sizes.map_or_else(|_| (None, Vec::new()), |(files, tiers)| (Some(files), tiers));
    let counted = state.notifier.ask(SqliteOutbox::counted).await.unwrap_or_default();
    let mut text = Text::default();
    let fleet = state.fleet.load();
    catalogue(&mut text, &fleet);
    alerts::write(&mut text, &fleet, &state);
    objectives::write(&mut text, &fleet);
    sources(&mut text, &fleet);
    brokers(&mut text, &state);
    notifications::write(&mut text, state.notifier.channels(), &counted);
    own(&mut text, &state);
    store::health(&mut text, &state.health);
    store::sizes(&mut text, files);
    store::tiers(&mut text, &tiers);
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], text.finish())
}

/// Every metric of the catalogue, read from the records as charts and rules read them.
fn catalogue(text: &mut Text, fleet: &Fleet) {
    for metric in METRICS {
        let mut family = text.catalogued(metric);
        match metric.read {
            Read::System(read) => family.sample(&[], read(&fleet.system)),
            Read::Derived(read) | Read::Worker(read) => {
                for worker in fleet.workers.values() {
                    family.sample(&[("worker", &worker.metrics.worker_id)], read(&worker.metrics));
                }
            }
            Read::Gpu(read) => {
                for worker in fleet.workers.values() {
                    for gpu in &worker.metrics.gpus {
                        family.sample(
                            &[("worker", &worker.metrics.worker_id), ("gpu", &gpu.index.to_string())],
                            read(gpu),
                        );
                    }
                }
            }
            Read::Queue(read) => {
                for queue in fleet.queues.values() {
                    family.sample(&[("queue", &queue.id)], read(&queue.stats));
                }
            }
        }
    }
}

/// What the observed brokers brought, and what of it was not taken.
fn brokers(text: &mut Text, state: &AppState) {
    let Some(observed) = state.observed.get().filter(|observed| !observed.is_empty()) else { return };
    let counts: [(&str, &str, fn(&Counts) -> u64); 4] = [
        ("forewatch_celery_messages_total", "Messages received from a broker.", Counts::messages),
        ("forewatch_celery_events_total", "Celery events understood.", Counts::events),
        (
            "forewatch_celery_events_ignored_total",
            "Celery events of kinds that say nothing to Forewatch.",
            Counts::ignored_events,
        ),
        ("forewatch_celery_disconnects_total", "Times the connection to a broker was lost.", Counts::disconnects),
    ];
    for (name, help, read) in counts {
        let mut family = text.family(name, Kind::Counter, help);
        for (source, counts) in observed {
            family.sample(&[("source", source)], Some(read(counts) as f64));
        }
    }
    let mut family = text.family(
        "forewatch_celery_refused_total",
        Kind::Counter,
        "Messages or events that were not taken, by reason.",
    );
    for (source, counts) in observed {
        for reason in Reason::ALL {
            family.sample(&[("source", source), ("reason", reason.as_str())], Some(counts.refused(reason) as f64));
        }
    }
}

fn sources(text: &mut Text, fleet: &Fleet) {
    type Reading = fn(&forewatch::source::SourceStatus) -> f64;
    let readings: [(&str, Kind, &str, Reading); 5] = [
        ("forewatch_source_up", Kind::Gauge, "1 while the source answers, else 0.", |s| {
            f64::from(u8::from(s.state == SourceState::Up))
        }),
        ("forewatch_source_events_total", Kind::Counter, "Events taken from the source.", |s| s.events as f64),
        (
            "forewatch_source_rejected_total",
            Kind::Counter,
            "Events of the source that were refused or unreadable.",
            |s| s.rejected as f64,
        ),
        ("forewatch_source_lost_total", Kind::Counter, "Events of the source known to be lost.", |s| {
            s.lost_events as f64
        }),
        ("forewatch_source_disconnects_total", Kind::Counter, "Times the connection to the source was lost.", |s| {
            s.disconnects as f64
        }),
    ];
    for (name, kind, help, read) in readings {
        let mut family = text.family(name, kind, help);
        for source in fleet.sources.values() {
            family.sample(&[("source", &source.name)], Some(read(source)));
        }
    }
}

fn own(text: &mut Text, state: &AppState) {
    for (name, kind, help, value) in state.counters.all() {
        let (name, kind) = match kind {
            CounterKind::Counter => (format!("forewatch_{name}_total"), Kind::Counter),
            CounterKind::Gauge => (format!("forewatch_{name}"), Kind::Gauge),
        };
        text.family(&name, kind, help).sample(&[], Some(value as f64));
    }
    text.family("forewatch_samples_refused_total", Kind::Counter, "Samples refused because there are too many series.")
        .sample(&[], Some(state.history.refused() as f64));
    let waiting = state.intake.depth() as f64;
    text.family("forewatch_intake_waiting", Kind::Gauge, "Batches and commands that wait for the collector.")
        .sample(&[], Some(waiting));
    let mut build = text.family("forewatch_build_info", Kind::Gauge, "Always 1; the label tells the version.");
    build.sample(&[("version", env!("CARGO_PKG_VERSION"))], Some(1.0));
}
