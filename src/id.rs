//! Checked identifiers. They come from outside, so they are data: length-limited, without control
//! characters, never a path, a query or markup. Cloning one is cheap (shared text).

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{borrow::Borrow, fmt, ops::Deref, sync::Arc};

/// The longest identifier that is taken, in characters.
pub const MAX_CHARS: usize = 255;

/// Why a text cannot be an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing in it, or only spaces.
    #[error("is empty: give it at least one visible character")]
    Empty,
    /// Longer than [`MAX_CHARS`].
    #[error("has {0} characters: at most {MAX_CHARS} are taken")]
    TooLong(usize),
    /// A line break, tab, NUL or another control character.
    #[error("has a control character at position {0}: remove it")]
    Control(usize),
}

/// Whether `text` can be an identifier.
pub fn check(text: &str) -> Result<(), IdError> {
    if text.trim().is_empty() {
        return Err(IdError::Empty);
    }
    // The byte length is an upper bound of the character count, so short texts are not counted.
    if text.len() > MAX_CHARS {
        let chars = text.chars().count();
        if chars > MAX_CHARS {
            return Err(IdError::TooLong(chars));
        }
    }
    match text.chars().position(char::is_control) {
        Some(position) => Err(IdError::Control(position)),
        None => Ok(()),
    }
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks `text`: 1 to [`MAX_CHARS`] characters, none of them a control character.
            pub fn new(text: impl AsRef<str>) -> Result<Self, IdError> {
                check(text.as_ref())?;
                Ok(Self(Arc::from(text.as_ref())))
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Self::new(&text).map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .min_length(Some(1))
                    .max_length(Some(MAX_CHARS))
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    };
}

identifier!(
    /// A worker, unique in Forewatch. Workers that report over HTTP choose it; for a Celery worker it
    /// is `source:node`, such as `celery:gpu@host`.
    WorkerId
);
identifier!(
    /// A task, as its sender names it (Celery: a UUID).
    TaskId
);
identifier!(
    /// A queue's public id: its name, prefixed by `source:` where it comes from a Celery broker.
    QueueName
);
identifier!(
    /// One alert episode: a ULID.
    AlertId
);
identifier!(
    /// An alert rule, such as `queue-backlog`.
    RuleId
);
identifier!(
    /// An objective, such as `gpu-tasks-succeed`.
    ObjectiveId
);
identifier!(
    /// A silence: a ULID, sortable by when it was made.
    SilenceId
);
identifier!(
    /// One thing that a person asked of workers: a ULID.
    ControlId
);
identifier!(
    /// Where events come from: `http`, `agent`, `celery:NAME`, or `forewatch` for its own.
    SourceName
);
identifier!(
    /// Chosen by a sender to make an event applied once, however often it is sent.
    EventId
);

impl QueueName {
    /// The id of a source's queue: its own name, with the source before it where that is a Celery application.
    pub fn of(source: &SourceName, queue: &str) -> Option<Self> {
        match source.strip_prefix("celery") {
            Some("") => Self::new(format!("celery:{queue}")).ok(),
            Some(rest) if rest.starts_with(':') => Self::new(format!("{}:{queue}", &rest[1..])).ok(),
            _ => Self::new(queue).ok(),
        }
    }
}

impl SourceName {
    /// Whether it is a Celery application.
    pub fn is_celery(&self) -> bool {
        *self.0 == *"celery" || self.0.starts_with("celery:")
    }
}
