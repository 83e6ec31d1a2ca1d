//! What this browser does when an alert is new, besides the message on the page: kept in this browser alone.

use super::panel::Panel;
use crate::components::icon::{Glyph, Icon};
use crate::session::{Tells, TellsChoice};
use leptos::prelude::*;

/// The choices.
#[component]
pub(super) fn ThisBrowser() -> impl IntoView {
    let choice = TellsChoice::expect();
    let is_refused = RwSignal::new(false);
    let sound = move |event| {
        let sound = event_target_checked(&event);
        choice.choose(Tells { sound, ..choice.now() });
        #[cfg(feature = "hydrate")]
        if sound {
            crate::teller::browser::ring();
        }
    };
    let desktop = move |event| {
        let desktop = event_target_checked(&event);
        is_refused.set(false);
        choice.choose(Tells { desktop, ..choice.now() });
        #[cfg(feature = "hydrate")]
        if desktop {
            leptos::task::spawn_local(async move {
                if !crate::teller::browser::may_notify().await {
                    let _ = is_refused.try_set(true);
                    choice.choose(Tells { desktop: false, ..choice.now() });
                }
            });
        }
    };
    let refused = move || {
        is_refused.get().then(|| {
            view! {
                <p class="note" role="alert">
                    <Icon glyph=Glyph::Error class="c-error"/>
                    <span>
                        "This browser does not allow notifications from here. Allow them in its settings for this site; a page that does not come over HTTPS has none."
                    </span>
                </p>
            }
        })
    };
    view! {
        <Panel id="settings-here" title="This browser" about="what it does when an error or a critical alert is new">
            <div class="panel-b here needs-script">
                <label>
                    <input type="checkbox" prop:checked=move || choice.sound.get() on:change=sound/>
                    <span>"Sound"<span class="cap">"Once somebody has clicked on the page: browsers play nothing before."</span></span>
                </label>
                <label>
                    <input type="checkbox" prop:checked=move || choice.desktop.get() on:change=desktop/>
                    <span>"Desktop notification"<span class="cap">"A click on it leads to the alert. A page must be open, in front or not."</span></span>
                </label>
                {refused}
                <p>
                    <a class="btn" href="/?wall" rel="external"><Icon glyph=Glyph::Overview/>"Wall"</a>
                    <span class="cap">"For a screen across the room: one thing after the other, and each new alert at once. What it shows is in its address: ?wall=overview,charts,workers,queues,alerts&every=20s. Arrow keys turn, p pauses, f fills the screen, Esc leaves."</span>
                </p>
            </div>
        </Panel>
    }
    .into_any()
}
