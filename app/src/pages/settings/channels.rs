//! By which ways people are told of alerts, and how each fares.

use super::panel::{Column, Panel, Table};
use crate::components::empty::Empty;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::{Moment, Style};
use forewatch::format;
use forewatch::notification::ChannelStatus;
use leptos::prelude::*;

const COLUMNS: &[(Column, &str)] = &[
    (Column::Words, "Channel"),
    (Column::Words, "Type"),
    (Column::Words, "State"),
    (Column::Numbers, "Sent"),
    (Column::Numbers, "Failed"),
    (Column::Numbers, "Waiting"),
    (Column::Numbers, "Given up"),
    (Column::Words, "Try it"),
];

/// The channels.
#[component]
pub(super) fn Channels(channels: Vec<ChannelStatus>) -> impl IntoView {
    let file = if channels.is_empty() { "" } else { "/channels.csv" };
    let body = if channels.is_empty() {
        view! {
            <Empty
                title="Nobody is told yet"
                text="Alerts are on the dashboard alone. A [[notify]] section in the configuration tells people by Slack, e-mail, PagerDuty, a webhook and others: see the README."
                command="forewatch serve --config forewatch.toml"
            />
        }
        .into_any()
    } else {
        let rows = channels.into_iter().map(|channel| view! { <Row channel/> }).collect_view().into_any();
        view! { <Table label="Channel table" columns=COLUMNS rows/> }.into_any()
    };
    view! {
        <Panel id="settings-channels" title="Channels" about="who is told of alerts, and how" file>{body}</Panel>
    }
    .into_any()
}

#[component]
fn Row(channel: ChannelStatus) -> impl IntoView {
    let state = match (channel.failing_since, channel.last_sent_at) {
        (Some(since), _) => view! {
            <span class="st c-error"><Icon glyph=Glyph::Error/>"fails since "<Moment at=since style=Style::Clock/></span>
            <span class="soft beside">{channel.last_error}</span>
        }
        .into_any(),
        (None, Some(at)) => view! {
            <span class="st"><Icon glyph=Glyph::Ok class="c-ok"/>"works, last used "<Moment at style=Style::Ago/></span>
        }
        .into_any(),
        (None, None) => view! { <span class="quiet">"not used yet"</span> }.into_any(),
    };
    let label = ["Send a test by ", &channel.name].concat();
    view! {
        <tr>
            <th scope="row" class="full"><span class="strong">{channel.name.clone()}</span></th>
            <td data-l="Type">{channel.kind}</td>
            <td data-l="State">{state}</td>
            <td data-l="Sent" class="num">{format::count(channel.sent)}</td>
            <td data-l="Failed" class="num">{format::count(channel.failed)}</td>
            <td data-l="Waiting" class="num">{format::count(channel.waiting)}</td>
            <td data-l="Given up" class="num">{format::count(channel.dead)}</td>
            <td data-l="Try it">
                <form method="post" action="/api/ui/test-channel">
                    <input type="hidden" name="name" value=channel.name/>
                    <button class="btn" type="submit" aria-label=label>"Send a test"</button>
                </form>
            </td>
        </tr>
    }
    .into_any()
}
