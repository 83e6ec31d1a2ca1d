//! The code of the pages in parts, so that a visit loads only what it shows.
//!
//! With the feature `split` each part is a WASM file of its own, cut out by `wasm-split-cli` when the site is
//! built (`scripts/site/wasm.mjs`); without it, and on the server, a part is there from the start. The first
//! page's part is loaded before the page is hydrated, so that it has the shape that the server rendered.

// The names by which the linker knows the parts count as unsafe; the macro of Leptos writes them.
#![cfg_attr(feature = "split", allow(unsafe_code, unreachable_pub))]

use crate::backend::BackendError;
use crate::components::empty::{Failure, Loading};
use crate::components::later::Later;
use leptos::prelude::*;
use leptos::wasm_split::SplitLoaderError;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

type Coming<T> = Pin<Box<dyn Future<Output = Result<T, SplitLoaderError>>>>;

/// A page, and the loading of its part.
#[derive(Clone, Copy)]
pub(crate) struct Page {
    load: fn() -> Coming<()>,
    make: fn() -> Coming<AnyView>,
}

/// `part: make, load => PAGE, Component;`: pages whose code is in a part of its own. Pages of one part come together.
macro_rules! pages {
    ($($part:ident: $make:ident, $load:ident => $name:ident, $component:ident;)*) => {
        mod parts {
            use super::super::*;
            use crate::charts::heat::map::FleetMapPart;
            use crate::palette::OverlayPart;
            use super::SplitLoaderError;
            $(
                #[cfg(feature = "split")]
                #[leptos::wasm_split::wasm_split($part, wasm_split_path = leptos::wasm_split, preload($load), fallible)]
                pub(super) fn $make() -> Result<AnyView, SplitLoaderError> {
                    Ok($component().into_any())
                }

                #[cfg(not(feature = "split"))]
                pub(super) async fn $make() -> Result<AnyView, SplitLoaderError> {
                    Ok($component().into_any())
                }

                #[cfg(not(feature = "split"))]
                pub(super) async fn $load() -> Result<(), SplitLoaderError> {
                    Ok(())
                }
            )*
        }
        $(
            pub(crate) const $name: Page = Page { load: || Box::pin(parts::$load()), make: || Box::pin(parts::$make()) };
        )*
    };
}

// The overview stays with the frame: what most visits begin with is smaller in one piece.
pages! {
    workers: workers, load_workers => WORKERS, WorkersPage;
    workers: worker, load_worker => WORKER, WorkerPage;
    tasks: tasks, load_tasks => TASKS, TasksPage;
    tasks: task, load_task => TASK, TaskPage;
    queues: queues, load_queues => QUEUES, QueuesPage;
    queues: queue, load_queue => QUEUE, QueuePage;
    alerts: alerts, load_alerts => ALERTS, AlertsPage;
    alerts: alert, load_alert => ALERT, AlertPage;
    trends: trends, load_trends => TRENDS, TrendsPage;
    reports: reports, load_reports => REPORTS, ReportsPage;
    settings: settings, load_settings => SETTINGS, SettingsPage;
    wall: wall, load_wall_page => WALL, WallPage;
    fleet: fleet_map, load_fleet_map => FLEET_MAP, FleetMapPart;
    overlays: not_found, load_not_found => NOT_FOUND, NotFoundPage;
    overlays: overlays, load_overlays => OVERLAYS, OverlayPart;
}

/// Whether the query of an address asks for the wall.
pub fn asks_for_wall(query: &str) -> bool {
    query.trim_start_matches('?').split('&').any(|part| part == "wall" || part.starts_with("wall="))
}

/// The page at an address, as the routes have it; none where its code is there from the start.
fn page_at(path: &str, query: &str) -> Option<Page> {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    match (segments.next(), segments.next(), segments.next()) {
        (Some("workers"), None, _) => Some(WORKERS),
        (Some("workers"), Some(_), None) => Some(WORKER),
        (Some("tasks"), None, _) => Some(TASKS),
        (Some("tasks"), Some(_), None) => Some(TASK),
        (Some("queues"), None, _) => Some(QUEUES),
        (Some("queues"), Some(_), None) => Some(QUEUE),
        (Some("alerts"), None, _) => Some(ALERTS),
        (Some("alerts"), Some(_), None) => Some(ALERT),
        (Some("trends"), None, _) => Some(TRENDS),
        (Some("reports"), None, _) => Some(REPORTS),
        (Some("settings"), None, _) => Some(SETTINGS),
        (None, ..) => asks_for_wall(query).then_some(WALL),
        _ => Some(NOT_FOUND),
    }
}

/// Loads the code of the page at an address; false when it could not be loaded.
pub async fn load_page_at(path: &str, query: &str) -> bool {
    match page_at(path, query) {
        Some(page) => (page.load)().await.is_ok(),
        None => true,
    }
}

impl Page {
    /// The page: at once where its part is there, and otherwise as soon as it is loaded.
    pub(crate) fn show(self) -> AnyView {
        view! { <Later>{self.at_once().unwrap_or_else(|| self.when_loaded())}</Later> }.into_any()
    }

    fn at_once(self) -> Option<AnyView> {
        match (self.make)().as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(made) => made.ok(),
            Poll::Pending => None,
        }
    }

    fn when_loaded(self) -> AnyView {
        let loaded = RwSignal::new(None);
        leptos::task::spawn_local(async move {
            loaded.set(Some((self.load)().await.is_ok()));
        });
        (move || match loaded.get() {
            None => view! { <Loading/> }.into_any(),
            Some(true) => self.at_once().unwrap_or_else(missing),
            Some(false) => missing(),
        })
        .into_any()
    }
}

fn missing() -> AnyView {
    let error = BackendError::Unavailable("the page's code could not be loaded".to_owned());
    view! { <Failure title="The page did not load" error/> }.into_any()
}
