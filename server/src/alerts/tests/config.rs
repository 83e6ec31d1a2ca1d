//! Rules as data: what a configuration can say, and how it is told what it cannot.

use super::world::{World, book};
use chrono::TimeDelta;
use forewatch::rule::RuleOrigin;
use forewatch::{AlertSeverity, AlertState};

#[track_caller]
fn refused(config: &str, told: &[&str]) {
    let mistakes = book(config).expect_err("it is refused");
    assert_eq!(mistakes.len(), told.len(), "{mistakes:#?}");
    for part in told {
        assert!(mistakes.iter().any(|mistake| mistake.starts_with(part)), "{part}: {mistakes:#?}");
    }
}

#[test]
fn every_rule_of_the_table_comes_along_and_causes_stand_before_symptoms() {
    let rules = book("").expect("they can be read").rules;
    let place =
        |id: &str| rules.iter().position(|rule| rule.id.as_str() == id).unwrap_or_else(|| panic!("{id} is missing"));
    for id in [
        "worker-offline",
        "worker-error",
        "worker-clock-skew",
        "queue-backlog",
        "queue-stalled",
        "queue-unserved",
        "error-rate",
        "timeout-rate",
        "retry-rate",
        "failing-worker",
        "cpu-high",
        "memory-high",
        "disk-high",
        "gpu-busy",
        "gpu-memory-high",
        "gpu-hot",
        "gpu-throttled",
        "gpu-fault",
        "gpu-idle-with-backlog",
        "task-stuck",
        "source-down",
        "store-failing",
        "objective",
    ] {
        assert!(
            place("source-down") <= place(id) && (id == "source-down" || place("worker-offline") <= place(id)),
            "{id}"
        );
    }
    assert!(place("gpu-fault") < place("gpu-hot") && place("gpu-hot") < place("gpu-throttled"));
    assert!(place("queue-unserved") < place("queue-stalled") && place("queue-stalled") < place("queue-backlog"));
    assert_eq!(rules.len(), 23);
}

#[test]
fn a_rule_of_ones_own_is_evaluated_as_it_says() {
    let mut world = World::of(
        "[[rule]]\nid = \"batch-backlog\"\ncomponent = \"queue\"\nmetric = \"queue.pending\"\n\
         where = { queue = \"cpu_*\", class = \"!fallback\" }\nop = \">\"\nthreshold = 10\nclear = 5\nfor = \"30s\"\n\
         keep_firing_for = \"1m\"\nseverity = \"info\"\ntitle = \"{queue} ({class}): {value} over {threshold}\"\n\
         description = \"see {subject}\"\nrunbook = \"https://runbooks.example/{queue}\"\nrenotify = \"2h\"\ninhibits = []\n",
    );
    world.waiting("cpu_batch", 11);
    world.waiting("gpu_priority", 11);
    world.pass(31);
    let alert = world.alert("batch-backlog");
    assert_eq!((alert.state, alert.severity), (AlertState::Firing, AlertSeverity::Info));
    assert_eq!(alert.title, "cpu_batch (gpu): 11 over 10");
    assert_eq!(
        (alert.description.as_str(), alert.runbook.as_deref()),
        ("see cpu_batch", Some("https://runbooks.example/cpu_batch"))
    );
    world.command(&alert.alert_id, "Mara", forewatch::alert::AlertCommand::Resolve { note: None });
    world.pass(2 * 3600 - 1);
    assert_eq!(world.alert("batch-backlog").state, AlertState::Resolved);
    world.pass(1);
    assert_eq!(world.alert("batch-backlog").state, AlertState::Firing);
}

#[test]
fn a_rule_on_small_values_fires_below_and_clears_above() {
    let mut world = World::of(
        "[[rule]]\nid = \"few-workers\"\nmetric = \"queue.workers\"\nop = \"<\"\nthreshold = 2\nclear = 3\n\
         severities = [{ at = 1, severity = \"critical\" }]\n",
    );
    let workers = |world: &mut World, count: u64| {
        world.queue("gpu_priority", |queue| queue.stats.worker_count = Some(count));
        world.pass(1);
    };
    workers(&mut world, 2);
    assert!(world.alerts("few-workers").is_empty());
    workers(&mut world, 1);
    assert_eq!(world.alert("few-workers").severity, AlertSeverity::Warning);
    workers(&mut world, 0);
    assert_eq!(world.alert("few-workers").severity, AlertSeverity::Critical);
    workers(&mut world, 2);
    assert_eq!(world.alert("few-workers").state, AlertState::Firing);
    workers(&mut world, 3);
    assert_eq!(world.alert("few-workers").state, AlertState::Resolved);
}

