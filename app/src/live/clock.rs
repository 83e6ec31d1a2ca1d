//! The server's clock, as far as the browser can tell it.

use forewatch::Timestamp;

/// Clocks that differ by less are the same.
const TOLERANCE: f64 = 2_000.0;

/// Keeps how far the browser's clock is off.
#[derive(Debug, Default)]
pub(super) struct Clock {
    /// The browser's clock minus the server's, milliseconds: the smallest that was seen, because a
    /// message is always older when it arrives than when it was sent.
    ahead: Option<f64>,
}

impl Clock {
    /// The browser's own clock, milliseconds since the Unix epoch.
    pub(super) fn local() -> f64 {
        js_sys::Date::now()
    }

    /// A message that was true `at` arrived now.
    pub(super) fn heard(&mut self, at: Timestamp) {
        let ahead = Self::local() - at.timestamp_millis() as f64;
        self.ahead = Some(self.ahead.map_or(ahead, |known| known.min(ahead)));
    }

    /// The moment that the browser's clock shows as `local`, by the server's clock.
    pub(super) fn moment(&self, local: f64) -> Timestamp {
        let ahead = self.ahead.filter(|ahead| ahead.abs() > TOLERANCE).unwrap_or(0.0);
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds of this century")]
        Timestamp::from_timestamp_millis((local - ahead) as i64).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}
