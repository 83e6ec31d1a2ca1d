//! The sender's clock against ours. Its difference, told by the header `Forewatch-Sent-At`, moves the
//! times of a request; what lies too far ahead or behind after that is refused.

use crate::error::ApiError;
use crate::state::AppState;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::ingest::IncomingEvent;
use forewatch::problem::FieldError;

const HEADER: &str = "forewatch-sent-at";
/// A difference up to this is the way through the network, and moves nothing.
const TOLERATED: TimeDelta = TimeDelta::seconds(2);

/// When a request was received, and how far its sender's clock is off.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    pub(super) received_at: DateTime<Utc>,
    /// Ours minus theirs, as the header tells; absent without it.
    skew: Option<TimeDelta>,
    retention: TimeDelta,
}

impl FromRequestParts<AppState> for Clock {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let sent_at = parts.headers.get(HEADER).map(|value| {
            let text = value.to_str().unwrap_or_default();
            DateTime::parse_from_rfc3339(text).map(|time| time.to_utc()).map_err(|_| {
                ApiError::field("Forewatch-Sent-At", "is not a time: use RFC 3339 such as 2026-11-24T14:00:00Z")
            })
        });
        let retention = TimeDelta::from_std(state.config.retention.samples).unwrap_or(TimeDelta::MAX);
        Ok(Self::new(Utc::now(), sent_at.transpose()?, retention))
    }
}

impl Clock {
    fn new(received_at: DateTime<Utc>, sent_at: Option<DateTime<Utc>>, retention: TimeDelta) -> Self {
        Self { received_at, skew: sent_at.map(|sent_at| received_at - sent_at), retention }
    }

    /// The clock of a request that is sent with its event: without the header the event's own time tells the difference.
    pub(super) fn of_one(self, at: DateTime<Utc>) -> Self {
        Self { skew: self.skew.or(Some(self.received_at - at)), ..self }
    }

    /// The event with its times set right, unless it lies too far ahead or behind.
    pub(super) fn set_right(&self, event: IncomingEvent) -> Result<IncomingEvent, FieldError> {
        let event = match self.skew {
            Some(skew) if skew.abs() > TOLERATED => event.moved_by(skew).ok_or_else(|| FieldError {
                pointer: "/at".to_owned(),
                detail: "leaves the calendar when it is moved by the sender's clock".to_owned(),
            })?,
            _ => event,
        };
        event.check_age(self.received_at, self.retention)?;
        Ok(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::ingest::parse_event;

    fn now() -> DateTime<Utc> {
        "2026-11-24T12:00:00Z".parse().expect("a time")
    }

    fn clock(sent_at: Option<&str>) -> Clock {
        Clock::new(now(), sent_at.map(|time| time.parse().expect("a time")), TimeDelta::hours(24))
    }

    fn event(at: &str) -> IncomingEvent {
        let json = format!(r#"{{"type":"task.started","task_id":"t","worker_id":"w","at":"{at}"}}"#);
        parse_event(&json, now()).expect("it is an event")
    }

    fn at(clock: Clock, at: &str) -> Result<String, String> {
        clock.set_right(event(at)).map(|event| event.at.to_rfc3339()).map_err(|error| error.detail)
    }

    #[test]
    fn a_sender_whose_clock_is_hours_off_is_set_right_by_what_it_says_its_clock_is() {
        let moved = at(clock(Some("2026-11-24T09:00:00Z")), "2026-11-24T08:59:50Z");
        assert_eq!(moved, Ok("2026-11-24T11:59:50+00:00".to_owned()));
    }

    #[test]
    fn a_second_on_the_way_moves_nothing() {
        let kept = at(clock(Some("2026-11-24T11:59:59Z")), "2026-11-24T11:59:50Z");
        assert_eq!(kept, Ok("2026-11-24T11:59:50+00:00".to_owned()));
    }

    #[test]
    fn without_the_header_times_far_ahead_or_long_past_are_refused() {
        for wrong in ["2026-11-24T12:05:01Z", "2031-01-01T00:00:00Z", "2026-11-23T11:59:00Z", "1970-01-01T00:00:00Z"] {
            assert!(at(clock(None), wrong).is_err(), "{wrong}");
        }
        for right in ["2026-11-24T12:04:59Z", "2026-11-23T12:01:00Z"] {
            assert!(at(clock(None), right).is_ok(), "{right}");
        }
    }

    #[test]
    fn a_lone_heartbeat_tells_its_senders_clock_itself() {
        let own = "2036-01-01T00:00:00Z".parse().expect("a time");
        assert_eq!(at(clock(None).of_one(own), "2036-01-01T00:00:00Z"), Ok("2026-11-24T12:00:00+00:00".to_owned()));
    }
}
