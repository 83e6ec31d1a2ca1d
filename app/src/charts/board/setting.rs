//! What a chart is made of, and how its board takes over once it is in the page.

use super::Board;
use crate::charts::ends::Ends;
use crate::charts::history::Memory;
use crate::charts::marks::Marks;
use crate::charts::source::Source;
use crate::charts::strip::Strip;
use crate::charts::view::ChartTime;
use crate::session::Zone;
use leptos::html::Div;
use leptos::prelude::*;
use std::rc::Rc;
use std::sync::Arc;

/// What the chart is made of.
pub struct Setting {
    /// Where it stands.
    pub container: NodeRef<Div>,
    /// What it shows.
    pub strips: Arc<Vec<Strip>>,
    /// The past.
    pub memory: Memory,
    /// Where live points come from.
    pub source: Source,
    /// What happened meanwhile.
    pub marks: Marks,
    /// Which part of time is shown, and which line alone.
    pub view: ChartTime,
    /// Where the table of the readings stands.
    pub table: NodeRef<Div>,
    /// What is said about the cursor to those who cannot see it.
    pub spoken: RwSignal<String>,
    /// Told the values where what is shown stands, where lines have names at their ends.
    pub ends: Option<Ends>,
    /// The zone of times.
    pub zone: RwSignal<Zone>,
}

/// Draws the chart once it is in the page, until it leaves it.
pub fn take_over(setting: Setting) {
    let container = setting.container;
    let setting = StoredValue::new_local(Some(setting));
    let board = StoredValue::new_local(None::<Rc<Board>>);
    Effect::new(move || {
        let Some(element) = container.get() else { return };
        let Some(setting) = setting.try_update_value(Option::take).flatten() else { return };
        if let Some(made) = Board::new(&element, setting) {
            made.start();
            board.set_value(Some(made));
        }
    });
    on_cleanup(move || {
        // Dropping the board stops what it listens to.
        board.try_update_value(Option::take);
    });
}
