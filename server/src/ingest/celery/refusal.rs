//! Why a message from the broker is not taken. Each reason is counted apart and says what to change.

use super::count::Reason;
use serde_json::error::Category;

/// Why a message is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// Longer than a message may be.
    #[error("a message of {bytes} bytes is over the limit of {limit}")]
    TooLarge {
        /// Its length.
        bytes: usize,
        /// The longest that is read.
        limit: usize,
    },
    /// Not JSON that can be read, or nested too deeply.
    #[error("a message cannot be read: {0}")]
    Malformed(String),
    /// Pickle, msgpack, YAML: decoding them would run or guess what a stranger sends.
    #[error("events come as {0}: set event_serializer = \"json\" in the Celery application")]
    Serializer(String),
    /// A body encoding or compression that is not known.
    #[error("events come encoded as {0}: use Celery's default, base64, without compression")]
    Encoding(String),
    /// An event without what every event has.
    #[error("an event of type \"{kind}\" has no usable {field}")]
    Field {
        /// The event's own type.
        kind: String,
        /// What is missing.
        field: &'static str,
    },
}

impl Refusal {
    /// The reason under which it is counted.
    pub(crate) fn reason(&self) -> Reason {
        match self {
            Self::TooLarge { .. } => Reason::TooLarge,
            Self::Malformed(_) => Reason::Malformed,
            Self::Serializer(_) | Self::Encoding(_) => Reason::Serializer,
            Self::Field { .. } => Reason::Field,
        }
    }
}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        // What is wrong and where; the error's own words quote what the sender wrote.
        let what = match error.classify() {
            Category::Io | Category::Syntax => "it is no JSON",
            Category::Data => "a value is of an unexpected kind",
            Category::Eof => "it ends too early",
        };
        Self::Malformed(format!("{what}, at line {} column {}", error.line(), error.column()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_tells_where_and_never_what_the_sender_wrote() {
        let error = serde_json::from_str::<Vec<u8>>("[\"hunter2\"]").expect_err("a text is no number");
        assert!(error.to_string().contains("hunter2"), "else this test tests nothing");
        let told = Refusal::from(error).to_string();
        assert_eq!(told, "a message cannot be read: a value is of an unexpected kind, at line 1 column 10");
    }
}
