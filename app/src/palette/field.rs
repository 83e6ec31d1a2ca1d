//! The palette: a field, and under it what fits the words in it.

use super::hit::{Does, Found, Hit, Kind, at_hand, saved, search_tasks};
use super::list::{Hits, row_id};
use super::offered::offered;
use super::rank::{fit, words};
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::FrameResource;
use crate::handling::shown_alerts;
use leptos::prelude::*;
use std::collections::HashSet;

/// Rows at most.
const MOST: usize = 14;
/// Rows of one kind at most, but pages and what can be done with other things than alerts.
const OF_A_KIND: usize = 5;
/// How well a task or an alert fits in which the server found the words elsewhere than in its name: worse than any other.
const ELSEWHERE: usize = 9;

/// The palette's content.
#[component]
pub(super) fn Palette() -> impl IntoView {
    let text = RwSignal::new(String::new());
    let at = RwSignal::new(0);
    let answer = RwSignal::new((String::new(), Vec::new()));
    let alerts = FrameResource::expect().0.get_untracked().and_then(Result::ok).map(|data| shown_alerts(data.alerts));
    let offered = StoredValue::new([saved(), offered()].concat());
    let hits = Memo::new(move |_| {
        let mut active = alerts.map(|alerts| alerts.get()).unwrap_or_default();
        active.retain(|alert| alert.is_active);
        let (asked, found) = &*answer.read();
        let at_hand = at_hand(&active).into_iter().chain(offered.get_value()).collect();
        choose(&text.read(), at_hand, found, *asked == *text.read())
    });
    #[cfg(feature = "hydrate")]
    browser::ask(text, at, answer);
    let press = move |event: leptos::ev::KeyboardEvent| {
        let count = hits.read_untracked().len().max(1);
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => at.update(|at| *at = (*at + count - 1) % count),
            "Enter" => {
                #[cfg(feature = "hydrate")]
                browser::click(&row_id(at.get_untracked()));
            }
            _ => return,
        }
        event.prevent_default();
        #[cfg(feature = "hydrate")]
        browser::show(&row_id(at.get_untracked()));
    };
    view! {
        <div class="palette-field">
            <Icon glyph=Glyph::Search/>
            <input
                type="text"
                role="combobox"
                autofocus
                autocomplete="off"
                spellcheck="false"
                maxlength="200"
                aria-label="Find or do"
                aria-expanded="true"
                aria-controls="palette-hits"
                aria-autocomplete="list"
                aria-activedescendant=move || row_id(at.get())
                placeholder="Pages, workers, queues, tasks, alerts, actions"
                prop:value=text
                on:input=move |event| text.set(event_target_value(&event))
                on:keydown=press
            />
        </div>
        <Hits hits at/>
    }
    .into_any()
}

