//! What the page under the palette offers to do with what it is about: its own buttons, which ask before anything is done.

use super::hit::{Does, Found, Hit, Kind};

/// Those buttons, by their labels.
pub(super) fn offered() -> Vec<Hit> {
    let hit = |title| {
        let found = Found { kind: Kind::Action, title, detail: "on this page".to_owned(), address: String::new() };
        Hit { found, does: Does::Presses }
    };
    labels().into_iter().map(hit).collect()
}

#[cfg(feature = "hydrate")]
fn labels() -> Vec<String> {
    browser::buttons().into_iter().map(|(label, _)| label).collect()
}

#[cfg(not(feature = "hydrate"))]
fn labels() -> Vec<String> {
    Vec::new()
}

/// Presses the button of that label, once the palette is closed and has given the focus back.
pub(super) fn press(label: String) {
    #[cfg(feature = "hydrate")]
    leptos::prelude::set_timeout(move || browser::press(&label), std::time::Duration::ZERO);
    #[cfg(not(feature = "hydrate"))]
    let _ = label;
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::document;
    use wasm_bindgen::JsCast;
    use web_sys::HtmlElement;

    pub(super) fn buttons() -> Vec<(String, HtmlElement)> {
        let Ok(all) = document().query_selector_all("main .deeds .btn[aria-label], main .views > .btn[aria-label]")
        else {
            return Vec::new();
        };
        let all = (0..all.length()).filter_map(|n| all.get(n)?.dyn_into::<HtmlElement>().ok());
        all.filter_map(|button| Some((button.get_attribute("aria-label")?, button))).collect()
    }

    pub(super) fn press(label: &str) {
        if let Some((_, button)) = buttons().into_iter().find(|(own, _)| own == label) {
            // An element that cannot take the focus leaves it where it was.
            let _ = button.focus();
            button.click();
        }
    }
}
