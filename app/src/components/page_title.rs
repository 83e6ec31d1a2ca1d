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
                let text = move || match open.map_or(0, |open| open.read().len()) {
                    0 => format!("{} · Forewatch", name.get()),
                    count => format!("({count}) {} · Forewatch", name.get()),
                };
                view! { <Title text/> }
            })}
        </Suspense>
    }
    .into_any()
}
