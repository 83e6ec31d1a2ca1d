//! Keys of the file, step by step.

use serde_path_to_error::{Path, Segment};

/// A part of a key: the name in a table, or the place in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Name(String),
    Place(usize),
}

/// Where reading failed.
pub(super) fn steps(path: &Path) -> Vec<Step> {
    let step = |segment: &Segment| match segment {
        Segment::Map { key } => Some(Step::Name(key.clone())),
        Segment::Seq { index } => Some(Step::Place(*index)),
        Segment::Enum { .. } | Segment::Unknown => None,
    };
    path.iter().map_while(step).collect()
}

/// As people write it: `celery[0].url`.
pub(super) fn written(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Place(place) => text += &format!("[{place}]"),
            Step::Name(name) if text.is_empty() => text += name,
            Step::Name(name) => text += &format!(".{name}"),
        }
    }
    text
}

/// From that, for the keys that our own checks name.
pub(super) fn parse(key: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    for word in key.split('.') {
        let (name, place) = word.split_once('[').map_or((word, None), |(name, rest)| (name, rest.strip_suffix(']')));
        steps.push(Step::Name(name.to_owned()));
        steps.extend(place.and_then(|place| place.parse().ok()).map(Step::Place));
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_written_is_read_as_the_same_steps() {
        for key in ["server.listen", "celery[0]", "celery[12].url", "queue_class"] {
            assert_eq!(written(&parse(key)), key);
        }
        assert_eq!(parse("celery[1].url").len(), 3);
    }
}
