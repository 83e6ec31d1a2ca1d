//! The pointer on the charts, beyond what every chart does: a veil over what is being marked, and with the shift key
//! the question what changed there. Zooming is the charts' own; here it goes into the address.

use super::Shared;
use crate::trends::Span;
use leptos::html::Div;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};

/// Less than this is a click, CSS pixels.
const DRAG: f64 = 8.0;

fn stay() -> NavigateOptions {
    NavigateOptions { scroll: false, ..NavigateOptions::default() }
}

/// Puts what is zoomed into into the address, and takes it out again on the way back.
pub(super) fn follow(shared: Shared) {
    let navigate = use_navigate();
    Effect::new(move || {
        let zoom = shared.view.zoom.get();
        let Some(shown) = shared.shown.get_untracked() else { return };
        let ask = shared.ask.get_untracked();
        match zoom.map(|(from, to)| Span::of(from, to)) {
            None => {
                // What is shown stays until the wider picture is there.
                shared.view.zoom.set(Some((shown.from, shown.to)));
                if ask.zoom.is_some() {
                    navigate(&ask.with(|ask| ask.zoom = None).address(), stay());
                }
            }
            Some(Some(zoom)) if !zoom.is_near(shown) => {
                navigate(&ask.with(|ask| ask.zoom = Some(zoom)).address(), stay());
            }
            Some(_) => {}
        }
    });
}

/// Listens to one chart.
pub(super) fn listen(container: NodeRef<Div>, shared: Shared, window: Span) {
    let navigate = use_navigate();
    let start = StoredValue::new(None::<(f64, f64)>);
    Effect::new(move || {
        let Some(element) = container.get() else { return };
        let moment = {
            let element: Element = element.clone().unchecked_into();
            move |event: &PointerEvent| {
                let area = element.query_selector(".chart .area").ok().flatten()?.get_bounding_client_rect();
                let share = (f64::from(event.client_x()) - area.left()) / area.width().max(1.0);
                Some(window.from + share * window.seconds()).filter(|_| (-0.02..=1.02).contains(&share))
            }
        };
        let ended = {
            let (moment, navigate) = (moment.clone(), navigate.clone());
            move |event: PointerEvent| {
                let begun = start.get_value();
                start.set_value(None);
                shared.brush.set(None);
                let (Some((x, from)), Some(to)) = (begun, moment(&event)) else { return };
                if event.shift_key()
                    && (f64::from(event.client_x()) - x).abs() >= DRAG
                    && let Some(span) = Span::of(from.min(to).max(window.from), from.max(to).min(window.to))
                {
                    let ask = shared.ask.get_untracked().with(|ask| ask.changed = Some(span));
                    navigate(&format!("{}#changes", ask.address()), NavigateOptions::default());
                }
            }
        };
        let moved = {
            let moment = moment.clone();
            move |event: PointerEvent| {
                if let (Some((x, from)), Some(to)) = (start.get_value(), moment(&event)) {
                    let is_drag = (f64::from(event.client_x()) - x).abs() >= DRAG;
                    shared.brush.set(Span::of(from.min(to), from.max(to)).filter(|_| is_drag));
                }
            }
        };
        let begins = move |event: PointerEvent| {
            if event.button() == 0 && event.pointer_type() == "mouse" {
                start.set_value(moment(&event).map(|at| (f64::from(event.client_x()), at)));
            }
        };
        let left = move |_: PointerEvent| {
            start.set_value(None);
            shared.brush.set(None);
        };
        let listening = (
            element.on(leptos::ev::pointerdown, begins),
            element.on(leptos::ev::pointermove, moved),
            element.on(leptos::ev::pointerup, ended),
            element.on(leptos::ev::pointerleave, left),
        );
        on_cleanup(move || drop(listening));
    });
}
