//! Buttons that ask something of workers, each with a dialog that says what will happen and does it when that is confirmed.

use super::fields::{Chosen, fields};
use super::tasks::verb_for;
use super::told::{Answer, Told};
use super::{Ask, Does, Ends};
use crate::components::each::each;
use crate::components::icon::Icon;
use crate::escape::escape;
use crate::server_fns::{ask_for_all, ask_workers};
use crate::sign_in::lead_when_signed_out;
use forewatch::control::{BulkOutcome, ControlCommand};
use leptos::ev::{MouseEvent, SubmitEvent};
use leptos::html;
use leptos::prelude::*;

/// Where the forms go: the server function's address.
const TARGET: &str = "/api/ui/control";

/// The buttons; nothing where nothing can be asked.
#[component]
pub fn Deeds(
    /// What can be asked, in their order.
    #[prop(into)]
    asks: Signal<Vec<Ask>>,
    /// Where what comes of it is told.
    answer: Answer,
) -> impl IntoView {
    let open = RwSignal::new(false);
    // While a dialog is open, it says what it said, and stays.
    let shown = Memo::new(move |before: Option<&Vec<Ask>>| match before {
        Some(before) if open.get() => before.clone(),
        _ => asks.get(),
    });
    #[cfg(feature = "hydrate")]
    Effect::new(move |before: Option<Vec<&'static str>>| {
        let keys: Vec<_> = shown.read().iter().map(|ask| ask.key).collect();
        if before.is_some_and(|before| before != keys) {
            request_animation_frame(move || answer.catch_focus());
        }
        keys
    });
    let row = move |first: Ask| {
        let ask = Memo::new(move |before: Option<&Ask>| {
            let asks = shown.read();
            asks.iter().find(|ask| ask.key == first.key).or(before).unwrap_or(&first).clone()
        });
        view! { <Deed ask open answer/> }.into_any()
    };
    view! { <div class="acts deeds">{each(move || shown.get(), |ask| ask.key.to_owned(), row)}</div> }.into_any()
}

/// How far one has come.
#[derive(Debug, Clone, PartialEq)]
enum Stage {
    /// It waits to be confirmed.
    Asked,
    /// The tasks are counted.
    Counting,
    /// It is being done.
    Doing,
    /// It was not done.
    Failed(String),
}

/// One button's state.
#[derive(Clone, Copy)]
struct State {
    ask: Memo<Ask>,
    stage: RwSignal<Stage>,
    /// What would be done, where that is counted first.
    counted: RwSignal<Option<BulkOutcome>>,
    chosen: Option<Chosen>,
    dialog: NodeRef<html::Dialog>,
    open: RwSignal<bool>,
    answer: Answer,
}

#[component]
fn Deed(ask: Memo<Ask>, open: RwSignal<bool>, answer: Answer) -> impl IntoView {
    let first = ask.get_untracked();
    let chosen = Chosen::of(&first.does);
    let (stage, counted, dialog) = (RwSignal::new(Stage::Asked), RwSignal::new(None), NodeRef::new());
    let state = State { ask, stage, counted, chosen, dialog, open, answer };
    let label = move || [ask.read().verb, ": ", &*ask.read().about].concat();
    let inner = move || {
        let Ask { glyph, verb, .. } = ask.get();
        view! { {glyph.map(|glyph| view! { <Icon glyph/> })}{verb} }.into_any()
    };
    if first.question.is_none() {
        return view! {
            <form method="post" action=TARGET on:submit=move |event| state.submit(&event)>
                <input type="hidden" name="command" value=move || state.json()/>
                <button class="btn" type="submit" aria-label=label aria-disabled=move || state.is_busy().to_string()>{inner}</button>
            </form>
        }
        .into_any();
    }
    let id = ["ask-", first.key, "-", &escape(&first.about)].concat();
    // What is left to be chosen, or to be counted, needs the script.
    let class = if matches!(first.does, Does::Asks(_)) { "btn" } else { "btn needs-script" };
    view! {
        <button class=class type="button" command="show-modal" commandfor=id.clone() aria-haspopup="dialog" aria-label=label on:click=move |event| state.begin(&event)>
            {inner}
        </button>
        <Question state id/>
    }
    .into_any()
}

