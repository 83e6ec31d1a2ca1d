//! The Forewatch dashboard: pages, components, charts and the live client.
//!
//! Compiled twice: with `ssr` into the server, with `hydrate` for the browser. It sees the server
//! through one trait, [`backend::Backend`], and the live socket; it never names axum, SQLite or Redis.

// The type of a view is as deep as the view; so are the questions that the compiler asks about it.
#![recursion_limit = "512"]
#![allow(unreachable_pub, reason = "the component macro makes its items public, whatever the function says")]

pub mod alert_search;
pub mod attention;
pub mod backend;
pub mod behind;
pub mod causes;
pub mod charts;
pub mod components;
pub mod control;
#[cfg(all(debug_assertions, feature = "ssr"))]
mod design;
pub mod escape;
pub mod family;
pub mod handling;
pub mod happened;
#[cfg(feature = "hydrate")]
pub mod hydration;
pub mod live;
pub mod pages;
pub mod palette;
pub mod query;
pub mod roster;
pub mod routes;
pub mod server_fns;
pub mod session;
#[cfg(feature = "ssr")]
mod shell;
pub mod sign_in;
pub mod site;
pub mod task_groups;
pub mod task_search;
pub mod task_words;
pub mod teller;
pub mod trends;
#[cfg(feature = "hydrate")]
mod turns;
pub mod views;

#[cfg(all(debug_assertions, feature = "ssr"))]
pub use design::design;
pub use routes::App;
#[cfg(feature = "ssr")]
pub use shell::shell;
