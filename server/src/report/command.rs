//! `forewatch report`: a report straight from the store, also while a server uses it. A server brings its newest samples
//! there once a minute.

use super::{Asked, Form, Sources, make};
use crate::cli;
use crate::collector::clock;
use crate::config::{self, Retention};
use crate::file::{Existing, NewFile};
use crate::history::History;
use crate::startup::{StartError, history_kept, say};
use crate::stats::{Kept, Past};
use crate::store::sqlite::{self, Place};
use anyhow::Context as _;
use forewatch::time;
use std::io::{ErrorKind, Write as _};

/// Seconds between two samples of the system, with a tick of a second or less.
const SYSTEM_EVERY: f64 = 1.0;

/// Writes the report that was asked for.
pub fn report(options: &cli::Report) -> Result<(), StartError> {
    let now = clock();
    let usage = |error: String| StartError::Usage(error);
    let at = |key: &str, text: &str| time::parse(text, now).map_err(|error| usage(format!("{key}: {error}")));
    let (from, to) = (at("--from", &options.from)?, at("--to", &options.to)?.min(now));
    if from >= to {
        return Err(usage("--from: must be before --to, and before now".to_owned()));
    }
    let form: Form = options.format.parse().map_err(|error| usage(format!("--format: {error}")))?;
    let place = config::stored_or(&options.stored, "its server makes reports, by GET /api/v1/reports");
    let place = Place::file(place.map_err(|error| usage(error.to_string()))?);
    let retention = config::retention(&options.stored).map_err(|error| usage(error.to_string()))?;
    let bytes = form.write(&of_store(&place, &retention, &Asked::plain(from, to), now).context("making the report")?);
    match &options.out {
        Some(path) => {
            let existing = if options.force { Existing::Replace } else { Existing::Keep };
            let mut file = NewFile::create(path, existing)?;
            file.as_file().write_all(&bytes).context("writing the report")?;
            file.keep()?;
            say(&format!("{} holds the report", path.display()));
        }
        None => match std::io::stdout().lock().write_all(&bytes) {
            // A reader that has seen enough is no error.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            written => written.context("writing the report to stdout")?,
        },
    }
    Ok(())
}

fn of_store(
    place: &Place,
    retention: &Retention,
    asked: &Asked,
    now: forewatch::Timestamp,
) -> anyhow::Result<forewatch::report::Report> {
    let (records, reader) = sqlite::open_to_read(place)?;
    let history = History::stored(Box::new(reader), history_kept(retention))?;
    let ask = |query: &_| history.answer(query);
    let kept = Kept::of(retention);
    let past = Past { ask: &ask, hours_since: (now - kept.hours).timestamp(), every: SYSTEM_EVERY };
    Ok(make(&Sources { records: &records, past: &past, kept }, asked, now)?)
}
