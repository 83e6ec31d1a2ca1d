//! The tables of the outbox.

pub(in crate::store::sqlite) const SCHEMA: &[&str] = &["
CREATE TABLE told (
    channel TEXT PRIMARY KEY,
    body TEXT NOT NULL              -- JSON
) STRICT, WITHOUT ROWID;
CREATE TABLE delivery (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    grouped TEXT NOT NULL,          -- deliveries of a group are made in order
    status TEXT NOT NULL,
    created INTEGER NOT NULL,       -- times are microseconds since the epoch
    next INTEGER NOT NULL,
    give_up INTEGER NOT NULL,
    ended INTEGER,
    tries INTEGER NOT NULL DEFAULT 0,
    title TEXT NOT NULL,
    severity TEXT NOT NULL,
    message TEXT NOT NULL           -- JSON
) STRICT;
CREATE INDEX delivery_waiting ON delivery (channel, grouped, n) WHERE status = 'waiting';
CREATE INDEX delivery_grouped ON delivery (grouped);
CREATE INDEX delivery_status ON delivery (status, channel);
CREATE TABLE about (
    alert TEXT NOT NULL,
    delivery INTEGER NOT NULL REFERENCES delivery (n) ON DELETE CASCADE,
    PRIMARY KEY (alert, delivery)
) STRICT, WITHOUT ROWID;
CREATE INDEX about_delivery ON about (delivery);
CREATE TABLE attempt (
    delivery INTEGER NOT NULL REFERENCES delivery (n) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    took INTEGER NOT NULL,          -- microseconds
    accepted INTEGER NOT NULL,
    answer TEXT NOT NULL
) STRICT;
CREATE INDEX attempt_delivery ON attempt (delivery, at);
CREATE TABLE used (
    token TEXT PRIMARY KEY,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"];
