//! Notes on the time line.

use super::{error, event};
use forewatch::event::EventBody;
use serde_json::json;

#[test]
fn a_note_has_a_title_and_may_have_tags() {
    let parsed = event(&json!({"type": "annotation", "at": "now", "title": "Deploy 4.2", "tags": ["deploy", "api"]}));
    let EventBody::Annotation(note) = parsed.body else { panic!("not an annotation") };
    assert_eq!((note.title.as_str(), note.tags.len()), ("Deploy 4.2", 2));
}

#[test]
fn a_long_title_is_cut_and_an_empty_one_refused() {
    let parsed = event(&json!({"type": "annotation", "at": "now", "title": "x".repeat(300)}));
    let EventBody::Annotation(note) = parsed.body else { panic!("not an annotation") };
    assert_eq!(note.title.chars().count(), 200);
    assert!(note.title.ends_with('…'));
    assert!(error(&json!({"type": "annotation", "at": "now", "title": " "})).starts_with("/title is empty"));
    assert!(error(&json!({"type": "annotation", "at": "now"})).starts_with("/title is missing"));
}

#[test]
fn tags_are_a_short_list_of_names() {
    let sent = |tags| error(&json!({"type": "annotation", "at": "now", "title": "t", "tags": tags}));
    assert!(sent(json!("deploy")).starts_with("/tags is not a list of texts"));
    assert!(sent(json!(["a", "b\u{7}"])).contains("number 1"));
    assert!(sent(json!(vec!["t"; 51])).contains("51 entries: at most 50"));
}
