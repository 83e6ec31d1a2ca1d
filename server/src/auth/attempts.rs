//! Wrong passwords, by address or by name: after a few, each further one makes the next wait longer.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Wrong ones of an address that cost nothing.
pub(super) const FREE_BY_ADDRESS: u32 = 5;
/// Wrong ones under a name, from anywhere, that cost nothing: more, since a stranger can keep its owner waiting.
pub(super) const FREE_BY_NAME: u32 = 20;
/// The longest wait.
const LONGEST: Duration = Duration::from_mins(5);
/// Without a wrong one for this long, all is forgotten.
const FORGET: Duration = Duration::from_mins(15);
/// Addresses or names remembered at once; when it is full, the one that is longest ago goes.
const REMEMBERED: usize = 10_000;

/// The wrong ones of every address, or under every name.
pub(super) struct Attempts<K> {
    free: u32,
    failures: Mutex<HashMap<K, Failures>>,
}

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
}

impl Failures {
    /// How long after the last one the next is taken, when so many are free.
    fn wait(self, free: u32) -> Duration {
        match self.count.checked_sub(free) {
            None => Duration::ZERO,
            Some(over) => Duration::from_secs(1 << over.min(10)).min(LONGEST),
        }
    }
}

impl<K: Hash + Eq + Clone> Attempts<K> {
    /// None yet; the first `free` cost nothing.
    pub(super) fn free(free: u32) -> Self {
        Self { free, failures: Mutex::default() }
    }

    /// How long `who` has to wait before it is listened to; `None` when it need not.
    pub(super) fn wait(&self, who: &K, now: Instant) -> Option<Duration> {
        let map = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let failures = map.get(who)?;
        (failures.last + failures.wait(self.free)).checked_duration_since(now).filter(|left| !left.is_zero())
    }

    /// Notes a wrong one.
    pub(super) fn failed(&self, who: K, now: Instant) {
        let mut map = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if map.len() >= REMEMBERED && !map.contains_key(&who) {
            map.retain(|_, failures| now.duration_since(failures.last) < FORGET);
            if map.len() >= REMEMBERED
                && let Some(oldest) = map.iter().min_by_key(|(_, failures)| failures.last).map(|(who, _)| who.clone())
            {
                map.remove(&oldest);
            }
        }
        let failures = map.entry(who).or_insert(Failures { count: 0, last: now });
        if now.duration_since(failures.last) >= FORGET {
            failures.count = 0;
        }
        *failures = Failures { count: failures.count.saturating_add(1), last: now };
    }

    /// Forgets the wrong ones of whoever got it right.
    pub(super) fn succeeded(&self, who: &K) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(who);
    }
}

/// The addresses that count as one: an IPv6 host has a whole /64 to itself.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_the_free_ones_are_used_up_each_further_one_has_to_wait_longer() {
        for free in [FREE_BY_ADDRESS, FREE_BY_NAME] {
            let (attempts, now) = (Attempts::free(free), Instant::now());
            for _ in 0..free - 1 {
                attempts.failed("here", now);
                assert_eq!(attempts.wait(&"here", now), None);
            }
            let mut longest = Duration::ZERO;
            for _ in 0..20 {
                attempts.failed("here", now);
                let wait = attempts.wait(&"here", now).expect("it has to wait");
                assert!(wait >= longest && wait <= LONGEST);
                longest = wait;
            }
            assert_eq!(longest, LONGEST);
            assert_eq!(attempts.wait(&"here", now + LONGEST), None);
        }
    }

    #[test]
    fn a_right_one_forgets_and_another_address_is_not_held_up() {
        let (attempts, now) = (Attempts::free(5), Instant::now());
        (0..10).for_each(|_| attempts.failed("here", now));
        assert_eq!(attempts.wait(&"there", now), None);
        attempts.succeeded(&"here");
        assert_eq!(attempts.wait(&"here", now), None);
    }

    #[test]
    fn a_flood_of_addresses_is_bounded() {
        let (attempts, now) = (Attempts::free(5), Instant::now());
        for n in 0..REMEMBERED as u64 + 50 {
            attempts.failed(n, now + Duration::from_millis(n));
        }
        assert!(attempts.failures.lock().expect("not poisoned").len() <= REMEMBERED);
    }

    #[test]
    fn the_addresses_of_one_ipv6_network_count_together() {
        let of = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
