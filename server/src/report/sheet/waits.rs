//! Who waited for whom, as two tables: how long each user's tasks waited, and for whom the most.

use super::super::figure::{Better, Figure, Of};
use super::super::waits::MAX_TASKS;
use super::{Row, Section, named};
use forewatch::format;
use forewatch::report::{Report, UserWait, WaitedFor, Waits};

/// Rows of the second table.
const PAIRS: usize = 20;

/// How long the tasks of each user waited.
pub(super) fn by_user(report: &Report) -> Section {
    let (rows, note) = match known(report) {
        Ok(None) => (Vec::new(), None),
        Ok(Some(waits)) => {
            let told = waits.users.iter().filter(|user| !user.is_other).count() as u64;
            let note = (waits.total > told).then(|| {
                format!("The {told} users whose tasks waited and ran longest of {}.", format::count(waits.total))
            });
            (waits.users.iter().map(user).collect(), note)
        }
        Err(reason) => (Vec::new(), Some(reason)),
    };
    Section { title: "Waiting by user", of: "User", rows, note }
}

/// Who waited for whom, the longest first.
pub(super) fn by_pair(report: &Report) -> Section {
    let mut pairs: Vec<(&UserWait, &WaitedFor)> = match known(report) {
        Ok(Some(waits)) => {
            let pairs = |user| parts(user).map(move |part| (user, part));
            waits.users.iter().flat_map(pairs).collect()
        }
        Ok(None) | Err(_) => Vec::new(),
    };
    pairs.sort_by(|a, b| b.1.seconds.total_cmp(&a.1.seconds));
    let note = (!pairs.is_empty()).then(|| {
        let longest = if pairs.len() > PAIRS { format!("The {PAIRS} longest of {}. ", pairs.len()) } else { String::new() };
        format!(
            "{longest}Each moment of a wait is shared evenly among the tasks that run in that moment on the queue's workers: \
             those that ran a task of the same queue. A task runs from the begin of its last attempt to its end."
        )
    });
    let rows = pairs.into_iter().take(PAIRS).map(|(user, part)| {
        let names = [(user.key.as_deref(), user.is_other), (part.key.as_deref(), part.is_other)];
        let [waiting, running] = names.map(|(key, is_other)| named(key, is_other));
        let figures = vec![
            figure("Waited", Of::Seconds, Some(part.seconds)),
            figure("Of all its waiting", Of::Share, (user.seconds > 0.0).then(|| part.seconds / user.seconds)),
        ];
        Row { name: format!("{waiting} for {running}"), figures }
    });
    Section { title: "Who waited for whom", of: "Users", rows: rows.collect(), note }
}

/// The waits; none where no user is told, or nobody waited. Why they are not known, where they are not.
fn known(report: &Report) -> Result<Option<&Waits>, String> {
    let Some(waits) = &report.waits else {
        return Err(if report.errors.is_none() {
            "Single tasks of this period are no longer kept.".to_owned()
        } else {
            let most = format::count(MAX_TASKS as u64);
            format!("Not told: more than {most} tasks ended. Choose a shorter period.")
        });
    };
    let is_told = waits.users.iter().any(|user| user.key.is_some() && user.seconds > 0.0);
    Ok(is_told.then_some(waits))
}

/// For whom a user waited but for itself.
fn parts(user: &UserWait) -> impl Iterator<Item = &WaitedFor> {
    user.waited_for.iter().filter(|part| !user.is_of(part))
}

fn user(user: &UserWait) -> Row {
    let figures = vec![
        figure("Tasks", Of::Count, Some(user.tasks as f64)),
        figure("Waited in all", Of::Seconds, Some(user.seconds)),
        figure("p50", Of::Seconds, user.wait.map(|wait| wait.p50)),
        figure("p95", Of::Seconds, user.wait.map(|wait| wait.p95)),
        figure("While nothing ran", Of::Seconds, Some(user.idle_seconds)),
        figure("For its own tasks", Of::Seconds, Some(user.own_seconds())),
        figure("For others' tasks", Of::Seconds, Some(user.others_seconds())),
        figure("Others waited for it", Of::Seconds, Some(user.caused_seconds)),
    ];
    Row { name: named(user.key.as_deref(), user.is_other), figures }
}

/// These are told of the period alone.
fn figure(name: &'static str, of: Of, now: Option<f64>) -> Figure {
    Figure { name, of, better: Better::Neither, now, before: None }
}
