//! Several alerts chosen, to be handled together.

use crate::components::alert_deeds::HOLDS;
use crate::components::icon::{Glyph, Icon};
use crate::handling::{Deed, Handling};
use forewatch::alert::AlertState;
use forewatch::{Alert, AlertId};
use leptos::prelude::*;
use std::collections::HashSet;

/// Which of the rows are chosen. What is no longer among the rows no longer counts.
#[derive(Clone, Copy)]
pub(super) struct Selection {
    rows: Memo<Vec<Alert>>,
    ids: RwSignal<HashSet<AlertId>>,
}

impl Selection {
    /// None of these rows.
    pub(super) fn of(rows: Memo<Vec<Alert>>) -> Self {
        Self { rows, ids: RwSignal::new(HashSet::new()) }
    }

    fn has(self, id: &AlertId) -> bool {
        self.ids.read().contains(id)
    }

    /// The alerts that are chosen, as they are now.
    fn alerts(self) -> Vec<Alert> {
        self.rows.read().iter().filter(|alert| self.has(&alert.alert_id)).cloned().collect()
    }

    /// Those with which this can be done.
    fn fit_for(self, deed: Deed) -> Vec<Alert> {
        let fits = |alert: &Alert| {
            alert.is_active && alert.state != AlertState::Pending && (deed == Deed::Resolve || !alert.acknowledged)
        };
        self.alerts().into_iter().filter(fits).collect()
    }

    fn choose(self, id: AlertId) {
        self.ids.update(|ids| {
            if !ids.remove(&id) {
                ids.insert(id);
            }
        });
    }

    /// How many of the rows are chosen, of how many.
    fn count(self) -> (usize, usize) {
        let rows = self.rows.read();
        (rows.iter().filter(|alert| self.has(&alert.alert_id)).count(), rows.len())
    }
}

/// Chooses one.
#[component]
pub(super) fn Pick(alert: Alert, selection: Selection) -> impl IntoView {
    let Alert { alert_id: id, title, .. } = alert;
    let chosen = id.clone();
    view! {
        <label class="needs-script">
            <input
                type="checkbox"
                aria-label="Select: ".to_owned() + &title
                prop:checked=move || selection.has(&chosen)
                on:change=move |_| selection.choose(id.clone())
            />
        </label>
    }
    .into_any()
}

/// Chooses all of the page, or none.
#[component]
pub(super) fn PickAll(selection: Selection) -> impl IntoView {
    let choose = move |event| {
        let all = event_target_checked(&event);
        let ids = selection.rows.read_untracked().iter().filter(|_| all).map(|alert| alert.alert_id.clone()).collect();
        selection.ids.set(ids);
    };
    view! {
        <label class="needs-script">
            <input
                type="checkbox"
                aria-label="Select all alerts of this page"
                prop:checked=move || matches!(selection.count(), (chosen, all) if chosen == all && all > 0)
                prop:indeterminate=move || matches!(selection.count(), (chosen, all) if 0 < chosen && chosen < all)
                on:change=choose
            />
        </label>
    }
    .into_any()
}

/// What can be done with those that are chosen.
#[component]
pub(super) fn SelectionBar(selection: Selection) -> impl IntoView {
    let is_any = Memo::new(move |_| selection.count().0 > 0);
    let handling = Handling::expect();
    let note = RwSignal::new(String::new());
    let hold = RwSignal::new(HOLDS[HOLDS.len() - 1].0.to_owned());
    let act = move |deed: Deed| {
        let alerts = selection.fit_for(deed);
        if alerts.is_empty() {
            return;
        }
        let text = Some(note.get_untracked()).filter(|text| !text.trim().is_empty());
        let until = (deed == Deed::Acknowledge).then(|| hold.get_untracked());
        if handling.act(alerts, deed, text, until) {
            note.set(String::new());
            selection.ids.set(HashSet::new());
        }
    };
    let button = move |deed: Deed| {
        let fit = Memo::new(move |_| selection.fit_for(deed).len());
        view! {
            <button
                class=if deed == Deed::Acknowledge { "btn pri" } else { "btn" }
                type="button"
                disabled=move || fit.get() == 0
                on:click=move |_| untrack(|| act(deed))
            >
                {(deed == Deed::Acknowledge).then(|| view! { <Icon glyph=Glyph::Check/> })}
                {deed.label()}" "{move || fit.get()}
            </button>
        }
        .into_any()
    };
    let holds = move || {
        let option = |(word, label): &(&'static str, &'static str)| {
            let word = *word;
            view! { <option value=word selected=*hold.read_untracked() == *word>{*label}</option> }
        };
        HOLDS.iter().map(option).collect_view()
    };
    move || {
        is_any.get().then(|| {
            view! {
                <div class="panel-h selection" role="group" aria-label="Selected alerts">
                    <span class="strong" role="status">{move || selection.count().0}" selected"</span>
                    <input
                        class="input"
                        maxlength="2000"
                        autocomplete="off"
                        aria-label="Note for all"
                        placeholder="Note (optional)"
                        prop:value=note
                        on:input=move |event| note.set(event_target_value(&event))
                    />
                    <select class="select" aria-label="Acknowledge for how long" on:change=move |event| hold.set(event_target_value(&event))>
                        {holds()}
                    </select>
                    <div class="acts">
                        {button(Deed::Acknowledge)}
                        {button(Deed::Resolve)}
                        <button class="btn bare" type="button" on:click=move |_| selection.ids.set(HashSet::new())>"Clear"</button>
                    </div>
                </div>
            }
        })
    }
}
