//! What the client decides: when to connect, ask, wait and give up, and what a message does to the data.

use super::server::{Queues, delta, message, queue, resync, snapshot, subscribe};
use app::live::link::Link;
use app::live::reduce::{Outcome, Progress, reduce};
use app::live::waits::{FIRST_WAIT, HIDDEN_FOR, LONGEST_WAIT, PATIENCE, SILENCE, STALE_AFTER};
use app::live::words::{Deed, Hidden, Standing};
use forewatch::live::{CLOSE_SESSION_ENDED, ClientMessage, ServerMessage, Topic};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

fn read(text: Value) -> ServerMessage {
    serde_json::from_value(text).expect("a message")
}

/// Breaks an open connection again and again: how long each wait is, milliseconds.
fn waits(link: &mut Link, times: usize, chance: f64) -> Vec<f64> {
    let mut now = 0.0;
    let mut once = || {
        assert_eq!(link.turn(now), [Deed::Open]);
        link.opened(now);
        link.closed(now, 1006, chance);
        let Standing::Down(_, next) = link.standing(now) else { panic!("{:?}", link.standing(now)) };
        assert_eq!(link.turn(next - 1.0), [], "it tries before its time");
        let wait = next - now;
        now = next;
        wait
    };
    (0..times).map(|_| once()).collect()
}

#[wasm_bindgen_test]
fn waits_double_up_to_half_a_minute_and_half_of_each_is_chance() {
    let mut link = Link::new(0.0);
    link.want(&Topic::Queues);
    let longest = waits(&mut link, 9, 1.0);
    assert_eq!(longest, [500.0, 1e3, 2e3, 4e3, 8e3, 16e3, LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT]);
    let mut link = Link::new(0.0);
    link.want(&Topic::Queues);
    let shortest = waits(&mut link, 9, 0.0);
    assert_eq!(shortest, longest.iter().map(|wait| wait / 2.0).collect::<Vec<_>>());
    // One word from the server, and the next wait is the first again.
    link.opened(1e6);
    link.heard(1e6);
    link.closed(1e6, 1006, 1.0);
    assert_eq!(link.standing(1e6), Standing::Down(1e6, 1e6 + FIRST_WAIT));
}

#[wasm_bindgen_test]
fn a_silent_server_is_asked_for_a_sign_of_life_then_given_up_then_called_stale() {
    let mut link = Link::new(0.0);
    link.want(&Topic::Queues);
    link.turn(0.0);
    assert_eq!(link.opened(0.0), [Deed::Send(subscribe())]);
    assert_eq!(link.turn(SILENCE), []);
    assert_eq!(link.turn(SILENCE + 1.0), [Deed::Send(resync())]);
    assert_eq!(link.turn(SILENCE + PATIENCE), []);
    assert_eq!(link.turn(SILENCE + PATIENCE + 2.0), [Deed::Drop]);
    // It was last heard at 0: what is shown is that old, and it is tried again at once.
    let now = SILENCE + PATIENCE + 2.0;
    assert_eq!(link.standing(now), Standing::Stale(0.0, now + FIRST_WAIT / 2.0));
}

#[wasm_bindgen_test]
fn a_server_that_is_quiet_and_answers_is_alive() {
    let mut link = Link::new(0.0);
    link.want(&Topic::Queues);
    link.turn(0.0);
    link.opened(0.0);
    for round in 1..=3 {
        let asked = f64::from(round) * (SILENCE + PATIENCE);
        assert_eq!(link.turn(asked), [Deed::Send(resync())], "round {round}");
        link.heard(asked + PATIENCE - 1.0);
        assert!(matches!(link.standing(asked + PATIENCE), Standing::Up(_)), "round {round}");
    }
}

#[wasm_bindgen_test]
fn numbers_are_stale_some_seconds_after_the_connection_broke() {
    let mut link = Link::new(0.0);
    link.want(&Topic::Queues);
    link.turn(0.0);
    link.opened(0.0);
    assert_eq!(link.closed(1.0, 1006, 1.0), []);
    assert_eq!(link.standing(STALE_AFTER), Standing::Down(0.0, 1.0 + FIRST_WAIT));
    assert_eq!(link.standing(STALE_AFTER + 1.0), Standing::Stale(0.0, 1.0 + FIRST_WAIT));
}

#[wasm_bindgen_test]
fn a_socket_that_is_refused_makes_the_page_ask_whether_its_session_is_still_good() {
    let mut link = Link::new(0.0);
    link.want(&Topic::Queues);
    assert_eq!(link.turn(0.0), [Deed::Open]);
    assert_eq!(link.closed(1.0, 1006, 0.5), [Deed::AskWho]);
    assert!(matches!(link.standing(1.0), Standing::New), "it is tried again all the same");
}

