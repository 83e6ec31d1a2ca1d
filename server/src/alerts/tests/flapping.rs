//! What comes and goes: told a few times, then marked as flapping until it is calm. On a clock of the test's own.

use super::world::World;
use forewatch::AlertState;

/// A day in which a load is high for five minutes of every eight.
#[test]
fn a_day_of_flapping_is_a_few_notifications_and_one_episode() {
    let mut world = World::new();
    let (mut told, mut was_told) = (0, false);
    let mut episodes = std::collections::BTreeSet::new();
    for _ in 0..180 {
        for (load, seconds) in [(0.99, 300), (0.1, 180)] {
            world.cpu(1, Some(load));
            for _ in 0..seconds / 10 {
                world.now += chrono::TimeDelta::seconds(10);
                world.tick();
                for alert in world.alerts("cpu-high") {
                    episodes.insert(alert.alert_id.clone());
                    let tells = alert.is_active && alert.suppressed_by.is_none();
                    told += u32::from(tells && !was_told);
                    was_told = tells || (was_told && alert.state != AlertState::Resolved);
                }
            }
        }
    }
    assert_eq!((told, episodes.len()), (4, 1));
    let alert = world.alert("cpu-high");
    assert_eq!((alert.suppressed_by.as_deref(), alert.occurrences), (Some("flapping"), 180));
    assert!(world.journal.len() < 180 * 4, "{} decisions", world.journal.len());
}

#[test]
fn what_has_been_flapping_and_is_calm_again_is_told_again() {
    let mut world = World::new();
    let turn = |world: &mut World, load: f64, seconds: i64| {
        world.cpu(1, Some(load));
        world.pass(seconds);
    };
    for _ in 0..6 {
        turn(&mut world, 0.99, 150);
        turn(&mut world, 0.1, 100);
    }
    turn(&mut world, 0.99, 130);
    assert_eq!(world.alert("cpu-high").suppressed_by.as_deref(), Some("flapping"));
    // It stays: that is news again.
    turn(&mut world, 0.99, 30 * 60);
    let alert = world.alert("cpu-high");
    assert_eq!((alert.state, alert.suppressed_by), (AlertState::Firing, None));
}

#[test]
fn what_comes_back_now_and_then_is_not_flapping() {
    let mut world = World::new();
    for _ in 0..8 {
        world.cpu(1, Some(0.99));
        world.pass(600);
        world.cpu(1, Some(0.1));
        world.pass(500);
    }
    assert!(world.alerts("cpu-high").iter().all(|alert| alert.suppressed_by.is_none()));
}