/// The dialog.
#[component]
fn Question(state: State, id: String) -> impl IntoView {
    let State { ask, stage, counted, chosen, dialog, open, .. } = state;
    let first = ask.get_untracked();
    let title = move || ask.read().question.as_ref().map(|(title, _)| title.clone());
    let says = move || match (&*counted.read(), &*stage.read(), &ask.read().question) {
        (Some(outcome), ..) => outcome.summary.clone(),
        (None, Stage::Counting, _) => "Counting them…".to_owned(),
        (None, _, question) => question.as_ref().map(|(_, sentence)| sentence.clone()).unwrap_or_default(),
    };
    let verb = move || match (&*counted.read(), &ask.read().does, &*stage.read()) {
        (Some(outcome), Does::All { deed, .. }, _) => verb_for(*deed, outcome.tasks),
        (None, Does::All { .. }, Stage::Failed(_)) => "Count again".to_owned(),
        _ => ask.read().verb.trim_end_matches('…').to_owned(),
    };
    let told = move || match stage.get() {
        Stage::Doing => view! { <p class="cap">"Waiting for the answer…"</p> }.into_any(),
        Stage::Failed(text) => view! { <p class="note"><span>{text}</span></p> }.into_any(),
        Stage::Asked | Stage::Counting => ().into_any(),
    };
    let confirm = if first.ends == Ends::Something { "btn pri ends" } else { "btn pri" };
    let close = move |event: MouseEvent| {
        event.prevent_default();
        state.close();
    };
    view! {
        <dialog class="dialog ask" id=id.clone() node_ref=dialog closedby="any" aria-label=title on:close=move |_| open.set(false)>
            <form method="post" action=TARGET on:submit=move |event| state.submit(&event)>
                <h2>{title}</h2>
                <p aria-live="polite">{says}</p>
                {chosen.map(|chosen| fields(&first.does, chosen, &id))}
                <input type="hidden" name="command" value=move || state.json()/>
                <div role="status" class="ask-told">{told}</div>
                <div class="ask-end">
                    <button class="btn" type="button" command="close" commandfor=id.clone() on:click=close>"Cancel"</button>
                    <button class=confirm type="submit" aria-disabled=move || (!state.can_be_done()).to_string()>{verb}</button>
                </div>
            </form>
        </dialog>
    }
    .into_any()
}

impl State {
    /// What is asked, as the form sends it; empty where that is not one command.
    fn json(self) -> String {
        self.command().and_then(|command| serde_json::to_string(&command).ok()).unwrap_or_default()
    }

    fn command(self) -> Option<ControlCommand> {
        Chosen::command(&self.ask.read().does, self.chosen)
    }

    fn is_busy(self) -> bool {
        matches!(*self.stage.read(), Stage::Doing | Stage::Counting)
    }

    fn can_be_done(self) -> bool {
        let is_any = self.counted.read().as_ref().is_none_or(|outcome| outcome.tasks > 0);
        is_any && !self.is_busy()
    }

    /// Opens the dialog, which the browser then need not do.
    fn begin(self, event: &MouseEvent) {
        event.prevent_default();
        self.open.set(true);
        self.counted.set(None);
        self.stage.set(Stage::Asked);
        #[cfg(feature = "hydrate")]
        if let Some(dialog) = self.dialog.get_untracked().filter(|dialog| !dialog.open()) {
            // Cannot fail: the dialog is in the page and closed.
            let _ = dialog.show_modal();
        }
        self.count();
    }

    fn close(self) {
        #[cfg(feature = "hydrate")]
        if let Some(dialog) = self.dialog.try_get_untracked().flatten() {
            dialog.close();
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = self.dialog;
    }

    /// Asks to how many tasks it would be done, where that is to be known first.
    fn count(self) {
        let Does::All { search, deed } = self.ask.get_untracked().does else { return };
        self.stage.set(Stage::Counting);
        leptos::task::spawn_local(async move {
            match ask_for_all(search, deed, None).await {
                Ok(outcome) => {
                    let _ = self.counted.try_set(Some(outcome));
                    let _ = self.stage.try_set(Stage::Asked);
                }
                Err(error) => {
                    lead_when_signed_out(&error);
                    let _ = self.stage.try_set(Stage::Failed(error.to_string()));
                }
            }
        });
    }

    /// Does what is confirmed.
    fn submit(self, event: &SubmitEvent) {
        event.prevent_default();
        if untrack(|| !self.can_be_done()) {
            return;
        }
        let ask = self.ask.get_untracked();
        if matches!(ask.does, Does::All { .. }) && self.counted.read_untracked().is_none() {
            return self.count();
        }
        let expected = self.counted.get_untracked().map(|outcome| outcome.tasks);
        let command = untrack(|| self.json());
        let asked_at = now();
        let measures = ask.question.is_none();
        self.stage.set(Stage::Doing);
        leptos::task::spawn_local(async move {
            let done = match ask.does {
                Does::All { search, deed } => ask_for_all(search, deed, expected).await.map(Told::All),
                _ => ask_workers(command).await.map(|outcome| {
                    let took = measures.then(|| now() - asked_at);
                    Told::Workers(outcome, took)
                }),
            };
            let refused = done.as_ref().err().map(ToString::to_string);
            match done {
                Ok(told) => {
                    let _ = self.answer.told.try_set(Some(told));
                    self.close();
                }
                Err(error) => {
                    lead_when_signed_out(&error);
                    // There may be more of them now.
                    let _ = self.counted.try_set(None);
                    if measures {
                        let _ = self.answer.told.try_set(Some(Told::Refused(error.to_string())));
                    }
                }
            }
            let _ = self.stage.try_set(refused.map_or(Stage::Asked, Stage::Failed));
        });
    }
}

/// The time, milliseconds, in the browser.
fn now() -> f64 {
    #[cfg(feature = "hydrate")]
    let now = js_sys::Date::now();
    #[cfg(not(feature = "hydrate"))]
    let now = 0.0;
    now
}
