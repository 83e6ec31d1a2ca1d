//! How much each tier of history holds: sums that triggers keep, so that nobody has to look through the blocks.

use super::failed;
use super::history::table;
use crate::history::Tier;
use crate::store::{StoreError, TierSize};
use rusqlite::Connection;

macro_rules! sums {
    ($($tier:literal),+) => {
        concat!(
            "CREATE TABLE size (tier TEXT PRIMARY KEY, blocks INTEGER NOT NULL, bytes INTEGER NOT NULL) ",
            "STRICT, WITHOUT ROWID;\n",
            $(
                "INSERT INTO size SELECT '", $tier, "', count(*), coalesce(sum(length(body)), 0) FROM ", $tier, ";\n",
                "CREATE TRIGGER ", $tier, "_put AFTER INSERT ON ", $tier, " BEGIN UPDATE size SET ",
                "blocks = blocks + 1, bytes = bytes + length(new.body) WHERE tier = '", $tier, "'; END;\n",
                "CREATE TRIGGER ", $tier, "_changed AFTER UPDATE OF body ON ", $tier, " BEGIN UPDATE size SET ",
                "bytes = bytes + length(new.body) - length(old.body) WHERE tier = '", $tier, "'; END;\n",
                "CREATE TRIGGER ", $tier, "_gone AFTER DELETE ON ", $tier, " BEGIN UPDATE size SET ",
                "blocks = blocks - 1, bytes = bytes - length(old.body) WHERE tier = '", $tier, "'; END;\n",
            )+
        )
    };
}

/// The sums, taken once from what is there, and the triggers that keep them.
pub(super) const SCHEMA: &str = sums!("raw", "minute", "hour", "day");

/// The sums.
pub(super) fn read(connection: &Connection) -> Result<Vec<TierSize>, StoreError> {
    let doing = "reading the sizes of history";
    let mut select =
        connection.prepare_cached("SELECT blocks, bytes FROM size WHERE tier = ?").map_err(failed(doing))?;
    let mut size = |tier| {
        let read = |row: &rusqlite::Row<'_>| {
            let (blocks, bytes): (i64, i64) = (row.get(0)?, row.get(1)?);
            Ok(TierSize { tier, blocks: blocks.unsigned_abs(), bytes: bytes.unsigned_abs() })
        };
        select.query_row([table(tier)], read).map_err(failed(doing))
    };
    Tier::ALL.into_iter().map(&mut size).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Key;
    use crate::store::sqlite::{Parts, Place, open};
    use crate::store::{HistoryChanges, HistoryWriter};

    fn key(slot: u32) -> Key {
        Key { slot, metric: 1, shard: 0, part: 0 }
    }

    fn counted(connection: &Connection) -> Vec<(u64, u64)> {
        let count = |tier| {
            let sql = format!("SELECT count(*), coalesce(sum(length(body)), 0) FROM {}", table(tier));
            let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
            connection.query_row(&sql, [], read).expect("it can be counted")
        };
        Tier::ALL.map(count).map(|(blocks, bytes)| (blocks.unsigned_abs(), bytes.unsigned_abs())).to_vec()
    }

    fn kept(connection: &Connection) -> Vec<(u64, u64)> {
        read(connection).expect("they can be read").iter().map(|size| (size.blocks, size.bytes)).collect()
    }

    fn history(folder: &tempfile::TempDir) -> Connection {
        let Parts { history, .. } = open(&Place::file(folder.path().join("forewatch.db"))).expect("it opens");
        history
    }

    #[test]
    fn the_sums_are_those_of_the_blocks_after_every_change() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let mut history = history(&folder);
        let put = |tier, slot, bytes: usize| (tier, key(slot), vec![7; bytes]);
        for changes in [
            HistoryChanges { put: vec![put(Tier::Raw, 1, 9_000), put(Tier::Day, 1, 5)], ..HistoryChanges::default() },
            HistoryChanges { put: vec![put(Tier::Raw, 1, 10), put(Tier::Raw, 2, 1)], ..HistoryChanges::default() },
            HistoryChanges { delete: vec![(Tier::Raw, key(2)), (Tier::Hour, key(9))], ..HistoryChanges::default() },
        ] {
            history.write(&changes).expect("it can be written");
            assert_eq!(kept(&history), counted(&history));
        }
        assert_eq!(kept(&history), [(1, 10), (0, 0), (0, 0), (1, 5)]);
        history.trim(Tier::Raw, 2).expect("it can be trimmed");
        assert_eq!(kept(&history), [(0, 0), (0, 0), (0, 0), (1, 5)]);
    }

    #[test]
    fn a_file_of_the_first_version_gets_its_sums_and_keeps_its_blocks() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let file = folder.path().join("forewatch.history.db");
        let older = Connection::open(&file).expect("a file can be made");
        older
            .execute_batch(&format!(
                "PRAGMA application_id = {}; PRAGMA user_version = 1; {}",
                super::super::version::APPLICATION_ID,
                super::super::history::SCHEMA[0]
            ))
            .expect("it can be made as the first version made it");
        let insert = "INSERT INTO raw (key, body) VALUES (1, zeroblob(300)), (2, zeroblob(20))";
        older.execute_batch(insert).expect("it has blocks");
        drop(older);
        let history = history(&folder);
        assert_eq!(kept(&history), [(2, 320), (0, 0), (0, 0), (0, 0)]);
        assert_eq!(kept(&history), counted(&history));
    }
}
