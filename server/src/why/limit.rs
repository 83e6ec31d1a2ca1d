//! The verdict on a queue: the first of these that is so. Each sentence says only what is known.

use super::hands::{Away, Hands, away, free, is_for_gpus};
use super::open::Open;
use crate::collector::{Fleet, Queue, is_silent};
use forewatch::limit::{Limit, LimitWord};
use forewatch::time::seconds_between;
use forewatch::{QueueStats, WorkerMetrics, format};

/// A mean load of its GPUs above this saturates them.
const SATURATED: f64 = 0.95;

/// A queue with those who take from it.
struct Sight<'a> {
    fleet: &'a Fleet,
    queue: &'a Queue,
    hands: &'a Hands<'a>,
    open: &'a Open<'a>,
    /// Online ones.
    workers: Vec<&'a WorkerMetrics>,
    /// Tasks that wait and could be taken now.
    due: u64,
}

/// What holds a queue back.
pub(super) fn of<'a>(fleet: &'a Fleet, queue: &'a Queue, hands: &'a Hands<'a>, open: &'a Open<'a>) -> Limit {
    let stats = &queue.stats;
    // What lies in a broker is due: it is its worker that keeps a task until its time. Elsewhere the tasks tell.
    let (retrying, delayed) = match stats.length {
        Some(_) => (0, stats.delayed_tasks),
        None => (queue.states.retrying, open.due(queue).map_or(0, |(count, _)| count)),
    };
    let due = stats.pending_tasks.saturating_sub(delayed).saturating_sub(retrying);
    let all = hands.on(queue);
    let workers = all.iter().copied().filter(|worker| away(worker).is_none()).collect();
    let sight = Sight { fleet, queue, hands, open, workers, due };
    if is_silent(fleet, &queue.source) {
        return plain(LimitWord::Unknown, format!("{} does not answer: what waits is not known.", queue.source));
    }
    if stats.pending_tasks == 0 {
        return plain(LimitWord::Empty, "Nothing waits in it.".to_owned());
    }
    if due == 0 {
        return sight.delayed(delayed, retrying);
    }
    if let Some(paused) = &queue.paused {
        let ago = format::age(seconds_between(paused.at, fleet.now).max(0.0));
        return plain(LimitWord::Paused, format!("{} paused it {ago} ago: workers leave it alone.", paused.by));
    }
    if sight.workers.is_empty() && !all.is_empty() && matches!(stats.worker_count, None | Some(0)) {
        return sight.away(all);
    }
    if stats.worker_count == Some(0) {
        return plain(LimitWord::Unserved, "Nobody serves it: no worker takes from it.".to_owned());
    }
    sight.reserved().or_else(|| sight.gpus()).or_else(|| sight.busy()).unwrap_or_else(|| sight.otherwise())
}

fn plain(word: LimitWord, sentence: String) -> Limit {
    Limit { word, sentence, worker_id: None, task_id: None }
}

/// "1 slot", "3 slots".
fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", format::count(count), if count == 1 { one } else { many })
}

