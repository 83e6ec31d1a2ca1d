//! The verdicts on queues and on tasks, each in its words.

use super::*;
use crate::why::task_limit;

#[test]
fn a_queue_that_nobody_serves_says_so_and_names_those_who_are_away() {
    let mut world = World::new();
    world.lies(1, 5, 0, 0);
    assert_says(
        &world.limit(2),
        LimitWord::Unknown,
        "Which workers take from it is not known, nor what holds its tasks back.",
    );
    world.worker("other", Some(1), &["cpu"]);
    assert_says(&world.limit(2), LimitWord::Unserved, "Nobody serves it: no worker takes from it.");
    world.worker("gpu-1", Some(1), &["gpu"]);
    world.tell(3, EventBody::WorkerWentOffline { worker_id: worker("gpu-1") });
    let limit = world.limit(62);
    assert_says(
        &limit,
        LimitWord::Offline,
        "Nobody serves it now: its only worker, gpu-1, is offline, silent for 1 min 02 s.",
    );
    assert_eq!(limit.worker_id, Some(worker("gpu-1")));
    world.worker("gpu-2", Some(1), &["gpu"]);
    world.beat(62, "gpu-2", json!({ "status": "maintenance" }));
    assert_says(
        &world.limit(62),
        LimitWord::Offline,
        "Nobody serves it now: of its 2 workers 1 offline, 1 in maintenance; the last, gpu-1, has been silent for 1 min 02 s.",
    );
    world.tell(63, EventBody::WorkerDeregistered { worker_id: worker("gpu-1") });
    assert_says(
        &world.limit(63),
        LimitWord::Paused,
        "Nobody serves it now: its only worker, gpu-2, is in maintenance.",
    );
}

#[test]
fn a_queue_that_somebody_paused_or_whose_workers_are_drained_says_so() {
    let mut world = World::new();
    world.lies(1, 5, 0, 0);
    world.worker("gpu-1", Some(1), &["gpu"]);
    let ask = |world: &mut World, second, command| {
        let control_id = ControlId::new(format!("c{second}")).expect("valid");
        world.tell(second, EventBody::ControlAsked { control_id, actor: Actor { name: "Mara".to_owned() }, command });
    };
    ask(&mut world, 2, ControlCommand::Drain { worker_id: worker("gpu-1") });
    let held = EventBody::QueuesHeld { worker_id: worker("gpu-1"), taken: vec!["gpu".to_owned()], given: Vec::new() };
    world.tell(2, held);
    assert_says(&world.limit(3), LimitWord::Paused, "Nobody serves it now: its only worker, gpu-1, is drained.");
    let queue = world.fleet.queues.keys().next().expect("a queue").clone();
    ask(&mut world, 4, ControlCommand::PauseQueue { queue });
    assert_says(&world.limit(64), LimitWord::Paused, "Mara paused it 1 min 00 s ago: workers leave it alone.");
}

#[test]
fn where_every_slot_is_taken_it_says_by_what() {
    let mut world = World::new();
    world.worker("a", Some(2), &["gpu"]);
    world.worker("b", Some(2), &["gpu", "cpu"]);
    world.lies(1, 3, 0, 0);
    for (id, on, name) in [("1", "a", "encode"), ("2", "a", "encode"), ("3", "b", "encode")] {
        world.runs(2, id, on, name);
    }
    assert_says(
        &world.limit(3),
        LimitWord::Unknown,
        "3 tasks wait although 1 slot of its workers is free: why is not known.",
    );
    world.runs(3, "4", "b", "thumb");
    assert_says(&world.limit(3), LimitWord::Busy, "All 4 slots of its 2 workers are taken, 3 by encode.");
    world.task(4, "4", TaskEventKind::Completed, Some("b"), named("thumb"));
    world.runs(4, "5", "b", "encode");
    let limit = world.limit(4);
    assert_says(&limit, LimitWord::Busy, "All 4 slots of its 2 workers are taken by encode.");
    assert_eq!((limit.worker_id, limit.task_id), (None, None));
}

