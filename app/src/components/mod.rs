//! The parts that pages are made of. Each is small, shows what it is given, and decides nothing.

pub mod alert_card;
pub mod alert_deeds;
pub mod connection;
pub mod copy;
pub mod deliveries;
pub mod each;
pub mod empty;
pub mod following;
pub mod icon;
pub mod layout;
pub mod links;
pub mod meter;
pub mod moment;
#[cfg(feature = "ssr")]
pub mod objectives;
pub(crate) mod once;
pub mod page_title;
pub mod queue_table;
pub mod rail;
pub mod severity;
pub mod shortcuts;
pub mod status;
pub mod task_table;
pub mod tiles;
pub mod toast;
pub mod top_bar;