/// The rows for a text, the best first. `found` is what the server found, for this text when `is_for_it`.
fn choose(text: &str, at_hand: Vec<Hit>, found: &[Found], is_for_it: bool) -> Vec<Hit> {
    let words = words(text);
    let rank = |hit: &Hit| {
        let Found { title, detail, address, .. } = &hit.found;
        let is_elsewhere = |found: &Found| matches!(found.kind, Kind::Task | Kind::Alert) && found.address == *address;
        let is_found = is_for_it && found.iter().any(is_elsewhere);
        fit(&words, title, detail).or(is_found.then_some(ELSEWHERE))
    };
    // Without a word nothing is done by a slip of the finger.
    let is_meant = |hit: &Hit| !words.is_empty() || !matches!(hit.does, Does::Handles(..) | Does::Presses);
    let alerts: HashSet<String> = at_hand.iter().filter(|hit| is_alert(&hit.found)).map(address).collect();
    let others = found.iter().filter(|found| !is_alert(found) || !alerts.contains(&found.address));
    let all = at_hand.into_iter().filter(is_meant).chain(others.cloned().map(Hit::from));
    let mut ranked: Vec<(usize, Hit)> = all.filter_map(|hit| Some((rank(&hit)?, hit))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let mut hits: Vec<Hit> = Vec::new();
    for (_, hit) in ranked {
        let alike = |other: &&Hit| other.found.kind == hit.found.kind && handles(other) == handles(&hit);
        let is_few = matches!(hit.found.kind, Kind::Page | Kind::Action) && !handles(&hit);
        if (is_few || hits.iter().filter(alike).count() < OF_A_KIND) && hits.len() < MOST {
            hits.push(hit);
        }
    }
    if !words.is_empty() {
        hits.push(search_tasks(text.trim()));
    }
    hits
}

fn is_alert(found: &Found) -> bool {
    found.kind == Kind::Alert
}

fn address(hit: &Hit) -> String {
    hit.found.address.clone()
}

/// Whether it does something with an alert.
fn handles(hit: &Hit) -> bool {
    matches!(hit.does, Does::Handles(..))
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::Found;
    use crate::server_fns::find;
    use leptos::prelude::*;
    use std::time::Duration;
    use wasm_bindgen::JsCast;

    /// How long nobody types before the server is asked.
    const PAUSE: Duration = Duration::from_millis(120);

    /// Asks the server for each text that stands for a moment.
    pub(super) fn ask(text: RwSignal<String>, at: RwSignal<usize>, answer: RwSignal<(String, Vec<Found>)>) {
        let is_still = move |asked: &String| text.try_with_untracked(|text| text == asked).unwrap_or(false);
        Effect::new(move || {
            let asked = text.get();
            at.set(0);
            if asked.trim().is_empty() {
                return;
            }
            set_timeout(
                move || {
                    if is_still(&asked) {
                        leptos::task::spawn_local(async move {
                            // Without an answer there is what is at hand.
                            if let Ok(found) = find(asked.clone()).await
                                && is_still(&asked)
                            {
                                answer.set((asked, found));
                            }
                        });
                    }
                },
                PAUSE,
            );
        });
    }

    fn row(id: &str) -> Option<web_sys::HtmlElement> {
        document().get_element_by_id(id)?.dyn_into().ok()
    }

    /// Chooses a row.
    pub(super) fn click(id: &str) {
        if let Some(row) = row(id) {
            row.click();
        }
    }

    /// Has a row in view.
    pub(super) fn show(id: &str) {
        if let Some(row) = row(id) {
            row.scroll_into_view_with_bool(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(kind: Kind, title: &str) -> Found {
        Found { kind, title: title.to_owned(), detail: String::new(), address: format!("/{title}") }
    }

    fn titles(hits: &[Hit]) -> Vec<&str> {
        hits.iter().map(|hit| hit.found.title.as_str()).collect()
    }

    #[test]
    fn without_words_there_are_the_pages_and_what_can_be_done() {
        let hits = choose("", at_hand(&[]), &[], true);
        assert_eq!(titles(&hits)[..2], ["Overview", "Workers"]);
        assert!(titles(&hits).contains(&"Switch theme"));
    }

    #[test]
    fn the_best_come_first_few_of_a_kind_and_the_search_of_tasks_last() {
        let mut all: Vec<Found> = (0..20).map(|n| found(Kind::Worker, &format!("a-gpu-{n}"))).collect();
        all.push(found(Kind::Queue, "gpu"));
        all.push(found(Kind::Task, "0190"));
        let hits = choose("GPU", at_hand(&[]), &all, true);
        assert_eq!(titles(&hits)[0], "gpu");
        assert_eq!(hits.iter().filter(|hit| hit.found.kind == Kind::Worker).count(), OF_A_KIND);
        assert_eq!(titles(&hits)[6..], ["0190", "Search tasks for \"GPU\""]);
        let later = choose("gpu-1", at_hand(&[]), &all, false);
        assert!(!titles(&later).contains(&"0190"), "the answer is for other words");
    }

    fn alert(id: &str, title: &str) -> forewatch::Alert {
        let text = include_str!("../../../tests/golden/alert.json");
        let alert: forewatch::Alert = serde_json::from_str(text).expect("an alert");
        let alert_id = forewatch::AlertId::new(id).expect("an id");
        forewatch::Alert { alert_id, title: title.to_owned(), is_active: true, acknowledged: false, ..alert }
    }

    #[test]
    fn an_alert_that_is_active_comes_once_with_what_can_be_done_and_before_one_that_has_ended() {
        let active = alert("a", "the disk of gpu-7 is full");
        let at_hand = || at_hand(std::slice::from_ref(&active));
        let ended = |id: &str| Found { address: format!("/alerts/{id}"), ..found(Kind::Alert, &active.title) };
        let hits = choose("disk", at_hand(), &[ended("old"), ended("a")], true);
        let addresses: Vec<_> = hits.iter().filter(|hit| is_alert(&hit.found)).map(address).collect();
        assert_eq!(addresses, ["/alerts/a", "/alerts/old"]);
        let acts: Vec<_> = titles(&hits).into_iter().filter(|title| title.ends_with(&*active.title)).collect();
        assert!(acts.iter().any(|title| title.starts_with("Acknowledge: ")), "{acts:?}");
        assert!(acts.iter().any(|title| title.starts_with("Resolve: ")), "{acts:?}");
        assert!(!titles(&choose("", at_hand(), &[], true)).iter().any(|title| title.starts_with("Resolve: ")));
        let by_id = choose("01ARZ", at_hand(), &[ended("old")], true);
        assert_eq!(titles(&by_id)[0], active.title, "the server found it by its id");
    }
}