#[test]
fn the_task_in_the_only_slot_is_named() {
    let mut world = World::new();
    world.worker("a", Some(1), &["gpu"]);
    world.lies(1, 3, 0, 0);
    world.runs(2, "long", "a", "encode");
    world.lies(722, 3, 0, 0);
    let limit = world.limit(722);
    assert_says(&limit, LimitWord::Busy, "The only slot of its worker a is taken by encode for 12 min 00 s.");
    assert_eq!((limit.worker_id, limit.task_id.as_deref()), (Some(worker("a")), Some("long")));
}

#[test]
fn what_a_busy_worker_has_reserved_waits_though_others_are_free() {
    let mut world = World::new();
    world.worker("a", Some(1), &["gpu"]);
    world.worker("b", Some(4), &["gpu"]);
    world.lies(1, 0, 3, 0);
    world.runs(2, "long", "a", "encode");
    for id in ["r1", "r2"] {
        world.task(3, id, TaskEventKind::Received, Some("a"), named("encode"));
    }
    // Nobody says of this one from which queue it is: its worker takes from one only.
    world.task(3, "r3", TaskEventKind::Received, Some("a"), TaskFields::default());
    let limit = world.limit(62);
    assert_says(
        &limit,
        LimitWord::Reserved,
        "3 tasks are reserved by a, which has been running encode for 1 min 00 s, while 4 slots of other workers are free.",
    );
    assert_eq!((limit.worker_id, limit.task_id.as_deref()), (Some(worker("a")), Some("long")));
    // What still lies in the broker can be taken by the other worker: the reservation is not what holds it back.
    world.lies(63, 2, 3, 0);
    assert_eq!(world.limit(63).word, LimitWord::Unknown);
    // And where no slot is free anywhere, it is that.
    world.lies(64, 0, 3, 0);
    for id in ["1", "2", "3", "4"] {
        world.runs(64, id, "b", "encode");
    }
    assert_eq!(world.limit(64).word, LimitWord::Busy);
}

#[test]
fn saturated_gpus_are_told_also_where_the_agent_of_the_host_reports_them() {
    let mut world = World::new();
    world.worker("a", Some(2), &["gpu"]);
    let agent = json!({ "worker_id": "agent", "host_id": "a" });
    world.tell(0, EventBody::WorkerRegistered(Box::new(serde_json::from_value(agent).expect("a registration"))));
    world.lies(1, 3, 0, 0);
    let load = |one: f64, two: f64| json!({ "gpus": [{ "index": 0, "utilization": one }, { "index": 1, "utilization": two }] });
    world.beat(2, "agent", load(1.0, 0.9));
    assert_ne!(world.limit(2).word, LimitWord::Gpu, "a mean of 95 % is not over it");
    world.beat(3, "agent", load(1.0, 0.96));
    let limit = world.limit(3);
    assert_says(&limit, LimitWord::Gpu, "The GPUs of its worker a are 98 % busy.");
    assert_eq!(limit.worker_id, Some(worker("a")));
    world.runs(3, "1", "a", "encode");
    world.runs(3, "2", "a", "encode");
    assert_says(&world.limit(3), LimitWord::Gpu, "The GPUs of its worker a are 98 % busy, and all 2 slots are taken.");
}

#[test]
fn what_waits_on_purpose_holds_nothing_back() {
    let mut world = World::new();
    world.worker("a", Some(1), &["gpu"]);
    world.lies(1, 0, 0, 0);
    assert_says(&world.limit(1), LimitWord::Empty, "Nothing waits in it.");
    world.lies(2, 0, 0, 2);
    let later = |seconds| TaskFields { eta: Some(at(seconds)), ..named("encode") };
    world.task(2, "1", TaskEventKind::Received, Some("a"), later(300));
    world.task(2, "2", TaskEventKind::Received, Some("a"), later(240));
    assert_says(
        &world.limit(60),
        LimitWord::Delayed,
        "On purpose: 2 tasks wait for their time, the first for another 3 min 00 s.",
    );
}

