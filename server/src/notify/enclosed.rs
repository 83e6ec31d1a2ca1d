//! What goes along with a message as files: a report in the forms that people read, to receivers that take files.

use super::{Channel, Message, Notifier, Target};
use crate::report::{Archive, Form};
use std::path::Path;

/// Bytes of all files of a message at most: as a mail they are a third more, and mail servers take 10 MB at least.
const MOST_BYTES: u64 = 7 * 1024 * 1024;

/// The files of a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Enclosed {
    pub(crate) files: Vec<File>,
    /// Why some that belong to it are not among them; a sentence.
    pub(crate) missing: Option<&'static str>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) form: Form,
    pub(crate) bytes: Vec<u8>,
}

impl Notifier {
    /// What goes along with a message by this channel. A report that is not there any more, or too large, keeps nobody from
    /// being told.
    pub(super) async fn enclosed(&self, channel: &Channel, message: &Message) -> Enclosed {
        if message.files.is_empty() || !matches!(channel.target, Target::Email(_)) {
            return Enclosed::default();
        }
        let (reports, names) = (self.reports.clone(), message.files.clone());
        let read = tokio::task::spawn_blocking(move || read(&reports, &names)).await;
        read.unwrap_or_else(|_| without("The report could not be read: follow the link."))
    }
}

fn without(missing: &'static str) -> Enclosed {
    Enclosed { files: Vec::new(), missing: Some(missing) }
}

/// The files with these names, all or none.
fn read(reports: &Archive, names: &[String]) -> Enclosed {
    let Some(found) = names.iter().map(|name| reports.file(name)).collect::<Option<Vec<_>>>() else {
        return without("The report is not kept any more.");
    };
    let file =
        |name: &String, path: &Path, form| std::fs::read(path).map(|bytes| File { name: name.clone(), form, bytes });
    let bytes = found.iter().map(|(path, _)| path.metadata().map(|about| about.len()));
    let files = bytes.sum::<std::io::Result<u64>>().and_then(|bytes| {
        if bytes > MOST_BYTES {
            return Ok(None);
        }
        let files = names.iter().zip(&found).map(|(name, (path, form))| file(name, path, *form));
        files.collect::<std::io::Result<Vec<_>>>().map(Some)
    });
    match files {
        Ok(Some(files)) => Enclosed { files, missing: None },
        Ok(None) => without("The report is too large to come along: follow the link."),
        Err(error) => {
            tracing::error!(%error, name = names.first(), "a kept report cannot be read: it is told without its files");
            without("The report could not be read: follow the link.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::report::{Every, KeptReport};

    /// Kept with a PDF of so many bytes.
    fn kept(folder: &Path, bytes: usize) -> (Archive, Vec<String>) {
        let archive = Archive::open(folder.join("x.reports")).expect("there is none yet");
        let day = chrono::DateTime::UNIX_EPOCH;
        let about = KeptReport {
            id: "a-1".to_owned(),
            name: "a".to_owned(),
            title: None,
            every: Every::Day,
            zone: "UTC".to_owned(),
            first_day: "1970-01-01".to_owned(),
            last_day: "1970-01-01".to_owned(),
            from: day,
            to: day,
            made_at: day,
            files: Vec::new(),
        };
        let files = [(Form::Html, b"<p>".to_vec()), (Form::Pdf, vec![7; bytes])];
        let kept = archive.keep(about, &files).expect("it can be written");
        (archive, kept.files.into_iter().map(|file| file.name).collect())
    }

    #[test]
    fn a_report_comes_along_whole_or_it_is_said_why_not() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let (archive, names) = kept(folder.path(), 9);
        let enclosed = read(&archive, &names);
        let forms: Vec<_> = enclosed.files.iter().map(|file| (file.form, file.bytes.len())).collect();
        assert_eq!((forms, enclosed.missing), (vec![(Form::Html, 3), (Form::Pdf, 9)], None));
        let gone = read(&archive, &[names[0].clone(), "a-0.pdf".to_owned()]);
        assert!(gone.files.is_empty() && gone.missing.is_some_and(|missing| missing.contains("not kept")));
        std::fs::remove_file(folder.path().join("x.reports/a-1/a-1.pdf")).expect("it is there");
        let broken = read(&archive, &names);
        assert!(broken.files.is_empty() && broken.missing.is_some_and(|missing| missing.contains("could not")));
    }

    #[test]
    fn what_no_mail_server_has_to_take_stays_here() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let most = usize::try_from(MOST_BYTES).expect("it is small");
        for (bytes, comes_along) in [(most - 3, true), (most - 2, false)] {
            let (archive, names) = kept(folder.path(), bytes);
            let enclosed = read(&archive, &names);
            assert_eq!((enclosed.files.is_empty(), enclosed.missing.is_some()), (!comes_along, !comes_along));
        }
    }
}
