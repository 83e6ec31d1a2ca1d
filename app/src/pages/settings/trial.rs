//! What a rule would have done in the last seven days, as it is set or with another threshold or time.

mod picture;

use super::Trial;
use super::rules::COLUMNS;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::{Moment, Style};
use crate::components::once::once_on_server;
use crate::components::page_form::PageForm;
use crate::session::tell_status;
use crate::sign_in::lead_when_signed_out;
use forewatch::rule::{Firing, RuleStatus, RuleTrial};
use forewatch::{Unit, format, time};
use leptos::prelude::*;
use picture::Picture;

/// The row below a rule that is tried.
#[component]
pub(super) fn TrialRow(rule: RuleStatus, trial: Trial) -> impl IntoView {
    let (id, unit) = (rule.rule_id.clone(), rule.unit);
    let form = rule.can_be_tried.then(|| view! { <Changes rule trial/> });
    view! {
        <tr class="trial">
            <td class="full" colspan=COLUMNS.len().to_string()>
                <div class="stack tight">
                    {form}
                    <Transition fallback=|| view! { <span class="skel trial-wait" aria-busy="true"></span> }>
                        {once_on_server(move || {
                            let id = id.clone();
                            Suspend::new(async move {
                                match trial.tried.await {
                                    Ok(Some(tried)) if tried.rule_id == id => view! { <Outcome tried unit/> }.into_any(),
                                    // Of another rule: this one's is on its way.
                                    Ok(_) => view! { <span class="skel trial-wait" aria-busy="true"></span> }.into_any(),
                                    Err(error) => {
                                        tell_status(&error);
                                        lead_when_signed_out(&error);
                                        let text = error.to_string();
                                        view! { <p class="note" role="alert"><Icon glyph=Glyph::Error class="c-error"/><span>{text}</span></p> }.into_any()
                                    }
                                }
                            })
                        })}
                    </Transition>
                </div>
            </td>
        </tr>
    }
    .into_any()
}

/// The threshold and the time, to be changed for the trial alone.
#[component]
fn Changes(rule: RuleStatus, trial: Trial) -> impl IntoView {
    let asked = trial.asked.get_untracked();
    let threshold = asked.threshold.unwrap_or_else(|| format::field(rule.unit, rule.threshold));
    let lasts = asked.lasts.unwrap_or_else(|| format::period(rule.for_seconds));
    let label = ["Try ", &rule.rule_id].concat();
    view! {
        <PageForm action="/settings" class="line-form" label=label>
            <input type="hidden" name="try" value=rule.rule_id.to_string()/>
            <label>"Threshold "<input class="input" name="threshold" value=threshold required maxlength="40" autocomplete="off"/></label>
            <label>"For "<input class="input" name="for" value=lasts required maxlength="40" autocomplete="off"/></label>
            <button class="btn" type="submit">"Try it"</button>
            <p class="cap">"This changes nothing: what holds is set in the configuration."</p>
        </PageForm>
    }
    .into_any()
}

/// How often, when and for how long.
#[component]
fn Outcome(tried: RuleTrial, unit: Unit) -> impl IntoView {
    let is_tried = tried.step.is_some();
    let sentence = ["In the last 7 days, as far as there is history, it ", &tried.outcome(), "."].concat();
    let sentence = is_tried.then(|| view! { <p class="strong" role="status">{sentence}</p> });
    let notes = tried.notes.iter().map(|note| view! { <p class="cap">{capitalised(note)}"."</p> });
    let notes = notes.collect_view();
    let is_any = !tried.times.is_empty();
    let (from, to) = (tried.from, tried.to);
    let picture = is_tried.then(|| view! { <Picture from to times=tried.times.clone()/> });
    let rows = tried.times.into_iter().rev().map(|firing| view! { <FiringRow firing to unit/> }).collect_view();
    let list = is_any.then(|| {
        view! {
            <div class="scroll trial-list" tabindex="0" role="region" aria-label="When it would have fired">
                <table class="tbl">
                    <thead><tr>
                        <th scope="col">"From"</th>
                        <th scope="col">"For"</th>
                        <th scope="col">"About"</th>
                        <th scope="col" class="num">"Farthest"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    });
    view! { {sentence}{picture}{notes}{list} }.into_any()
}

#[component]
fn FiringRow(
    firing: Firing,
    /// Where the trial ends.
    to: forewatch::Timestamp,
    unit: Unit,
) -> impl IntoView {
    let lasts = format::age(time::seconds_between(firing.from, firing.to.unwrap_or(to)));
    let still = firing.to.is_none().then_some(", and still would");
    let labels = firing.labels.iter().map(|(name, value)| [name.as_str(), " ", value].concat());
    let labels: Vec<String> = labels.collect();
    let about = if labels.is_empty() { "the system".to_owned() } else { labels.join(", ") };
    view! {
        <tr>
            <th scope="row"><Moment at=firing.from style=Style::Clock/></th>
            <td data-l="For"><span>{lasts}{still}</span></td>
            <td data-l="About">{about}</td>
            <td data-l="Farthest" class="num">{format::value(unit, firing.peak)}</td>
        </tr>
    }
    .into_any()
}

/// The same, beginning with a capital.
fn capitalised(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + signs.as_str())
}