#[test]
fn what_a_configuration_names_of_a_default_rule_is_changed_and_the_rest_stays() {
    let rules = book(
        "[thresholds]\nmemory_usage = 0.5\n[[rule]]\nid = \"cpu-high\"\nfor = \"30s\"\nthreshold = 0.45\n\
         [[rule]]\nid = \"gpu-busy\"\nenabled = false\n[[rule]]\nid = \"disk-high\"\nthreshold = 0.98\n\
         [[rule]]\nid = \"queue-backlog\"\nmetric = \"queue.oldest_age\"\nthreshold = \"10m\"\n",
    )
    .expect("they can be read")
    .rules;
    let rule = |id: &str| rules.iter().find(|rule| rule.id.as_str() == id);
    let cpu = rule("cpu-high").expect("it is there");
    assert_eq!((cpu.lasts, cpu.threshold, cpu.origin), (TimeDelta::seconds(30), 0.45, RuleOrigin::Changed));
    assert!((cpu.clear - 0.4).abs() < 1e-9, "it keeps its distance: {}", cpu.clear);
    assert!(rule("gpu-busy").is_none());
    assert!(
        rule("disk-high").expect("it is there").severities.steps.is_empty(),
        "a step below the threshold says nothing"
    );
    let backlog = rule("queue-backlog").expect("it is there");
    assert_eq!((backlog.threshold, backlog.lasts), (600.0, TimeDelta::zero()), "another rule in its place");
    let memory = rule("memory-high").expect("it is there");
    assert_eq!((memory.threshold, memory.origin), (0.5, RuleOrigin::Default));
}

/// A worker with an alert of its load, and then another configuration.
fn loaded_then(config: &str) -> World {
    let mut before = World::new();
    before.cpu(1, Some(0.99));
    before.pass(121);
    assert_eq!(before.alert("cpu-high").state, AlertState::Firing);
    let mut world = World::of(config);
    world.fleet = before.fleet;
    world.now = before.now;
    world.pass(1);
    world
}

#[test]
fn a_rule_that_is_switched_off_resolves_its_alerts() {
    let world = loaded_then("[[rule]]\nid = \"cpu-high\"\nenabled = false\n");
    assert_eq!(world.alert("cpu-high").state, AlertState::Resolved);
}

#[test]
fn an_alert_whose_subject_is_not_meant_any_more_is_over() {
    let world = loaded_then("[[rule]]\nid = \"cpu-high\"\nwhere = { worker = \"!gpu-1\" }\n");
    assert_eq!(world.alert("cpu-high").state, AlertState::Resolved);
}

#[test]
fn every_mistake_is_told_at_once_with_the_names_that_exist() {
    refused(
        "[[rule]]\nid = \"a\"\nmetric = \"queue.pendign\"\nthreshold = 1\n\
         [[rule]]\nid = \"b\"\nmetric = \"queue.pending\"\nthreshold = 1\nop = \"=>\"\nseverity = \"bad\"\n\
         where = { worker = \"x\" }\ntitle = \"{worker} {valve}\"\ninhibits = [\"nothing\"]\n\
         [[rule]]\nid = \"c\"\nkind = \"stale\"\n[[rule]]\nid = \"d\"\nagg = \"error_rate\"\nby = [\"colour\"]\nwindow = \"2h\"\nthreshold = 0.5\n\
         [[rule]]\nthreshold = 1\nmetric = \"queue.pending\"\n",
        &[
            "rule[0].metric: \"queue.pendign\" is not known: there are queue.pending, queue.length,",
            "rule[1].op: \"=>\" is not known: there are >, >=, <, <=",
            "rule[1].severity: \"bad\" is not known: there are info, warning, error, critical",
            "rule[1].where.worker: is no label here: there are queue, source, class",
            "rule[1].inhibits[0]: no rule is called \"nothing\"",
            "rule[2].kind: \"stale\" is not known: there are absent, status,",
            "rule[3].by[0]: \"colour\" is not known: there are system, queue, name",
            "rule[3].by: names nothing",
            "rule[3].window: must lie between 5s and collector.window, which is 1h",
            "rule[4].id: is missing",
        ],
    );
    refused(
        "[[rule]]\nid = \"b\"\nmetric = \"queue.pending\"\nthreshold = 1\ntitle = \"{worker} {valve}\"\nrunbook = \"{\"\n",
        &[
            "rule[0].title: {worker} is no placeholder: there are {subject}, {value}, {threshold}, {queue}",
            "rule[0].runbook: ",
        ],
    );
}

