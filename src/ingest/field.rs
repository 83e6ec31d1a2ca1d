//! The names of an event's fields, and sets of them.

macro_rules! fields {
    ($($variant:ident => $name:literal),+ $(,)?) => {
        /// A field of an event whose value stands directly in the event's object.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Field {
            $($variant),+
        }

        impl Field {
            pub(super) const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub(super) fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }

            pub(super) fn named(name: &str) -> Option<Self> {
                Some(match name {
                    $($name => Self::$variant,)+
                    _ => return None,
                })
            }
        }
    };
}

fields! {
    Type => "type", At => "at", EventId => "event_id",
    TaskId => "task_id", WorkerId => "worker_id",
    ContentType => "content_type", Name => "name", Queue => "queue", Priority => "priority", UserId => "user_id",
    Eta => "eta", Expires => "expires", ParentId => "parent_id", RootId => "root_id",
    Args => "args", Kwargs => "kwargs", InputFileSize => "input_file_size", Retries => "retries",
    Progress => "progress", Message => "message",
    ErrorMessage => "error_message", Traceback => "traceback", TimedOut => "timed_out", Reason => "reason",
    Runtime => "runtime", CpuTime => "cpu_time", GpuTime => "gpu_time", MemoryPeak => "memory_peak",
    OutputFileSize => "output_file_size", ConfidenceScore => "confidence_score",
    QualityDegraded => "quality_degraded", Result => "result", SourceState => "source_state", Requeue => "requeue",
    Pending => "pending", Processing => "processing", WorkerCount => "worker_count", Delayed => "delayed",
    Reserved => "reserved", OldestAge => "oldest_age",
    Title => "title", Tags => "tags",
    Registration => "registration", Heartbeat => "heartbeat",
}

impl Field {
    pub(super) const COUNT: usize = Self::ALL.len();

    /// Its place, for tables with an entry a field.
    pub(super) fn index(self) -> usize {
        self as usize
    }

    /// The JSON pointer to it within its event. The names need no escapes.
    pub(super) fn pointer(self) -> String {
        format!("/{}", self.name())
    }
}

/// A set of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FieldSet(u64);

const _: () = assert!(Field::COUNT <= 64, "a FieldSet has 64 places");

impl FieldSet {
    pub(super) const fn of(fields: &[Field]) -> Self {
        let mut bits = 0;
        let mut index = 0;
        while index < fields.len() {
            bits |= 1 << fields[index] as u64;
            index += 1;
        }
        Self(bits)
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn has(self, field: Field) -> bool {
        self.0 & (1 << field as u64) != 0
    }
}
