//! The state that Celery's own `State` would give a task, so that both can be compared.
//!
//! `State` takes events as they arrive; here they are taken as they happened, so that it does not matter
//! how they arrive. One rule differs on purpose: a retry never undoes success or failure, since it can
//! only seem newer by the clock of another host.

use forewatch::task::{TaskEventKind, TaskMoment};

const SUCCESS: &str = "SUCCESS";
const FAILURE: &str = "FAILURE";
const RETRY: &str = "RETRY";
const PENDING: &str = "PENDING";

/// Celery's name of the state that a sorted timeline amounts to.
pub(super) fn celery_state(events: &[TaskMoment]) -> &str {
    let mut state = PENDING;
    for moment in events {
        let Some(new) = name(moment) else { continue };
        let taken = if new == RETRY {
            state != SUCCESS && state != FAILURE
        } else {
            state == RETRY || precedence(new) <= precedence(state)
        };
        if taken {
            state = new;
        }
    }
    state
}

fn name(moment: &TaskMoment) -> Option<&str> {
    Some(match moment.what {
        TaskEventKind::Submitted => PENDING,
        TaskEventKind::Received => "RECEIVED",
        TaskEventKind::Started => "STARTED",
        TaskEventKind::Completed => SUCCESS,
        TaskEventKind::Failed => FAILURE,
        TaskEventKind::Retried => RETRY,
        TaskEventKind::Revoked => "REVOKED",
        TaskEventKind::Rejected => "REJECTED",
        TaskEventKind::Cancelled => "CANCELLED",
        TaskEventKind::Progress => "PROGRESS",
        TaskEventKind::Custom => return moment.detail.as_deref(),
        // Forewatch's own findings and people's doings, which Celery does not know.
        TaskEventKind::Lost | TaskEventKind::Ended | TaskEventKind::Commanded => return None,
    })
}

/// Celery's `states.PRECEDENCE`: a lower number wins; a custom state stands after failure.
fn precedence(state: &str) -> u8 {
    match state {
        SUCCESS => 0,
        FAILURE => 1,
        "REVOKED" => 3,
        "STARTED" => 4,
        "RECEIVED" => 5,
        "REJECTED" => 6,
        RETRY => 7,
        PENDING => 8,
        _ => 2,
    }
}
