//! Deciding what is told to whom: `(what was told, the alerts as they are, now) → messages`. Pure: no clock, no I/O.
//!
//! It compares what each channel was told with how the alerts are now, so it does not matter how often it is asked, or
//! that it was not asked for a while: what is decided twice from the same state is the same. A caller that keeps the
//! state and the messages in one step, and after a crash goes on from there, tells every alarm.
//!
//! - A new alarm, or one that is no longer suppressed, waits `group_wait` for others of its group; a group is told at most once in `group_interval`.
//! - What has become worse is told at once. So is the end of the last open alarm of a group, after `group_wait`.
//! - Nobody is told of what is suppressed, has somebody who has it, or is not yet or no longer raised; an alarm that was
//!   told has its recovery told to the same channel whatever became of it.
//! - In quiet hours everything waits that is not worth an exception.
//! - A channel that another escalates to is told of nothing but what nobody acknowledged in time.

mod group;
mod member;
#[cfg(test)]
mod tests;

use super::message::Message;
use super::{Filter, Quiet};
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::{Alert, AlertId};
use group::Group;
use member::Member;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// When and of what a channel is told.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) name: String,
    pub(crate) filter: Filter,
    pub(crate) group_wait: TimeDelta,
    pub(crate) group_interval: TimeDelta,
    pub(crate) renotify: TimeDelta,
    pub(crate) quiet: Option<Quiet>,
    /// The channels that lead here, each with how long it waits for an acknowledgement.
    pub(crate) escalated_by: Vec<(String, TimeDelta)>,
    pub(crate) takes: Takes,
}

/// What a receiver makes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// It shows text: alerts of a rule come together.
    Groups,
    /// It keeps an incident for each alert, and wants to know who has it.
    Incidents,
}

/// What every channel was told.
pub(crate) type Told = BTreeMap<String, ChannelTold>;

/// What one channel was told, and what waits to be told.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ChannelTold {
    groups: BTreeMap<String, Group>,
    /// When it was last looked at; what was raised and over since then was missed.
    #[serde(default)]
    looked: Option<DateTime<Utc>>,
    /// Active alerts that were suppressed then.
    #[serde(default)]
    hushed: BTreeSet<AlertId>,
}

/// Something to send.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Planned {
    pub(crate) channel: String,
    pub(crate) message: Message,
}

/// Decides what is told now, and notes it in `told`.
pub(crate) fn plan(routes: &[Route], told: &mut Told, alerts: &[Arc<Alert>], now: DateTime<Utc>) -> Vec<Planned> {
    told.retain(|name, _| routes.iter().any(|route| route.name == *name));
    let mut planned = Vec::new();
    for route in routes {
        let due = escalated(route, told, now);
        let channel = told.entry(route.name.clone()).or_default();
        channel.look(route, due.as_ref(), alerts, now);
        for (name, group) in &mut channel.groups {
            let message = group.tell(name, route, now);
            planned.extend(message.map(|message| Planned { channel: route.name.clone(), message }));
        }
        channel.groups.retain(|_, group| group.is_needed(route, now));
        channel.looked = Some(now);
    }
    planned
}

/// The alerts that other channels were told of and nobody acknowledged in time; nothing where no channel leads here.
fn escalated(route: &Route, told: &Told, now: DateTime<Utc>) -> Option<BTreeSet<AlertId>> {
    if route.escalated_by.is_empty() {
        return None;
    }
    let mut due = BTreeSet::new();
    for (name, after) in &route.escalated_by {
        let members = told.get(name).into_iter().flat_map(|channel| channel.groups.values()).flat_map(Group::members);
        let late = members.filter(|(_, member)| member.nobodys_since().is_some_and(|since| since + *after <= now));
        due.extend(late.map(|(id, _)| id.clone()));
    }
    Some(due)
}

/// When an alert was raised, the last time.
fn raised(alert: &Alert) -> DateTime<Utc> {
    if alert.state.is_active() { alert.state_since } else { alert.timestamp }
}

impl ChannelTold {
    /// Whether anything differs that a restart must know; when it was last looked at, and what was suppressed then, is not.
    pub(crate) fn differs(&self, other: &Self) -> bool {
        self.groups != other.groups
    }

    /// What of it is about such alerts alone.
    pub(super) fn part_about(&self, is_meant: impl Fn(&Alert) -> bool) -> Self {
        let groups = self.groups.iter().filter(|(_, group)| group.is_about(&is_meant));
        Self { groups: groups.map(|(name, group)| (name.clone(), group.clone())).collect(), ..self.clone() }
    }

    /// Takes that part as it is now.
    pub(super) fn put_back(&mut self, part: Self, is_meant: impl Fn(&Alert) -> bool) {
        self.groups.retain(|_, group| !group.is_about(&is_meant));
        self.groups.extend(part.groups);
    }

    /// Takes the alerts as they are: new ones wait, those that were told are followed.
    fn look(&mut self, route: &Route, due: Option<&BTreeSet<AlertId>>, alerts: &[Arc<Alert>], now: DateTime<Utc>) {
        let (mut seen, mut hushed) = (BTreeSet::new(), BTreeSet::new());
        for alert in alerts.iter().filter(|alert| alert.was_raised()) {
            seen.insert(&alert.alert_id);
            if alert.state.is_active() && alert.suppressed_by.is_some() {
                hushed.insert(alert.alert_id.clone());
            }
            let name = match route.takes {
                Takes::Groups => alert.rule_id.as_str(),
                Takes::Incidents => alert.alert_id.as_str(),
            };
            let wanted = route.filter.fits(alert) && due.is_none_or(|due| due.contains(&alert.alert_id));
            let may_be_told = wanted && alert.suppressed_by.is_none() && !alert.acknowledged;
            let missed = self.missed(route, alert);
            match self.groups.get_mut(name).and_then(|group| group.member(&alert.alert_id)) {
                Some(member) if member.is_told() => member.follow(alert, now),
                Some(member) if may_be_told && alert.state.is_active() => member.follow(alert, now),
                Some(_) => self.forget(name, &alert.alert_id),
                None if may_be_told && (alert.state.is_active() || missed) => {
                    // What comes back with its cause has `group_wait` to do so.
                    let since = if self.hushed.contains(&alert.alert_id) { now } else { raised(alert).min(now) };
                    let group = self.groups.entry(name.to_owned()).or_default();
                    group.add(Member::waiting(alert, due.is_some(), since));
                }
                None => {}
            }
        }
        self.hushed = hushed;
        for group in self.groups.values_mut() {
            group.without(|id| !seen.contains(id), now);
        }
    }

    /// Whether an alarm was raised, lasted, and was over by itself, all since this channel was last looked at.
    fn missed(&self, route: &Route, alert: &Alert) -> bool {
        let lasted = |over| over - alert.timestamp >= route.group_wait;
        self.looked.is_some_and(|looked| {
            alert.timestamp > looked && alert.resolved_by.is_none() && alert.resolved_at.is_some_and(lasted)
        })
    }

    fn forget(&mut self, group: &str, id: &AlertId) {
        if let Some(group) = self.groups.get_mut(group) {
            group.remove(id);
        }
    }
}
