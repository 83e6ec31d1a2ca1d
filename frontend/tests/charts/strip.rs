//! The strip chart as a page has it: mounted, fed by live records, drawn by its board.

use super::canvas::{add, column, ink};
use crate::support::{frame, until};
use app::charts::ink::steady;
use app::charts::surface::Palette;
use app::charts::{Line, Source, Strip, StripChart, Tone};
use app::live::provide_live;
use app::session::ZoneChoice;
use forewatch::time::from_unix_seconds;
use forewatch::{Ratio, SystemMetrics};
use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement};

/// The style sheet, as far as charts need it.
const STYLE: &str = concat!(
    include_str!("../../../style/tokens.css"),
    include_str!("../../../style/colour.css"),
    include_str!("../../../style/strips.css"),
    include_str!("../../../style/chart.css"),
);
/// Seconds between two records.
const STEP: u32 = 60;

/// A strip chart in the page, and the record that it follows.
struct Chart {
    place: HtmlElement,
    record: RwSignal<SystemMetrics>,
    /// The time of the newest record, Unix seconds.
    end: Cell<f64>,
    mounted: Option<Box<dyn std::any::Any>>,
}

impl Chart {
    /// A chart of the GPU load, in the page and drawn by its board.
    async fn mount() -> Self {
        screen(1.0);
        let body = document().body().expect("a page");
        let place = add("div", &body);
        place.style().set_property("width", "900px").expect("a width");
        add("style", &place).set_text_content(Some(STYLE));
        let golden = include_str!("../../../tests/golden/system_metrics_unknown.json");
        let record = ArcRwSignal::new(serde_json::from_str(golden).expect("a golden record"));
        let source = record.clone();
        let handle: UnmountHandle<_> = mount_to(add("div", &place), move || {
            provide_live();
            ZoneChoice::provide();
            let strips = vec![Strip::new("GPU load", "", vec![Line::new("", "system.gpu_usage", Tone::BLUE)])];
            view! { <StripChart title="Load" strips source=Source::System(Signal::from(source))/> }
        });
        let chart = Self { place, record: record.into(), end: Cell::new(0.0), mounted: Some(Box::new(handle)) };
        assert!(until(|| chart.find(".strips.on").is_some()).await, "no board took the chart over");
        chart
    }

    fn find(&self, selector: &str) -> Option<HtmlElement> {
        self.place.query_selector(selector).expect("a selector").map(JsCast::unchecked_into)
    }

    fn canvas(&self, selector: &str) -> HtmlCanvasElement {
        self.find(selector).expect("a chart has its canvases").unchecked_into()
    }

    /// A record a minute from an hour ago to `end`, Unix seconds; then a frame, so that they are drawn.
    async fn live(&self, end: f64, load: impl Fn(u32) -> Option<f64>) {
        self.end.set(end);
        for ago in (0..=58).rev().map(|minute| minute * STEP) {
            self.record.update(|record| {
                record.timestamp = from_unix_seconds(end - f64::from(ago)).expect("a time");
                record.total_gpu_usage = load(ago).and_then(Ratio::clamped);
            });
            leptos::task::tick().await;
        }
        frame().await;
        frame().await;
    }

    /// Where the reading of so many seconds ago lies, in device pixels of the canvas with the lines.
    fn x(&self, ago: u32) -> f64 {
        let area = self.find(".strip.chart .area").expect("a plot");
        let (left, width) = (f64::from(area.offset_left()), f64::from(area.client_width()));
        let (end, density) = (self.end.get(), window().device_pixel_ratio());
        // The picture begins with a whole column.
        let (from, to) = steady((end - 3_600.0, end), width * density);
        (left + (end - f64::from(ago) - from) / (to - from) * width) * density
    }
}

impl Drop for Chart {
    fn drop(&mut self) {
        self.mounted.take();
        self.place.remove();
    }
}

/// The window is on a screen with so many pixels a CSS pixel; the attribute makes charts draw anew.
fn screen(density: f64) {
    js_sys::Reflect::set(&window(), &"devicePixelRatio".into(), &density.into()).expect("it can be replaced");
    let root = document().document_element().expect("a root");
    root.set_attribute("data-density", &density.to_string()).expect("an attribute");
}

