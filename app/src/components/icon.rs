//! Icons: each is a symbol of the sprite that stands once in the page.

use leptos::prelude::*;

/// The sprite: every symbol, once, at the end of the page.
#[cfg(feature = "ssr")]
pub const SPRITE: &str = include_str!("sprite.svg");

macro_rules! glyphs {
    ($($name:ident => $id:literal $(, $filled:ident)?;)+) => {
        /// What an icon shows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the name says it")]
        pub enum Glyph {
            $($name,)+
        }

        impl Glyph {
            /// Address of its symbol within the page.
            pub fn href(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("#i-", $id),)+
                }
            }

            /// Whether it is drawn as an area instead of lines.
            pub fn is_filled(self) -> bool {
                match self {
                    $(Self::$name => false $(|| glyphs!(@$filled))?,)+
                }
            }
        }
    };
    (@filled) => { true };
}

glyphs! {
    Critical => "critical", filled;
    Error => "error", filled;
    Warning => "warning", filled;
    Info => "info", filled;
    Ok => "ok", filled;
    Online => "online", filled;
    Brand => "brand", filled;
    Busy => "busy";
    Offline => "offline";
    Maintenance => "maintenance";
    Late => "late";
    Person => "person";
    Mute => "mute";
    Next => "next";
    Down => "down";
    Rise => "rise";
    Fall => "fall";
    Flat => "flat";
    Close => "close";
    Check => "check";
    Search => "search";
    Theme => "theme";
    Overview => "overview";
    Workers => "workers";
    Tasks => "tasks";
    Queues => "queues";
    Bell => "bell";
    Trends => "trends";
    Reports => "reports";
    Settings => "settings";
    Play => "play";
    Pause => "pause";
    Copy => "copy";
    Sync => "sync";
    Retry => "retry";
    Send => "send";
    Note => "note";
    SignOut => "sign-out";
}

/// An icon. It never stands alone: a word or a label says the same.
#[component]
pub fn Icon(
    /// What it shows.
    glyph: Glyph,
    /// Further classes, such as its colour.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let base = if glyph.is_filled() { "i ic" } else { "i" };
    view! {
        <svg class=format!("{base} {class}") aria-hidden="true">
            <use href=glyph.href()></use>
        </svg>
    }
}
