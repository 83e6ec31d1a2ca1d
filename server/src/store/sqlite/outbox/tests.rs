//! What the outbox keeps, in which order it gives it out, and what it gives up.

use super::*;
use crate::notify::tests::message;
use crate::notify::{Next, Status, Wanted};

fn outbox() -> (SqliteOutbox, Place) {
    let place = Place::temporary().expect("a folder");
    (SqliteOutbox::open(&place).expect("a file can be made"), place)
}

fn now() -> DateTime<Utc> {
    "2026-11-24T14:00:00Z".parse().expect("a time")
}

fn new(channel: &str, group: &str) -> New {
    let message = message(group, "01A", now());
    New { channel: channel.to_owned(), message, title: "A title".to_owned(), give_up_at: now() + TimeDelta::days(1) }
}

fn failed(at: DateTime<Utc>) -> Attempt {
    Attempt { at, duration: 0.5, accepted: false, answer: "HTTP 500".to_owned() }
}

/// The group of what is due, with the delivery's id.
fn due(outbox: &SqliteOutbox, now: DateTime<Utc>) -> Option<(String, String)> {
    match outbox.next("a", now).expect("it can be read") {
        Next::Now(due) => Some((due.message.group, due.id)),
        _ => None,
    }
}

#[test]
fn what_was_told_and_what_is_to_be_sent_are_there_after_a_crash_or_neither_is() {
    let (outbox, place) = outbox();
    let told = ChannelTold::default();
    outbox.keep(&[("a", &told)], &[new("a", "g")]).expect("it can be written");
    // One that cannot be written takes what was told with it.
    outbox
        .lock()
        .execute_batch("CREATE TRIGGER full BEFORE INSERT ON delivery BEGIN SELECT RAISE(FAIL, 'full'); END")
        .expect("it is SQL");
    assert!(outbox.keep(&[("b", &told)], &[new("b", "g")]).is_err());
    drop(outbox);
    let outbox = SqliteOutbox::open(&place).expect("it opens again");
    assert_eq!(outbox.told().expect("it can be read").keys().collect::<Vec<_>>(), ["a"]);
    assert!(due(&outbox, now()).is_some());
    assert_eq!(outbox.next("b", now()).expect("it can be read"), Next::Nothing);
}

#[test]
fn a_group_is_told_in_order_and_does_not_wait_for_another() {
    let (outbox, _place) = outbox();
    outbox.keep(&[], &[new("a", "one"), new("a", "one"), new("a", "two")]).expect("it can be written");
    let (group, first) = due(&outbox, now()).expect("one is due");
    assert_eq!(group, "one");
    let later = now() + TimeDelta::minutes(1);
    outbox.attempted(&first, &failed(now()), Then::Again(later)).expect("it can be written");
    let (group, other) = due(&outbox, now()).expect("another group is due");
    assert_eq!(group, "two");
    outbox.attempted(&other, &failed(now()), Then::Sent).expect("it can be written");
    assert_eq!(outbox.next("a", now()).expect("it can be read"), Next::At(later));
    assert_eq!(due(&outbox, later).expect("it is due again").1, first);
    outbox.attempted(&first, &failed(later), Then::Sent).expect("it can be written");
    assert_ne!(due(&outbox, later).expect("the one behind it").1, first);
}

#[test]
fn what_was_given_up_has_every_attempt_and_can_be_sent_again_once() {
    let (outbox, _place) = outbox();
    outbox.keep(&[], &[new("a", "g")]).expect("it can be written");
    let (_, id) = due(&outbox, now()).expect("one is due");
    for then in [Then::Again(now()), Then::GivenUp] {
        outbox.attempted(&id, &failed(now()), then).expect("it can be written");
    }
    let dead = outbox.delivery(&id).expect("it can be read").expect("it is there");
    assert_eq!((dead.status, dead.attempts.len(), dead.attempts[0].answer.as_str()), (Status::Dead, 2, "HTTP 500"));
    assert_eq!(outbox.counted().expect("it can be read")["a"].dead, 1);
    assert!(outbox.send_again(&id, now(), now() + TimeDelta::days(1)).expect("it can be written"));
    assert!(!outbox.send_again(&id, now(), now() + TimeDelta::days(1)).expect("it can be written"));
    assert_eq!(due(&outbox, now()).expect("it is due").1, id);
}

#[test]
fn what_waits_and_what_is_kept_is_bounded() {
    let (outbox, _place) = outbox();
    let many: Vec<_> = (0..=WAITING).map(|n| new("a", &n.to_string())).collect();
    outbox.keep(&[], &many).expect("it can be written");
    let counted = outbox.counted().expect("it can be read");
    assert_eq!((counted["a"].waiting, counted["a"].dead), (WAITING, 1));
    let dead = Wanted { status: vec![Status::Dead], limit: 5, ..Wanted::default() };
    let page = outbox.deliveries(&dead).expect("it can be read");
    assert!(page.items[0].attempts[0].answer.contains("too many"), "{page:?}");
    outbox.trim(Utc::now() + KEPT * 2).expect("it can be written");
    assert_eq!(outbox.deliveries(&dead).expect("it can be read").total, 0);
    assert_eq!(outbox.counted().expect("it can be read")["a"].waiting, WAITING, "what waits is kept");
}

#[test]
fn deliveries_are_listed_newest_first_by_channel_status_and_alert() {
    let (outbox, _place) = outbox();
    for channel in ["a", "b", "a"] {
        outbox.keep(&[], &[new(channel, channel)]).expect("it can be written");
    }
    let ask = |wanted: Wanted| outbox.deliveries(&wanted).expect("it can be read");
    let mut wanted = Wanted { channel: Some("a".to_owned()), limit: 1, ..Wanted::default() };
    let first = ask(wanted.clone());
    assert_eq!((first.total, first.items.len()), (2, 1));
    wanted.cursor = first.next_cursor;
    let second = ask(wanted.clone());
    assert!(second.next_cursor.is_none() && second.items[0].id != first.items[0].id);
    let alert = |id: &str| Wanted { alert: Some(id.parse().expect("an id")), limit: 9, ..Wanted::default() };
    assert_eq!((ask(alert("01A")).total, ask(alert("01B")).total), (3, 0));
    wanted.cursor = Some("x".to_owned());
    assert!(outbox.deliveries(&wanted).is_err());
}

#[test]
fn what_waits_for_a_channel_that_is_gone_is_given_up() {
    let (outbox, _place) = outbox();
    outbox
        .keep(&[("a", &ChannelTold::default()), ("b", &ChannelTold::default())], &[new("a", "g"), new("b", "g")])
        .expect("it can be written");
    outbox.without_others(&["b"], now()).expect("it can be written");
    let counted = outbox.counted().expect("it can be read");
    assert_eq!((counted["a"].dead, counted["b"].waiting), (1, 1));
    assert_eq!(outbox.told().expect("it can be read").keys().collect::<Vec<_>>(), ["b"]);
}

#[test]
fn a_token_is_used_once() {
    let (outbox, _place) = outbox();
    let use_up = || outbox.use_up("t", now()).expect("it can be written");
    assert!(use_up() && !use_up());
    outbox.give_back("t").expect("it can be written");
    assert!(outbox.use_up("t", now()).expect("it can be written"));
}
