//! The last quarter of an hour of the workers in view. It is asked for once a worker comes into view,
//! in one call for all that did, and only in the browser: the first page carries the numbers.

use super::slot::InView;
#[cfg(feature = "hydrate")]
use crate::roster::RosterRow;
use forewatch::series::Point;
use forewatch::{WorkerId, WorkerSummary};
use leptos::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

/// Pasts that are kept; beyond them those out of view are asked for again.
#[cfg(feature = "hydrate")]
const KEPT: usize = 500;

/// What is known of the past, by worker. An absent entry has not been asked for; `None` is on its way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Loads(RwSignal<HashMap<WorkerId, Option<Vec<Point>>>>);

impl Loads {
    /// The loads of the workers among the rows in view.
    pub(super) fn of(visible: Memo<InView>, workers: Signal<Arc<Vec<WorkerSummary>>>) -> Self {
        let loads = Self(RwSignal::new(HashMap::new()));
        #[cfg(feature = "hydrate")]
        loads.ask_for(visible, workers);
        #[cfg(not(feature = "hydrate"))]
        let _ = (visible, workers);
        loads
    }

    /// The past of a worker, once it is there.
    pub(super) fn of_worker(self, id: Memo<Option<WorkerId>>) -> Memo<Option<Vec<Point>>> {
        Memo::new(move |_| self.0.read().get(id.read().as_ref()?).cloned().flatten())
    }

    /// Asks for those that come into view, a little after scrolling has stopped.
    #[cfg(feature = "hydrate")]
    fn ask_for(self, visible: Memo<InView>, workers: Signal<Arc<Vec<WorkerSummary>>>) {
        use crate::server_fns::load_worker_loads;
        use std::time::Duration;

        let pause = Duration::from_millis(150);
        let mut asked = leptos::leptos_dom::helpers::debounce(pause, move |in_view: InView| {
            let Some(known) = self.0.try_get_untracked() else { return };
            let list = workers.get_untracked();
            let new: Vec<(WorkerId, bool)> = in_view
                .rows()
                .iter()
                .filter_map(|row| match row {
                    RosterRow::Worker(id) if !known.contains_key(id) => {
                        let gpu = list.iter().find(|w| w.worker_id == *id)?.gpu_usage.is_some();
                        Some((id.clone(), gpu))
                    }
                    _ => None,
                })
                .collect();
            if new.is_empty() {
                return;
            }
            self.0.update(|loads| {
                if loads.len() > KEPT {
                    loads.retain(|known, _| {
                        in_view.rows().iter().any(|row| matches!(row, RosterRow::Worker(id) if id == known))
                    });
                }
                loads.extend(new.iter().map(|(id, _)| (id.clone(), None)));
            });
            leptos::task::spawn_local(async move {
                // Without an answer the column stays empty; the numbers beside it are the live ones.
                if let Ok(answers) = load_worker_loads(new).await {
                    self.0.try_update(|loads| {
                        loads.extend(answers.into_iter().map(|a| (a.worker_id, Some(a.points))));
                    });
                }
            });
        });
        Effect::new(move || asked(visible.get()));
    }
}
