//! Those who are handed every sample once it is in the store.

use super::head::Tables;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;

/// Samples that wait for one follower at most: of 1,000 workers with 8 GPUs each, some minutes.
const WAITING: usize = 10_000_000;

/// See the module.
#[derive(Default)]
pub(crate) struct Followers(Mutex<Vec<Follower>>);

struct Follower {
    to: mpsc::UnboundedSender<Handed>,
    waiting: Arc<AtomicUsize>,
    missed: Arc<AtomicU64>,
}

/// What one follower is handed.
pub(crate) struct Following {
    pub(crate) handed: mpsc::UnboundedReceiver<Handed>,
    /// Samples that it was not handed, as too many waited.
    pub(crate) missed: Arc<AtomicU64>,
}

/// The samples of a flush; they count as waiting until they are let go.
pub(crate) struct Handed {
    pub(crate) tables: Arc<Tables>,
    cells: usize,
    waiting: Arc<AtomicUsize>,
}

impl Drop for Handed {
    fn drop(&mut self) {
        self.waiting.fetch_sub(self.cells, Ordering::Relaxed);
    }
}

impl Followers {
    pub(crate) fn follow(&self) -> Following {
        let (to, handed) = mpsc::unbounded_channel();
        let missed = Arc::new(AtomicU64::new(0));
        self.lock().push(Follower { to, waiting: Arc::default(), missed: missed.clone() });
        Following { handed, missed }
    }

    /// Hands samples over, to those for whom not too many wait already.
    pub(super) fn tell(&self, tables: &Arc<Tables>) {
        let followers = self.lock();
        if followers.is_empty() {
            return;
        }
        let cells = tables.values().map(|table| table.times.len() * table.columns.len()).sum();
        for Follower { to, waiting, missed } in followers.iter() {
            if waiting.fetch_add(cells, Ordering::Relaxed) > WAITING {
                waiting.fetch_sub(cells, Ordering::Relaxed);
                missed.fetch_add(cells as u64, Ordering::Relaxed);
            } else {
                // Who follows no more needs no samples.
                let _ = to.send(Handed { tables: tables.clone(), cells, waiting: waiting.clone() });
            }
        }
    }

    /// There are no more samples.
    pub(super) fn end(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Follower>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::subject::Subject;
    use crate::history::table::{Column, Table};

    fn tables(rows: usize) -> Arc<Tables> {
        let mut table = Table { times: (0..).take(rows).collect(), ..Table::default() };
        table.columns.insert(Column::new(0, None), vec![1.0; rows]);
        Arc::new(Tables::from([(Subject::System, table)]))
    }

    #[test]
    fn what_waits_for_a_slow_one_is_bounded_and_what_it_misses_is_counted() {
        let followers = Followers::default();
        let mut slow = followers.follow();
        let mut quick = followers.follow();
        let all = tables(WAITING + 1);
        followers.tell(&all);
        drop(quick.handed.try_recv());
        followers.tell(&all);
        assert_eq!(slow.missed.load(Ordering::Relaxed), WAITING as u64 + 1);
        assert_eq!(quick.missed.load(Ordering::Relaxed), 0);
        drop(slow.handed.try_recv());
        followers.tell(&tables(1));
        assert!(slow.handed.try_recv().is_ok(), "there is room again");
        followers.end();
        assert!(matches!(slow.handed.try_recv(), Err(mpsc::error::TryRecvError::Disconnected)));
    }
}
