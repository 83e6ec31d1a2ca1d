//! The pages. Each loads its data through one resource, shows a skeleton of its own size meanwhile,
//! and is then kept by the live topics that it names.

mod alert;
mod alerts;
mod limits;
mod not_found;
mod overview;
pub(crate) mod parts;
mod queue;
mod queues;
mod reports;
mod settings;
mod task;
mod tasks;
mod trends;
mod wall;
mod worker;
mod workers;

use alert::AlertPage;
use alerts::AlertsPage;
use not_found::NotFoundPage;
pub(crate) use overview::OverviewPage;
pub use parts::{asks_for_wall, load_page_at};
use queue::QueuePage;
use queues::QueuesPage;
use reports::ReportsPage;
use settings::SettingsPage;
use task::TaskPage;
use tasks::TasksPage;
use trends::TrendsPage;
use wall::WallPage;
use worker::WorkerPage;
use workers::WorkersPage;

use crate::backend::BackendError;
use crate::components::empty::{Failure, Loading};
use crate::components::later::Later;
use leptos::prelude::*;

/// Shows what a resource brought: a skeleton until it is there, an explanation when it failed. What was there before
/// stays alive until something new has come: its clocks tick on meanwhile.
pub(crate) fn loaded<T, V>(
    resource: Resource<Result<T, BackendError>>,
    failed: &'static str,
    show: impl Fn(T) -> V + Copy + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let show = move |brought| {
        #[cfg(feature = "hydrate")]
        crate::components::focus::hold();
        match brought {
            Ok(data) => view! { <Later>{show(data)}</Later> }.into_any(),
            Err(error) => {
                crate::session::tell_status(&error);
                crate::sign_in::lead_when_signed_out(&error);
                view! { <Failure title=failed error/> }.into_any()
            }
        }
    };
    // Made once on the server, for the reason that `once_on_server` gives.
    #[cfg(feature = "ssr")]
    let shown = Suspend::new(async move { Some(show(resource.await)) });
    #[cfg(not(feature = "ssr"))]
    let shown = crate::components::once::again(move || resource.get().map(show));
    view! { <Later><Transition fallback=|| view! { <Loading/> }>{shown}</Transition></Later> }
}
