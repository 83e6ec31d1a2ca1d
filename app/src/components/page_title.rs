//! The title of the window tells the state before the name, "(1) Overview · Forewatch"; its icon, how many critical and
//! error alerts need someone.

use super::layout::FrameResource;
use super::once::once_on_server;
use crate::handling::open_alerts;
#[cfg(feature = "hydrate")]
use forewatch::AlertSeverity;
use leptos::prelude::*;
use leptos_meta::Title;

/// Names the page.
#[component]
pub fn PageTitle(
    /// The page's name.
    #[prop(into)]
    name: Signal<String>,
) -> impl IntoView {
    let frame = FrameResource::expect().0;
    view! {
        <Suspense fallback=|| ()>
            {once_on_server(move || Suspend::new(async move {
                let open = frame.await.ok().map(|data| open_alerts(data.alerts));
                let count = move || open.map_or(0, |open| open.read().len());
                #[cfg(feature = "hydrate")]
                let bad = move || open.map_or(0, |open| open.read().iter().filter(|a| a.severity >= AlertSeverity::Error).count());
                // The server writes the title when what it is made of may have gone already.
                #[cfg(feature = "ssr")]
                let (count, name) = {
                    let (count, first) = (count(), name.get_untracked());
                    (move || count, move || name.try_get_untracked().unwrap_or_else(|| first.clone()))
                };
                #[cfg(not(feature = "ssr"))]
                let name = move || name.get();
                let text = move || match count() {
                    0 => format!("{} · Forewatch", name()),
                    count => format!("({count}) {} · Forewatch", name()),
                };
                // What stands in a page is markup; what a script sets is not.
                #[cfg(feature = "ssr")]
                let text = move || escaped(&text());
                #[cfg(feature = "hydrate")]
                Effect::new(move |before: Option<usize>| {
                    let count = bad();
                    // The page comes with the plain icon.
                    if count != before.unwrap_or(0) {
                        badge(count);
                    }
                    count
                });
                view! { <Title text/> }
            }))}
        </Suspense>
    }
    .into_any()
}

/// A text as it stands in a page's markup: a name in it, which comes from outside, ends no title and begins nothing.
#[cfg(feature = "ssr")]
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Puts the count on the page's icon: a tab among many shows it where its title is cut off.
#[cfg(feature = "hydrate")]
fn badge(count: usize) {
    const START: &str = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>\
                         <circle cx='8' cy='8' r='8' fill='%23b4121f'/>\
                         <text x='8' y='12' font-size='11' text-anchor='middle' fill='white'>";
    let address = match count {
        0 => "/favicon.svg".to_owned(),
        count => [START, &count.min(99).to_string(), "</text></svg>"].concat(),
    };
    // A page without an icon, which is not ours, gets none.
    if let Ok(Some(icon)) = document().query_selector("link[rel=icon]") {
        let _ = icon.set_attribute("href", &address);
    }
}
