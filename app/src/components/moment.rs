//! Moments in time: as a clock, as an age. Each carries the absolute time for machines and on hover.

use crate::live::use_live;
use crate::session::{Zone, ZoneChoice};
use chrono::{DateTime, Datelike, FixedOffset, NaiveTime, Offset, SecondsFormat, Timelike, Utc};
use forewatch::time::seconds_between;
use forewatch::{Timestamp, format};
use leptos::prelude::*;

/// A moment in the zone that is chosen.
fn in_zone(at: Timestamp, zone: Zone) -> DateTime<FixedOffset> {
    let offset = match zone {
        Zone::Utc => Utc.fix(),
        Zone::Local => local_offset(at),
    };
    at.with_timezone(&offset)
}

/// The browser's offset from UTC at that moment (summer time included).
#[cfg(feature = "hydrate")]
fn local_offset(at: Timestamp) -> FixedOffset {
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at.timestamp_millis() as f64));
    #[expect(clippy::cast_possible_truncation, reason = "minutes of a day")]
    FixedOffset::west_opt((date.get_timezone_offset() * 60.0) as i32).unwrap_or_else(|| Utc.fix())
}

#[cfg(not(feature = "hydrate"))]
fn local_offset(_: Timestamp) -> FixedOffset {
    Utc.fix()
}

/// "14:02".
pub fn clock(at: Timestamp, zone: Zone) -> String {
    hours_minutes(&in_zone(at, zone))
}

/// "14:02:31".
pub fn clock_seconds(at: Timestamp, zone: Zone) -> String {
    let at = in_zone(at, zone);
    format!("{}:{:02}", hours_minutes(&at), at.second())
}

/// "24 Nov".
pub fn date(at: Timestamp, zone: Zone) -> String {
    day_month(&in_zone(at, zone))
}

/// "24 Nov 14:02".
pub fn date_clock(at: Timestamp, zone: Zone) -> String {
    let there = in_zone(at, zone);
    format!("{} {}", day_month(&there), hours_minutes(&there))
}

/// "14:02" today, "tomorrow 09:00", "yesterday 23:10", else "24 Nov 14:02".
pub fn day_clock(at: Timestamp, now: Timestamp, zone: Zone) -> String {
    let (at, now) = (in_zone(at, zone), in_zone(now, zone));
    let time = hours_minutes(&at);
    match (at.date_naive() - now.date_naive()).num_days() {
        0 => time,
        1 => format!("tomorrow {time}"),
        -1 => format!("yesterday {time}"),
        _ => format!("{} {time}", day_month(&at)),
    }
}

/// "24 Nov 2026, 14:02:31 UTC": what stands on hover.
pub fn absolute(at: Timestamp, zone: Zone) -> String {
    let there = in_zone(at, zone);
    let date = format!("{} {}, {}", day_month(&there), there.year(), clock_seconds(at, zone));
    if zone == Zone::Utc { format!("{date} UTC") } else { format!("{date} {}", there.offset()) }
}

/// The beginnings of days within a span, as the zone has them.
pub fn midnights(from: Timestamp, to: Timestamp, zone: Zone) -> Vec<Timestamp> {
    let mut day = in_zone(from, zone).date_naive();
    let mut found = Vec::new();
    while let Some(next) = day.succ_opt() {
        let there = next.and_time(NaiveTime::MIN).and_utc();
        // The offset of about that time: right but within hours of a change of it.
        let at = there - in_zone(there, zone).offset().fix();
        if at >= to {
            break;
        }
        found.push(at);
        day = next;
    }
    found
}

// Written out by hand: the machinery behind chrono's format strings would be a twentieth of what the browser loads.

fn hours_minutes(at: &DateTime<FixedOffset>) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

fn day_month(at: &DateTime<FixedOffset>) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    format!("{} {}", at.day(), MONTHS[at.month0() as usize])
}

/// How a moment is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// "14:02", with the day when it is not today.
    Clock,
    /// "14:02:31".
    Seconds,
    /// "36 min ago".
    Ago,
    /// "36 min".
    Age,
}

/// A moment.
#[component]
pub fn Moment(
    /// When.
    #[prop(into)]
    at: Signal<Timestamp>,
    /// How it is written.
    #[prop(default = Style::Clock)]
    style: Style,
) -> impl IntoView {
    let zone = ZoneChoice::expect().0;
    let now = use_live().now();
    let text = move || {
        let at = at.get();
        match style {
            Style::Clock => day_clock(at, now.get(), zone.get()),
            Style::Seconds => clock_seconds(at, zone.get()),
            Style::Ago => format!("{} ago", format::age(seconds_between(at, now.get()))),
            Style::Age => format::age(seconds_between(at, now.get())),
        }
    };
    view! {
        <time datetime=move || at.get().to_rfc3339_opts(SecondsFormat::Secs, true) title=move || absolute(at.get(), zone.get())>
            {text}
        </time>
    }
}
