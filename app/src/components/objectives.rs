//! What is left of the budgets of objectives, a line each. The server writes it as HTML: it changes by the hour, so that
//! the page shows it as of when it was loaded, and the browser needs no code for it.

use super::icon::{Glyph, Icon};
use super::meter::Bar;
use forewatch::objective::ObjectiveStatus;
use forewatch::{Ratio, Timestamp, format, time};
use leptos::prelude::*;

/// A panel with a line for each; nothing where there are none.
pub fn panel(objectives: &[ObjectiveStatus], now: Timestamp) -> String {
    if objectives.is_empty() {
        return String::new();
    }
    let lines: String = objectives.iter().map(|status| line(status, now)).collect();
    view! {
        <section class="panel" aria-labelledby="objectives">
            <div class="panel-h"><h2 id="objectives">"Objectives"</h2><span class="soft">"what is left of what may go wrong"</span></div>
            <ul class="quietly" inner_html=lines></ul>
        </section>
    }
    .to_html()
}

/// One of them, as an item of a list.
pub fn line(status: &ObjectiveStatus, now: Timestamp) -> String {
    let (glyph, colour) = match status.budget_left {
        None => (Glyph::Offline, "c-quiet"),
        Some(left) if left <= 0.0 => (Glyph::Error, "c-error"),
        Some(_) if status.burn_rate.is_some_and(|rate| rate > 1.0) => (Glyph::Warning, "c-warning"),
        Some(_) => (Glyph::Ok, "c-ok"),
    };
    view! {
        <li>
            <Icon glyph class=colour/>
            <span><span class="strong">{status.objective.title.clone()}</span>": "{sentence(status, now)}</span>
            {left(status)}
        </li>
    }
    .to_html()
}

/// The budget that is left, as a bar with its number.
fn left(status: &ObjectiveStatus) -> Option<impl IntoView + use<>> {
    let share = status.budget_left?;
    let text = if share < 0.0 { "overspent".to_owned() } else { format::ratio(share) + " left" };
    let bar = Ratio::new(share.clamp(0.0, 1.0)).ok().map(|value| view! { <Bar value/> });
    Some(view! { <span class="m">{bar}<span class="v">{text}</span></span> })
}

/// How things are: "99.4 % of at least 99 % in 28 d; burning 0.6 times as fast as it may".
fn sentence(status: &ObjectiveStatus, now: Timestamp) -> String {
    let target = format::ratio(status.objective.target.get());
    let counted = time::seconds_between(status.since, now);
    let over = match counted < status.objective.period {
        true => format!("{}, counted for {}", days(status.objective.period), format::age(counted)),
        false => days(status.objective.period),
    };
    let achieved = match status.achieved {
        Some(achieved) => format!("{} of at least {target} in {over}", format::ratio(achieved.get())),
        None => return format!("at least {target} in {over}; no task of it yet"),
    };
    let used = match (status.budget_left, status.burn_rate, status.exhausted_in) {
        (Some(left), ..) if left < 0.0 => {
            format!("more went wrong than may, {} times as much", format::number(1.0 - left))
        }
        (_, None, _) => "no task of it in the last hour".to_owned(),
        (_, Some(rate), Some(seconds)) if rate > 1.0 => format!(
            "burning {} times as fast as it may: at this rate nothing is left in {}",
            format::number(rate),
            format::age(seconds)
        ),
        (_, Some(rate), _) => format!("burning {} times as fast as it may", format::number(rate)),
    };
    format!("{achieved}; {used}")
}

/// A period in whole days, where it is.
fn days(seconds: f64) -> String {
    if seconds % 86_400.0 == 0.0 { format!("{} d", format::number(seconds / 86_400.0)) } else { format::age(seconds) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::ObjectiveId;
    use forewatch::objective::Objective;

    const DAY: f64 = 86_400.0;

    fn at(days: i64) -> Timestamp {
        Timestamp::from_timestamp(1_800_000_000 + days * 86_400, 0).expect("a time")
    }

    /// One of 99 % in 28 days of which so much is left.
    fn status(left: Option<f64>, burn_rate: Option<f64>) -> ObjectiveStatus {
        let exhausted_in = left.zip(burn_rate).map(|(left, rate)| left.max(0.0) * 28.0 * DAY / rate);
        ObjectiveStatus {
            objective: Objective {
                objective_id: ObjectiveId::new("o").expect("valid"),
                title: "<b>GPU</b> tasks".to_owned(),
                filter: std::collections::BTreeMap::new(),
                start_within: None,
                target: Ratio::new(0.99).expect("a ratio"),
                period: 28.0 * DAY,
            },
            since: at(0),
            good: 0,
            bad: 0,
            achieved: left.and_then(|left| Ratio::new(1.0 - (1.0 - left) * 0.01).ok()),
            budget_left: left,
            burn_rate,
            exhausted_in,
            windows: Vec::new(),
        }
    }

    #[test]
    fn a_line_says_how_much_is_left_and_how_fast_it_goes() {
        let said = |left, rate| sentence(&status(left, rate), at(40));
        assert_eq!(
            said(Some(0.5), Some(0.25)),
            "99.5 % of at least 99 % in 28 d; burning 0.25 times as fast as it may"
        );
        assert_eq!(
            said(Some(0.5), Some(2.0)),
            "99.5 % of at least 99 % in 28 d; burning 2 times as fast as it may: at this rate nothing is left in 7 d 0 h"
        );
        assert_eq!(said(Some(0.5), None), "99.5 % of at least 99 % in 28 d; no task of it in the last hour");
        assert!(said(Some(-1.0), Some(0.0)).ends_with("more went wrong than may, 2 times as much"));
    }

    #[test]
    fn what_is_not_known_is_said_and_is_no_zero() {
        let young = sentence(&status(None, None), at(3));
        assert_eq!(young, "at least 99 % in 28 d, counted for 3 d 0 h; no task of it yet");
        let html = panel(&[status(None, None)], at(3));
        assert!(!html.contains("left<") && !html.contains("<rect"), "{html}");
        assert_eq!(panel(&[], at(3)), "");
    }

    #[test]
    fn a_title_is_data() {
        // A page on the server is written within an owner, too: the bar keeps what it shows there.
        let html = Owner::new().with(|| panel(&[status(Some(0.5), Some(0.25))], at(40)));
        assert!(html.contains("&lt;b&gt;GPU&lt;/b&gt; tasks") && html.contains("50 % left"), "{html}");
    }
}
