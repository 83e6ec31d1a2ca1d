//! What is drawn in a strip: marks, bands, lines and the limit; and where the names of the lines stand.

use super::Board;
use super::pane::{Pane, put};
use crate::charts::history::LineMemory;
use crate::charts::ink::{Field, Pen, Trace};
use crate::charts::raster::Raster;
use crate::charts::spread::spread;
use crate::charts::strip::{Line, Mark, Strip, Stroke};
use leptos::prelude::untrack;

/// Height of a label at the end of a line, CSS pixels.
const LABEL: f64 = 24.0;
/// How much of the colour is laid on a band.
const BAND: f32 = 0.16;
/// How much of it on the time that an alert is open.
const OPEN: f32 = 0.04;
/// Height of the limit's name, CSS pixels.
const LIMIT_NAME: f64 = 16.0;
/// A dash of the limit and the gap after it, CSS pixels.
const LIMIT: (f64, f64) = (5.0, 4.0);

/// Memory that drawing uses again and again: what lines and bands pass, where labels want to stand, and where they do.
#[derive(Default)]
pub(super) struct Scratch {
    trace: Trace,
    band: [Trace; 2],
    wishes: Vec<f64>,
    places: Vec<f64>,
}

impl Board {
    /// Draws everything of a strip but its axes; `only` is the one line that is shown, if one is chosen.
    pub(super) fn draw_strip(
        &self,
        pane: &mut Pane,
        field: &Field<'_>,
        (strip, lines): (&Strip, &[LineMemory]),
        (marks, only): (&[Mark], Option<usize>),
        scratch: &mut Scratch,
    ) {
        let scale = self.look.borrow().scale;
        let raster = &mut pane.raster;
        raster.clear();
        raster.open(field.left * field.density..(field.left + field.width + 1.0) * field.density);
        self.draw_marks(raster, field, marks);
        for (index, (line, memory)) in strip.lines.iter().zip(lines).enumerate() {
            if only.is_none_or(|only| only == index) {
                self.draw_line(raster, field, line, memory, scratch);
            }
        }
        if let Some(limit) = &strip.limit {
            let y = field.y(limit.value).round();
            self.draw_limit(raster, field, y);
            if let Some(name) = &pane.limit {
                // Above its line, and where there is no room, below.
                put(name, "top", if y < LIMIT_NAME * scale { y + LIMIT_NAME * scale + 1.0 } else { y + 0.5 });
            }
        }
        pane.ink.show(raster);
        let stands = untrack(|| self.setting.view.stands());
        place_labels(pane, field, lines, (stands, scale), scratch);
    }

    fn draw_line(
        &self,
        raster: &mut Raster,
        field: &Field<'_>,
        line: &Line,
        memory: &LineMemory,
        scratch: &mut Scratch,
    ) {
        let (from, to) = field.window;
        let colour = self.palette.rgb(line.tone.property);
        if let Some(band) = &memory.band {
            let edges = band.each_ref().map(|edge| edge.within(from, to));
            field.band(raster, colour, BAND, edges, &mut scratch.band);
        }
        if !memory.ghost.is_empty() {
            let pen = Pen { stroke: Stroke::Dotted, colour: self.palette.rgb("--ghost") };
            field.line(raster, pen, &memory.ghost, &mut scratch.trace);
        }
        field.line(raster, Pen { stroke: line.stroke, colour }, memory.own.within(from, to), &mut scratch.trace);
    }

    fn draw_limit(&self, raster: &mut Raster, field: &Field<'_>, y: f64) {
        let px = |css: f64| css * field.density;
        let (dash, gap) = LIMIT;
        let mut left = field.left;
        while left < field.left + field.width {
            raster.block(px(left)..px(left + dash), px(y)..px(y + 1.0));
            left += dash + gap;
        }
        raster.ink(self.palette.rgb("--error"), 1.0);
    }

    /// Alerts and events as lines through a strip; the time an alert is open is tinted.
    fn draw_marks(&self, raster: &mut Raster, field: &Field<'_>, marks: &[Mark]) {
        let px = |css: f64| css * field.density;
        let right = field.left + field.width;
        for mark in marks {
            let until = field.x(mark.until.unwrap_or(field.window.1)).clamp(field.left, right);
            let from = field.x(mark.at);
            if from > right || until <= field.left {
                continue;
            }
            let colour = self.palette.rgb(mark.tone.property);
            let rows = 0.0..px(field.height);
            if until > from {
                raster.block(px(from.max(field.left))..px(until), rows.clone());
                raster.ink(colour, OPEN);
            }
            if from >= field.left {
                raster.block(px(from.round())..px(from.round() + 1.0), rows);
                raster.ink(colour, 1.0);
            }
        }
    }
}

/// Puts the names of the lines at their ends, or where what is shown `stands`, moved apart until none covers
/// another.
fn place_labels(
    pane: &mut Pane,
    field: &Field<'_>,
    lines: &[LineMemory],
    (stands, scale): (Option<f64>, f64),
    scratch: &mut Scratch,
) {
    let Scratch { wishes, places, .. } = scratch;
    let height = LABEL * scale;
    let value = |line: &LineMemory| stands.map_or_else(|| line.own.newest(), |to| line.own.until(to));
    let end = |line: &LineMemory| value(line).map_or(field.height / 2.0, |value| field.y(value));
    wishes.clear();
    wishes.extend(lines.iter().map(|line| end(line) - height / 2.0));
    spread(wishes, height, field.height - height, places);
    for (n, (label, place)) in pane.labels.iter().zip(places.iter()).enumerate() {
        // What stands where it stood is not touched: the browser would work out its style anew.
        if pane.label_places.get(n).is_none_or(|before| (before - place).abs() > 0.05) {
            put(label, "top", *place);
        }
    }
    pane.label_places.clone_from(places);
}
