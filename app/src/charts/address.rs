//! What the charts of a page show stands in its address: `range=6h`, `zoom=A..B`, `only=gpu.temperature/0`. So it is there
//! again after a reload, for whoever gets the link and on the way back, and the server draws it.

use super::range::Range;
use crate::trends::Span;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use leptos_router::location::Url;

/// What a change of the address leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trace {
    /// A step: the way back leads through it.
    Step,
    /// None: it stands in the place of what was there.
    None,
}

/// What an address asks of live charts; what is not understood is not asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Asked {
    /// How much is shown.
    pub range: Option<Range>,
    /// The part that is zoomed into, Unix seconds.
    pub zoom: Option<(f64, f64)>,
    /// What stands for the only line that is shown.
    pub only: Option<String>,
}

impl Asked {
    fn of(query: &str) -> Self {
        let zoom = value(query, "zoom").and_then(|word| Span::read(&word));
        Self {
            range: value(query, "range").and_then(|word| Range::of_word(&word)),
            zoom: zoom.map(|span| (span.from, span.to)),
            only: value(query, "only"),
        }
    }
}

/// Goes to an address.
#[cfg(feature = "hydrate")]
type Go = Box<dyn Fn(&str, leptos_router::NavigateOptions)>;

/// The parameters of the page's address.
#[derive(Clone, Copy)]
pub struct Address {
    query: Memo<String>,
    #[cfg(feature = "hydrate")]
    go: StoredValue<Option<Go>, LocalStorage>,
}

impl Address {
    /// The page's. Charts that stand in no page, as those of tests do, have none: nothing they show stands anywhere.
    pub fn of_page() -> Self {
        let is_page = use_context::<ArcRwSignal<Url>>().is_some();
        Self {
            query: if is_page { of_location() } else { Memo::new(|_| String::new()) },
            #[cfg(feature = "hydrate")]
            go: StoredValue::new_local(is_page.then(|| Box::new(leptos_router::hooks::use_navigate()) as Go)),
        }
    }

    /// What is asked of live charts. Tracks the address.
    pub fn asked(self) -> Asked {
        self.query.with(|query| Asked::of(query))
    }

    /// The address of the same page with some parameters changed; one without a value is left out. Tracks the address.
    pub fn with(self, changes: &[(&str, Option<&str>)]) -> String {
        self.query.with(|query| changed(query, changes))
    }

    /// Goes to an address, unless it is the one that is there; within the page without a jump to its top. The server goes
    /// nowhere.
    pub fn go(self, next: impl FnOnce(Self) -> String, trace: Trace) {
        let (here, there) = untrack(|| (self.with(&[]), next(self)));
        #[cfg(feature = "hydrate")]
        if here != there {
            self.go_there(&there, trace);
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (here, there, trace);
    }

    #[cfg(feature = "hydrate")]
    fn go_there(self, address: &str, trace: Trace) {
        let options = leptos_router::NavigateOptions {
            scroll: address.starts_with('/'),
            replace: trace == Trace::None,
            ..leptos_router::NavigateOptions::default()
        };
        self.go.with_value(|go| {
            if let Some(go) = go {
                go(address, options);
            }
        });
    }
}

/// The query of the address as long as it is this page's: while another one comes, what is shown stays.
fn of_location() -> Memo<String> {
    let location = use_location();
    let own = location.pathname.get_untracked();
    Memo::new(move |before: Option<&String>| {
        let is_own = location.pathname.with(|path| *path == own);
        if is_own { location.search.get() } else { before.cloned().unwrap_or_default() }
    })
}

/// The value of a parameter in a query.
fn value(query: &str, key: &str) -> Option<String> {
    let mut parts = query.split('&').rev().filter_map(|part| part.split_once('='));
    parts.find(|(name, _)| *name == key).map(|(_, value)| Url::unescape(value))
}

/// A query with some parameters changed; the others stay as they are written. What a refused form left is not kept.
fn changed(query: &str, changes: &[(&str, Option<&str>)]) -> String {
    let mut out = String::from("?");
    let mut put = |parts: &[&str]| {
        if out.len() > 1 {
            out.push('&');
        }
        for part in parts {
            out.push_str(part);
        }
    };
    for part in query.split('&') {
        let name = part.split('=').next().unwrap_or_default();
        if !part.is_empty() && !name.starts_with("__") && changes.iter().all(|(key, _)| *key != name) {
            put(&[part]);
        }
    }
    for (key, value) in changes {
        if let Some(value) = value {
            put(&[key, "=", value]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_put_taken_away_and_read_again_and_the_others_stay_as_they_were() {
        let zoomed = changed("wall=charts&zoom=a..b&q=%C3%BC+x&wall2", &[("zoom", Some("2026-11-24T14:02:00Z..c"))]);
        assert_eq!(zoomed, "?wall=charts&q=%C3%BC+x&wall2&zoom=2026-11-24T14:02:00Z..c");
        assert_eq!(value(&zoomed[1..], "zoom").as_deref(), Some("2026-11-24T14:02:00Z..c"));
        assert_eq!(changed("range=6h&zoom=a..b", &[("range", None), ("zoom", None)]), "?");
        assert_eq!(changed("", &[("range", Some("6h")), ("zoom", None)]), "?range=6h");
        assert_eq!(changed("__path=%2Fapi&__err=x&range=6h", &[]), "?range=6h");
    }

    #[test]
    fn an_address_asks_for_a_range_a_part_and_a_line_and_what_is_not_understood_is_not_asked() {
        let asked = Asked::of("range=6h&zoom=2026-11-24T14:02:00Z..2026-11-24T14:12:00Z&only=gpu.temperature/0");
        assert_eq!((asked.range, asked.only.as_deref()), (Some(Range::Hours), Some("gpu.temperature/0")));
        assert_eq!(asked.zoom.map(|(from, to)| to - from), Some(600.0));
        assert_eq!(Asked::of("range=5y&zoom=b..a&q=x"), Asked::default());
    }

    #[test]
    fn a_value_is_read_as_it_was_before_it_was_escaped_and_the_last_one_counts() {
        assert_eq!(value("zoom=a%3Ab..c&x=1", "zoom").as_deref(), Some("a:b..c"));
        assert_eq!(value("range=6h&range=24h", "range").as_deref(), Some("24h"));
        for query in ["", "ranges=6h", "range"] {
            assert_eq!(value(query, "range"), None, "{query}");
        }
    }
}
