//! The cursor: a line through all strips, a dot on each line, and the values in words. While a part is being marked it is as
//! wide as that.

use super::Board;
use super::pane::put;
use crate::charts::ink::Field;
use crate::components::moment::clock_seconds;
use forewatch::{format, time};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

impl Board {
    /// Shows the values at the cursor's moment.
    pub(super) fn show_cursor(&self) {
        let Ok(panes) = self.panes.try_borrow() else { return };
        let window = self.window.get();
        let view = self.setting.view;
        let marked = view.marked.get_untracked();
        let cursor = view.cursor.get_untracked().filter(|at| *at >= window.0 && *at <= window.1);
        if !self.has_cursor.replace(cursor.is_some()) && cursor.is_none() {
            return;
        }
        let memory = self.memory.borrow();
        let mut spoken = String::new();
        for (n, pane) in panes.iter().enumerate() {
            pane.cursor.set_hidden(cursor.is_none());
            let (Some(at), Some(scale)) = (cursor, &pane.scale) else {
                pane.dots.iter().for_each(|dot| dot.set_hidden(true));
                continue;
            };
            let (left, right) = pane.place.edges;
            let field = Field {
                window,
                scale,
                left: 0.0,
                width: right - left,
                height: pane.ink.height,
                density: 1.0,
                gap: memory.gap,
            };
            let x = field.x(at);
            let (from, to) = marked.map_or((x, x), |ends| (field.x(ends.0), field.x(ends.1)));
            put(&pane.cursor, "left", from);
            put(&pane.cursor, "width", to - from);
            let classes = pane.cursor.class_list();
            let _ = classes.toggle_with_force("flip", from > field.width * 0.7);
            let _ = classes.toggle_with_force("wide", marked.is_some());
            let strip = &self.setting.strips[n];
            let mut text = String::new();
            if n == 0 {
                let zone = self.setting.zone.get_untracked();
                let clock = |at| time::from_unix_seconds(at).map(|at| clock_seconds(at, zone)).unwrap_or_default();
                text = match marked {
                    Some((from, to)) => [&clock(from), " to ", &clock(to)].concat(),
                    None => clock(at),
                };
            }
            for (index, (line, own)) in strip.lines.iter().zip(&memory.strips[n]).enumerate() {
                let value = own.own.at(at, memory.gap / 2.0);
                if !text.is_empty() {
                    text.push_str(" · ");
                }
                if !line.name.is_empty() {
                    text.push_str(&line.name);
                    text.push(' ');
                }
                text.push_str(&format::optional(strip.unit(), value));
                if let Some(dot) = pane.dots.get(index) {
                    dot.set_hidden(value.is_none());
                    put(dot, "left", x);
                    put(dot, "top", value.map_or(0.0, |value| field.y(value)));
                }
            }
            pane.said.set_text_content(Some(&text));
            spoken.push_str(&strip.title);
            spoken.push_str(": ");
            spoken.push_str(&text);
            spoken.push_str(". ");
        }
        if document().active_element().is_some_and(|active| active == *self.element.unchecked_ref::<Element>()) {
            self.setting.spoken.set(spoken);
        }
    }
}
