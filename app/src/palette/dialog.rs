//! A dialog that is open while its overlay is the one that is asked for.

use super::{Overlay, Overlays};
use leptos::prelude::*;

/// The dialog. Its content is made anew each time it opens, and is gone when it closes.
#[component]
pub(super) fn Dialog(
    /// Which one.
    of: Overlay,
    /// Its classes.
    class: &'static str,
    /// Its name.
    label: &'static str,
    /// What is in it.
    children: ChildrenFn,
) -> impl IntoView {
    let shown = Overlays::expect().0;
    let is_open = Memo::new(move |_| shown.get() == Some(of));
    let node = NodeRef::<leptos::html::Dialog>::new();
    #[cfg(feature = "hydrate")]
    Effect::new(move || {
        let (open, Some(dialog)) = (is_open.get(), node.get()) else { return };
        if open && !dialog.open() {
            // Cannot fail: the dialog is in the page and closed.
            let _ = dialog.show_modal();
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    // The key Esc and a click beside it close it without asking here.
    let closed = move |_| {
        if shown.get_untracked() == Some(of) {
            shown.set(None);
        }
    };
    let beside = move |event: leptos::ev::MouseEvent| {
        let at = event.target();
        if at.is_some() && at == event.current_target() {
            shown.set(None);
        }
    };
    view! {
        <dialog class=class node_ref=node aria-label=label on:close=closed on:click=beside>
            <Show when=move || is_open.get()>{children()}</Show>
        </dialog>
    }
    .into_any()
}
