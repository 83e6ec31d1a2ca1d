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

#[test]
fn counts_that_no_queue_has_are_refused_each_by_its_name() {
    for field in ["pending", "processing", "worker_count", "delayed", "reserved"] {
        let mut sent = json!({"type": "queue.sampled", "at": "now", "queue": "q", "pending": 1});
        sent[field] = json!(u64::MAX);
        let told = error(&sent);
        assert!(told.starts_with(&format!("/{field} is 18446744073709551615: at most 2^53")), "{told}");
        sent[field] = json!(1_u64 << 53);
        event(&sent);
    }
    let old = json!({"type": "queue.sampled", "at": "now", "queue": "q", "pending": 1, "oldest_age": 1e9});
    assert!(error(&old).starts_with("/oldest_age is 1000000000: send seconds, at most ten years"));
}
