//! What did not come through, told as events a few times a minute, not once a message.

use super::count::{Counts, Reason};
use super::refusal::Refusal;
use super::text;
use forewatch::EventBody;

/// What has been told already, and one example of each reason.
#[derive(Default)]
pub(super) struct Losses {
    told: [u64; Reason::ALL.len()],
    examples: [Option<String>; Reason::ALL.len()],
}

impl Losses {
    /// Remembers why, to tell it with the count.
    pub(super) fn example(&mut self, refusal: &Refusal) {
        let example = &mut self.examples[refusal.reason() as usize];
        if example.is_none() {
            *example = Some(text::head(&refusal.to_string(), text::MAX_LINE));
        }
    }

    /// What was lost since the last call.
    pub(super) fn since_last(&mut self, counts: &Counts) -> Vec<EventBody> {
        let mut lost = Vec::new();
        for reason in Reason::ALL {
            let now = counts.refused(reason);
            let before = std::mem::replace(&mut self.told[reason as usize], now);
            if now > before {
                let example = self.examples[reason as usize].take();
                let reason = example.unwrap_or_else(|| match reason {
                    Reason::Overrun => "messages came faster than they could be taken".to_owned(),
                    other => format!("messages were refused ({})", other.as_str()),
                });
                lost.push(EventBody::EventsLost { count: now - before, reason });
            }
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
        let expected = EventBody::EventsLost { count: 2, reason: refusal.to_string() };
        assert_eq!(losses.since_last(&counts), [expected]);
        assert_eq!(losses.since_last(&counts), []);
    }
}
