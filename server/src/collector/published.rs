//! Waiting for the published state.

use super::Fleet;
use arc_swap::ArcSwap;
use std::time::Duration;

const STEP: Duration = Duration::from_millis(20);
/// A second in all: a state that never comes must not hold anybody up.
const STEPS: usize = 50;

/// Waits until readers see a state that fits, a second at most.
pub(crate) async fn until_published(published: &ArcSwap<Fleet>, fits: impl Fn(&Fleet) -> bool) {
    for _ in 0..STEPS {
        if fits(&published.load()) {
            return;
        }
        tokio::time::sleep(STEP).await;
    }
}
