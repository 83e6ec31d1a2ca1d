//! What can be asked of a worker.

use super::{Ask, Does, Ends, counted};
use crate::components::icon::Glyph;
use forewatch::WorkerMetrics;
use forewatch::control::ControlCommand;

/// What can be asked of one worker as it is; of one that is offline nothing. `names` are tasks' names to choose from.
pub fn of_worker(worker: &WorkerMetrics, names: &[String]) -> Vec<Ask> {
    if !worker.is_online {
        return Vec::new();
    }
    let (name, worker_id) = (&worker.name, worker.worker_id.clone());
    let ask = |key, verb, glyph, question: Option<(String, String)>, does| Ask {
        key,
        about: name.clone(),
        verb,
        glyph,
        ends: Ends::Nothing,
        question,
        does,
    };
    let its_tasks = match worker.active_tasks {
        0 => String::new(),
        count => [" the ", &counted(count, "task"), " that it runs"].concat(),
    };
    let (verb, glyph, question, sentence, command) = if worker.drained.is_some() {
        let from =
            if worker.queues.is_empty() { String::new() } else { [" from ", &worker.queues.join(", ")].concat() };
        let sentence = [name, " takes tasks", &from, " again."].concat();
        let command = ControlCommand::Undrain { worker_id: worker_id.clone() };
        ("Take up work again", Glyph::Play, ["Have ", name, " work again?"].concat(), sentence, command)
    } else {
        let ends = if its_tasks.is_empty() { String::new() } else { [" and finishes", &its_tasks].concat() };
        let sentence = [name, " takes no more tasks", &ends, ". It stays up, and can take up work again at any time."];
        let command = ControlCommand::Drain { worker_id: worker_id.clone() };
        ("Drain", Glyph::Pause, ["Drain ", name, "?"].concat(), sentence.concat(), command)
    };
    let drain = ask("hold", verb, Some(glyph), Some((question, sentence)), Does::Asks(command));
    let ping = Does::Asks(ControlCommand::Ping { worker_id: worker_id.clone() });
    let resize = Does::Resizes { worker_id: worker_id.clone(), size: worker.max_concurrent_tasks };
    let limit = Does::Limits { worker_id: worker_id.clone(), names: names.to_vec() };
    let kept = if its_tasks.is_empty() { String::new() } else { [" finishes", &its_tasks, ","].concat() };
    let sentence = [
        name,
        &kept,
        " gives back what it has not started, and ends. Only what started it can start it again: Forewatch cannot.",
    ];
    let shut_down = Ask {
        ends: Ends::Something,
        ..ask(
            "stop",
            "Shut down",
            Some(Glyph::Offline),
            Some((["Shut down ", name, "?"].concat(), sentence.concat())),
            Does::Asks(ControlCommand::ShutDown { worker_id }),
        )
    };
    let lasts = |what: &str| Some((what.to_owned(), "It holds until the worker restarts.".to_owned()));
    vec![
        drain,
        ask("ping", "Ping", Some(Glyph::Sync), None, ping),
        ask("resize", "Resize pool", None, lasts(&["Resize the pool of ", name, "?"].concat()), resize),
        ask("limit", "Limit rate", None, lasts(&["Limit how often ", name, " starts tasks?"].concat()), limit),
        shut_down,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::queue::HeldBack;

    #[test]
    fn a_worker_is_drained_or_works_again_and_offline_it_is_asked_nothing() {
        let text = include_str!("../../../tests/golden/worker_metrics.json");
        let mut worker: WorkerMetrics = serde_json::from_str(text).expect("a golden record is readable");
        (worker.is_online, worker.active_tasks) = (true, 2);
        worker.name = "gpu-3".to_owned();
        let asks = of_worker(&worker, &[]);
        let verbs: Vec<_> = asks.iter().map(|ask| ask.verb).collect();
        assert_eq!(verbs, ["Drain", "Ping", "Resize pool", "Limit rate", "Shut down"]);
        let says = |ask: &Ask| ask.question.clone().map(|(_, sentence)| sentence).unwrap_or_default();
        assert!(says(&asks[0]).starts_with("gpu-3 takes no more tasks and finishes the 2 tasks that it runs. "));
        assert!(says(&asks[4]).starts_with("gpu-3 finishes the 2 tasks that it runs, gives back"));
        worker.drained = Some(HeldBack { by: "Ann".to_owned(), at: worker.timestamp });
        worker.queues = vec!["gpu".to_owned(), "cpu".to_owned()];
        let asks = of_worker(&worker, &[]);
        assert_eq!((asks[0].verb, &*says(&asks[0])), ("Take up work again", "gpu-3 takes tasks from gpu, cpu again."));
        worker.is_online = false;
        assert_eq!(of_worker(&worker, &[]), []);
    }
}