#[test]
fn thresholds_that_can_never_be_reached_or_never_clear_are_refused() {
    for (rule, told) in [
        ("metric = \"worker.cpu_usage\"\nthreshold = 90", "rule[0].threshold: can never be reached"),
        ("metric = \"worker.cpu_usage\"\nop = \">=\"\nthreshold = 0", "rule[0].threshold: would never be over"),
        ("metric = \"queue.pending\"\nthreshold = 10\nclear = -1", "rule[0].clear: would never be over"),
        ("metric = \"queue.pending\"\nthreshold = 10\nclear = 20", "rule[0].clear: 20 lies above"),
        ("metric = \"queue.pending\"\nop = \"<\"\nthreshold = 10\nclear = 5", "rule[0].clear: 5 lies below"),
        ("metric = \"queue.pending\"\nop = \"<\"\nthreshold = 0", "rule[0].threshold: can never be reached"),
        ("metric = \"queue.pending\"", "rule[0].threshold: is missing"),
        ("threshold = 1", "rule[0].metric: is missing"),
        ("metric = \"queue.pending\"\nthreshold = 5\nat_least = \"5m\"", "rule[0].at_least: is for the kind \"stuck\""),
        (
            "metric = \"queue.pending\"\nthreshold = 5\ncomponent = \"worker\"",
            "rule[0].component: \"worker\" is not known: there are queue",
        ),
        (
            "metric = \"queue.pending\"\nthreshold = 5\nseverities = [{ at = 4, severity = \"error\" }]",
            "rule[0].severities[0].at",
        ),
        (
            "metric = \"queue.pending\"\nthreshold = 5\nseverities = [{ at = 9, severity = \"info\" }]",
            "rule[0].severities[0].severity",
        ),
    ] {
        refused(&format!("[[rule]]\nid = \"x\"\n{rule}\n"), &[told]);
    }
}

#[test]
fn two_rules_of_one_name_and_rules_that_keep_one_another_quiet_are_refused() {
    let rule = |id: &str, inhibits: &str| {
        format!("[[rule]]\nid = \"{id}\"\nmetric = \"queue.pending\"\nthreshold = 5\ninhibits = [\"{inhibits}\"]\n")
    };
    refused(&(rule("a", "cpu-high") + &rule("a", "cpu-high")), &["rule[1].id: \"a\" is the id of rule[0] already"]);
    refused(&(rule("a", "b") + &rule("b", "a")), &["rule[0].inhibits: rules keep one another quiet in a circle"]);
    refused(&rule("a", "worker-offline"), &["rule[0].inhibits: rules keep one another quiet in a circle"]);
}

#[test]
fn a_maintenance_window_that_makes_no_sense_is_told_by_its_key() {
    refused(
        "[[silence]]\nname = \"\"\nfrom = \"tomorrow\"\nto = \"2026-11-28T20:00:00Z\"\nwhere = { colour = \"red\" }\n\
         [[silence]]\nname = \"a\"\nfrom = \"2026-11-28T20:00:00Z\"\nto = \"2026-11-28T20:00:00Z\"\nzone = \"UTC\"\n\
         [[silence]]\nname = \"b\"\ndays = [\"someday\"]\nfrom = \"22\"\nto = \"06:00\"\nzone = \"Mars\"\n",
        &[
            "silence[0].name: ",
            "silence[0].from: ",
            "silence[0].where.colour: \"colour\" is not known: there are rule,",
            "silence[1].to: must lie after",
            "silence[1].zone: ",
            "silence[2].days[0]: \"someday\" is not known: there are mon,",
            "silence[2].from: ",
            "silence[2].zone: ",
        ],
    );
}

#[test]
fn the_example_of_the_read_me_is_one_that_works() {
    let read_me = include_str!("../../../../README.md");
    let of_rules = read_me.split("## Alert rules").nth(1).expect("there is such a part");
    let example =
        of_rules.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).expect("there is an example");
    let book = book(example).expect("it can be read");
    assert_eq!((book.rules.len(), book.windows.len()), (25, 1));
}
