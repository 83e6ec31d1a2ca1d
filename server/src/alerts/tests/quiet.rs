//! Whether anyone is to be told: apart from whether it is true, and from who has it.

use super::world::World;
use forewatch::alert::ManualAlert;
use forewatch::silence::{MatchOp, Matcher};
use forewatch::{AlertId, AlertState, WorkerStatus};

fn loads() -> World {
    let mut world = World::new();
    for n in [1, 2] {
        world.cpu(n, Some(0.99));
    }
    world.pass(121);
    world
}

fn quiet(world: &World) -> Vec<Option<String>> {
    world.alerts("cpu-high").into_iter().map(|alert| alert.suppressed_by).collect()
}

#[test]
fn a_silenced_alert_stays_marked_with_why_until_the_silence_is_over() {
    let mut world = loads();
    world.hush("worker", "gpu-1", 60);
    world.pass(1);
    assert_eq!(quiet(&world), [Some("silenced by Mara: deploy".to_owned()), None]);
    assert!(world.alerts("cpu-high").iter().all(|alert| alert.state == AlertState::Firing));
    world.pass(59);
    assert_eq!(quiet(&world), [None, None]);
}

#[test]
fn what_begins_or_recovers_under_a_silence_is_marked_from_the_start() {
    let mut world = World::new();
    world.hush("rule", "cpu-*", 600);
    world.cpu(1, Some(0.99));
    world.pass(121);
    assert_eq!(quiet(&world), [Some("silenced by Mara: deploy".to_owned())]);
    world.cpu(1, Some(0.1));
    world.pass(1);
    let alert = world.alert("cpu-high");
    assert_eq!((alert.state, alert.suppressed_by.as_deref()), (AlertState::Resolved, Some("silenced by Mara: deploy")));
}

#[test]
fn labels_are_compared_exactly_by_pattern_and_by_what_they_are_not() {
    let alert = loads().alerts("cpu-high").remove(0);
    for (label, written, fits) in [
        ("rule", "cpu-high", true),
        ("severity", "warning", true),
        ("component", "gpu", false),
        ("worker", "gpu-*", true),
        ("worker", "!gpu-2", true),
        ("worker", "!gpu-*", false),
        ("queue", "x", false),
        ("queue", "!x", true),
        ("tag", "*", false),
    ] {
        assert_eq!(Matcher::of(label, written).fits(&alert), fits, "{label} {written}");
    }
    // What somebody picked on the screen is exact, whatever is in it.
    let exact = Matcher { label: "worker".to_owned(), op: MatchOp::Is, value: "gpu-*".to_owned() };
    assert!(!exact.fits(&alert));
}

#[test]
fn a_worker_in_maintenance_keeps_its_alerts_quiet() {
    let mut world = loads();
    world.worker(2, |worker| worker.metrics.status = WorkerStatus::Maintenance);
    world.pass(1);
    assert_eq!(quiet(&world), [None, Some("maintenance gpu-2".to_owned())]);
}

#[test]
fn a_window_of_the_configuration_holds_as_long_as_it_says() {
    // The tests' clock begins at 2027-01-15T08:00:00Z, a Friday, and an hour has passed.
    let window = "[[silence]]\nname = \"patch day\"\nwhere = { worker = \"gpu-1\" }\ndays = [\"fri\"]\nfrom = \"10:00\"\n\
                  to = \"10:10\"\nzone = \"Europe/Berlin\"\n";
    let mut world = World::of(window);
    for n in [1, 2] {
        world.cpu(n, Some(0.99));
    }
    world.pass(121);
    assert_eq!(quiet(&world), [Some("maintenance patch day".to_owned()), None]);
    world.pass(480);
    assert_eq!(quiet(&world), [None, None]);
}

#[test]
fn an_alert_raised_by_hand_can_be_silenced_too() {
    let mut world = World::new();
    let id = AlertId::new("A").expect("valid");
    let raised = ManualAlert {
        title: "Rack 3 smells of smoke".to_owned(),
        description: String::new(),
        severity: forewatch::AlertSeverity::Warning,
        component: forewatch::alert::AlertComponent::System,
        component_id: "rack-3".to_owned(),
        tags: vec!["rack".to_owned()],
    };
    let mut changes = crate::collector::Changes::default();
    crate::collector::alert::apply_raised(
        &mut world.fleet,
        &id,
        &super::world::actor("Mara"),
        &raised,
        world.now,
        &mut changes,
    );
    world.hush("tag", "rack", 60);
    world.pass(1);
    assert_eq!(world.fleet.alerts[&id].suppressed_by.as_deref(), Some("silenced by Mara: deploy"));
    world.pass(60);
    assert_eq!(world.fleet.alerts[&id].suppressed_by, None);
}
