//! The names of live topics.

use forewatch::live::Topic;
use forewatch::{TaskId, WorkerId};
use proptest::prelude::*;

proptest! {
    #[test]
    fn a_topic_is_read_back_from_its_own_name(text in any::<String>()) {
        if let Ok(topic) = text.parse::<Topic>() {
            prop_assert_eq!(topic.to_string(), text.clone());
        }
        if let Ok(id) = WorkerId::new(&text) {
            let topic = Topic::Worker(id);
            prop_assert_eq!(topic.to_string().parse::<Topic>(), Ok(topic.clone()));
            let json = serde_json::to_string(&topic).expect("JSON");
            prop_assert_eq!(serde_json::from_str::<Topic>(&json).expect("a topic"), topic);
        }
    }
}

#[test]
fn the_id_of_a_worker_or_a_task_may_hold_colons_but_not_be_missing() {
    let id = WorkerId::new("celery:main:gpu@host").expect("a fine id");
    assert_eq!("worker:celery:main:gpu@host".parse(), Ok(Topic::Worker(id)));
    let id = TaskId::new("a:b").expect("a fine id");
    assert_eq!("task:a:b".parse(), Ok(Topic::Task(id.clone())));
    assert_eq!(Topic::Task(id).to_string(), "task:a:b");
    for bad in ["worker:", "worker", "worker:\n", "task:", "task", "systems", ""] {
        assert!(bad.parse::<Topic>().is_err(), "{bad:?}");
    }
}
