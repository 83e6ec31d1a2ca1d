//! The wall: the screen across the room. Large, without navigation, one thing after the other; a new alert takes the
//! whole screen. `/?wall` shows it; [`plan`] says what else its address can ask for.
//!
//! [`turn`] and [`plan`] are pure; `browser` is the browser's side: keys, whether somebody is there, a screen that stays on.

mod alarm;
#[cfg(feature = "hydrate")]
mod browser;
mod plan;
mod slides;
mod turn;

use crate::attention::is_open;
use crate::components::connection::ConnectionMark;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::{clock_seconds, date};
use crate::components::once::once_on_server;
use crate::components::page_title::PageTitle;
use crate::handling::shown_alerts;
use crate::live::use_live;
use crate::server_fns::{WallData, load_wall};
use crate::session::{Zone, ZoneChoice};
use alarm::{Alarm, News};
use forewatch::{Alert, format};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use plan::{Plan, Slide};
use slides::show;
use turn::Turn;

/// What outlives a fresh answer of the server.
#[derive(Clone, Copy)]
struct Wall {
    plan: StoredValue<Plan>,
    turn: RwSignal<Turn>,
    news: RwSignal<News>,
}

/// The wall.
#[component]
pub fn WallPage() -> impl IntoView {
    let query = use_query_map();
    let plan =
        query.with_untracked(|query| Plan::read(query.get_str("wall").unwrap_or_default(), query.get_str("every")));
    let turn = RwSignal::new(Turn::new(plan.slides.len(), plan.every));
    let wall = Wall { plan: StoredValue::new(plan), turn, news: RwSignal::new(News::default()) };
    let data = Resource::new(|| (), |()| load_wall());
    #[cfg(feature = "hydrate")]
    browser::run(wall, data);
    view! {
        <PageTitle name="Wall"/>
        {super::loaded(data, "The wall did not load", move |data| view! { <Shown data wall/> })}
    }
    .into_any()
}

#[component]
fn Shown(data: WallData, wall: Wall) -> impl IntoView {
    let alerts = shown_alerts(data.overview.alerts.clone());
    #[cfg(feature = "hydrate")]
    browser::watch(alerts, wall.news);
    let alarm = Memo::new(move |_| wall.news.read().shown(&alerts.read()));
    let slide = Memo::new(move |_| wall.plan.with_value(|plan| plan.slides[wall.turn.read().at]));
    let data = StoredValue::new(data);
    let is_attended = Memo::new(move |_| wall.turn.read().is_attended());
    view! {
        <div class="wall" class:is-attended=is_attended class:is-alarmed=move || alarm.read().is_some()>
            <Head alerts/>
            <div class="wall-slide">
                {once_on_server(move || match alarm.get() {
                    Some((alert, count)) => view! { <Alarm alert count/> }.into_any(),
                    None => show(slide.get(), data.get_value(), alerts),
                })}
            </div>
            <Foot wall slide alarm/>
        </div>
    }
    .into_any()
}

/// How many need someone, the connection, the clock.
#[component]
fn Head(alerts: Memo<Vec<Alert>>) -> impl IntoView {
    let zone = ZoneChoice::expect().0;
    let now = use_live().now();
    let open = Memo::new(move |_| alerts.read().iter().filter(|alert| is_open(alert)).count());
    let need = move || match open.get() {
        0 => view! { <span class="st"><Icon glyph=Glyph::Ok class="c-ok"/>"Nothing needs someone"</span> }.into_any(),
        1 => view! { <span class="st strong c-error"><Icon glyph=Glyph::Bell/>"1 needs someone"</span> }.into_any(),
        many => view! {
            <span class="st strong c-error"><Icon glyph=Glyph::Bell/>{format::count(many as u64)}" need someone"</span>
        }
        .into_any(),
    };
    view! {
        <div class="wall-head">
            <span class="brand"><Icon glyph=Glyph::Brand/><span>"Forewatch"</span></span>
            {need}
            <ConnectionMark/>
            <time class="wall-clock">
                <b>{move || clock_seconds(now.get(), zone.get())}</b>
                <small>{move || date(now.get(), zone.get())}{move || if zone.get() == Zone::Utc { " UTC" } else { "" }}</small>
            </time>
        </div>
    }
    .into_any()
}

/// What is shown next and when, and what can be done: quiet until somebody is there.
#[component]
fn Foot(wall: Wall, slide: Memo<Slide>, alarm: Memo<Option<(Alert, usize)>>) -> impl IntoView {
    let (slides, remarks) = wall.plan.with_value(|plan| (plan.slides.clone(), plan.remarks.join(" ")));
    let is_paused = Memo::new(move |_| wall.turn.read().is_paused);
    let is_single = slides.len() < 2;
    let state = move || match (alarm.read().is_some(), wall.turn.get()) {
        (true, _) => "Until somebody has it".to_owned(),
        (false, turn) if turn.is_paused => "Paused".to_owned(),
        (false, turn) if turn.is_attended() => "Waits for you".to_owned(),
        (false, _) if is_single => String::new(),
        (false, turn) => ["Next in ", &turn.left.to_string(), " s"].concat(),
    };
    let dots = slides.into_iter().enumerate().map(|(at, own)| {
        let choose = move |_| {
            wall.news.update(News::clear);
            wall.turn.update(|turn| turn.go_to(at));
        };
        view! {
            <button type="button" aria-current=move || (slide.get() == own).then_some("true") on:click=choose>{own.name()}</button>
        }
    });
    let pause = move |_| wall.turn.update(|turn| turn.is_paused = !turn.is_paused);
    view! {
        <div class="wall-foot">
            <div class="seg tabs needs-script" role="group" aria-label="What is shown">{dots.collect_view()}</div>
            <span class="soft wall-next">{state}</span>
            <span class="c-warning">{remarks}</span>
            <div class="acts right">
                <button class="btn needs-script" type="button" on:click=pause>
                    {move || match is_paused.get() {
                        true => view! { <Icon glyph=Glyph::Play/>"Go on" }.into_any(),
                        false => view! { <Icon glyph=Glyph::Pause/>"Pause" }.into_any(),
                    }}
                </button>
                <button class="btn needs-script" type="button" on:click=move |_| full_screen()>"Full screen"</button>
                <a class="btn" href="/" rel="external"><Icon glyph=Glyph::Close/>"Leave"</a>
            </div>
        </div>
    }
    .into_any()
}

/// Fills the screen, or gives it back.
fn full_screen() {
    #[cfg(feature = "hydrate")]
    browser::full_screen();
}
