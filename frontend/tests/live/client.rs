//! The client as a page has it.

use super::server::{Page, delta, message, nothing, queue, resync, snapshot, subscribe};
use crate::support::{frame, until};
use app::live::Connection;
use app::live::wire::Happening;
use forewatch::live::{CLOSE_TOO_MUCH, ClientMessage, Topic};
use forewatch::time::seconds_between;
use leptos::prelude::*;
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

/// How long until the connection is tried again, seconds, by what the page says.
fn wait(page: &Page) -> f64 {
    match page.connection.get_untracked() {
        Connection::Reconnecting { since, next_try } => seconds_between(since, next_try),
        other => panic!("the page does not say that it reconnects but {other:?}"),
    }
}

fn is_live(page: &Page) -> bool {
    matches!(page.connection.get_untracked(), Connection::Live { .. })
}

#[wasm_bindgen_test]
async fn a_page_connects_subscribes_once_and_says_that_it_is_live() {
    let page = Page::open();
    assert_eq!((page.connection.get_untracked(), page.server.sockets()), (Connection::Connecting, 1));
    assert_eq!(page.server.asked(), [], "nothing is said on a socket that is not open");
    page.server.on(0, Happening::Opened);
    assert_eq!(page.server.asked(), [subscribe()]);
    assert!(is_live(&page));
    page.client.start();
    frame().await;
    assert_eq!((page.server.asked(), page.server.sockets()), (vec![], 1), "starting twice changes nothing");
}

#[wasm_bindgen_test]
async fn a_snapshot_and_the_deltas_after_it_are_shown() {
    let page = Page::live().await;
    page.hears(&delta("one", 17, 18, 113)).await;
    assert_eq!(page.pending(), [113]);
    page.hears(&message("delta", "one", (Some(18), 19), &json!({ "upsert": [queue("cpu", 5)] }))).await;
    assert_eq!(page.pending(), [5, 113], "a new queue stands in order of names");
    page.hears(&message("delta", "one", (Some(19), 20), &json!({ "remove": ["gpu"] }))).await;
    assert_eq!(page.pending(), [5]);
    assert_eq!(page.server.asked(), []);
}

#[wasm_bindgen_test]
async fn messages_wait_for_a_frame_and_are_then_applied_in_order() {
    let page = Page::live().await;
    for seq in 18..=40 {
        page.server.on(0, Happening::Text(delta("one", seq - 1, seq, 100 + seq).to_string()));
    }
    assert_eq!(page.pending(), [112], "nothing moves between two frames");
    page.takes_all().await;
    assert_eq!(page.pending(), [140]);
}

#[wasm_bindgen_test]
async fn more_than_a_frame_can_take_is_dropped_and_a_snapshot_asked_for() {
    let page = Page::live().await;
    for seq in 18..=1_018 {
        page.server.on(0, Happening::Text(delta("one", seq - 1, seq, seq).to_string()));
    }
    page.takes_all().await;
    assert_eq!(page.pending(), [112]);
    page.hears(&delta("one", 1_018, 1_019, 1_019)).await;
    assert_eq!((page.pending(), page.server.asked()), (vec![112], vec![resync()]));
    assert_eq!(page.missed.get_untracked(), 1);
    page.hears(&snapshot("one", 1_020, &json!([queue("gpu", 8)]))).await;
    assert_eq!(page.pending(), [8]);
}

#[wasm_bindgen_test]
async fn a_hole_asks_for_a_snapshot_once_and_deltas_wait_for_it() {
    let page = Page::live().await;
    page.hears(&delta("one", 18, 19, 500)).await;
    assert_eq!((page.pending(), page.server.asked()), (vec![112], vec![resync()]));
    page.hears(&delta("one", 19, 20, 600)).await;
    page.hears(&delta("one", 17, 18, 700)).await;
    assert_eq!((page.pending(), page.server.asked()), (vec![112], vec![]));
    page.hears(&snapshot("one", 30, &json!([queue("gpu", 9)]))).await;
    page.hears(&delta("one", 30, 31, 10)).await;
    assert_eq!((page.pending(), page.server.asked()), (vec![10], vec![]));
}

#[wasm_bindgen_test]
async fn another_server_process_is_only_believed_with_a_snapshot() {
    let page = Page::live().await;
    page.hears(&delta("two", 17, 18, 500)).await;
    assert_eq!((page.pending(), page.server.asked()), (vec![112], vec![resync()]));
    // Its count began again: a smaller number of another epoch is not an old one.
    page.hears(&snapshot("two", 1, &json!([queue("gpu", 3)]))).await;
    page.hears(&delta("two", 1, 2, 4)).await;
    assert_eq!(page.pending(), [4]);
}

#[wasm_bindgen_test]
async fn a_text_that_is_no_message_is_passed_over() {
    let page = Page::live().await;
    page.hears(&json!("hello")).await;
    page.hears(&delta("one", 17, 18, 113)).await;
    assert_eq!((page.pending(), is_live(&page)), (vec![113], true));
}

#[wasm_bindgen_test]
async fn a_broken_connection_is_said_keeps_its_numbers_and_comes_back() {
    let page = Page::live().await;
    page.server.on(0, Happening::Closed(1006));
    assert!((0.25..=0.5).contains(&wait(&page)), "the first wait is {} s", wait(&page));
    assert_eq!((page.pending(), page.server.sockets()), (vec![112], 1));
    assert!(until(|| page.server.sockets() == 2).await, "no second socket came");
    assert_eq!((is_live(&page), page.server.dropped.get()), (false, 1));
    page.server.on(1, Happening::Opened);
    assert_eq!((is_live(&page), page.server.asked()), (true, vec![subscribe()]));
    assert_eq!(page.missed.get_untracked(), 1, "what shows a past is told that something was missed");
    page.server.on(0, Happening::Text(delta("one", 17, 18, 500).to_string()));
    page.server.on(0, Happening::Closed(1006));
    frame().await;
    assert_eq!((is_live(&page), page.pending()), (true, vec![112]), "late words of the old socket are not heard");
    page.hears(&snapshot("one", 40, &json!([queue("gpu", 7)]))).await;
    assert_eq!(page.pending(), [7]);
}

#[wasm_bindgen_test]
async fn the_network_coming_back_ends_the_wait() {
    let page = Page::live().await;
    page.server.on(0, Happening::Closed(CLOSE_TOO_MUCH));
    assert!(wait(&page) >= 15.0, "who sends too much waits {} s", wait(&page));
    window().dispatch_event(&web_sys::Event::new("online").expect("an event")).expect("it is heard");
    assert_eq!(page.server.sockets(), 2);
}

#[wasm_bindgen_test]
async fn the_last_one_that_leaves_a_topic_ends_the_subscription() {
    let page = Page::live().await;
    let second = page.client.follow(Topic::Queues, nothing());
    assert_eq!(second.get_untracked().len(), 1, "who comes later sees what is known");
    page.client.leave(&Topic::Queues);
    frame().await;
    assert_eq!(page.server.asked(), []);
    page.client.leave(&Topic::Queues);
    frame().await;
    assert_eq!(page.server.asked(), [ClientMessage { unsubscribe: vec![Topic::Queues], ..ClientMessage::default() }]);
}
