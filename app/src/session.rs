//! What a person has chosen for this browser: theme, time zone, and how it tells of new alerts. All live in cookies, so
//! that the server renders the right theme at once and nothing flashes.

use leptos::prelude::*;

/// Which theme the page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// The value of `data-theme` on the root element; none leaves it to the system.
    pub fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// In which zone times are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Zone {
    /// UTC: the same for everyone.
    #[default]
    Utc,
    /// The browser's own.
    Local,
}

/// How this browser tells of new alerts, besides the message on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tells {
    /// By a sound.
    pub sound: bool,
    /// By a notification on the desktop.
    pub desktop: bool,
}

impl Tells {
    /// The value of the cookie.
    pub fn word(self) -> &'static str {
        match (self.sound, self.desktop) {
            (false, false) => "page",
            (true, false) => "sound",
            (false, true) => "desktop",
            (true, true) => "sound-desktop",
        }
    }

    /// Reads the value of the cookie; what is not known tells by the page alone.
    fn of(word: &str) -> Self {
        Self { sound: word.starts_with("sound"), desktop: word.ends_with("desktop") }
    }
}

/// Name of the theme's cookie.
pub const THEME_COOKIE: &str = "forewatch_theme";
/// Name of the zone's cookie.
pub const ZONE_COOKIE: &str = "forewatch_zone";

/// Name of the cookie for how new alerts are told.
pub const TELLS_COOKIE: &str = "forewatch_tells";

/// The choices that come with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Preferences {
    /// The theme.
    pub theme: Theme,
    /// The zone.
    pub zone: Zone,
    /// How new alerts are told.
    pub tells: Tells,
}

impl Preferences {
    /// Reads a `Cookie` header; what is missing or unknown is the default.
    pub fn from_cookies(header: &str) -> Self {
        let mut preferences = Self::default();
        for pair in header.split(';') {
            match pair.trim().split_once('=') {
                Some((THEME_COOKIE, "light")) => preferences.theme = Theme::Light,
                Some((THEME_COOKIE, "dark")) => preferences.theme = Theme::Dark,
                Some((ZONE_COOKIE, "local")) => preferences.zone = Zone::Local,
                Some((TELLS_COOKIE, word)) => preferences.tells = Tells::of(word),
                _ => {}
            }
        }
        preferences
    }

    /// The choices of the request that is being answered.
    #[cfg(feature = "ssr")]
    pub fn of_request() -> Self {
        use_context::<http::request::Parts>()
            .and_then(|parts| {
                let header = parts.headers.get(http::header::COOKIE)?;
                Some(Self::from_cookies(header.to_str().ok()?))
            })
            .unwrap_or_default()
    }
}

/// The zone in which the page shows times: UTC until the page is mounted, so that server and browser
/// render the same.
#[derive(Debug, Clone, Copy)]
pub struct ZoneChoice(pub RwSignal<Zone>);

impl ZoneChoice {
    /// The page's choice.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Provides this choice and that of [`TellsChoice`], and reads the cookies once mounted.
    pub fn provide() {
        let zone = RwSignal::new(Zone::Utc);
        provide_context(Self(zone));
        let tells = TellsChoice { sound: RwSignal::new(false), desktop: RwSignal::new(false) };
        provide_context(tells);
        #[cfg(feature = "hydrate")]
        Effect::new(move || {
            let chosen = browser::preferences();
            zone.set(chosen.zone);
            tells.sound.set(chosen.tells.sound);
            tells.desktop.set(chosen.tells.desktop);
        });
    }

    /// Shows times in the other zone from now on.
    pub fn switch(self) {
        let next = match self.0.get_untracked() {
            Zone::Utc => Zone::Local,
            Zone::Local => Zone::Utc,
        };
        self.0.set(next);
        #[cfg(feature = "hydrate")]
        browser::remember(ZONE_COOKIE, if next == Zone::Local { "local" } else { "utc" });
    }
}

/// How this browser tells of new alerts: by the page alone until it is mounted.
#[derive(Debug, Clone, Copy)]
pub struct TellsChoice {
    /// By a sound.
    pub sound: RwSignal<bool>,
    /// By a notification on the desktop.
    pub desktop: RwSignal<bool>,
}

impl TellsChoice {
    /// The page's choice.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Keeps a choice.
    pub fn choose(self, tells: Tells) {
        self.sound.set(tells.sound);
        self.desktop.set(tells.desktop);
        #[cfg(feature = "hydrate")]
        browser::remember(TELLS_COOKIE, tells.word());
    }

    /// What is chosen now.
    pub fn now(self) -> Tells {
        Tells { sound: self.sound.get_untracked(), desktop: self.desktop.get_untracked() }
    }
}

/// Shows the page in the other theme from now on: dark where it is light, and the other way round.
pub fn switch_theme() {
    #[cfg(feature = "hydrate")]
    browser::switch_theme();
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::{Preferences, THEME_COOKIE};
    use leptos::prelude::{document, window};
    use wasm_bindgen::{JsCast, JsValue};

    const COOKIE: &str = "cookie";

    /// The choices in the browser's cookies.
    pub(super) fn preferences() -> Preferences {
        let cookies = js_sys::Reflect::get(&document(), &JsValue::from_str(COOKIE)).ok().and_then(|c| c.as_string());
        Preferences::from_cookies(&cookies.unwrap_or_default())
    }

    /// Keeps a choice for a year.
    pub(super) fn remember(name: &str, value: &str) {
        let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax");
        // A browser that refuses cookies forgets the choice with the page; nothing else breaks.
        let _ = js_sys::Reflect::set(&document(), &JsValue::from_str(COOKIE), &JsValue::from_str(&cookie));
    }

    pub(super) fn switch_theme() {
        let Some(root) = document().document_element() else { return };
        let system_dark =
            || window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|m| m.matches());
        let dark = match root.get_attribute("data-theme").as_deref() {
            Some("dark") => true,
            Some("light") => false,
            _ => system_dark(),
        };
        let next = if dark { "light" } else { "dark" };
        // Cannot fail: the name is a valid attribute name.
        let _ = root.unchecked_ref::<web_sys::Element>().set_attribute("data-theme", next);
        remember(THEME_COOKIE, next);
    }
}

/// Sets the HTTP status of the page that is being rendered. The server provides it; in the browser,
/// and where it is missing, nothing happens.
#[derive(Clone)]
pub struct PageStatus(pub std::sync::Arc<dyn Fn(u16) + Send + Sync>);

/// Gives the page the status that fits an error.
pub fn tell_status(error: &crate::backend::BackendError) {
    if let Some(PageStatus(tell)) = use_context() {
        tell(error.status());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_new_alerts_are_told_is_read_from_its_cookie_again() {
        for (sound, desktop) in [(false, false), (true, false), (false, true), (true, true)] {
            let tells = Tells { sound, desktop };
            let header = format!("a=b; {TELLS_COOKIE}={}; {ZONE_COOKIE}=local", tells.word());
            assert_eq!(Preferences::from_cookies(&header).tells, tells, "{header}");
        }
        assert_eq!(Preferences::from_cookies("forewatch_tells=loudly").tells, Tells::default());
    }
}
