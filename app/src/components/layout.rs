//! What stands around every page: rail, top bar, the bar at the bottom of a phone, toasts, shortcuts.

#[cfg(feature = "ssr")]
use super::icon::{Glyph, Icon};
use super::later::Later;
use super::rail::{BottomTabs, Rail, with_frame};
use super::shortcuts::Shortcuts;
use super::toast::ToastArea;
use super::top_bar::TopBar;
use crate::backend::BackendError;
use crate::live::use_live;
use crate::pages::parts::OVERLAYS;
use crate::palette::Overlays;
use crate::server_fns::{FrameData, load_frame};
use crate::session::TellsChoice;
use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use leptos_router::hooks::use_location;
use leptos_router::hooks::use_query_map;
#[cfg(feature = "hydrate")]
use wasm_bindgen::JsCast;

/// What the frame shows; loaded once for all pages.
#[derive(Clone, Copy)]
pub struct FrameResource(pub Resource<Result<FrameData, BackendError>>);

impl FrameResource {
    /// The frame's data of this page.
    pub fn expect() -> Self {
        expect_context()
    }
}

/// The frame with a page in it.
#[component]
pub fn Layout(
    /// The page.
    children: Children,
) -> impl IntoView {
    provide_context(FrameResource(Resource::new(|| (), |()| load_frame())));
    view! { <Later><Frame>{children()}</Frame></Later> }.into_any()
}

#[component]
fn Frame(children: Children) -> impl IntoView {
    let is_stale = use_live().is_stale();
    let overlay = Overlays::expect().0;
    let tells = TellsChoice::expect();
    let is_asked = Memo::new(move |before| {
        before.copied().unwrap_or(false) || overlay.get().is_some() || tells.sound.get() || tells.desktop.get()
    });
    #[cfg(feature = "hydrate")]
    {
        focus_main_after_navigation();
        super::scroll::keep();
    }
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <div class="frame">
            <Later><Rail/></Later>
            <div class="page">
                <Later><TopBar/></Later>
                <main id="main" tabindex="-1" class:is-stale=is_stale>
                    <Later><Notice/></Later>
                    <RefusedForm/>
                    // The server numbers its resources after those of the frame.
                    <Later last=true>{children()}</Later>
                </main>
            </div>
        </div>
        <Later><BottomTabs/></Later>
        <Later><ToastArea/></Later>
        <Shortcuts/>
        {move || is_asked.get().then(|| OVERLAYS.show())}
    }
    .into_any()
}

/// What everybody must know of Forewatch itself, where there is something.
#[component]
fn Notice() -> impl IntoView {
    with_frame(|data| {
        let system = use_live().system(data.system);
        view! { <p class="notice" role="alert">{move || system.read().notice.clone()}</p> }.into_any()
    })
}

/// Where the page changed, the keyboard and the screen reader begin at its content.
#[cfg(feature = "hydrate")]
fn focus_main_after_navigation() {
    let path = use_location().pathname;
    Effect::new(move |before: Option<()>| {
        path.track();
        if before.is_some()
            && let Some(main) = document().get_element_by_id("main")
        {
            // An element that cannot take the focus leaves it where it was.
            let _ = main.unchecked_into::<web_sys::HtmlElement>().focus();
        }
    });
}

/// Why a form that was sent without any script was refused: the server comes back to the page with the
/// reason in its address. Only it writes the reason; the browser finds it in the page.
#[component]
fn RefusedForm() -> impl IntoView {
    let query = use_query_map();
    move || query.read().get("__err").map(|reason| view! { <div inner_html=told(&reason)></div> }.into_any())
}

#[cfg(feature = "ssr")]
fn told(reason: &str) -> String {
    let error = leptos::server_fn::error::ServerFnUrlError::<BackendError>::decode_err(reason);
    let text = error.to_string();
    view! { <p class="note" role="alert"><Icon glyph=Glyph::Error class="c-error"/><span>{text}</span></p> }.to_html()
}

#[cfg(not(feature = "ssr"))]
fn told(_: &str) -> String {
    String::new()
}
