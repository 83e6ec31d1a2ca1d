use super::*;

fn answer(known: &mut AtWorkers, message: usize, node: &str, has: &[&str]) -> Vec<String> {
    known.answered(message, node, &has.iter().map(|&task| task.to_owned()).collect())
}

fn taken(task: &str, node: &str, runs: bool) -> Taken {
    Taken { task: task.to_owned(), node: node.to_owned(), runs }
}

/// All that a round asks about, in order.
fn asked(known: &mut AtWorkers) -> Vec<String> {
    let mut tasks: Vec<String> = known.begin_round().into_iter().flat_map(|message| message.tasks).collect();
    tasks.sort_unstable();
    tasks
}

#[test]
fn a_task_has_ended_when_its_worker_twice_in_a_row_says_that_it_has_it_not() {
    let mut known = AtWorkers::default();
    known.started("a", "gpu@host");
    let mut answers = Vec::new();
    for has in [&[][..], &["a"], &[], &[]] {
        assert_eq!(asked(&mut known), ["a"]);
        assert!(answer(&mut known, 0, "other@host", &[]).is_empty(), "another worker never had it");
        assert!(answer(&mut known, 1, "gpu@host", &[]).is_empty(), "no such message was sent");
        answers.push(answer(&mut known, 0, "gpu@host", has));
        assert!(answer(&mut known, 0, "gpu@host", has).is_empty(), "an answer counts once");
    }
    assert_eq!(answers, [vec![], vec![], vec![], vec!["a".to_owned()]]);
    assert_eq!(known.begin_round(), [Message { nodes: None, tasks: vec![] }], "for a sign of life");
}

#[test]
fn the_queue_of_a_running_task_is_told_once_and_again_when_it_starts_again() {
    let mut known = AtWorkers::default();
    assert!(!known.place("a"), "it does not run");
    known.started("a", "gpu@host");
    assert!(known.place("a") && !known.place("a"));
    known.started("a", "cpu@host");
    assert!(known.place("a"));
}

#[test]
fn a_task_that_starts_again_or_ends_meanwhile_is_judged_anew() {
    let mut known = AtWorkers::default();
    known.started("again", "gpu@host");
    known.started("ended", "gpu@host");
    for _ in 0..3 {
        known.begin_round();
        assert!(answer(&mut known, 0, "gpu@host", &[]).is_empty());
        known.started("again", "gpu@host");
        known.ended("ended");
    }
}

#[test]
fn what_a_worker_had_taken_is_asked_about_without_counting_as_running() {
    let mut known = AtWorkers::default();
    known.started("runs", "gpu@host");
    let recalled = || vec![taken("runs", "gpu@host", true), taken("waits", "gpu@host", false)];
    known.recall(recalled());
    assert_eq!((known.runs("runs"), known.runs("waits")), (true, false));
    assert_eq!(asked(&mut known), ["runs", "waits"]);
    assert!(answer(&mut known, 0, "gpu@host", &["runs"]).is_empty());
    // Told of again, it is still the same question.
    known.recall(recalled());
    known.begin_round();
    assert_eq!(answer(&mut known, 0, "gpu@host", &["runs"]), ["waits"]);
    known.recall(recalled());
    known.started("waits", "gpu@host");
    assert!(known.runs("waits"));
}

#[test]
fn a_task_that_another_worker_takes_is_not_judged_by_what_the_first_one_says() {
    for heard in [true, false] {
        let mut known = AtWorkers::default();
        known.recall(vec![taken("a", "gpu@host", false)]);
        known.begin_round();
        assert!(answer(&mut known, 0, "gpu@host", &[]).is_empty());
        if heard {
            known.received("a");
        } else {
            known.recall(vec![taken("a", "cpu@host", false)]);
        }
        known.begin_round();
        assert!(answer(&mut known, 0, "gpu@host", &[]).is_empty() && answer(&mut known, 0, "cpu@host", &[]).is_empty());
    }
    let mut known = AtWorkers::default();
    known.started("a", "gpu@host");
    known.received("a");
    assert!(known.runs("a"), "the next attempt may be taken before it is told how this one ended");
}

#[test]
fn a_waiting_task_that_lies_in_the_broker_has_not_ended() {
    let mut known = AtWorkers::default();
    known.recall(vec![taken("runs", "gpu@host", true), taken("waits", "gpu@host", false)]);
    let round = |known: &mut AtWorkers, lies: bool| {
        if lies {
            known.come_again(["runs", "waits", "unheard of"].into_iter());
        }
        known.begin_round();
        answer(known, 0, "gpu@host", &[])
    };
    assert_eq!(round(&mut known, true), [""; 0]);
    assert_eq!(round(&mut known, true), ["runs"], "it runs no more");
    assert_eq!(round(&mut known, true), [""; 0]);
    assert_eq!(round(&mut known, false), ["waits"]);
}

#[test]
fn of_more_tasks_than_a_round_holds_all_get_their_turn() {
    let mut known = AtWorkers::default();
    (0..3 * STEADY).for_each(|n| known.started(&n.to_string(), "gpu@host"));
    let all: BTreeSet<String> = (0..3).flat_map(|_| asked(&mut known)).collect();
    assert_eq!(all.len(), 3 * STEADY);
}

#[test]
fn what_is_in_doubt_is_asked_about_at_once_and_of_those_alone_who_had_it() {
    let mut known = AtWorkers::default();
    let node = |n: usize| format!("{}@host", n % 8);
    known.recall((0..DOUBTED).map(|n| taken(&n.to_string(), &node(n), n % 2 == 0)).collect());
    known.started("steady", "steady@host");
    for round in 0..2 {
        let messages = known.begin_round();
        assert_eq!(messages.len(), DOUBTED / MESSAGE + 1);
        assert_eq!(messages[0].nodes, None);
        let mut gone = 0;
        for (place, message) in messages.iter().enumerate() {
            assert!(message.tasks.len() <= MESSAGE);
            let nodes = message.nodes.clone().unwrap_or_else(|| (0..8).map(node).collect());
            assert!(place == 0 || nodes.len() <= 2, "{nodes:?}");
            gone += nodes.iter().map(|node| answer(&mut known, place, node, &["steady"]).len()).sum::<usize>();
        }
        assert_eq!(gone, if round == 0 { 0 } else { DOUBTED });
    }
    assert_eq!(asked(&mut known), ["steady"]);
}

#[test]
fn what_nobody_answers_for_is_in_doubt_for_a_few_rounds_only() {
    let mut known = AtWorkers::default();
    known.recall((0..=STEADY).map(|n| taken(&n.to_string(), "gone@host", false)).collect());
    let rounds: Vec<usize> = (0..5).map(|_| asked(&mut known).len()).collect();
    assert_eq!(rounds, [STEADY + 1, STEADY + 1, STEADY + 1, STEADY, STEADY]);
}

#[test]
fn what_finds_no_room_is_told_once() {
    let mut known = AtWorkers::default();
    known.recall((0..MAX_TASKS).map(|n| taken(&n.to_string(), "gpu@host", false)).collect());
    known.started("0", "gpu@host");
    assert!(!known.take_full());
    known.started("one more", "gpu@host");
    assert!(known.take_full() && !known.take_full());
}
