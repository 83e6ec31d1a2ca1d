//! `forewatch export`: raw samples or tasks as NDJSON or CSV, straight from the store, one after the other.
//!
//! It reads what is in the files, also while a server uses them: a server brings its newest samples there once a minute.

pub(crate) mod cell;
mod samples;
pub(crate) mod tasks;

use crate::cli::{self, Exported, Format};
use crate::config;
use crate::file::{Existing, NewFile};
use crate::startup::{StartError, say};
use crate::store::StoreError;
use crate::store::sqlite::{self, Place};
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use forewatch::{catalogue, time};
use std::collections::BTreeSet;
use std::io::{self, BufWriter, Write};
use std::ops::Range;

/// Why an export ended early.
#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the export cannot be written: {0}")]
    Write(#[from] io::Error),
}

/// Where rows go, and in which format.
enum Sink<W: Write> {
    Ndjson(W),
    Csv(Box<csv::Writer<W>>),
}

impl<W: Write> Sink<W> {
    /// Begins; a table with its header.
    fn begin(to: W, format: Format, columns: &[&str]) -> io::Result<Self> {
        Ok(match format {
            Format::Ndjson => Self::Ndjson(to),
            Format::Csv => {
                let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(to);
                table.write_record(columns)?;
                Self::Csv(Box::new(table))
            }
        })
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Ndjson(mut to) => to.flush(),
            Self::Csv(mut table) => table.flush(),
        }
    }
}

/// Writes out what was asked for; a reader that has seen enough is no error.
pub fn export(options: &cli::Export) -> Result<(), StartError> {
    let asked = Asked::of(options).map_err(StartError::Usage)?;
    let place = Place::file(config::stored(&options.stored).map_err(|error| StartError::Usage(error.to_string()))?);
    match &options.out {
        Some(path) => {
            let existing = if options.force { Existing::Replace } else { Existing::Keep };
            let mut file = NewFile::create(path, existing)?;
            let rows = asked.write(&place, BufWriter::new(file.as_file())).map_err(anyhow::Error::from)?;
            file.keep()?;
            let what = if options.what == Exported::Samples { "samples" } else { "tasks" };
            say(&format!("{} holds {rows} {what}", path.display()));
        }
        None => match asked.write(&place, BufWriter::new(io::stdout().lock())) {
            Err(ExportError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => {}
            written => drop(written.context("exporting to stdout")?),
        },
    }
    Ok(())
}

/// What is written out.
struct Asked {
    what: Exported,
    format: Format,
    span: Range<DateTime<Utc>>,
    metrics: BTreeSet<String>,
}

impl Asked {
    /// Reads the options, or says which is wrong.
    fn of(options: &cli::Export) -> Result<Self, String> {
        let now = Utc::now();
        let at = |key: &str, text: &str| time::parse(text, now).map_err(|error| format!("{key}: {error}"));
        let span = at("--from", &options.from)?..at("--to", &options.to)?;
        if span.is_empty() {
            return Err("--from: must be before --to".to_owned());
        }
        if options.what == Exported::Tasks && !options.metric.is_empty() {
            return Err("--metric: goes with samples, not with tasks".to_owned());
        }
        if let Some(wrong) = options.metric.iter().find(|name| catalogue::find(name).is_none()) {
            return Err(format!(
                "--metric: there is no metric \"{wrong}\": GET /api/v1/metrics-catalog lists those that exist"
            ));
        }
        let metrics = options.metric.iter().cloned().collect();
        Ok(Self { what: options.what, format: options.format, span, metrics })
    }

    /// Writes the rows; answers with how many there were.
    fn write(&self, place: &Place, to: impl Write) -> Result<u64, ExportError> {
        let (records, history) = sqlite::open_to_read(place)?;
        match self.what {
            Exported::Samples => samples::write(&history, &self.span, &self.metrics, self.format, to),
            Exported::Tasks => tasks::write(&records, &self.span, self.format, to),
        }
    }
}

/// Lets a walk through the store call `row` until it fails; answers with the number of rows.
struct Rows {
    count: u64,
    failure: Option<io::Error>,
}

impl Rows {
    fn new() -> Self {
        Self { count: 0, failure: None }
    }

    fn note(&mut self, written: io::Result<()>) -> std::ops::ControlFlow<()> {
        match written {
            Ok(()) => {
                self.count += 1;
                std::ops::ControlFlow::Continue(())
            }
            Err(error) => {
                self.failure = Some(error);
                std::ops::ControlFlow::Break(())
            }
        }
    }

    fn finish(self) -> Result<u64, ExportError> {
        self.failure.map_or(Ok(self.count), |error| Err(error.into()))
    }
}
