//! The alerts that a channel is told of together, and when.

use super::member::Member;
use super::{Route, Takes};
use crate::notify::message::{MOST, Message, Notice, What};
use chrono::{DateTime, Utc};
use forewatch::{Alert, AlertId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Alerts of a group that are followed at most; those beyond are told of once there is room again.
const FOLLOWED: usize = 1_000;

/// A group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Group {
    /// When it was last told of.
    last: Option<DateTime<Utc>>,
    members: BTreeMap<AlertId, Member>,
}

impl Group {
    pub(super) fn members(&self) -> impl Iterator<Item = (&AlertId, &Member)> {
        self.members.iter()
    }

    pub(super) fn member(&mut self, id: &AlertId) -> Option<&mut Member> {
        self.members.get_mut(id)
    }

    pub(super) fn add(&mut self, member: Member) {
        if self.members.len() < FOLLOWED {
            self.members.insert(member.alert().alert_id.clone(), member);
        }
    }

    pub(super) fn remove(&mut self, id: &AlertId) {
        self.members.remove(id);
    }

    /// The alerts of which `is_gone` says so are no longer there: those that were told are over.
    pub(super) fn without(&mut self, is_gone: impl Fn(&AlertId) -> bool, now: DateTime<Utc>) {
        self.members.retain(|id, member| {
            let gone = is_gone(id);
            if gone {
                member.end(now);
            }
            member.is_told() || !gone
        });
    }

    /// Whether all its alerts, of which there are some, are such ones.
    pub(super) fn is_about(&self, is_meant: &impl Fn(&Alert) -> bool) -> bool {
        !self.members.is_empty() && self.members.values().all(|member| is_meant(member.alert()))
    }

    /// Whether it has to be kept: it has alerts, or is quiet because it was told of a short while ago.
    pub(super) fn is_needed(&self, route: &Route, now: DateTime<Utc>) -> bool {
        !self.members.is_empty() || !self.is_free(route, now)
    }

    /// Whether it was not told of for long enough.
    fn is_free(&self, route: &Route, now: DateTime<Utc>) -> bool {
        self.last.is_none_or(|last| last + route.group_interval <= now)
    }

    /// What is told of the group now, if anything.
    pub(super) fn tell(&mut self, name: &str, route: &Route, now: DateTime<Utc>) -> Option<Message> {
        let free = self.is_free(route, now);
        let waited = |since: Option<DateTime<Utc>>| since.is_some_and(|since| since + route.group_wait <= now);
        let may = |member: &Member| route.quiet.as_ref().is_none_or(|quiet| !quiet.holds(member.alert().severity, now));
        let known = || self.members.values().filter(|member| may(member));
        let is_news = |member: &Member| match route.takes {
            Takes::Groups => member.has_risen(),
            Takes::Incidents => member.has_risen() || member.has_somebody_new(),
        };
        let at_once = known().any(is_news);
        let new = free && waited(known().filter(|member| !member.is_told()).map(|member| member.since).min());
        let again = free && known().any(|member| member.is_to_be_told_again(route.renotify, now));
        let open = self.members.values().any(Member::is_open);
        let over = (free || !open) && waited(known().filter_map(Member::over_since).min());
        if !(at_once || new || again || over) {
            return None;
        }
        let mut notices = Vec::new();
        for member in self.members.values_mut().filter(|member| may(member)) {
            let what = if member.over_since().is_some() {
                What::Recovered
            } else if member.has_risen() {
                What::Risen
            } else if route.takes == Takes::Incidents && member.has_somebody_new() {
                What::Acknowledged
            } else if !member.is_told() && (free || at_once) {
                What::New
            } else if again && member.nobodys_since().is_some() {
                What::Reminder
            } else {
                continue;
            };
            notices.push(member.tell(what, now));
        }
        let told: Vec<_> = notices.iter().map(|notice| notice.alert.alert_id.clone()).collect();
        let still = self.members.iter().filter(|(id, member)| member.is_shown() && !told.contains(id));
        notices.extend(still.map(|(_, member)| member.notice(What::Still)));
        self.members.retain(|id, member| member.over_since().is_none() || !told.contains(id));
        self.last = Some(now);
        Some(message(name, notices, now))
    }
}

/// A message with what is new first, the worst of it at the top.
fn message(name: &str, mut notices: Vec<Notice>, at: DateTime<Utc>) -> Message {
    let rank = |notice: &Notice| (notice.what == What::Still, notice.what == What::Recovered);
    notices.sort_by(|a, b| rank(a).cmp(&rank(b)).then(b.alert.severity.cmp(&a.alert.severity)));
    let more = notices.len().saturating_sub(MOST);
    notices.truncate(MOST);
    Message { group: name.to_owned(), at, notices, more, files: Vec::new() }
}
