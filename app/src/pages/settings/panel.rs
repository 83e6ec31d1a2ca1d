//! What the settings stand in: panels with a heading, and tables that scroll by themselves.

use crate::components::csv::CsvFoot;
use leptos::prelude::*;

/// A panel. What stands in it follows its heading.
#[component]
pub(super) fn Panel(
    /// Its heading's id.
    id: &'static str,
    /// Its heading.
    title: &'static str,
    /// What it is about.
    #[prop(into)]
    about: String,
    /// Its table as a file, where it has one.
    #[prop(optional)]
    file: &'static str,
    children: Children,
) -> impl IntoView {
    let foot = (!file.is_empty()).then(|| view! { <CsvFoot file what=title/> });
    let about = (!about.is_empty()).then(|| view! { <span class="soft">{about}</span> });
    view! {
        <section class="panel" aria-labelledby=id>
            <div class="panel-h"><h2 id=id>{title}</h2>{about}</div>
            {children()}
            {foot}
        </section>
    }
    .into_any()
}

/// What a column's cells are like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// Words.
    Words,
    /// Numbers.
    Numbers,
    /// A long text.
    Wide,
}

/// A table that becomes cards on a phone.
#[component]
pub(super) fn Table(
    /// What people call it.
    label: &'static str,
    /// Its columns with their headings.
    columns: &'static [(Column, &'static str)],
    /// Its rows.
    rows: AnyView,
) -> impl IntoView {
    let heads = columns.iter().map(|(column, heading)| {
        let class = match column {
            Column::Words => "",
            Column::Numbers => "num",
            Column::Wide => "wide",
        };
        view! { <th scope="col" class=class>{*heading}</th> }
    });
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=label>
            <table class="tbl cards">
                <thead><tr>{heads.collect_view()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
