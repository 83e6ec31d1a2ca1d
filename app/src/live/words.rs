//! What the link is told and what it says.

use forewatch::live::ClientMessage;

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// Open a socket.
    Open,
    /// Send this on the open socket.
    Send(ClientMessage),
    /// Drop the socket, whatever state it is in.
    Drop,
    /// Send the person to the sign-in page.
    SignIn,
    /// Ask whether the session is still good: a socket that is refused does not say why.
    AskWho,
    /// Say that something was missed: records are whole again, their past is not.
    Missed,
}

/// How the link stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Standing {
    /// Never connected yet.
    New,
    /// Connected since then.
    Up(f64),
    /// Broken since then, tried again at the second.
    Down(f64, f64),
    /// Broken for so long that what is shown is old: it was true at the first, and is tried again at the second.
    Stale(f64, f64),
}

/// Whether a tab is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    /// Nobody sees it.
    Yes,
    /// It may be seen.
    No,
}
