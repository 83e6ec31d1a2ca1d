//! What makes an alert the same alert: its rule and labels, never its value, severity or time.

use chrono::{DateTime, Utc};
use forewatch::{AlertId, RuleId};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The rule of alerts raised by hand.
pub(crate) const MANUAL_RULE: &str = "manual";

/// The fingerprint of a condition: the first 128 bits of the SHA-256 over the rule and its sorted
/// labels, each part followed by a zero byte, in hexadecimal. The same on every machine and in every version.
pub(crate) fn fingerprint(rule: &RuleId, labels: &BTreeMap<String, String>) -> String {
    let mut hash = Sha256::new();
    for part in std::iter::once(rule.as_str()).chain(labels.iter().flat_map(|(name, value)| [name.as_str(), value])) {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(16).fold(String::with_capacity(32), |mut text, byte| {
        use std::fmt::Write;
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The id of an episode that begins now: a ULID of the time and the fingerprint, so that two alerts
/// of one second differ, and the same decision made twice has the same id.
pub(crate) fn alert_id(now: DateTime<Utc>, fingerprint: &str) -> AlertId {
    let random = Sha256::digest(format!("{fingerprint} {}", now.timestamp_micros()));
    let random = random.iter().take(10).fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
    AlertId::new(ulid::Ulid::from_parts(millis, random).to_string()).expect("a ULID is 26 letters and digits")
}
