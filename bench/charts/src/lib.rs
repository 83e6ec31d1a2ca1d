//! What the benchmark of the charts drives: the dashboard's own charts, with a past of any length, and live points that go
//! on from it. A crate of its own, which no site has in it.

use app::charts::history::{LineMemory, Memory, Newest};
use app::charts::strip_chart::Strips;
use app::charts::track::Track;
use app::charts::{ChartTime, Line, Marks, PALETTE, Source, Strip};
use app::live::provide_live;
use app::session::ZoneChoice;
use forewatch::series::Point;
use forewatch::{Ratio, SystemMetrics, time};
use leptos::mount::mount_to;
use leptos::prelude::*;
use leptos::web_sys::HtmlElement;
use std::any::Any;
use std::sync::Arc;
use wasm_bindgen::prelude::wasm_bindgen;

/// Charts that stand below each other and follow one record.
#[wasm_bindgen]
pub struct BenchCharts {
    strips: Arc<Vec<Strip>>,
    memories: Vec<Memory>,
    record: ArcRwSignal<SystemMetrics>,
    mounted: Option<Box<dyn Any>>,
}

#[wasm_bindgen]
impl BenchCharts {
    /// So many charts, each of one strip; not drawn yet. `times` are Unix seconds within an hour, `values` shares: line
    /// after line, as many for each as there are times.
    ///
    /// # Panics
    /// When there are no times.
    #[wasm_bindgen(constructor)]
    pub fn new(count: usize, times: &[f64], values: &[f64]) -> Self {
        let lines = |n: usize| Line::new(format!("line {n}"), "system.gpu_usage", PALETTE[n % PALETTE.len()]);
        let strip = Strip::new("Load", "", (0..values.len() / times.len()).map(lines).collect());
        let track = |values: &[f64]| {
            let points: Vec<Point> = times.iter().zip(values).map(|(at, value)| (*at, Some(*value))).collect();
            LineMemory {
                own: Track::from_history(&points, points.len()),
                ghost: Vec::new(),
                band: None,
                newest: Newest::default(),
            }
        };
        let end = times[times.len() - 1];
        let past = Memory::past(values.chunks(times.len()).map(track).collect(), end, 0.0);
        let golden = include_str!("../../../tests/golden/system_metrics_unknown.json");
        let mut record: SystemMetrics =
            serde_json::from_str(golden).expect("the golden record is read by its own type");
        record.timestamp = time::from_unix_seconds(end).unwrap_or_default();
        record.total_gpu_usage = Ratio::clamped(values[times.len() - 1]);
        Self {
            strips: Arc::new(vec![strip]),
            memories: vec![past; count],
            record: ArcRwSignal::new(record),
            mounted: None,
        }
    }

    /// Puts the charts into the page; they are drawn with the next frame.
    pub fn mount(&mut self, place: HtmlElement) {
        let (strips, memories) = (Arc::clone(&self.strips), std::mem::take(&mut self.memories));
        let record = self.record.clone();
        self.mounted = Some(Box::new(mount_to(place, move || {
            provide_live();
            ZoneChoice::provide();
            let source = Source::System(Signal::from(record));
            let (marks, view) = (Marks::of(Signal::stored(Vec::new()), None), ChartTime::of_page());
            let chart = |memory| {
                let (strips, has_ghost) = (Arc::clone(&strips), RwSignal::new(false));
                view! { <section class="panel"><Strips strips memory source marks view has_ghost/></section> }
            };
            memories.into_iter().map(chart).collect_view()
        })));
    }

    /// The record says this of a moment, Unix seconds; the charts that changed are drawn with the next frame.
    pub fn take(&self, at: f64, value: f64) {
        self.record.update(|record| {
            record.timestamp = time::from_unix_seconds(at).unwrap_or_default();
            record.total_gpu_usage = Ratio::clamped(value);
        });
    }

    /// Takes the charts out of the page.
    pub fn remove(&mut self) {
        self.mounted = None;
    }
}
