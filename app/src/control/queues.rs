//! What can be asked about a queue.

use super::{Ask, Does, Ends, counted};
use crate::components::icon::Glyph;
use forewatch::QueueStats;
use forewatch::control::ControlCommand;

/// Pause, or resume.
pub fn of_queue(queue: &QueueStats) -> Ask {
    let (id, name) = (queue.id.clone(), &*queue.id);
    let waiting = match queue.pending_tasks {
        0 => "Nothing waits in it now.".to_owned(),
        1 => "1 task waits in it now.".to_owned(),
        many => [&forewatch::format::count(many), " tasks wait in it now."].concat(),
    };
    let (verb, glyph, question, sentence, command) = if queue.paused.is_some() {
        let sentence = ["Workers take tasks from it again. ", &waiting].concat();
        ("Resume", Glyph::Play, ["Resume ", name, "?"].concat(), sentence, ControlCommand::ResumeQueue { queue: id })
    } else {
        let who = queue.worker_count.filter(|count| *count > 0);
        let who = who.map_or_else(|| "Workers".to_owned(), |count| ["Its ", &counted(count, "worker")].concat());
        let take = if queue.worker_count == Some(1) { " takes" } else { " take" };
        let sentence = [
            &who,
            take,
            " nothing more from it until it is resumed; what has been taken is worked on to its end. ",
            &waiting,
        ];
        let (question, sentence) = (["Pause ", name, "?"].concat(), sentence.concat());
        ("Pause", Glyph::Pause, question, sentence, ControlCommand::PauseQueue { queue: id })
    };
    Ask {
        key: "hold",
        about: queue.id.to_string(),
        verb,
        glyph: Some(glyph),
        ends: Ends::Nothing,
        question: Some((question, sentence)),
        does: Does::Asks(command),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::queue::HeldBack;

    fn sentence(queue: &QueueStats) -> (&'static str, String) {
        let ask = of_queue(queue);
        (ask.verb, ask.question.expect("a queue is asked about").1)
    }

    #[test]
    fn a_queue_is_paused_or_resumed_with_what_that_means() {
        let text = include_str!("../../../tests/golden/queue_stats.json");
        let mut queue: QueueStats = serde_json::from_str(text).expect("a golden record is readable");
        (queue.pending_tasks, queue.worker_count) = (12, Some(3));
        let pauses = "Its 3 workers take nothing more from it until it is resumed; what has been taken is worked on to its end. 12 tasks wait in it now.";
        assert_eq!(sentence(&queue), ("Pause", pauses.to_owned()));
        queue.worker_count = Some(1);
        assert!(sentence(&queue).1.starts_with("Its 1 worker takes nothing more"));
        queue.worker_count = None;
        assert!(sentence(&queue).1.starts_with("Workers take nothing more"));
        queue.paused = Some(HeldBack { by: "Ann".to_owned(), at: queue.timestamp });
        assert_eq!(
            sentence(&queue),
            ("Resume", "Workers take tasks from it again. 12 tasks wait in it now.".to_owned())
        );
    }
}
