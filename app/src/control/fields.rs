//! What is left to be chosen before something is asked: by how much, for which tasks, how often, where to.

use super::Does;
use forewatch::control::ControlCommand;
use leptos::prelude::*;

/// Processes by which a pool changes at most.
const MOST: i32 = 100;
/// Celery's rates.
const RATE: &str = r"[0-9]+(\.[0-9]+)?(/[smh])?";

/// What is chosen in one dialog.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen {
    fewer: RwSignal<bool>,
    by: RwSignal<String>,
    name: RwSignal<String>,
    rate: RwSignal<String>,
}

impl Chosen {
    /// What a dialog begins with; none where nothing is left to be chosen.
    pub(super) fn of(does: &Does) -> Option<Self> {
        let first = match does {
            Does::Limits { names, .. } | Does::Sends { queues: names, .. } => {
                names.first().cloned().unwrap_or_default()
            }
            Does::Resizes { .. } => String::new(),
            Does::Asks(_) | Does::All { .. } => return None,
        };
        Some(Self {
            fewer: RwSignal::new(false),
            by: RwSignal::new("1".to_owned()),
            name: RwSignal::new(first),
            rate: RwSignal::new(String::new()),
        })
    }

    fn change(self) -> i32 {
        let by = self.by.read().trim().parse().unwrap_or(0);
        if self.fewer.get() { -by } else { by }
    }

    /// The command with what is chosen; none of what is done to many tasks.
    pub(super) fn command(does: &Does, chosen: Option<Self>) -> Option<ControlCommand> {
        match (does, chosen) {
            (Does::Asks(command), _) => Some(command.clone()),
            (Does::Resizes { worker_id, .. }, Some(chosen)) => {
                Some(ControlCommand::Resize { worker_id: worker_id.clone(), by: chosen.change() })
            }
            (Does::Limits { worker_id, .. }, Some(chosen)) => Some(ControlCommand::LimitRate {
                worker_id: worker_id.clone(),
                name: chosen.name.get().trim().to_owned(),
                rate: chosen.rate.get().trim().to_owned(),
            }),
            (Does::Sends { task_id, .. }, Some(chosen)) => {
                Some(ControlCommand::Retry { task_id: task_id.clone(), queue: Some(chosen.name.get()) })
            }
            _ => None,
        }
    }
}

/// Its fields.
pub(super) fn fields(does: &Does, chosen: Chosen, id: &str) -> AnyView {
    match does {
        Does::Resizes { size, .. } => view! { <Size size=*size chosen/> }.into_any(),
        Does::Limits { names, .. } => {
            view! { <Rate names=names.clone() chosen list=[id, "-names"].concat()/> }.into_any()
        }
        Does::Sends { queues, .. } => view! { <Queue queues=queues.clone() chosen/> }.into_any(),
        Does::Asks(_) | Does::All { .. } => ().into_any(),
    }
}

#[component]
fn Queue(queues: Vec<String>, chosen: Chosen) -> impl IntoView {
    let options = queues.into_iter().map(|queue| view! { <option>{queue}</option> }).collect_view();
    view! {
        <label class="field">
            <span>"To queue"</span>
            <select class="select" prop:value=chosen.name on:change=move |event| chosen.name.set(event_target_value(&event))>{options}</select>
        </label>
    }
    .into_any()
}

#[component]
fn Size(size: Option<u32>, chosen: Chosen) -> impl IntoView {
    let after = move || resized(size, chosen.change());
    let way = move |fewer: bool, label: &'static str| {
        view! {
            <label>
                <input type="radio" name="way" checked=!fewer prop:checked=move || chosen.fewer.get() == fewer on:change=move |_| chosen.fewer.set(fewer)/>
                {label}
            </label>
        }
    };
    view! {
        <div class="ask-size">
            <fieldset class="field">
                <legend>"Change"</legend>
                <div class="seg fill">{way(false, "+ More")}{way(true, "− Fewer")}</div>
            </fieldset>
            <label class="field">
                <span>"By how many"</span>
                <input class="input" type="number" min="1" max=MOST.to_string() required value="1" prop:value=chosen.by on:input=move |event| chosen.by.set(event_target_value(&event))/>
            </label>
        </div>
        <p class="soft" aria-live="polite">{after}</p>
    }
    .into_any()
}

/// What a pool will be like.
fn resized(size: Option<u32>, by: i32) -> String {
    let size = size.map(i64::from);
    match (size, size.map(|size| size + i64::from(by))) {
        (Some(from), Some(to)) if to >= 1 => format!("Tasks at once: {from} now, then {to}."),
        (Some(from), Some(_)) => ["It runs ", &from.to_string(), " at once: one process is left at least."].concat(),
        _ => String::new(),
    }
}

#[component]
fn Rate(names: Vec<String>, chosen: Chosen, list: String) -> impl IntoView {
    let options = names.into_iter().map(|name| view! { <option value=name></option> }).collect_view();
    let first = chosen.name.get_untracked();
    view! {
        <label class="field">
            <span>"Task"</span>
            <input class="input mono" required maxlength="255" autocomplete="off" list=list.clone() value=first prop:value=chosen.name on:input=move |event| chosen.name.set(event_target_value(&event))/>
        </label>
        <datalist id=list>{options}</datalist>
        <label class="field">
            <span>"At most"</span>
            <input
                class="input"
                required
                pattern=RATE
                title="A number and /s, /m or /h; 0 for no limit"
                placeholder="10/m"
                autocomplete="off"
                prop:value=chosen.rate
                on:input=move |event| chosen.rate.set(event_target_value(&event))
            />
            <span class="cap">"10/s, 10/m or 10/h: a second, a minute, an hour. 0 takes the limit away."</span>
        </label>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::resized;

    #[test]
    fn what_a_pool_will_be_like_is_said_where_its_size_is_known() {
        assert_eq!(resized(Some(4), 2), "Tasks at once: 4 now, then 6.");
        assert_eq!(resized(Some(4), -3), "Tasks at once: 4 now, then 1.");
        assert_eq!(resized(Some(4), -4), "It runs 4 at once: one process is left at least.");
        assert_eq!(resized(None, 2), "");
    }
}
