//! What is drawn in a strip: marks, bands, lines and the limit; and where the names of the lines stand.

use super::Board;
use super::pane::{Pane, put};
use crate::charts::history::LineMemory;
use crate::charts::ink::Field;
use crate::charts::spread::spread;
use crate::charts::strip::{Limit, Line, Mark, Strip};
use forewatch::series::Point;
use wasm_bindgen::JsValue;
use web_sys::CanvasRenderingContext2d;

/// Height of a label at the end of a line, CSS pixels.
const LABEL: f64 = 24.0;

/// Memory that drawing uses again and again: thinned points, where labels want to stand, and where they do.
#[derive(Default)]
pub(super) struct Scratch {
    points: Vec<Point>,
    wishes: Vec<f64>,
    places: Vec<f64>,
}

impl Board {
    /// Draws everything of a strip but its axes; `only` is the one line that is shown, if one is chosen.
    pub(super) fn draw_strip(
        &self,
        pane: &Pane,
        field: &Field<'_>,
        (strip, lines): (&Strip, &[LineMemory]),
        (marks, only): (&[Mark], Option<usize>),
        scratch: &mut Scratch,
    ) {
        pane.ink.clear();
        self.draw_marks(pane, field, marks);
        let context = &pane.ink.context;
        context.save();
        context.begin_path();
        context.rect(field.left, 0.0, field.width + 1.0, field.height);
        context.clip();
        context.set_line_join("round");
        context.set_line_cap("round");
        for (index, (line, memory)) in strip.lines.iter().zip(lines).enumerate() {
            if only.is_none_or(|only| only == index) {
                self.draw_line(context, field, line, memory, scratch);
            }
        }
        if let Some(limit) = &strip.limit {
            self.draw_limit(pane, field, limit);
        }
        context.restore();
        place_labels(pane, field, lines, scratch);
    }

    fn draw_line(
        &self,
        context: &CanvasRenderingContext2d,
        field: &Field<'_>,
        line: &Line,
        memory: &LineMemory,
        scratch: &mut Scratch,
    ) {
        let (from, to) = field.window;
        let color = self.palette.css(line.tone.property);
        if let Some([low, high]) = &memory.band {
            context.set_fill_style_str(&color);
            context.set_global_alpha(0.16);
            field.band(context, low.within(from, to), high.within(from, to), &mut scratch.points);
            context.set_global_alpha(1.0);
        }
        if !memory.ghost.is_empty() {
            context.set_stroke_style_str(&self.palette.css("--ghost"));
            context.set_line_width(1.0);
            dash(context, &[2.0, 3.0]);
            field.line(context, &memory.ghost, &mut scratch.points);
            dash(context, &[]);
        }
        context.set_stroke_style_str(&color);
        context.set_line_width(line.stroke.width());
        dash(context, line.stroke.pattern());
        field.line(context, memory.own.within(from, to), &mut scratch.points);
        dash(context, &[]);
    }

    fn draw_limit(&self, pane: &Pane, field: &Field<'_>, limit: &Limit) {
        let context = &pane.ink.context;
        context.set_stroke_style_str(&self.palette.css("--error"));
        context.set_line_width(1.0);
        dash(context, &[5.0, 4.0]);
        let y = field.y(limit.value).round() + 0.5;
        context.begin_path();
        context.move_to(field.left, y);
        context.line_to(field.left + field.width, y);
        context.stroke();
        dash(context, &[]);
        if let Some(name) = &pane.limit {
            put(name, "top", y);
        }
    }

    /// Alerts and events as lines through a strip; the time an alert is open is tinted.
    fn draw_marks(&self, pane: &Pane, field: &Field<'_>, marks: &[Mark]) {
        let context = &pane.ink.context;
        let right = field.left + field.width;
        for mark in marks {
            let until = field.x(mark.until.unwrap_or(field.window.1)).clamp(field.left, right);
            let from = field.x(mark.at);
            if from > right || until <= field.left {
                continue;
            }
            let color = self.palette.css(mark.tone.property);
            if until > from {
                context.set_global_alpha(0.04);
                context.set_fill_style_str(&color);
                context.fill_rect(from.max(field.left), 0.0, until - from.max(field.left), field.height);
                context.set_global_alpha(1.0);
            }
            if from >= field.left {
                context.set_stroke_style_str(&color);
                context.set_line_width(1.0);
                context.begin_path();
                context.move_to(from.round() + 0.5, 0.0);
                context.line_to(from.round() + 0.5, field.height);
                context.stroke();
            }
        }
    }
}

/// Puts the names of the lines at their ends, moved apart until none covers another.
fn place_labels(pane: &Pane, field: &Field<'_>, lines: &[LineMemory], scratch: &mut Scratch) {
    let Scratch { wishes, places, .. } = scratch;
    let end = |line: &LineMemory| line.own.newest().map_or(field.height / 2.0, |value| field.y(value));
    wishes.clear();
    wishes.extend(lines.iter().map(|line| end(line) - LABEL / 2.0));
    spread(wishes, LABEL, field.height - LABEL, places);
    for (label, place) in pane.labels.iter().zip(places.iter()) {
        put(label, "top", *place);
    }
}

fn dash(context: &CanvasRenderingContext2d, pattern: &[f64]) {
    let array: js_sys::Array = pattern.iter().copied().map(JsValue::from_f64).collect();
    let _ = context.set_line_dash(&array);
}
