//! One saved view: open, rename, copy its link, delete.

use super::kept::{NAME, View};
use super::panel::{Gone, Panel};
use crate::components::copy::Copy;
use crate::components::icon::{Glyph, Icon};
use leptos::prelude::*;

/// The row of a view.
#[component]
pub(super) fn Row(view: View, panel: Panel, here: Memo<String>) -> impl IntoView {
    let is_renamed = RwSignal::new(false);
    let view = StoredValue::new(view);
    let content = move || match is_renamed.get() {
        true => view! { <Rename view panel is_renamed/> }.into_any(),
        false => view! { <Shown view panel here is_renamed/> }.into_any(),
    };
    view! { <li>{content}</li> }.into_any()
}

#[component]
fn Shown(view: StoredValue<View>, panel: Panel, here: Memo<String>, is_renamed: RwSignal<bool>) -> impl IntoView {
    let View { name, address } = view.get_value();
    let own = address.clone();
    let is_here = move || (*here.read() == own).then_some("true");
    let delete = move |_| {
        let view = view.get_value();
        let gone = panel.change(
            |kept| kept.delete(&view).ok_or("It is gone already."),
            |_| ["Deleted \"", &view.name, "\"."].concat(),
        );
        if let Some(at) = gone {
            panel.gone.set(Some(Gone { at, view: view.clone(), is_replaced: false }));
            #[cfg(feature = "hydrate")]
            super::browser::focus(".views-told button");
        }
    };
    let rename = move |_| {
        is_renamed.set(true);
        #[cfg(feature = "hydrate")]
        super::browser::focus(".views-rename input");
    };
    view! {
        <a class="views-open" href=address.clone() aria-current=is_here on:click=move |_| panel.is_open.set(false)>{name.clone()}</a>
        <Copy text=link(&address) what="link"/>
        <button class="btn bare" type="button" aria-label=["Rename ", &name].concat() on:click=rename>"Rename"</button>
        <button class="btn bare icon" type="button" aria-label=["Delete ", &name].concat() title="Delete" on:click=delete>
            <Icon glyph=Glyph::Close/>
        </button>
    }
    .into_any()
}

#[component]
fn Rename(view: StoredValue<View>, panel: Panel, is_renamed: RwSignal<bool>) -> impl IntoView {
    let name = RwSignal::new(view.get_value().name);
    let back = move || {
        is_renamed.set(false);
        #[cfg(feature = "hydrate")]
        super::browser::focus("#views :is(a, input)");
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (view, given) = (view.get_value(), name.get_untracked());
        if panel.change(|kept| kept.rename(&view, &given), |()| "Renamed.".to_owned()).is_some() {
            back();
        }
    };
    let leave = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            back();
        }
    };
    view! {
        <form class="views-rename" on:submit=submit on:keydown=leave>
            <input
                class="input"
                type="text"
                aria-label="New name"
                autocomplete="off"
                maxlength=NAME.to_string()
                prop:value=name
                on:input=move |event| name.set(event_target_value(&event))
            />
            <button class="btn" type="submit">"Rename"</button>
        </form>
    }
    .into_any()
}

/// The whole address, as it is given to others.
fn link(address: &str) -> String {
    #[cfg(feature = "hydrate")]
    {
        super::browser::origin() + address
    }
    #[cfg(not(feature = "hydrate"))]
    {
        address.to_owned()
    }
}
