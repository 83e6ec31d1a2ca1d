//! The map in the browser: it is drawn at most once a frame, and follows pointer and keyboard.

use super::map::{Pointed, words};
use super::paint::Painter;
use super::plan::{Spot, Step};
use crate::charts::surface::{Palette, Surface};
use crate::charts::watch::{Watch, changes};
use crate::turns::in_turn;
use forewatch::worker::FleetGpu;
use leptos::ev;
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement, KeyboardEvent, MouseEvent};

/// Draws the map once it is in the page, until it leaves it.
pub(super) fn take_over(fleet: Signal<Arc<Vec<FleetGpu>>>, pointed: Pointed) {
    let kept = StoredValue::new_local(None::<Rc<Map>>);
    Effect::new(move || {
        let Some(place) = pointed.place.get() else { return };
        let Some(map) = Map::new(place.into(), fleet, pointed) else { return };
        map.listen();
        kept.set_value(Some(map));
    });
    Effect::new(move || {
        fleet.track();
        kept.with_value(|map| {
            if let Some(map) = map {
                map.draw_soon();
            }
        });
    });
    on_cleanup(move || drop(kept.try_update_value(Option::take)));
}

struct Map {
    place: HtmlElement,
    fleet: Signal<Arc<Vec<FleetGpu>>>,
    pointed: Pointed,
    painter: RefCell<Painter>,
    frame_due: Cell<bool>,
    watching: RefCell<Vec<Watch>>,
}

impl Map {
    fn new(place: HtmlElement, fleet: Signal<Arc<Vec<FleetGpu>>>, pointed: Pointed) -> Option<Rc<Self>> {
        let canvas: HtmlCanvasElement = place.query_selector("canvas").ok()??.dyn_into().ok()?;
        let painter = RefCell::new(Painter::new(Surface::new(canvas)?, Palette::at(&place)?));
        Some(Rc::new(Self {
            place,
            fleet,
            pointed,
            painter,
            frame_due: Cell::new(false),
            watching: RefCell::default(),
        }))
    }

    fn draw_soon(self: &Rc<Self>) {
        if !self.frame_due.replace(true) {
            let map = Rc::downgrade(self);
            in_turn(move || {
                if let Some(map) = map.upgrade() {
                    map.frame_due.set(false);
                    map.draw();
                }
            });
        }
    }

    fn draw(&self) {
        // The page may be gone by the time the frame comes.
        let Some(fleet) = self.fleet.try_read_untracked() else { return };
        let width = f64::from(self.place.client_width());
        let density = window().device_pixel_ratio().max(1.0);
        if width > 0.0 && self.painter.borrow_mut().paint(&fleet, width, density) {
            self.pointed.spot.set(None);
        }
    }

    fn listen(self: &Rc<Self>) {
        let map = Rc::downgrade(self);
        let look_changed = move || {
            if let Some(map) = map.upgrade() {
                map.painter.borrow_mut().repaint();
                map.draw_soon();
            }
        };
        self.watching.borrow_mut().extend(changes(&self.place, Rc::new(look_changed)));
        let with = |act: fn(&Self, &ev::PointerEvent)| {
            let map = Rc::downgrade(self);
            move |event: ev::PointerEvent| {
                if let Some(map) = map.upgrade() {
                    act(&map, &event);
                }
            }
        };
        let (map, keyed) = (Rc::downgrade(self), Rc::downgrade(self));
        let click = move |event: MouseEvent| map.upgrade().map_or((), |map| map.click(&event));
        let key = move |event: KeyboardEvent| keyed.upgrade().map_or((), |map| map.press(&event));
        let listening = (
            self.place.clone().on(ev::pointermove, with(|map, event| map.point(map.under(event)))),
            self.place.clone().on(ev::pointerleave, with(|map, _| map.point(None))),
            self.place.clone().on(ev::click, click),
            self.place.clone().on(ev::keydown, key),
        );
        on_cleanup(move || drop(listening));
    }