#[test]
fn of_a_queue_that_is_not_measured_the_tasks_tell_what_waits_on_purpose() {
    let mut world = World::new();
    let later = TaskFields { eta: Some(at(100)), ..named("encode") };
    world.task(2, "1", TaskEventKind::Submitted, None, later);
    world.task(2, "2", TaskEventKind::Started, None, named("encode"));
    world.task(3, "2", TaskEventKind::Retried, None, named("encode"));
    let both = "On purpose: 1 task waits for its time, for another 40 s, 1 task waits to be tried again.";
    assert_says(&world.limit(60), LimitWord::Delayed, both);
    // Its time has come.
    assert_ne!(world.limit(100).word, LimitWord::Delayed);
}

#[test]
fn of_a_broker_that_does_not_answer_nothing_is_known() {
    let mut world = World::new();
    let change =
        |state| EventBody::SourceChanged(SourceChange { state, url: None, error: None, takes_commands: false });
    world.tell(0, change(SourceState::Up));
    world.lies(1, 3, 0, 0);
    world.tell(2, change(SourceState::Down));
    assert_says(&world.limit(3), LimitWord::Unknown, "celery does not answer: what waits is not known.");
}

#[test]
fn a_queue_whose_workers_do_not_tell_their_slots_is_judged_by_what_ends() {
    let mut world = World::new();
    world.worker("a", None, &["gpu"]);
    for n in 0..60 {
        let id = n.to_string();
        world.task(n, &id, TaskEventKind::Submitted, None, named("encode"));
        world.runs(n, &id, "a", "encode");
        world.task(n + 1, &id, TaskEventKind::Completed, Some("a"), named("encode"));
    }
    world.lies(60, 6, 0, 0);
    let limit = world.limit(60);
    assert_eq!(limit.word, LimitWord::Served, "{}", limit.sentence);
    assert!(limit.sentence.starts_with("It is served: 60 tasks a minute end"), "{}", limit.sentence);
    // An hour later nothing has ended for long.
    world.lies(3_000, 6, 0, 0);
    assert_says(
        &world.limit(3_000),
        LimitWord::Unknown,
        "6 tasks wait, and its workers do not say how many they run at once: why is not known.",
    );
}

#[test]
fn a_waiting_task_has_its_own_reason_or_that_of_its_queue() {
    let mut world = World::new();
    world.worker("a", Some(1), &["gpu"]);
    world.lies(1, 1, 1, 0);
    world.runs(2, "long", "a", "encode");
    world.task(3, "reserved", TaskEventKind::Received, Some("a"), named("encode"));
    world.task(3, "lies", TaskEventKind::Submitted, None, named("encode"));
    world.task(3, "later", TaskEventKind::Submitted, None, TaskFields { eta: Some(at(122)), ..named("encode") });
    world.task(3, "again", TaskEventKind::Started, Some("a"), named("encode"));
    world.task(4, "again", TaskEventKind::Retried, Some("a"), named("encode"));
    world.task(4, "nowhere", TaskEventKind::Submitted, None, TaskFields::default());
    tick(&mut world.fleet, &world.settings, at(62), &mut Changes::default());
    for (id, word, sentence) in [
        ("reserved", LimitWord::Reserved, "It is reserved by a, which has been running encode for 1 min 00 s."),
        (
            "lies",
            LimitWord::Busy,
            "Its queue, celery:gpu: The only slot of its worker a is taken by encode for 1 min 00 s; it grows by 2 a minute.",
        ),
        ("later", LimitWord::Delayed, "On purpose: it waits for its time, for another 1 min 00 s."),
        ("again", LimitWord::Delayed, "On purpose: it waits to be tried again."),
        ("nowhere", LimitWord::Unknown, "In which queue it waits is not known, nor why."),
    ] {
        let task = &world.fleet.tasks[&TaskId::new(id).expect("valid")];
        assert_says(&task_limit(&world.fleet, task).expect("it waits"), word, sentence);
    }
    let running = &world.fleet.tasks[&TaskId::new("long").expect("valid")];
    assert_eq!(task_limit(&world.fleet, running), None);
}
