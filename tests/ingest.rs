//! What senders report, as it comes in.

mod ingest {
    mod annotations;
    mod envelope;
    mod queues;
    mod tasks;
    mod workers;

    use forewatch::Timestamp;
    use forewatch::ingest::{IncomingEvent, parse_event};
    use forewatch::problem::FieldError;

    /// The receiver's clock in these tests.
    pub(crate) fn now() -> Timestamp {
        "2026-11-24T14:00:00Z".parse().expect("a time")
    }

    /// Parses an event that must be fine.
    pub(crate) fn event(json: &serde_json::Value) -> IncomingEvent {
        parse_event(&json.to_string(), now()).unwrap_or_else(|errors| panic!("{json} is refused: {errors:?}"))
    }

    /// Parses an event that must be refused.
    pub(crate) fn errors(json: &serde_json::Value) -> Vec<FieldError> {
        match parse_event(&json.to_string(), now()) {
            Err(errors) => errors,
            Ok(event) => panic!("{json} is taken as {event:?}"),
        }
    }

    /// The one error of an event that must be refused, as `pointer detail`.
    pub(crate) fn error(json: &serde_json::Value) -> String {
        let errors = errors(json);
        assert_eq!(errors.len(), 1, "{json}: {errors:?}");
        format!("{} {}", errors[0].pointer, errors[0].detail)
    }
}
