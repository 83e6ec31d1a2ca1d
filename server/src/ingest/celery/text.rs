//! Texts from a Celery application: cut to a length that is kept, and errors brought to one line.

use std::borrow::Cow;

/// Bytes of a task's arguments or result that are kept. Celery itself cuts them at about 1,024 characters.
pub(super) const MAX_TEXT: usize = 2_048;
/// Bytes of a traceback that are kept, from its end: that is where the error stands.
pub(super) const MAX_TRACEBACK: usize = 16_384;
/// Bytes of an error's line that are kept.
pub(super) const MAX_LINE: usize = 500;
/// Bytes of a name that are kept.
pub(super) const MAX_NAME: usize = 255;

/// The beginning of a text, at most `limit` bytes of it.
pub(super) fn head(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(limit - '…'.len_utf8())])
}

/// The end of a text, at most `limit` bytes of it.
pub(super) fn tail(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    format!("…{}", &text[text.ceil_char_boundary(text.len() - limit + '…'.len_utf8())..])
}

/// A name in one line, or nothing when nothing visible is in it.
pub(super) fn name(text: &str) -> Option<String> {
    let text = text.trim();
    let clean = if text.contains(char::is_control) { Cow::Owned(one_line(text)) } else { Cow::Borrowed(text) };
    (!clean.is_empty()).then(|| head(&clean, MAX_NAME))
}

/// What went wrong, in a line. A failure that the pool found carries only a placeholder; the true error
/// is then the last line of its traceback.
pub(super) fn error(exception: Option<&str>, traceback: Option<&str>) -> Option<String> {
    let placeholder = exception.is_none_or(|text| text.is_empty() || text.starts_with("ExceptionWithTraceback("));
    let from_traceback = || traceback.and_then(last_line).map(without_module);
    let line =
        if placeholder { from_traceback().or(exception.map(Cow::Borrowed)) } else { exception.map(Cow::Borrowed) };
    line.map(|line| head(&one_line(&line), MAX_LINE)).filter(|line| !line.is_empty())
}

/// Whether an error line names one of Celery's time limits.
pub(super) fn is_time_limit(error: &str) -> bool {
    let name = error.split(['(', ':']).next().unwrap_or_default().trim();
    matches!(name.rsplit('.').next(), Some("TimeLimitExceeded" | "SoftTimeLimitExceeded"))
}

fn last_line(traceback: &str) -> Option<&str> {
    traceback.lines().rev().map(str::trim).find(|line| !line.is_empty())
}

/// `billiard.exceptions.WorkerLostError: …` without its module; a message that repeats the name stands alone.
fn without_module(line: &str) -> Cow<'_, str> {
    let (path, message) = line.split_once(": ").unwrap_or((line, ""));
    let name = path.rsplit('.').next().unwrap_or(path);
    if path.contains(' ') {
        Cow::Borrowed(line)
    } else if message.is_empty() {
        Cow::Borrowed(name)
    } else if message.strip_prefix(name).is_some_and(|rest| rest.starts_with('(')) {
        Cow::Borrowed(message)
    } else {
        Cow::Owned(format!("{name}: {message}"))
    }
}

fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c == ' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters_and_says_so() {
        assert_eq!(head("кадр", 7), "ка…");
        assert_eq!(tail("кадр", 7), "…др");
        assert_eq!(head("short", 5), "short");
    }

    #[test]
    fn the_pools_placeholder_gives_way_to_the_true_error() {
        let placeholder = Some("ExceptionWithTraceback()");
        let lost = "Traceback:\n  x\nbilliard.exceptions.WorkerLostError: Worker exited prematurely: signal 9.\n";
        assert_eq!(
            error(placeholder, Some(lost)).as_deref(),
            Some("WorkerLostError: Worker exited prematurely: signal 9.")
        );
        let limit = "a\nbilliard.exceptions.TimeLimitExceeded: TimeLimitExceeded(1,)\n";
        assert_eq!(error(placeholder, Some(limit)).as_deref(), Some("TimeLimitExceeded(1,)"));
        assert_eq!(error(placeholder, None).as_deref(), Some("ExceptionWithTraceback()"));
        assert_eq!(error(Some("ValueError('a\nb')"), Some("x")).as_deref(), Some("ValueError('a b')"));
        assert_eq!(error(None, None), None);
    }

    #[test]
    fn a_time_limit_is_told_by_the_errors_name_alone() {
        assert!(
            is_time_limit("SoftTimeLimitExceeded()") && is_time_limit("billiard.exceptions.TimeLimitExceeded(3.0,)")
        );
        assert!(!is_time_limit("ValueError('TimeLimitExceeded(1)')") && !is_time_limit(""));
    }

    #[test]
    fn a_name_is_one_line_of_bounded_length() {
        assert_eq!(name(" tasks.\nadd ").as_deref(), Some("tasks. add"));
        assert_eq!(name(" \t"), None);
        assert_eq!(name(&"n".repeat(300)).map(|name| name.len()), Some(MAX_NAME));
    }
}
