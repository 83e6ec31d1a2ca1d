//! What the lines go on with: live points, and the past that was missed.

use super::Board;
use crate::charts::history::{Memory, load};
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
        leptos::task::spawn_local(async move {
            let Ok(history) = load(&strips, span).await else { return };
            let Some(board) = weak.upgrade() else { return };
            let mut memory = Memory::of(&strips, &history);
            memory.go_on(&board.memory.borrow());
            board.memory.replace(memory);
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
}
