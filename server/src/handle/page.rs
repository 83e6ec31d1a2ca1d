//! The page of a link. It stands alone and needs no script: it is opened from mail and chat programs.

use crate::auth::CspNonce;
use forewatch::Alert;
use maud::{DOCTYPE, PreEscaped, html};

/// What can be done on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offer {
    Both,
    Resolve,
    Nothing,
}

/// What the page shows.
pub(super) struct Page<'a> {
    pub(super) nonce: &'a CspNonce,
    pub(super) alert: Option<&'a Alert>,
    /// What was done.
    pub(super) told: Option<&'a str>,
    /// What was not, and why.
    pub(super) problem: Option<&'a str>,
    pub(super) offer: Offer,
}

/// The style of the page to sign in on, which stands alone too.
const STYLE: &str = include_str!("../auth/sign_in/page.css");

impl Page<'_> {
    /// The whole document. The form goes to the page's own address.
    pub(super) fn html(&self) -> String {
        let title = self.alert.map_or("Alert", |alert| alert.title.as_str());
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    title { (title) " · Forewatch" }
                    style nonce=(self.nonce.0) { (PreEscaped(STYLE)) }
                }
                body {
                    main {
                        h1 { (title) }
                        @if let Some(told) = self.told { p role="status" { (told) } }
                        @if let Some(problem) = self.problem { p role="alert" class="problem" { (problem) } }
                        @if let Some(alert) = self.alert { (facts(alert)) }
                        @if self.offer != Offer::Nothing { (form(self.offer)) }
                        p { a href=(self.address()) { "Open in Forewatch" } }
                    }
                }
            }
        }
        .into_string()
    }

    fn address(&self) -> String {
        self.alert.map_or_else(|| "/alerts".to_owned(), |alert| format!("/alerts/{}", alert.alert_id))
    }
}

fn facts(alert: &Alert) -> maud::Markup {
    let who = match (&alert.resolved_by, &alert.acknowledged_by) {
        (Some(by), _) => format!(", resolved by {by}"),
        (None, Some(by)) if alert.acknowledged => format!(", {by} has it"),
        _ => String::new(),
    };
    html! {
        p { (alert.severity) ", " (alert.state) (who) }
        p { "Raised " time datetime=(alert.timestamp.to_rfc3339()) { (alert.timestamp.format("%-d %b %Y %H:%M UTC")) } }
        @if !alert.description.is_empty() { p { (alert.description) } }
    }
}

fn form(offer: Offer) -> maud::Markup {
    html! {
        form method="post" {
            @if offer == Offer::Both { button name="do" value="acknowledge" { "Acknowledge" } }
            button name="do" value="resolve" { "Resolve" }
        }
    }
}
