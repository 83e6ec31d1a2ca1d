//! What did not come through, told as events a few times a minute, not once a message.

use super::count::{Counts, Reason};
use super::refusal::Refusal;
use super::text;
use forewatch::EventBody;
use forewatch::event::Loss;
use std::time::Duration;
use tokio::time::Instant;

/// How often a log line tells of losses, and a full list is told of again.
const SELDOM: Duration = Duration::from_mins(1);

/// What has been told already, and one example of each reason.
#[derive(Default)]
pub(super) struct Losses {
    told: [u64; Reason::ALL.len()],
    examples: [Option<String>; Reason::ALL.len()],
    logged_at: Option<Instant>,
}

impl Losses {
    /// Remembers why, to tell it with the count.
    pub(super) fn example(&mut self, refusal: &Refusal) {
        let example = &mut self.examples[refusal.reason() as usize];
        if example.is_none() {
            *example = Some(text::head(&refusal.to_string(), text::MAX_LINE));
        }
    }

    /// What was lost since the last call. `full` says which lists are full; what that leaves out has no count.
    pub(super) fn since_last(&mut self, counts: &Counts, full: &[&str]) -> Vec<EventBody> {
        let mut lost = Vec::new();
        let now = Instant::now();
        let due = self.logged_at.is_none_or(|logged_at| now - logged_at >= SELDOM);
        if due {
            let told =
                |reason: &&str| EventBody::EventsLost { count: 0, reason: (*reason).to_owned(), loss: Loss::Missed };
            lost.extend(full.iter().map(told));
        }
        for reason in Reason::ALL {
            let count = counts.refused(reason);
            let before = std::mem::replace(&mut self.told[reason as usize], count);
            if count > before {
                let loss = if reason.is_unreadable() { Loss::Unreadable } else { Loss::Missed };
                let example = self.examples[reason as usize].take();
                let reason = example.unwrap_or_else(|| match reason {
                    Reason::Overrun => "messages came faster than they could be taken".to_owned(),
                    Reason::Missing => "workers began more tasks than they told of: their events were lost on the way, or are switched off for some tasks".to_owned(),
                    Reason::Untracked => "there are more workers than are remembered".to_owned(),
                    other => format!("messages were refused ({})", other.as_str()),
                });
                lost.push(EventBody::EventsLost { count: count - before, reason, loss });
            }
        }
        if due && !lost.is_empty() {
            self.logged_at = Some(now);
            tracing::warn!(?lost, "not all of a Celery application came through");
        }
        lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_is_told_once_with_its_count_and_an_example() {
        let (mut losses, counts) = (Losses::default(), Counts::default());
        let refusal = Refusal::Serializer("application/x-python-serialize".to_owned());
        counts.refuse(Reason::Serializer, 2);
        losses.example(&refusal);
        let expected = EventBody::EventsLost { count: 2, reason: refusal.to_string(), loss: Loss::Unreadable };
        assert_eq!(losses.since_last(&counts, &[]), [expected]);
        assert_eq!(losses.since_last(&counts, &[]), []);
    }

    #[test]
    fn a_full_list_is_told_once_a_minute() {
        let (mut losses, counts) = (Losses::default(), Counts::default());
        let told = |losses: &mut Losses| losses.since_last(&counts, &["no more queues are sampled"]).len();
        assert_eq!([told(&mut losses), told(&mut losses)], [1, 0]);
    }
}
