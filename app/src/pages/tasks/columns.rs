//! Which columns the list has: what the address names, and the menu that writes it there.

use crate::components::icon::{Glyph, Icon};
use crate::components::page_form::PageForm;
use crate::components::task_table::columns::{ALL, TaskColumn, chosen};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The name of a column's part of the address.
const PART: &str = "col";

/// The columns of the list.
#[derive(Clone, Copy)]
pub(super) struct Columns {
    /// Those that are shown.
    pub shown: Memo<Vec<TaskColumn>>,
    words: Memo<Vec<String>>,
}

impl Columns {
    /// What the page's address says.
    pub(super) fn of_address() -> Self {
        let query = use_query_map();
        let words = Memo::new(move |_| {
            let named = query.read().get_all(PART).unwrap_or_default();
            let known = ALL.iter().map(|(_, word, _)| (*word).to_owned());
            known.filter(|word| named.contains(word)).collect::<Vec<_>>()
        });
        Self { words, shown: Memo::new(move |_| chosen(&words.read())) }
    }

    /// What another address of the list ends with, so that the columns stay.
    pub(super) fn ending(self) -> String {
        self.words.read().iter().map(|word| ["&", PART, "=", word].concat()).collect()
    }

    /// The same for a form.
    pub(super) fn fields(self) -> impl IntoView {
        let field = |word: String| view! { <input type="hidden" name=PART value=word/> };
        move || self.words.get().into_iter().map(field).collect_view()
    }
}

/// The menu. A plain form: it works without any script.
#[component]
pub(super) fn ColumnsMenu(columns: Columns, search: Memo<String>) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    crate::components::menu::close_when_left(".columns[open]");
    let boxes = move || {
        let shown = columns.shown.get();
        let others = ALL.iter().filter(|(column, ..)| *column != TaskColumn::Task);
        let rows = others.map(|(column, word, head)| {
            let checked = shown.contains(column);
            view! { <label class="st"><input type="checkbox" name=PART value=*word checked=checked prop:checked=checked/>{*head}</label> }
        });
        rows.collect_view()
    };
    view! {
        <details class="columns">
            <summary class="btn">"Columns"<Icon glyph=Glyph::Down/></summary>
            <PageForm action="/tasks" class="panel columns-panel" label="Columns">
                <input type="hidden" name="q" value=move || search.get()/>
                {boxes}
                <div class="acts">
                    <button class="btn pri" type="submit">"Show these"</button>
                    <a class="btn bare" href=move || super::address(&search.read(), "")>"The usual ones"</a>
                </div>
            </PageForm>
        </details>
    }
    .into_any()
}
