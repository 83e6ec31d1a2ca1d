//! Which page stands at which address, and what every page shares.

use crate::components::layout::Layout;
use crate::components::toast::Toasts;
use crate::handling::Handling;
use crate::live::provide_live;
use crate::pages::{
    AlertPage, AlertsPage, NotFoundPage, OverviewPage, QueuePage, QueuesPage, TaskPage, TasksPage, WorkerPage,
    WorkersPage,
};
use crate::session::ZoneChoice;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{Outlet, ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// The dashboard. Pages are rendered whole (`Async`), so that they can be read without any script.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_live();
    ZoneChoice::provide();
    Toasts::provide();
    Handling::provide();
    view! {
        <Router>
            <Routes fallback=|| view! { <Layout><NotFoundPage/></Layout> }>
                <ParentRoute path=path!("") view=Framed ssr=SsrMode::Async>
                    <Route path=path!("/") view=OverviewPage ssr=SsrMode::Async/>
                    <Route path=path!("/workers") view=WorkersPage ssr=SsrMode::Async/>
                    <Route path=path!("/workers/:id") view=WorkerPage ssr=SsrMode::Async/>
                    <Route path=path!("/tasks") view=TasksPage ssr=SsrMode::Async/>
                    <Route path=path!("/tasks/:id") view=TaskPage ssr=SsrMode::Async/>
                    <Route path=path!("/queues") view=QueuesPage ssr=SsrMode::Async/>
                    <Route path=path!("/queues/:id") view=QueuePage ssr=SsrMode::Async/>
                    <Route path=path!("/alerts") view=AlertsPage ssr=SsrMode::Async/>
                    <Route path=path!("/alerts/:id") view=AlertPage ssr=SsrMode::Async/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// The frame with the page in it.
#[component]
fn Framed() -> impl IntoView {
    view! { <Layout><Outlet/></Layout> }
}
