//! Queues as they are measured.

use super::{error, event};
use forewatch::event::{EventBody, QueueSample};
use serde_json::json;

#[test]
fn a_sample_says_what_waits_and_what_else_its_sender_knows() {
    let EventBody::QueueSampled(sample) = event(&json!({
        "type": "queue.sampled", "at": "now", "queue": "gpu_priority", "pending": 12, "processing": 3, "worker_count": 2,
        "delayed": 1,
    }))
    .body
    else {
        panic!("not a sample")
    };
    assert_eq!(
        sample,
        QueueSample {
            queue: "gpu_priority".into(),
            pending: 12,
            processing: Some(3),
            worker_count: Some(2),
            delayed: Some(1),
            reserved: None,
            oldest_age: None,
        }
    );
}

#[test]
fn a_sample_needs_its_queue_and_what_waits() {
    assert!(error(&json!({"type": "queue.sampled", "at": "now", "pending": 1})).starts_with("/queue is missing"));
    assert!(error(&json!({"type": "queue.sampled", "at": "now", "queue": "q"})).starts_with("/pending is missing"));
    let negative = error(&json!({"type": "queue.sampled", "at": "now", "queue": "q", "pending": -4}));
    assert_eq!(negative, "/pending is -4: it must not be negative");
}
