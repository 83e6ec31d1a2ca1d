//! Asks why an alert is resolved while its condition is true, and says what that means. A note is asked for; without one
//! it is resolved by a press of its own.

use super::Overlays;
use crate::handling::{Handling, still_holds};
use forewatch::Alert;
use leptos::prelude::*;

/// The question about the alerts that are to be resolved, one or many.
#[component]
pub(super) fn Resolve() -> impl IntoView {
    let shown = Overlays::expect().0;
    let handling = Handling::expect();
    let note = RwSignal::new(String::new());
    let resolve = move |note: Option<String>| {
        if handling.resolve_asked(note) {
            shown.set(None);
        }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        // The browser asks for what is missing.
        resolve(Some(note.get_untracked()));
    };
    let alerts = handling.asked();
    let about = match alerts.as_slice() {
        [alert] => alert.title.clone(),
        many => [&many.len().to_string(), " alerts"].concat(),
    };
    view! {
        <form on:submit=submit>
            <h2>"Resolve: "{about}</h2>
            <p>{says(&alerts)}</p>
            <label class="field">
                <span>"Note"</span>
                <input
                    class="input"
                    autofocus
                    required
                    maxlength="2000"
                    pattern=r".*\S.*"
                    title="A few words"
                    autocomplete="off"
                    placeholder="Why it can be closed"
                    prop:value=note
                    on:input=move |event| note.set(event_target_value(&event))
                />
            </label>
            <div class="ask-end">
                <button class="btn" type="button" on:click=move |_| shown.set(None)>"Cancel"</button>
                <button class="btn" type="button" on:click=move |_| resolve(None)>"Resolve without a note"</button>
                <button class="btn pri" type="submit">"Resolve"</button>
            </div>
        </form>
    }
    .into_any()
}

/// That the condition of an alert still holds, and what resolving it then means.
pub(crate) fn still_true(alert: &Alert) -> String {
    let value = alert.write(alert.metric_value).map(|value| [" at ", &value].concat()).unwrap_or_default();
    ["The condition is still true", &value, ". Resolved by hand, it stays closed until it has been false once."]
        .concat()
}

/// The same of one alert or of many.
fn says(alerts: &[Alert]) -> String {
    let holding = alerts.iter().filter(|alert| still_holds(alert)).count();
    let of = |many: usize| [&many.to_string(), " of these ", &alerts.len().to_string()].concat();
    let (whose, then) = match (alerts, holding) {
        ([alert], _) => return still_true(alert),
        (_, 1) => (["condition of ", &of(1), " is"].concat(), "it stays closed until it has been false once."),
        (_, many) => {
            let of = if many == alerts.len() { ["all ", &many.to_string()].concat() } else { of(many) };
            (["conditions of ", &of, " are"].concat(), "they stay closed until they have been false once.")
        }
    };
    ["The ", &whose, " still true. Resolved by hand, ", then].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(condition_true: bool) -> Alert {
        let text = include_str!("../../../tests/golden/alert.json");
        let alert: Alert = serde_json::from_str(text).expect("an alert");
        Alert {
            is_active: true,
            condition_true,
            metric_name: Some("worker.cpu_usage".into()),
            metric_value: Some(0.93),
            ..alert
        }
    }

    #[test]
    fn one_says_how_bad_it_stands_and_many_say_how_many_still_hold() {
        assert!(says(&[alert(true)]).starts_with("The condition is still true at 93 %. Resolved by hand, it stays"));
        assert!(says(&[alert(true), alert(false)]).starts_with("The condition of 1 of these 2 is still true."));
        assert!(says(&[alert(true), alert(true)]).starts_with("The conditions of all 2 are still true."));
        assert!(says(&[alert(true), alert(true), alert(false)]).contains("conditions of 2 of these 3 are still true"));
    }

    #[test]
    fn an_alert_that_recovers_or_was_raised_by_hand_asks_nothing() {
        assert!(still_holds(&alert(true)) && !still_holds(&alert(false)));
        assert!(!still_holds(&Alert { metric_name: None, ..alert(true) }));
        assert!(!still_holds(&Alert { is_active: false, ..alert(true) }));
    }
}
