//! File descriptors: each live socket takes one, and the usual soft limit of 1,024 is soon reached.

use rlimit::Resource;

/// Descriptors that are used beside the live sockets: the store, brokers, other requests.
const OTHERS: u64 = 256;

/// Raises the limit to as many as the system lets this process have. Too few for `sockets` live sockets
/// is told, and no reason not to start.
pub(crate) fn raise(sockets: usize) {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(limit) if is_enough(limit, sockets) => tracing::info!(limit, "file descriptors"),
        Ok(limit) => tracing::warn!(
            limit,
            sockets,
            "fewer file descriptors than limits.sockets needs: raise the hard limit (ulimit -Hn, LimitNOFILE), or lower limits.sockets"
        ),
        Err(error) => {
            let limit = Resource::NOFILE.get_soft().unwrap_or_default();
            tracing::warn!(%error, limit, "the limit on file descriptors cannot be raised");
        }
    }
}

fn is_enough(limit: u64, sockets: usize) -> bool {
    limit >= (sockets as u64).saturating_add(OTHERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_the_hard_one_after_the_start() {
        raise(1);
        let (soft, hard) = Resource::NOFILE.get().expect("the limits can be read");
        // macOS has a bound of its own below an unlimited hard limit.
        assert!(soft == hard || cfg!(target_os = "macos"), "{soft} of {hard}");
    }

    #[test]
    fn sockets_leave_room_for_everything_else() {
        assert!(is_enough(10_256, 10_000));
        assert!(!is_enough(10_000, 10_000) && !is_enough(1_024, 10_000) && !is_enough(u64::from(u32::MAX), usize::MAX));
    }
}