    /// The device under a pointer.
    fn under(&self, event: &MouseEvent) -> Option<Spot> {
        let edges = self.place.get_bounding_client_rect();
        let (x, y) = (f64::from(event.client_x()) - edges.left(), f64::from(event.client_y()) - edges.top());
        self.painter.borrow().plan()?.at(x, y)
    }

    /// A click on what is pointed at leads to its worker; a finger points first. On the frame itself the link does it.
    fn click(&self, event: &MouseEvent) {
        let found = self.under(event);
        let is_known = found.is_some()
            && self.pointed.spot.get_untracked().map(|(spot, _)| spot.host) == found.map(|spot| spot.host);
        let on_link = event.target().is_some_and(|target| target.dyn_ref::<web_sys::HtmlCanvasElement>().is_none());
        if on_link {
            return;
        }
        match is_known {
            true => self.open(),
            false => self.point(found),
        }
    }

    fn open(&self) {
        if let Some(link) = self.pointed.frame.get_untracked() {
            link.click();
        }
    }

    fn press(&self, event: &KeyboardEvent) {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let step = match event.key().as_str() {
            "ArrowLeft" => Step::Left,
            "ArrowRight" => Step::Right,
            "ArrowUp" => Step::Up,
            "ArrowDown" => Step::Down,
            "Home" => Step::First,
            "End" => Step::Last,
            "Enter" => return self.open(),
            "Escape" => return self.point(None),
            _ => return,
        };
        event.prevent_default();
        let now = self.pointed.spot.get_untracked().map(|(spot, _)| spot);
        let next = self.painter.borrow().plan().map(|plan| match now {
            Some(now) => plan.step(now, step),
            None => Spot { host: 0, device: 0 },
        });
        self.point(next);
        let fleet = self.fleet.read_untracked();
        let device = self.pointed.spot.get_untracked().and_then(|(_, device)| fleet.get(device));
        self.pointed.spoken.set(device.map(words).unwrap_or_default());
        if let Some(frame) = self.pointed.frame.get_untracked() {
            frame.scroll_into_view_with_scroll_into_view_options(&nearest());
        }
    }

    /// Points at a device, or at none.
    fn point(&self, spot: Option<Spot>) {
        let painter = self.painter.borrow();
        let found = painter.plan().zip(spot).and_then(|(plan, spot)| Some((plan, spot, plan.device(spot)?)));
        let Some((plan, spot, device)) = found else {
            self.pointed.spot.set(None);
            return;
        };
        if self.pointed.spot.get_untracked() == Some((spot, device)) {
            return;
        }
        self.pointed.spot.set(Some((spot, device)));
        let (cell, (x, y)) = (plan.grid.cell, plan.places[device]);
        let host = &plan.hosts[spot.host];
        let deep = host.devices.last().map_or(cell, |last| plan.places[*last].1 + cell - host.y);
        let put = |element: Option<HtmlElement>, places: &[(&str, f64)]| {
            for (property, css) in places {
                // Through the object model, which the content security policy allows.
                let _ = element.as_ref().map(|e| e.style().set_property(property, &format!("{css:.1}px")));
            }
        };
        let frame = self.pointed.frame.get_untracked().map(HtmlElement::from);
        let around = [("left", host.x - 2.0), ("top", host.y - 2.0), ("width", cell + 4.0), ("height", deep + 4.0)];
        put(frame.clone(), &around);
        put(frame, &[("--at", y - host.y)]);
        // Towards the middle, where there is room for the words.
        let middle = x + cell / 2.0;
        let (side, other, far) =
            if middle > plan.width / 2.0 { ("right", "left", plan.width - middle) } else { ("left", "right", middle) };
        let words = self.pointed.words.get_untracked().map(HtmlElement::from);
        if let Some(words) = &words {
            let _ = words.style().remove_property(other);
        }
        put(words, &[(side, far), ("top", host.y + deep + 8.0)]);
    }
}

/// As little scrolling as it takes.
fn nearest() -> web_sys::ScrollIntoViewOptions {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options
}
