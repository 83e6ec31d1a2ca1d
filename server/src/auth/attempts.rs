//! Wrong passwords, by address: after a few, each further one makes the next wait longer.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Wrong ones that cost nothing.
const FREE: u32 = 5;
/// The longest wait.
const LONGEST: Duration = Duration::from_mins(5);
/// Without a wrong one for this long, all is forgotten.
const FORGET: Duration = Duration::from_mins(15);
/// Addresses remembered at once; when it is full, the one that is longest ago goes.
const ADDRESSES: usize = 10_000;

/// The wrong ones of every address.
#[derive(Default)]
pub(super) struct Attempts(Mutex<HashMap<IpAddr, Failures>>);

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
}

impl Failures {
    /// How long after the last one the next is taken.
    fn wait(self) -> Duration {
        match self.count.checked_sub(FREE) {
            None => Duration::ZERO,
            Some(over) => Duration::from_secs(1 << over.min(10)).min(LONGEST),
        }
    }
}

impl Attempts {
    /// How long `address` has to wait before it is listened to; `None` when it need not.
    pub(super) fn wait(&self, address: IpAddr, now: Instant) -> Option<Duration> {
        let map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let failures = map.get(&network(address))?;
        (failures.last + failures.wait()).checked_duration_since(now).filter(|left| !left.is_zero())
    }

    /// Notes a wrong one.
    pub(super) fn failed(&self, address: IpAddr, now: Instant) {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let address = network(address);
        if map.len() >= ADDRESSES && !map.contains_key(&address) {
            map.retain(|_, failures| now.duration_since(failures.last) < FORGET);
            if map.len() >= ADDRESSES
                && let Some(oldest) = map.iter().min_by_key(|(_, failures)| failures.last).map(|(address, _)| *address)
            {
                map.remove(&oldest);
            }
        }
        let failures = map.entry(address).or_insert(Failures { count: 0, last: now });
        if now.duration_since(failures.last) >= FORGET {
            failures.count = 0;
        }
        *failures = Failures { count: failures.count.saturating_add(1), last: now };
    }

    /// Forgets the wrong ones of an address that got it right.
    pub(super) fn succeeded(&self, address: IpAddr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&network(address));
    }
}

/// An IPv6 host has a whole /64 to itself; it counts as one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn the_sixth_wrong_one_has_to_wait_and_each_further_one_longer() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        for _ in 0..FREE - 1 {
            attempts.failed(HERE, now);
            assert_eq!(attempts.wait(HERE, now), None);
        }
        let mut longest = Duration::ZERO;
        for _ in 0..20 {
            attempts.failed(HERE, now);
            let wait = attempts.wait(HERE, now).expect("it has to wait");
            assert!(wait >= longest && wait <= LONGEST);
            longest = wait;
        }
        assert_eq!(longest, LONGEST);
        assert_eq!(attempts.wait(HERE, now + LONGEST), None);
    }

    #[test]
    fn a_right_one_forgets_and_another_address_is_not_held_up() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        (0..10).for_each(|_| attempts.failed(HERE, now));
        assert_eq!(attempts.wait("192.0.2.1".parse().expect("an address"), now), None);
        attempts.succeeded(HERE);
        assert_eq!(attempts.wait(HERE, now), None);
    }

    #[test]
    fn a_flood_of_addresses_is_bounded() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        for n in 0..u32::try_from(ADDRESSES).expect("small") + 50 {
            attempts.failed(IpAddr::V4(n.into()), now + Duration::from_millis(u64::from(n)));
        }
        assert!(attempts.0.lock().expect("not poisoned").len() <= ADDRESSES);
    }

    #[test]
    fn the_addresses_of_one_ipv6_network_count_together() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        for n in 0..10 {
            attempts.failed(format!("2001:db8::{n}").parse().expect("an address"), now);
        }
        assert!(attempts.wait("2001:db8::ffff".parse().expect("an address"), now).is_some());
    }
}
