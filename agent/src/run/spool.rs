//! Keeps events on disk while the server is away.
//!
//! A folder of segments `0000000001.ndjson`, `0000000002.ndjson` …, each at most [`SEGMENT`] bytes of NDJSON. New
//! lines go to the newest segment, which belongs to this run of the agent; the oldest is sent first and deleted
//! once the server has taken it. A crash can tear the last line of a segment: lines that are not JSON are left
//! out and counted. A segment without any is skipped and removed. When the folder holds more than its limit the oldest segment goes, and its events are counted.
//! The file `lock` keeps a second agent out.

use anyhow::Context as _;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Bytes of a segment: well within what a server takes in one request.
pub const SEGMENT: u64 = 1024 * 1024;
/// Bytes of a spool unless told otherwise: days of a host with eight GPUs.
pub const LIMIT: u64 = 64 * 1024 * 1024;
/// Lines of a segment: what a server takes in one request.
const LINES: u64 = 10_000;

/// The events that wait.
pub struct Spool {
    folder: PathBuf,
    limit: u64,
    /// Number and bytes of each segment, oldest first.
    segments: std::collections::VecDeque<(u64, u64)>,
    next: u64,
    open: Option<Open>,
    dropped: u64,
    _lock: File,
}

struct Open {
    file: File,
    lines: u64,
}

/// The oldest segment's events.
pub struct Batch {
    segment: u64,
    /// One JSON object a line.
    pub lines: Vec<String>,
}

impl Spool {
    /// Opens the folder, with what an earlier run left in it.
    pub fn open(folder: &Path, limit: u64) -> anyhow::Result<Self> {
        let doing = || format!("the spool folder {} cannot be used: give another by --spool", folder.display());
        fs::create_dir_all(folder).with_context(doing)?;
        let lock = File::create(folder.join("lock")).with_context(doing)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                anyhow::bail!("another agent uses the spool folder {}: give each its own by --spool", folder.display())
            }
            Err(TryLockError::Error(error)) => return Err(error).with_context(doing),
        }
        let mut segments = Vec::new();
        for entry in fs::read_dir(folder).with_context(doing)? {
            let entry = entry.with_context(doing)?;
            if let Some(number) = number_of(&entry.path()) {
                segments.push((number, entry.metadata().with_context(doing)?.len()));
            }
        }
        segments.sort_unstable();
        let next = segments.last().map_or(1, |(number, _)| number + 1);
        Ok(Self {
            folder: folder.to_owned(),
            limit: limit.max(SEGMENT),
            segments: segments.into(),
            next,
            open: None,
            dropped: 0,
            _lock: lock,
        })
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// Events that were lost: pushed out by newer ones, torn by a crash, or not writable.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Counts events that are lost for another reason.
    pub fn count_dropped(&mut self, events: u64) {
        self.dropped += events;
    }

    /// Adds an event, a line of JSON. What cannot be written is counted as lost; the reading is gone by then.
    pub fn push(&mut self, line: &str) {
        if let Err(error) = self.write(line) {
            self.dropped += 1;
            self.give_up_open_segment();
            tracing::error!(%error, dropped = self.dropped, "the spool cannot be written");
        }
        while self.segments.iter().map(|(_, bytes)| bytes).sum::<u64>() > self.limit && self.segments.len() > 1 {
            if let Some((oldest, _)) = self.segments.pop_front() {
                let path = self.path(oldest);
                let lines =
                    fs::read(&path).map_or(0, |text| text.split(|b| *b == b'\n').filter(|l| !l.is_empty()).count());
                self.dropped += lines as u64;
                tracing::warn!(
                    events = lines,
                    dropped = self.dropped,
                    "the spool is full: its oldest events are dropped"
                );
                remove(&path);
            }
        }
    }

    fn write(&mut self, line: &str) -> io::Result<()> {
        let bytes = line.len() as u64 + 1;
        let is_full = match (&self.open, self.segments.back()) {
            (Some(open), Some((_, held))) => held + bytes > SEGMENT || open.lines >= LINES,
            _ => true,
        };
        if is_full {
            let file = File::create(self.path(self.next))?;
            self.segments.push_back((self.next, 0));
            self.next += 1;
            self.open = Some(Open { file, lines: 0 });
        }
        if let (Some(open), Some((_, held))) = (&mut self.open, self.segments.back_mut()) {
            open.file.write_all(format!("{line}\n").as_bytes())?;
            open.lines += 1;
            *held += bytes;
        }
        Ok(())
    }

    /// The next line tries with a new segment. One that holds nothing goes: a disk that stays full for days would
    /// leave thousands of them.
    fn give_up_open_segment(&mut self) {
        if self.open.take().is_some()
            && let Some((segment, 0)) = self.segments.back().copied()
        {
            self.forget(segment);
        }
    }

    /// The oldest events, at most a segment; they stay until [`Self::sent`].
    pub fn oldest(&mut self) -> Option<Batch> {
        while let Some((segment, _)) = self.segments.front().copied() {
            if self.segments.len() == 1 {
                self.open = None; // what comes from now on begins a new segment
            }
            let text = fs::read(self.path(segment)).unwrap_or_else(|error| {
                tracing::error!(%error, segment, "a segment of the spool cannot be read and is dropped");
                Vec::new()
            });
            let mut lines = Vec::new();
            for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                match std::str::from_utf8(line) {
                    Ok(line) if serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok() => {
                        lines.push(line.to_owned());
                    }
                    _ => self.dropped += 1,
                }
            }
            if lines.is_empty() {
                self.forget(segment);
            } else {
                return Some(Batch { segment, lines });
            }
        }
        None
    }

    /// The server has taken the batch, or will never.
    pub fn sent(&mut self, batch: &Batch) {
        self.forget(batch.segment);
    }

    fn forget(&mut self, segment: u64) {
        self.segments.retain(|(number, _)| *number != segment);
        remove(&self.path(segment));
    }

    fn path(&self, segment: u64) -> PathBuf {
        self.folder.join(format!("{segment:010}.ndjson"))
    }
}

fn number_of(path: &Path) -> Option<u64> {
    (path.extension()? == "ndjson").then(|| path.file_stem()?.to_str()?.parse().ok()).flatten()
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, path = %path.display(), "a segment of the spool cannot be removed; it is sent again, which changes nothing");
    }
}

#[cfg(test)]
mod tests;
