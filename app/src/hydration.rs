//! Makes the page that the server rendered live, part by part, each in a task of its own: between parts a slow phone
//! answers, for which all at once is a third of a second of work.
//!
//! Until its last part is live the page stays as the server rendered it: what effects, resources and the live client
//! have to do waits for that, so that every part finds what it was rendered from. Who presses or types in between has
//! the rest made live first, so that nothing pressed is lost.
//!
//! Parts become live in the order in which they were put off, the parts within one before the next, and the page after
//! its frame: in this order the server numbered their resources.

use crate::routes::App;
use crate::turns::{SHARE, next_task, run_others};
use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use hydration_context::{HydrateSharedContext, SharedContext};
use js_sys::Date;
use leptos::html::ElementType;
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
    // From now on what is pressed is done: what needs the program is offered, see base.css.
    if let Some(root) = document().document_element() {
        // Cannot fail: the name is a valid attribute name.
        let _ = root.set_attribute("data-live", "");
    }
    let whole = move || {
        let owner = Owner::new_root(Some(context));
        let page = owner.with(|| hydrated(App(), body.unchecked_into()));
        // For as long as the page is there.
        std::mem::forget((owner, page));
    };
    add(whole, true);
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

/// Makes `children` live in a later task, in which the server rendered them into `place`; after all other parts where it
/// is the last.
pub(crate) fn put_off<E>(place: NodeRef<E>, children: Children, is_last: bool)
where
    E: ElementType + 'static,
    E::Output: JsCast + Clone + 'static,
{
    put_off_in(Box::new(move || place.get_untracked().map(JsCast::unchecked_into)), children, is_last);
}

/// All go through one compiled piece of code.
fn put_off_in(place: Box<dyn FnOnce() -> Option<Element>>, children: Children, is_last: bool) {
    let owner = Owner::current().unwrap_or_default();
    let part = move || {
        let Some(place) = place() else { return };
        // Lives as long as what is around it.
        owner.with(|| StoredValue::new_local(hydrated(children(), place)));
    };
    add(part, is_last);
}

fn add(part: impl FnOnce() + 'static, is_last: bool) {
    UNDER_WAY.with_borrow_mut(|page| {
        let Some(page) = page else { return };
        let place = if is_last { &mut page.parts } else { &mut page.added };
        place.push_back(Box::new(part));
    });
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
    if is_pressed || document().hidden() {
        HELD.take().into_iter().flatten().for_each(spawn_local);
    } else {
        spawn_local(release());
    }
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

/// Lets what waited run, so much in a task as there is time for.
async fn release() {
    let mut begin = Date::now();
    while let Some(future) = next_held() {
        spawn_local(future);
        run_others().await;
        if Date::now() - begin >= SHARE {
            next_task().await;
            begin = Date::now();
        }
    }
}

/// What has waited longest; when nothing does, nothing has to any more.
fn next_held() -> Option<PinnedLocalFuture<()>> {
    HELD.with_borrow_mut(|held| {
        let next = held.as_mut()?.pop_front();
        if next.is_none() {
            *held = None;
        }
        next
    })
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
