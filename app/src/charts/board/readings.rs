//! What the lines go on with, live points and the past that was missed; and all readings as a table.

use super::Board;
use crate::charts::history::{Memory, load};
use crate::charts::table::{self, Rows};
use crate::live::use_live;
use forewatch::time;
use leptos::prelude::*;
use std::rc::Rc;
use std::sync::Arc;

impl Board {
    /// Takes the past anew, and goes on from it with what came meanwhile. When that fails the chart keeps what it has; the
    /// next connection tries again.
    pub(super) fn load_past(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let strips = Arc::clone(&self.setting.strips);
        let now = time::unix_seconds(use_live().now().get_untracked());
        let span = untrack(|| self.setting.view.span(now));
        let loading = load(&strips, span, self.setting.marks.about());
        leptos::task::spawn_local(async move {
            let Ok(history) = loading.await else { return };
            let Some(board) = weak.upgrade() else { return };
            board.setting.marks.renew(history.happenings.clone());
            let mut memory = Memory::of(&strips, &history);
            memory.go_on(&board.memory.borrow());
            board.memory.replace(memory);
            board.rows.set(None);
            board.draw_soon();
        });
    }

    /// Takes what the live record says now. A part of time that is over takes nothing more.
    pub(super) fn take_readings(self: &Rc<Self>) {
        if untrack(|| self.setting.view.part()).is_some_and(|part| part.to.is_some()) {
            return;
        }
        let mut changed = false;
        let mut memory = self.memory.borrow_mut();
        for (n, strip) in self.setting.strips.iter().enumerate() {
            for (index, line) in strip.lines.iter().enumerate() {
                if let Some(reading) = self.setting.source.read(line) {
                    changed |= memory.push(n, index, &reading);
                }
            }
        }
        drop(memory);
        if changed && self.setting.view.paused.get_untracked().is_none() {
            self.draw_soon();
        }
    }

    /// Writes the table of the readings where it is open and has other rows now.
    pub(super) fn show_table(&self) {
        if !self.setting.view.has_table.get_untracked() {
            return self.rows.set(None);
        }
        let (rows, zone) = (Rows::of(self.window.get()), self.setting.zone.get_untracked());
        if let Some(place) = self.setting.table.get_untracked()
            && self.rows.replace(Some((rows, zone))) != Some((rows, zone))
        {
            place.set_inner_html(&table::html(&self.setting.strips, &self.memory.borrow(), rows, zone));
        }
    }
}