#[wasm_bindgen_test]
fn a_session_that_ended_leads_to_the_sign_in_page_and_nowhere_else() {
    let mut link = Link::new(0.0);
    link.want(&Topic::Queues);
    link.turn(0.0);
    link.opened(0.0);
    assert_eq!(link.closed(1.0, CLOSE_SESSION_ENDED, 0.5), [Deed::SignIn]);
    assert_eq!((link.turn(1e6), link.woken(1e6)), (vec![], vec![]));
}

/// A link whose tab is hidden at 0, with a light and a heavy topic.
fn hidden() -> Link {
    let mut link = Link::new(0.0);
    link.want(&Topic::Queues);
    link.want(&Topic::Alerts);
    link.turn(0.0);
    link.opened(0.0);
    assert_eq!(link.hidden(0.0, Hidden::Yes), []);
    link
}

#[wasm_bindgen_test]
fn a_tab_that_is_hidden_for_a_moment_misses_nothing() {
    let mut link = hidden();
    let shown = HIDDEN_FOR - 1.0;
    link.heard(shown);
    assert_eq!(link.turn(shown), []);
    assert!(link.takes(&Topic::Queues));
    assert_eq!(link.hidden(shown, Hidden::No), [], "nothing is asked for again");
}

#[wasm_bindgen_test]
fn a_tab_that_is_hidden_for_long_keeps_only_the_alerts_and_asks_for_the_rest_when_it_is_shown() {
    let mut link = hidden();
    link.heard(HIDDEN_FOR);
    let leave = ClientMessage { unsubscribe: vec![Topic::Queues], ..ClientMessage::default() };
    assert_eq!(link.turn(HIDDEN_FOR), [Deed::Send(leave)]);
    assert_eq!(link.hidden(HIDDEN_FOR + 1.0, Hidden::No), [Deed::Send(subscribe()), Deed::Missed]);
    assert!(link.takes(&Topic::Queues));
}

#[wasm_bindgen_test]
fn a_connection_that_comes_back_says_that_something_was_missed_the_first_does_not() {
    let mut link = Link::new(0.0);
    link.want(&Topic::Queues);
    link.turn(0.0);
    assert_eq!(link.opened(0.0), [Deed::Send(subscribe())]);
    link.closed(1.0, 1006, 0.0);
    assert_eq!(link.turn(1_000.0), [Deed::Open]);
    assert_eq!(link.opened(1_000.0), [Deed::Send(subscribe()), Deed::Missed]);
}

#[wasm_bindgen_test]
fn a_hole_is_said_once_whatever_comes_before_the_snapshot() {
    let (mut progress, mut queues) = (Progress::at("one".to_owned(), 20), Queues::default());
    let mut take = |text: Value| reduce(&mut progress, &mut queues, &read(text));
    assert_eq!(take(delta("one", 21, 22, 1)), Outcome::Resync);
    assert_eq!(take(delta("one", 22, 23, 1)), Outcome::Ignored);
    assert_eq!(take(delta("one", 20, 21, 1)), Outcome::Ignored);
    assert_eq!(take(snapshot("one", 23, &json!([queue("gpu", 1)]))), Outcome::Applied);
    assert_eq!(take(delta("one", 24, 25, 1)), Outcome::Resync, "the next hole is said again");
}

#[wasm_bindgen_test]
fn old_messages_are_ignored_and_unreadable_ones_leave_the_data_alone() {
    let (mut progress, mut queues) = (Progress::at("one".to_owned(), 20), Queues::default());
    let mut take = |text: Value| {
        let outcome = reduce(&mut progress, &mut queues, &read(text));
        (outcome, queues.len())
    };
    assert_eq!(take(delta("one", 19, 20, 1)), (Outcome::Ignored, 0));
    assert_eq!(take(snapshot("one", 19, &json!([queue("gpu", 1)]))), (Outcome::Ignored, 0));
    assert_eq!(take(delta("one", 20, 21, 1)), (Outcome::Applied, 1));
    let (outcome, len) = take(message("delta", "one", (Some(21), 22), &json!({ "upsert": [{ "id": "gpu" }] })));
    assert!(matches!(outcome, Outcome::Unreadable(_)) && len == 1, "{outcome:?}, {len} queues");
    assert_eq!(take(delta("one", 22, 23, 1)), (Outcome::Ignored, 1));
    assert_eq!(take(snapshot("one", 24, &json!([]))), (Outcome::Applied, 0));
}
