//! The alert rules: how close each is to firing, and whether others would have fired.

use super::{BackendFor, past};
use crate::alerts::{FARTHEST, Past, Rule, TrialError, rule_with, rules_in, statuses, trial};
use crate::collector::clock;
use crate::config::{Amount, Config, ConfigError, RuleText, Span};
use crate::error::ApiError;
use app::backend::{BackendError, RuleAsked};
use chrono::{DateTime, Utc};
use forewatch::problem::FieldError;
use forewatch::rule::{RuleStatus, RuleTrial};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Trials under way: each may read a week of every series, and half a million tasks.
static TRIALS: Semaphore = Semaphore::const_new(2);

impl BackendFor {
    /// Every rule as of now.
    pub(crate) fn rule_statuses(&self) -> Result<Vec<RuleStatus>, BackendError> {
        let fleet = self.published()?.fleet;
        Ok(statuses(&self.state.rules, &fleet, fleet.observed_since, fleet.now))
    }

    /// Tries rules on the past. Blocks a thread of its own for as long as that takes, also when nobody waits any more.
    pub(crate) async fn try_rules(
        &self,
        rules: Vec<RuleText>,
        span: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<RuleTrial>, ApiError> {
        self.person()?;
        let config = Config { rule: rules, ..Config::clone(&self.state.config) };
        self.tried(rules_in(&config).map_err(fields)?, span, clock()).await
    }

    /// Tries a rule of the server's as a page asks for it, on as much of the past as there is.
    pub(super) async fn rule_tried(&self, asked: RuleAsked) -> Result<RuleTrial, BackendError> {
        self.person()?;
        let missing = || BackendError::NotFound(format!("there is no rule {}", asked.rule));
        let rule = self.state.rules.iter().find(|rule| rule.id.as_str() == asked.rule).ok_or_else(missing)?;
        let by = RuleText { id: asked.rule.clone(), ..changes(rule, &asked).map_err(BackendError::Invalid)? };
        let rule = rule_with(&self.state.config, &by).map_err(odd)?.ok_or_else(missing)?;
        let now = clock();
        let tried = self.tried(vec![rule], (now - FARTHEST, now), now).await;
        let failed = |error: ApiError| BackendError::Unavailable(error.detail().to_owned());
        tried.map_err(failed)?.pop().ok_or_else(missing)
    }

    async fn tried(
        &self,
        rules: Vec<Rule>,
        span: (DateTime<Utc>, DateTime<Utc>),
        now: DateTime<Utc>,
    ) -> Result<Vec<RuleTrial>, ApiError> {
        let room = room()?;
        let (records, history) = (self.state.records.clone(), self.state.history.clone());
        let tried = past::beside(move || {
            let _room = room;
            let ask = |query: &_| history.answer(query);
            let past = Past { ask: &ask, records: &*records };
            rules.iter().map(|rule| trial(rule, &past, span, now)).collect::<Result<Vec<_>, _>>()
        });
        Ok(tried.await??)
    }
}

/// Room for one more trial.
fn room() -> Result<SemaphorePermit<'static>, ApiError> {
    let busy = || ApiError::too_often("other rules are being tried: try again in a moment").retry_after(1);
    TRIALS.try_acquire().map_err(|_| busy())
}

/// What is asked to be different, read; the error names the field.
fn changes(rule: &Rule, asked: &RuleAsked) -> Result<RuleText, String> {
    let threshold = asked.threshold.as_deref().map(|text| Amount::read(rule.watches.unit(), text)).transpose();
    let lasts = asked.lasts.as_deref().map(Span::read).transpose();
    Ok(RuleText {
        threshold: threshold.map_err(|reason| format!("Threshold: {reason}."))?,
        lasts: lasts.map_err(|reason| format!("For: {reason}."))?,
        ..RuleText::default()
    })
}

/// Why a rule makes no sense with what is asked.
fn odd(mistakes: Vec<ConfigError>) -> BackendError {
    let told = mistakes.iter().map(|mistake| {
        let field = if mistake.key.ends_with("for") { "For" } else { "Threshold" };
        format!("{field}: {}.", mistake.reason)
    });
    BackendError::Invalid(told.collect::<Vec<_>>().join(" "))
}

/// `rule[2].metric` of a configuration is `/rules/2/metric` of a body.
fn fields(mistakes: Vec<ConfigError>) -> ApiError {
    let pointer =
        |key: &str| format!("/{}", key.replacen("rule[", "rules/", 1).replace(['[', '.'], "/").replace(']', ""));
    let field = |mistake: ConfigError| FieldError { pointer: pointer(&mistake.key), detail: mistake.reason };
    ApiError::fields(mistakes.into_iter().map(field).collect())
}

impl From<TrialError> for ApiError {
    fn from(error: TrialError) -> Self {
        match error {
            TrialError::Range => Self::field("/from", error.to_string()),
            TrialError::Query(error) => error.into(),
            TrialError::Store(error) => BackendError::from(error).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_trial_is_refused_until_one_of_two_has_ended() {
        let (first, _second) = (room().expect("there is room"), room().expect("there is room for two"));
        assert!(room().is_err());
        drop(first);
        assert!(room().is_ok());
    }

    #[test]
    fn a_mistake_points_at_its_field_in_the_body() {
        let refusal = fields(vec![ConfigError::new("rule[2].severities[0].at", "is odd")]);
        assert_eq!(refusal.detail(), "/rules/2/severities/0/at: is odd");
    }
}
