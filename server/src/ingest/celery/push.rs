//! What Redis pushes to a subscriber: RESP2 arrays, taken off the front of what was read so far, without copies.
//!
//! Only what a subscriber gets is understood. Anyone who can publish decides how long a channel's name and a message are, so
//! a text over the limit is passed over as it comes and never waits in memory. Anything else that is not expected is an
//! error: the connection is of no use then, and a new one begins in step.

/// The longest head of a reply, or error, in bytes.
const MAX_LINE: usize = 1_024;
/// Parts of a push at most: `pmessage`, pattern, channel, data.
const MAX_PARTS: usize = 4;

/// One push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Push<'a> {
    /// A message's data.
    Message(&'a [u8]),
    /// A message, one text of which had this many bytes and is passed over.
    TooLarge(usize),
    /// A pattern is subscribed to.
    Subscribed,
    /// A command was carried out, or an answer came to a question for a sign of life.
    Answer,
}

/// Why what comes cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Broken {
    /// Redis refuses: its own words.
    #[error("{0}")]
    Refused(String),
    /// This is not what a subscriber gets.
    #[error("the broker sent what no subscriber gets")]
    Unexpected,
}

/// Where in the stream of bytes one is.
#[derive(Debug)]
pub(super) struct Parser {
    limit: usize,
    passing: Option<Passing>,
}

/// A push that is passed over.
#[derive(Debug)]
struct Passing {
    /// The length of the text that was too long.
    length: usize,
    /// Bytes of it that are still to come, with its end of line.
    bytes: usize,
    /// Parts behind it.
    parts: usize,
}

impl Parser {
    /// For texts of at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, passing: None }
    }

    /// Takes the next push off the front of `bytes`: how many bytes it takes, and what it is. Without one, so many bytes are
    /// done with and more are needed.
    pub(super) fn next<'a>(&mut self, bytes: &'a [u8]) -> Result<(usize, Option<Push<'a>>), Broken> {
        let mut cursor = Cursor { bytes, at: 0 };
        if self.passing.is_none() {
            let Some(head) = cursor.line()? else { return Ok((0, None)) };
            match head {
                [b'*', count @ ..] => match self.parts(&mut cursor, number(count)?)? {
                    Parts::All(push) => return Ok((cursor.at, Some(push))),
                    Parts::Some => return Ok((0, None)),
                    Parts::PassOver(passing) => self.passing = Some(passing),
                },
                [b'+', ..] => return Ok((cursor.at, Some(Push::Answer))),
                [b'-', why @ ..] => return Err(Broken::Refused(String::from_utf8_lossy(why).into_owned())),
                _ => return Err(Broken::Unexpected),
            }
        }
        let length = self.pass_over(&mut cursor)?;
        Ok((cursor.at, length.map(Push::TooLarge)))
    }

    fn parts<'a>(&self, cursor: &mut Cursor<'a>, count: usize) -> Result<Parts<'a>, Broken> {
        if count > MAX_PARTS {
            return Err(Broken::Unexpected);
        }
        let mut parts: [&[u8]; MAX_PARTS] = [&[]; MAX_PARTS];
        for (place, part) in parts.iter_mut().enumerate().take(count) {
            let Some(head) = cursor.line()? else { return Ok(Parts::Some) };
            match head {
                [b'$', length @ ..] => {
                    let length = number(length)?;
                    if length > self.limit {
                        return Ok(Parts::PassOver(Passing { length, bytes: length + 2, parts: count - place - 1 }));
                    }
                    match cursor.text(length)? {
                        Some(text) => *part = text,
                        None => return Ok(Parts::Some),
                    }
                }
                [b':', ..] => {}
                _ => return Err(Broken::Unexpected),
            }
        }
        Ok(Parts::All(match (parts[0], count) {
            (b"pmessage", 4) => Push::Message(parts[3]),
            (b"message", 3) => Push::Message(parts[2]),
            (b"psubscribe" | b"subscribe", 3) => Push::Subscribed,
            (b"pong", 2) => Push::Answer,
            _ => return Err(Broken::Unexpected),
        }))
    }

    /// Goes on passing over; the length of what was too long, once all of it is passed.
    fn pass_over(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<usize>, Broken> {
        while let Some(passing) = &mut self.passing {
            let here = passing.bytes.min(cursor.bytes.len() - cursor.at);
            cursor.at += here;
            passing.bytes -= here;
            if passing.bytes > 0 {
                return Ok(None);
            }
            if passing.parts == 0 {
                let length = passing.length;
                self.passing = None;
                return Ok(Some(length));
            }
            let Some(head) = cursor.line()? else { return Ok(None) };
            let [b'$', length @ ..] = head else { return Err(Broken::Unexpected) };
            (passing.bytes, passing.parts) = (number(length)? + 2, passing.parts - 1);
        }
        Ok(None)
    }
}

enum Parts<'a> {
    All(Push<'a>),
    /// More bytes are needed.
    Some,
    PassOver(Passing),
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// The next line, if all of it is there.
    fn line(&mut self) -> Result<Option<&'a [u8]>, Broken> {
        let rest = &self.bytes[self.at..];
        let within = &rest[..rest.len().min(MAX_LINE)];
        match within.iter().position(|byte| *byte == b'\n') {
            Some(end) => {
                let line = within[..end].strip_suffix(b"\r").ok_or(Broken::Unexpected)?;
                self.at += end + 1;
                Ok(Some(line))
            }
            None if within.len() < MAX_LINE => Ok(None),
            None => Err(Broken::Unexpected),
        }
    }

    /// The next `length` bytes and their end of line, if all of them are there.
    fn text(&mut self, length: usize) -> Result<Option<&'a [u8]>, Broken> {
        let Some((text, rest)) = self.bytes[self.at..].split_at_checked(length) else { return Ok(None) };
        match rest {
            [b'\r', b'\n', ..] => {
                self.at += length + 2;
                Ok(Some(text))
            }
            [] | [b'\r'] => Ok(None),
            _ => Err(Broken::Unexpected),
        }
    }
}

/// A length: Redis takes texts of at most 512 MB, and no number here is negative.
fn number(digits: &[u8]) -> Result<usize, Broken> {
    if digits.is_empty() || digits.len() > 10 || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Broken::Unexpected);
    }
    Ok(digits.iter().fold(0, |number, digit| number * 10 + usize::from(digit - b'0')))
}

#[cfg(test)]
mod tests;
