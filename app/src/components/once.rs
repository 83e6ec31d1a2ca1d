//! Parts of a page that the server makes once.

/// What `make` makes, made again in the browser whenever what it reads changes, and once on the server.
///
/// A function in a view is called there each time that the boundary around it looks whether something is still
/// awaited: as often as timing has it. What it makes would load its resources each time, under numbers that are
/// new each time, by which the browser then does not find them.
#[cfg(not(feature = "ssr"))]
pub(crate) fn once_on_server<V>(make: impl Fn() -> V) -> impl Fn() -> V {
    make
}

/// What `make` makes; see the browser's side.
#[cfg(feature = "ssr")]
pub(crate) fn once_on_server<V>(make: impl Fn() -> V) -> V {
    make()
}
