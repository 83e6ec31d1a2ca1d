//! Parts of a page that the server makes once.

#[cfg(not(feature = "ssr"))]
use leptos::tachys::reactive_graph::SharedReactiveFunction;
#[cfg(not(feature = "ssr"))]
use std::sync::{Arc, Mutex};

/// What `make` makes, made again in the browser whenever what it reads changes, and once on the server.
///
/// A function in a view is called there each time that the boundary around it looks whether something is still
/// awaited: as often as timing has it. What it makes would load its resources each time, under numbers that are
/// new each time, by which the browser then does not find them.
#[cfg(not(feature = "ssr"))]
pub(crate) fn once_on_server<V: 'static>(make: impl Fn() -> V + Send + 'static) -> SharedReactiveFunction<V> {
    again(make)
}

/// What `make` makes; see the browser's side.
#[cfg(feature = "ssr")]
pub(crate) fn once_on_server<V>(make: impl Fn() -> V) -> V {
    make()
}

/// A function in a view, in the one shape for which the browser's side carries the machinery: the macro gives it to
/// functions that are written within a view, and to no others.
#[cfg(not(feature = "ssr"))]
pub(crate) fn again<V: 'static>(make: impl Fn() -> V + Send + 'static) -> SharedReactiveFunction<V> {
    Arc::new(Mutex::new(make))
}
