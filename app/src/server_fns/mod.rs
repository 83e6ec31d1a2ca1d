//! What the browser asks the server for, over HTTP under `/api/ui`. Thin: each function takes the
//! [`Backend`](crate::backend::Backend) out of the context, asks it, and hands on the answer.
//!
//! The same functions run inside the server while a page is rendered; their answers travel in the
//! page, so that the browser hydrates without asking again.

#![allow(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, which are documented on the function"
)]

mod alerts;
mod codec;
mod control;
mod find;
mod frame;
mod groups;
mod history;
mod overview;
mod queues;
mod reports;
mod settings;
mod tasks;
mod trends;
mod wall;
mod workers;

pub use alerts::*;
pub use control::*;
pub use find::*;
pub use frame::*;
pub use groups::*;
pub use history::*;
pub use overview::*;
pub use queues::*;
pub use reports::*;
pub use settings::*;
pub use tasks::*;
pub use trends::*;
pub use wall::*;
pub use workers::*;

use crate::backend::BackendError;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};

impl FromServerFnError for BackendError {
    type Encoder = codec::JsonText;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => {
                Self::Unavailable("The server did not answer. Check the connection, then try again.".to_owned())
            }
            ServerFnErrorErr::Args(text) | ServerFnErrorErr::MissingArg(text) => {
                Self::Invalid(format!("The request could not be read: {text}."))
            }
            other => Self::Unavailable(format!("The server's answer could not be used: {other}.")),
        }
    }
}

/// The backend of this request. It is missing only when the server forgot to provide it, which the
/// page then says instead of failing.
#[cfg(feature = "ssr")]
fn backend() -> Result<std::sync::Arc<dyn crate::backend::Backend>, BackendError> {
    leptos::prelude::use_context::<crate::backend::BackendContext>()
        .map(|context| context.0)
        .ok_or_else(|| BackendError::Unavailable("The server did not provide its data to this page.".to_owned()))
}

/// Sources whose workers people may ask something of.
#[cfg(feature = "ssr")]
fn commanded(frame: &crate::backend::Frame) -> Vec<forewatch::SourceName> {
    frame.sources.iter().filter(|source| source.takes_commands).map(|source| source.name.clone()).collect()
}

/// What a page needs at once of the alerts' live topic: those that are not resolved. The topic's first message brings those
/// that were within the last hour.
#[cfg(feature = "ssr")]
async fn live_alerts(
    backend: &dyn crate::backend::Backend,
) -> Result<crate::backend::Snapshot<Vec<forewatch::Alert>>, BackendError> {
    let mut alerts = backend.live_alerts().await?;
    alerts.data.retain(|alert| alert.state != forewatch::AlertState::Resolved);
    alerts.data.iter_mut().for_each(lean);
    Ok(alerts)
}

/// An alert as a page carries it: times to the millisecond, and not what tells conditions apart, which no page shows.
#[cfg(feature = "ssr")]
fn lean(alert: &mut forewatch::Alert) {
    use chrono::SubsecRound;
    alert.fingerprint.clear();
    for at in [&mut alert.timestamp, &mut alert.state_since, &mut alert.last_seen, &mut alert.updated_at] {
        *at = at.trunc_subsecs(3);
    }
    for entry in &mut alert.timeline {
        entry.at = entry.at.trunc_subsecs(3);
    }
}

/// Points as a page carries them: in as many digits as a picture can show, and of a gap its first and its last.
#[cfg(feature = "ssr")]
fn brief(points: Vec<forewatch::series::Point>) -> Vec<forewatch::series::Point> {
    let mut told: Vec<forewatch::series::Point> = Vec::with_capacity(points.len());
    for (at, value) in points {
        match (value, &mut told[..]) {
            (None, [.., (_, None), (last, None)]) => *last = at,
            _ => told.push((at, value.map(forewatch::series::brief))),
        }
    }
    told
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    #[test]
    fn a_gap_is_carried_as_its_ends_and_readings_as_they_are() {
        let points = |values: &[Option<f64>]| (0..).map(f64::from).zip(values.iter().copied()).collect::<Vec<_>>();
        let told = super::brief(points(&[None, None, None, None, Some(1.0), None, Some(2.0), None, None, None]));
        let expected = [(0, None), (3, None), (4, Some(1.0)), (5, None), (6, Some(2.0)), (7, None), (9, None)];
        assert_eq!(told, expected.map(|(at, value)| (f64::from(at), value)));
    }
}
