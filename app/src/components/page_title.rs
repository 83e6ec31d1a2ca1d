//! The title of the window: it tells the state before the name, "(1) Overview · Forewatch".

use super::layout::FrameResource;
use crate::handling::open_alerts;
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
            {move || Suspend::new(async move {
                let open = frame.await.ok().map(|data| open_alerts(data.alerts));
                let count = move || open.map_or(0, |open| open.read().len());
                let text = move || match count() {
                    0 => format!("{} · Forewatch", name.get()),
                    count => format!("({count}) {} · Forewatch", name.get()),
                };
                #[cfg(feature = "hydrate")]
                Effect::new(move || badge(count()));
                view! { <Title text/> }
            })}
        </Suspense>
    }
    .into_any()
}

/// Puts the count on the page's icon: a tab among many shows it where its title is cut off.
#[cfg(feature = "hydrate")]
fn badge(count: usize) {
    const PLAIN: &str = "/favicon.svg";
    const MARKED: [&str; 2] = [
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' rx='8' fill='%23c62a2f'/>\
         <text x='16' y='23' font-size='20' font-family='sans-serif' font-weight='700' text-anchor='middle' fill='white'>",
        "</text></svg>",
    ];
    let address = match count {
        0 => PLAIN.to_owned(),
        1..=9 => MARKED[0].to_owned() + &count.to_string() + MARKED[1],
        _ => MARKED[0].to_owned() + "9+" + MARKED[1],
    };
    // A page without an icon, which is not ours, gets none.
    if let Ok(Some(icon)) = document().query_selector("link[rel=icon]") {
        let _ = icon.set_attribute("href", &address);
    }
}
