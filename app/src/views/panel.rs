//! The button on a page, and what it opens: the page's views, and a field for one more.

use super::kept::{Kept, NAME, View, state};
use super::row::Row;
use crate::components::each::each;
use crate::components::icon::{Glyph, Icon};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// A view that is no longer kept.
#[derive(Debug, Clone)]
pub(super) struct Gone {
    /// Where it stood.
    pub(super) at: usize,
    pub(super) view: View,
    /// Whether another of its name stands there now.
    pub(super) is_replaced: bool,
}

/// What the parts of the panel share.
#[derive(Clone, Copy)]
pub(super) struct Panel {
    /// What is kept.
    pub(super) kept: RwSignal<Kept>,
    /// What was just done, or why not.
    pub(super) told: RwSignal<String>,
    /// The one that was just deleted or replaced.
    pub(super) gone: RwSignal<Option<Gone>>,
    /// Whether it is open.
    pub(super) is_open: RwSignal<bool>,
}

impl Panel {
    /// Changes what is kept, and says what came of it.
    pub(super) fn change<T>(
        self,
        change: impl FnOnce(&mut Kept) -> Result<T, &'static str>,
        done: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        self.gone.set(None);
        #[cfg(feature = "hydrate")]
        match super::browser::change(change) {
            Ok((value, kept)) => {
                self.kept.set(kept);
                self.told.set(done(&value));
                return Some(value);
            }
            Err(why) => self.told.set(why.to_owned()),
        }
        #[cfg(not(feature = "hydrate"))]
        drop((change, done));
        None
    }
}

/// The saved views of the page that is shown.
#[component]
pub(crate) fn Views() -> impl IntoView {
    let place = use_location();
    let here = Memo::new(move |_| state(&place.pathname.read(), &place.search.read()));
    let path = place.pathname.get_untracked();
    let kept = RwSignal::new(Kept::default());
    let is_open = RwSignal::new(false);
    let panel = Panel { kept, told: RwSignal::new(String::new()), gone: RwSignal::new(None), is_open };
    let own = Memo::new(move |_| {
        let kept = kept.read();
        kept.views.iter().filter(|view| view.page().is_some_and(|(page, _)| page == path)).cloned().collect::<Vec<_>>()
    });
    let turn = move |open: bool| {
        is_open.set(open);
        panel.told.set(String::new());
        panel.gone.set(None);
        #[cfg(feature = "hydrate")]
        super::browser::focus(if open { "#views :is(a, input)" } else { ".views > .btn" });
    };
    #[cfg(feature = "hydrate")]
    {
        Effect::new(move || super::browser::follow(kept));
        super::browser::at_key(move || turn(true));
        crate::components::menu::on_press_beside(".views", move |_| {
            if is_open.get_untracked() {
                is_open.set(false);
            }
        });
    }
    let close_by_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && !event.default_prevented() {
            event.prevent_default();
            turn(false);
        }
    };
    let label = move || {
        let current = own.read().iter().find(|view| view.address == *here.read()).map(|view| view.name.clone());
        current.unwrap_or_else(|| "Views".to_owned())
    };
    view! {
        <div class="views needs-script" on:keydown=close_by_key>
            <button
                class="btn"
                type="button"
                aria-label="Saved views"
                aria-expanded=move || is_open.get().to_string()
                title="Saved views (v)"
                on:click=move |_| turn(!is_open.get_untracked())
            >
                <Icon glyph=Glyph::Note/><span class="views-name">{label}</span><Icon glyph=Glyph::Down/>
            </button>
            <Show when=move || is_open.get()><Opened panel own here/></Show>
        </div>
    }
    .into_any()
}

/// What the button opens.
#[component]
fn Opened(panel: Panel, own: Memo<Vec<View>>, here: Memo<String>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let given = name.get_untracked();
        let address = here.get_untracked();
        let told = |before: &Option<_>| match before {
            Some(_) => "Saved in the place of the one of this name.".to_owned(),
            None => "Saved in this browser.".to_owned(),
        };
        if let Some(before) = panel.change(|kept| kept.save(&given, &address), told) {
            panel.gone.set(before.map(|(at, view)| Gone { at, view, is_replaced: true }));
            name.set(String::new());
        }
    };
    let take_back = move |_| {
        if let Some(Gone { at, view, is_replaced }) = panel.gone.get_untracked() {
            let back = |kept: &mut Kept| {
                match kept.views.get_mut(at).filter(|other| is_replaced && other.name == view.name) {
                    Some(other) => *other = view,
                    None => kept.views.insert(at.min(kept.views.len()), view),
                }
                Ok(())
            };
            panel.change(back, |()| "It is back.".to_owned());
        }
    };
    view! {
        <section class="panel views-panel" id="views" aria-label="Saved views">
            {move || panel.kept.read().remark.map(|remark| view! {
                <p class="note"><Icon glyph=Glyph::Warning class="c-warning"/><span>{remark}</span></p>
            })}
            <Show
                when=move || !own.read().is_empty()
                fallback=|| view! { <p class="soft">"None of this page yet. Choose what it shows, then give it a name."</p> }
            >
                <ul>{each(move || own.get(), |view| [&*view.name, &view.address].join("\n"), move |view| view! { <Row view panel here/> }.into_any())}</ul>
            </Show>
            <form class="views-save" on:submit=save>
                <input
                    class="input"
                    type="text"
                    aria-label="Name for what is shown now"
                    placeholder="Name for what is shown now"
                    autocomplete="off"
                    maxlength=NAME.to_string()
                    prop:value=name
                    on:input=move |event| name.set(event_target_value(&event))
                />
                <button class="btn pri" type="submit">"Save"</button>
            </form>
            <p class="cap views-told" role="status">
                {move || panel.told.get()}
                {move || panel.gone.read().is_some().then(|| view! {
                    " "<button class="btn bare" type="button" on:click=take_back>"Undo"</button>
                })}
            </p>
        </section>
    }
    .into_any()
}