impl<'a> Sight<'a> {
    /// All of it waits on purpose.
    fn delayed(&self, delayed: u64, retrying: u64) -> Limit {
        let due = self.open.due(self.queue).map(|(_, at)| format::age(seconds_between(self.fleet.now, at)));
        let first = if delayed == 1 { "" } else { "the first " };
        let due = due.map(|left| format!(", {first}for another {left}")).unwrap_or_default();
        let of_time = counted(delayed, "task waits for its time", "tasks wait for their time") + &due;
        let again = counted(retrying, "task waits to be tried again", "tasks wait to be tried again");
        let parts = [(delayed, of_time), (retrying, again)];
        let parts: Vec<_> = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, part)| part).collect();
        plain(LimitWord::Delayed, format!("On purpose: {}.", parts.join(", ")))
    }

    /// Those that take from it are away: how, and the one that went last.
    fn away(&self, all: &[&'a WorkerMetrics]) -> Limit {
        let count = |kind: Away| all.iter().filter(|worker| away(worker) == Some(kind)).count() as u64;
        let (offline, error) = (count(Away::Offline), count(Away::Error));
        let (paused, drained) = (count(Away::Paused), count(Away::Drained));
        let word = if offline + error == 0 { LimitWord::Paused } else { LimitWord::Offline };
        let last = all.iter().filter(|worker| away(worker) == Some(Away::Offline)).max_by_key(|w| w.last_heartbeat);
        let silent = |worker: &WorkerMetrics| format::age(seconds_between(worker.last_heartbeat, self.fleet.now));
        let how = [(offline, "offline"), (error, "in error"), (paused, "in maintenance"), (drained, "drained")];
        let how: Vec<_> = how.into_iter().filter(|(count, _)| *count > 0).collect();
        let sentence = match (all, how.as_slice()) {
            ([one], [(_, how)]) => format!("Nobody serves it now: its only worker, {}, is {how}", one.name),
            (_, [(_, how)]) => {
                format!("Nobody serves it now: its {} workers are {how}", format::count(all.len() as u64))
            }
            _ => {
                let parts: Vec<_> = how.iter().map(|(count, how)| format!("{} {how}", format::count(*count))).collect();
                let all = format::count(all.len() as u64);
                format!("Nobody serves it now: of its {all} workers {}", parts.join(", "))
            }
        };
        let silent = last.map(|worker| match all.len() {
            1 => format!(", silent for {}", silent(worker)),
            _ => format!("; the last, {}, has been silent for {}", worker.name, silent(worker)),
        });
        let named = last.or(if all.len() == 1 { all.first() } else { None });
        let worker_id = named.map(|worker| worker.worker_id.clone());
        Limit { worker_id, ..plain(word, sentence + &silent.unwrap_or_default() + ".") }
    }

    /// All that could be taken is reserved, by a worker without a free slot, while others have some.
    fn reserved(&self) -> Option<Limit> {
        let reserved = |worker: &&'a WorkerMetrics| self.open.reserved(worker, self.queue);
        let all: u64 = self.workers.iter().map(reserved).sum();
        let free_slots: u64 = self.workers.iter().filter_map(|worker| free(worker)).sum();
        let full = self.workers.iter().filter(|worker| free(worker) == Some(0));
        let (count, worker) = full.map(|worker| (reserved(worker), *worker)).max_by_key(|(count, _)| *count)?;
        if count == 0 || all < self.due || free_slots == 0 {
            return None;
        }
        let longest = self.open.longest(worker);
        let runs = longest.map(|(since, task)| {
            let name = crate::alerts::name_of(task).unwrap_or(&task.task_id);
            format!(", which has been running {name} for {}", format::age(seconds_between(since, self.fleet.now)))
        });
        let sentence = format!(
            "{} reserved by {}{}, while {} of other workers {} free.",
            counted(count, "task is", "tasks are"),
            worker.name,
            runs.unwrap_or_default(),
            counted(free_slots, "slot", "slots"),
            if free_slots == 1 { "is" } else { "are" },
        );
        let task_id = longest.map(|(_, task)| task.task_id.clone());
        Some(Limit { worker_id: Some(worker.worker_id.clone()), task_id, ..plain(LimitWord::Reserved, sentence) })
    }

    fn gpus(&self) -> Option<Limit> {
        let load = self.hands.gpu_load(&self.workers).filter(|load| *load > SATURATED)?;
        if !is_for_gpus(self.fleet, self.queue, &self.workers) {
            return None;
        }
        let slots = self.all_taken().map(|slots| match slots {
            1 => ", and the only slot is taken".to_owned(),
            slots => format!(", and all {} slots are taken", format::count(slots)),
        });
        let (slots, course) = (slots.unwrap_or_default(), course(&self.queue.stats));
        let load = format::ratio((load * 100.0).round() / 100.0);
        let sentence = format!("The GPUs of {} are {load} busy{slots}{course}.", self.whose());
        Some(Limit { worker_id: self.only(), ..plain(LimitWord::Gpu, sentence) })
    }

    /// All slots are taken: by what, mostly.
    fn busy(&self) -> Option<Limit> {
        let slots = self.all_taken()?;
        let by = match (self.workers.as_slice(), self.open.mostly(&self.workers)) {
            (_, None) => String::new(),
            ([one], Some((name, _))) if slots == 1 => {
                let since = self.open.longest(one).map(|(since, _)| seconds_between(since, self.fleet.now));
                let since = since.map(|seconds| format!(" for {}", format::age(seconds))).unwrap_or_default();
                format!(" by {name}{since}")
            }
            (_, Some((name, count))) if count >= slots => format!(" by {name}"),
            (_, Some((name, count))) => format!(", {} by {name}", format::count(count)),
        };
        let (all, are) = match slots {
            1 => ("The only slot".to_owned(), "is"),
            slots => (format!("All {} slots", format::count(slots)), "are"),
        };
        let sentence = format!("{all} of {} {are} taken{by}{}.", self.whose(), course(&self.queue.stats));
        let of_one = self.workers.first().filter(|_| slots == 1).and_then(|worker| self.open.longest(worker));
        let task_id = of_one.map(|(_, task)| task.task_id.clone());
        Some(Limit { worker_id: self.only(), task_id, ..plain(LimitWord::Busy, sentence) })
    }

    /// Nothing that holds it back is known.
    fn otherwise(&self) -> Limit {
        let stats = &self.queue.stats;
        let ends = stats.service_rate.filter(|rate| *rate > 0.0);
        if let Some(rate) = ends {
            let ends = per_minute(rate);
            return plain(LimitWord::Served, format!("It is served: {ends} tasks a minute end{}.", course(stats)));
        }
        let waits = counted(self.due, "task waits", "tasks wait");
        let sentence = match self.workers.iter().map(|worker| free(worker)).sum::<Option<u64>>() {
            _ if self.workers.is_empty() => {
                "Which workers take from it is not known, nor what holds its tasks back.".to_owned()
            }
            Some(free) => {
                let free = counted(free, "slot of its workers is", "slots of its workers are");
                format!("{waits} although {free} free: why is not known.")
            }
            None => format!("{waits}, and its workers do not say how many they run at once: why is not known."),
        };
        plain(LimitWord::Unknown, sentence)
    }

    /// The slots of its workers, when none is free.
    fn all_taken(&self) -> Option<u64> {
        let slots: Option<u64> = self.workers.iter().map(|worker| worker.max_concurrent_tasks.map(u64::from)).sum();
        let is_full = !self.workers.is_empty() && self.workers.iter().all(|worker| free(worker) == Some(0));
        slots.filter(|slots| is_full && *slots > 0)
    }

    /// "its worker gpu-1", "its 4 workers".
    fn whose(&self) -> String {
        match self.workers.as_slice() {
            [one] => format!("its worker {}", one.name),
            many => format!("its {} workers", format::count(many.len() as u64)),
        }
    }

    fn only(&self) -> Option<forewatch::WorkerId> {
        if let [one] = self.workers.as_slice() { Some(one.worker_id.clone()) } else { None }
    }
}

/// Where the queue is heading at the rates of the last minute, where that is known.
fn course(stats: &QueueStats) -> String {
    let growth = stats.arrival_rate.zip(stats.service_rate).map(|(arrive, end)| arrive - end);
    match (stats.drain_time, growth) {
        (Some(left), _) => format!("; it empties in {} at this rate", format::duration(left)),
        (None, Some(growth)) if growth > 1.0 / 600.0 => {
            format!("; it grows by {} a minute", per_minute(growth))
        }
        _ => String::new(),
    }
}

/// A rate a second as one a minute.
fn per_minute(rate: f64) -> String {
    format::number((rate * 600.0).round() / 10.0)
}
