//! The tokens, read from the style sheet itself.

use leptos::prelude::*;

/// The sheet that holds them.
const SHEET: &str = include_str!("../../../style/tokens.css");

/// A token: its name without the dashes, and its value.
type Token = (&'static str, &'static str);

/// Every token of the sheet's first rule, in its order.
fn tokens() -> Vec<Token> {
    let rule = SHEET.split_once('{').map_or("", |(_, rest)| rest);
    let rule = rule.split_once("\n}").map_or(rule, |(rule, _)| rule);
    let mut tokens = Vec::new();
    for line in rule.split(';') {
        // A comment may stand before a declaration.
        let line = line.rsplit("*/").next().unwrap_or(line).trim();
        if let Some((name, value)) = line.strip_prefix("--").and_then(|line| line.split_once(':')) {
            tokens.push((name.trim(), value.trim()));
        }
    }
    tokens
}

fn colours() -> Vec<Token> {
    tokens().into_iter().filter(|(_, value)| value.starts_with("light-dark(#")).collect()
}

/// The tokens whose name is one of these letters and a number.
fn sized(letter: &str) -> Vec<Token> {
    let is_sized = |name: &str| {
        name.strip_prefix(letter).is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()))
    };
    tokens().into_iter().filter(|(name, _)| is_sized(name)).collect()
}

/// A rule for each sample: a style within an element would be refused by the page's policy.
pub(super) fn swatch_rules() -> String {
    let mut rules = String::new();
    let mut rule = |name: &str, what: &str| {
        rules += &[".of-", name, " { ", what, ": var(--", name, "); }\n"].concat();
    };
    let of_kind = [("font-size", sized("t")), ("width", sized("x")), ("border-radius", sized("r"))];
    for (property, tokens) in [("background", colours())].into_iter().chain(of_kind) {
        for (name, _) in &tokens {
            rule(name, property);
        }
    }
    rules
}

/// All of them.
#[component]
pub(super) fn Tokens() -> impl IntoView {
    let swatches = |theme: &'static str| {
        let all = colours().into_iter().map(|(name, value)| {
            view! { <div class="swatch"><i class=["of-", name].concat() title=value></i><span class="mono">{name}</span></div> }
        });
        view! { <div class=["swatches in-", theme].concat()>{all.collect_view()}</div> }
    };
    let samples = |letter: &str, class: &'static str| {
        let all = sized(letter).into_iter().map(|(name, value)| {
            view! { <div class=class><i class=["of-", name].concat()></i><span class="mono">{name}" "<small>{value}</small></span></div> }
        });
        all.collect_view()
    };
    let type_scale = sized("t").into_iter().map(|(name, value)| {
        view! { <p><span class=["of-", name].concat()>"12 of 14 workers are online"</span>" "<span class="mono">{name}" "{value}</span></p> }
    });
    let (light, dark) = (swatches("light"), swatches("dark"));
    let (space, radius) = (samples("x", "space"), samples("r", "round"));
    let others = tokens().into_iter().filter(|(name, _)| {
        ["font", "mono", "medium", "strong", "hit", "row", "fast", "shadow", "shadow-up"].contains(name)
    });
    let others = others.map(|(name, value)| view! { <dt class="mono">{name}</dt><dd class="mono">{value}</dd> });
    view! {
        <section class="panel" aria-labelledby="design-colour">
            <div class="panel-h"><h2 id="design-colour">"Colour"</h2></div>
            {light}
            {dark}
        </section>
        <section class="panel" aria-labelledby="design-type">
            <div class="panel-h"><h2 id="design-type">"Type"</h2></div>
            <div class="panel-b stack tight">{type_scale.collect_view()}</div>
        </section>
        <section class="panel" aria-labelledby="design-space">
            <div class="panel-h"><h2 id="design-space">"Space and radius"</h2></div>
            <div class="panel-b">{space}{radius}</div>
        </section>
        <section class="panel" aria-labelledby="design-rest">
            <div class="panel-h"><h2 id="design-rest">"Families, weights, targets, motion, shadow"</h2></div>
            <div class="panel-b">
                <dl class="kv wide">{others.collect_view()}</dl>
                <p><span class="design-move"></span><span class="cap">"Moves as long as --fast, not at all where less motion is asked for."</span></p>
            </div>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_of_the_sheet_is_found() {
        let all = tokens();
        for name in ["canvas", "ink", "accent", "critical", "l9", "font", "t5", "x12", "r3", "fast"] {
            assert!(all.iter().any(|(known, value)| *known == name && !value.is_empty()), "{name}: {all:?}");
        }
        assert_eq!(all.iter().find(|(name, _)| *name == "x4").map(|(_, value)| *value), Some("16px"));
        assert_eq!((sized("t").len(), sized("r").len(), sized("x").len()), (5, 3, 9));
    }
}
