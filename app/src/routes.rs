//! Which page stands at which address, and what every page shares.

use crate::components::later::Later;
use crate::components::layout::Layout;
use crate::components::toast::Toasts;
use crate::handling::Handling;
use crate::live::provide_live;
use crate::pages::parts::{
    ALERT, ALERTS, NOT_FOUND, QUEUE, QUEUES, REPORTS, SETTINGS, TASK, TASKS, TRENDS, WALL, WORKER, WORKERS,
};
use crate::pages::{OverviewPage, asks_for_wall};
use crate::palette::Overlays;
use crate::session::ZoneChoice;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::hooks::use_location;
use leptos_router::{SsrMode, path};

/// The dashboard: the frame, with a page in it. Pages are rendered whole (`Async`), so that they can be read
/// without any script.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_live();
    ZoneChoice::provide();
    Toasts::provide();
    Handling::provide();
    Overlays::provide();
    view! {
        <Router>
            <Later><Layout>
                <FlatRoutes fallback=|| NOT_FOUND.show()>
                    <Route path=path!("/") view=home ssr=SsrMode::Async/>
                    <Route path=path!("/workers") view=|| WORKERS.show() ssr=SsrMode::Async/>
                    <Route path=path!("/workers/:id") view=|| WORKER.show() ssr=SsrMode::Async/>
                    <Route path=path!("/tasks") view=|| TASKS.show() ssr=SsrMode::Async/>
                    <Route path=path!("/tasks/:id") view=|| TASK.show() ssr=SsrMode::Async/>
                    <Route path=path!("/queues") view=|| QUEUES.show() ssr=SsrMode::Async/>
                    <Route path=path!("/queues/:id") view=|| QUEUE.show() ssr=SsrMode::Async/>
                    <Route path=path!("/alerts") view=|| ALERTS.show() ssr=SsrMode::Async/>
                    <Route path=path!("/alerts/:id") view=|| ALERT.show() ssr=SsrMode::Async/>
                    <Route path=path!("/trends") view=|| TRENDS.show() ssr=SsrMode::Async/>
                    <Route path=path!("/reports") view=|| REPORTS.show() ssr=SsrMode::Async/>
                    <Route path=path!("/settings") view=|| SETTINGS.show() ssr=SsrMode::Async/>
                </FlatRoutes>
            </Layout></Later>
        </Router>
    }
}

/// The overview, or the wall where the address asks for it. From one to the other leads a link that loads the page anew.
fn home() -> AnyView {
    if asks_for_wall(&use_location().search.read_untracked()) {
        WALL.show()
    } else {
        view! { <Later><OverviewPage/></Later> }.into_any()
    }
}