/// Later than any clock of this test by a little, so that the right edge is the newest record.
fn soon() -> f64 {
    (js_sys::Date::now() / 1000.0).ceil() + 60.0
}

#[wasm_bindgen_test]
async fn a_strip_chart_draws_live_readings_and_leaves_out_what_is_unknown() {
    let chart = Chart::mount().await;
    let lines = chart.canvas("canvas.ink");
    assert_eq!(ink(&lines, chart.x(600)), None, "there is ink before there are readings");
    // Nothing is known from half an hour ago to 20 minutes ago; 10 minutes ago the load falls for one reading.
    chart.live(soon(), |ago| (!(1_200..=1_800).contains(&ago)).then_some(if ago == 600 { 0.2 } else { 0.8 })).await;
    let height = f64::from(lines.height());
    for (ago, load) in [(3_000, 0.8), (2_100, 0.8), (900, 0.8), (600, 0.2), (120, 0.8)] {
        let found = ink(&lines, chart.x(ago)).expect("ink at a reading") / height;
        assert!((found - (1.0 - load)).abs() < 0.08, "{ago} s ago the line is at {found} of the height");
    }
    for ago in [1_230, 1_500, 1_770] {
        assert_eq!(ink(&lines, chart.x(ago)), None, "ink {ago} s ago, when nothing was known");
    }
    let axes = chart.canvas(".strip.chart canvas.axes");
    assert!(ink(&axes, chart.x(600)).is_some(), "the grid is drawn");
    let times = chart.canvas(".strip.axis canvas.axes");
    assert!(ink(&times, chart.x(600)).is_some(), "the time axis is drawn");
    let said = chart.place.text_content().unwrap_or_default();
    assert!(said.contains("The past did not load") && said.contains("80 %"), "{said}");
}

#[wasm_bindgen_test]
async fn a_strip_chart_wears_the_colours_of_the_style_sheet_and_is_as_sharp_as_the_screen() {
    let chart = Chart::mount().await;
    let lines = chart.canvas("canvas.ink");
    for density in [1.0, 2.0, 3.0] {
        screen(density);
        frame().await;
        chart.live(soon() + density * 3_600.0, |_| Some(0.5)).await;
        let css = (f64::from(lines.client_width()), f64::from(lines.client_height()));
        assert_eq!((f64::from(lines.width()), f64::from(lines.height())), (css.0 * density, css.1 * density));
        let x = chart.x(600);
        let thick: f64 = column(&lines, x).iter().map(|alpha| f64::from(*alpha) / 255.0).sum();
        assert!((thick / density - 1.5).abs() < 0.2, "the line is {thick} pixels thick at {density} a CSS pixel");
        assert!(column(&lines, x).contains(&255) || density < 2.0, "a line on a sharp screen is blurred");
    }
    let y = ink(&lines, chart.x(600)).expect("the line").floor();
    let palette = Palette::at(&chart.find(".strips").expect("strips")).expect("a palette");
    let wanted = palette.rgb(Tone::BLUE.property);
    let context: CanvasRenderingContext2d = lines.get_context("2d").ok().flatten().expect("a context").unchecked_into();
    let pixel = context.get_image_data(chart.x(600).round(), y, 1.0, 1.0).expect("a pixel").data();
    assert_eq!(pixel[..3], wanted);
}

#[wasm_bindgen_test]
async fn a_chart_that_left_the_page_draws_no_more() {
    let mut chart = Chart::mount().await;
    let lines = chart.canvas("canvas.ink");
    chart.mounted.take();
    assert_eq!(chart.find(".strips"), None);
    // What goes wrong in a frame is heard of only here.
    let wrong = Rc::new(Cell::new(0));
    let count = Rc::clone(&wrong);
    let errors = window_event_listener_untyped("error", move |_| count.set(count.get() + 1));
    let before = lines.width();
    screen(2.0);
    chart.live(soon(), |_| Some(0.5)).await;
    assert_eq!((lines.width(), ink(&lines, f64::from(before) / 2.0)), (before, None));
    assert_eq!(wrong.get(), 0, "a frame of a chart that is gone failed");
    errors.remove();
}
