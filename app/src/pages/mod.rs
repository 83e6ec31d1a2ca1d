//! The pages. Each loads its data through one resource, shows a skeleton of its own size meanwhile,
//! and is then kept by the live topics that it names.

mod alert;
mod alerts;
mod not_found;
mod overview;
mod queue;
mod queues;
mod task;
mod tasks;
mod worker;
mod workers;

pub use alert::AlertPage;
pub use alerts::AlertsPage;
pub use not_found::NotFoundPage;
pub use overview::OverviewPage;
pub use queue::QueuePage;
pub use queues::QueuesPage;
pub use task::TaskPage;
pub use tasks::TasksPage;
pub use worker::WorkerPage;
pub use workers::WorkersPage;

use crate::backend::BackendError;
use crate::components::empty::{Failure, Loading};
use leptos::prelude::*;

/// Shows what a resource brought: a skeleton until it is there, an explanation when it failed.
pub(crate) fn loaded<T, V>(
    resource: Resource<Result<T, BackendError>>,
    failed: &'static str,
    show: impl Fn(T) -> V + Copy + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    view! {
        <Transition fallback=|| view! { <Loading/> }>
            {move || Suspend::new(async move {
                match resource.await {
                    Ok(data) => show(data).into_any(),
                    Err(error) => {
                        crate::session::tell_status(&error);
                        view! { <Failure title=failed error/> }.into_any()
                    }
                }
            })}
        </Transition>
    }
}
