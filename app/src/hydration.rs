//! Makes the page that the server rendered live, part by part, each in a task of its own: between parts a slow phone
//! answers, for which all at once is a third of a second of work.
//!
//! Until its last part is live the page stays as the server rendered it: what effects, resources and the live client
//! have to do waits for that, so that every part finds what it was rendered from. Who presses or types in between has
//! the rest made live first, so that nothing pressed is lost.
//!
//! Parts become live in the order in which they were put off, the parts within one before the next: in this order the
//! server numbered their resources.

use crate::routes::App;
use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use hydration_context::{HydrateSharedContext, SharedContext};
use js_sys::Date;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::view::PositionState;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

/// Milliseconds of a task after which the next part is left to another.
const SHARE: f64 = 4.0;
/// What waits until the page is live and then runs in one task: most of it only waits again, for what it shows to change.
const TOGETHER: usize = 100;
/// What a person does to a page.
const DEEDS: [&str; 7] = ["pointerdown", "click", "keydown", "input", "change", "submit", "popstate"];

type Part = Box<dyn FnOnce()>;

/// A page that is not live as a whole yet.
#[derive(Default)]
struct Hydration {
    context: Arc<HydrateSharedContext>,
    parts: VecDeque<Part>,
    /// Those that the part that runs puts off.
    added: VecDeque<Part>,
    /// What runs when all is live.
    last: Option<PinnedLocalFuture<()>>,
}

thread_local! {
    static UNDER_WAY: RefCell<Option<Hydration>> = const { RefCell::new(None) };
    /// What was spawned meanwhile.
    static HELD: RefCell<Option<VecDeque<PinnedLocalFuture<()>>>> = const { RefCell::new(None) };
}

/// Makes the page live. Called once.
pub fn hydrate_page() {
    let Some(body) = document().body() else { return };
    // Fails where there is one already: then nothing has to wait.
    let _ = Executor::init_custom_executor(Patient);
    let context = Arc::new(HydrateSharedContext::new());
    UNDER_WAY.set(Some(Hydration { context: context.clone(), ..Hydration::default() }));
    HELD.set(Some(VecDeque::new()));
    finish_before_deeds();
    let whole = move || {
        let owner = Owner::new_root(Some(context));
        let page = owner.with(|| hydrated(App(), body.unchecked_into()));
        // For as long as the page is there.
        std::mem::forget((owner, page));
    };
    add(whole);
    later();
}

/// Whether the page is not live as a whole yet.
pub(crate) fn is_under_way() -> bool {
    UNDER_WAY.with_borrow(Option::is_some)
}

/// Has `act` run after all else that the page has to do when it becomes live.
pub(crate) fn when_live(act: impl FnOnce() + 'static) {
    let act = Box::pin(async { act() });
    UNDER_WAY.with_borrow_mut(|page| match page {
        Some(page) => page.last = Some(act),
        None => Executor::spawn_local(act),
    });
}

/// Makes `children` live in a later task, in which the server rendered them into `place`.
pub(crate) fn put_off(place: NodeRef<Div>, children: Children) {
    let owner = Owner::current().unwrap_or_default();
    let part = move || {
        let Some(place) = place.get_untracked() else { return };
        // Lives as long as what is around it.
        owner.with(|| StoredValue::new_local(hydrated(children(), place.unchecked_into())));
    };
    add(part);
}

fn add(part: impl FnOnce() + 'static) {
    UNDER_WAY.with_borrow_mut(|page| page.as_mut().map(|page| page.added.push_back(Box::new(part))));
}

fn hydrated<V: IntoView>(view: V, parent: Element) -> V::State {
    view.into_view().hydrate::<true>(&Cursor::new(parent), &PositionState::default())
}

fn later() {
    set_timeout(|| go_on(false), Duration::ZERO);
}

/// Makes parts live until it is another's turn, or all at once.
fn go_on(is_pressed: bool) {
    let begin = Date::now();
    while let Some(part) = next_part() {
        part();
        // Tasks of a page that nobody sees come once a second.
        if Date::now() - begin >= SHARE && !is_pressed && !document().hidden() {
            return later();
        }
    }
    if let Some(page) = UNDER_WAY.take() {
        page.context.hydration_complete();
        HELD.with_borrow_mut(|held| held.as_mut().map(|held| held.extend(page.last)));
    }
    release(if is_pressed { usize::MAX } else { TOGETHER });
}

/// The next part: those that were put off in the last one come before the others.
fn next_part() -> Option<Part> {
    UNDER_WAY.with_borrow_mut(|page| {
        let Hydration { parts, added, .. } = page.as_mut()?;
        added.append(parts);
        std::mem::swap(added, parts);
        parts.pop_front()
    })
}

/// Lets so much run of what waited.
fn release(most: usize) {
    let run = HELD.with_borrow_mut(|held| {
        let waiting = held.as_mut()?;
        let run = waiting.drain(..most.min(waiting.len())).collect::<Vec<_>>();
        if waiting.is_empty() {
            *held = None;
        }
        Some(run)
    });
    let Some(run) = run else { return };
    run.into_iter().for_each(spawn_local);
    later();
}

/// Whatever a person does finds the page live.
fn finish_before_deeds() {
    let all = Closure::<dyn Fn()>::new(|| go_on(true)).into_js_value();
    for deed in DEEDS {
        let _ = window().add_event_listener_with_callback_and_bool(deed, all.unchecked_ref(), true);
    }
}

/// Leaves what is spawned until the page is live.
struct Patient;

impl CustomExecutor for Patient {
    fn spawn(&self, future: PinnedFuture<()>) {
        self.spawn_local(future);
    }

    fn spawn_local(&self, future: PinnedLocalFuture<()>) {
        HELD.with_borrow_mut(|held| match held {
            Some(held) => held.push_back(future),
            None => spawn_local(future),
        });
    }

    fn poll_local(&self) {}
}
