//! How single values lie in the bytes, and how they are read: what is cut short or out of range is an error.

use chrono::{DateTime, Utc};
use forewatch::{Ratio, TaskId};

/// Bytes that are read from their front.
pub(super) struct Input<'a>(&'a [u8]);

const CUT_SHORT: &str = "is cut short";

impl<'a> Input<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn byte(&mut self) -> Result<u8, String> {
        Ok(self.bytes(1)?[0])
    }

    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], String> {
        let (bytes, rest) = self.0.split_at_checked(count).ok_or(CUT_SHORT)?;
        self.0 = rest;
        Ok(bytes)
    }

    /// LEB128.
    pub(super) fn number(&mut self) -> Result<u64, String> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err("has a number that is too long".to_owned())
    }

    pub(super) fn length(&mut self) -> Result<usize, String> {
        usize::try_from(self.number()?).map_err(|_| CUT_SHORT.to_owned())
    }

    pub(super) fn text(&mut self) -> Result<&'a str, String> {
        let length = self.length()?;
        std::str::from_utf8(self.bytes(length)?).map_err(|_| "has a text that is none".to_owned())
    }
}

pub(super) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// What a field can be.
pub(super) trait Value: Sized {
    fn put(&self, out: &mut Vec<u8>);
    fn take(input: &mut Input<'_>) -> Result<Self, String>;
}

impl Value for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_text(out, self);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, String> {
        input.text().map(str::to_owned)
    }
}

impl Value for TaskId {
    fn put(&self, out: &mut Vec<u8>) {
        put_text(out, self);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, String> {
        Self::new(input.text()?).map_err(|error| format!("has a task whose id {error}"))
    }
}

impl Value for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn take(input: &mut Input<'_>) -> Result<Self, String> {
        match input.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err("has a flag that is neither set nor not".to_owned()),
        }
    }
}

impl Value for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        put_number(out, *self);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, String> {
        input.number()
    }
}

impl Value for u32 {
    fn put(&self, out: &mut Vec<u8>) {
        put_number(out, u64::from(*self));
    }

    fn take(input: &mut Input<'_>) -> Result<Self, String> {
        Self::try_from(input.number()?).map_err(|_| "has a number that is too large".to_owned())
    }
}

/// Zigzag: small ones of either sign are short.
impl Value for i64 {
    fn put(&self, out: &mut Vec<u8>) {
        put_number(out, ((self << 1) ^ (self >> 63)).cast_unsigned());
    }

    fn take(input: &mut Input<'_>) -> Result<Self, String> {
        let number = input.number()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }
}

impl Value for i32 {
    fn put(&self, out: &mut Vec<u8>) {
        i64::from(*self).put(out);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, String> {
        Self::try_from(i64::take(input)?).map_err(|_| "has a number that is too large".to_owned())
    }
}

impl Value for f64 {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }

    fn take(input: &mut Input<'_>) -> Result<Self, String> {
        let bytes = input.bytes(size_of::<Self>())?;
        bytes.first_chunk().map(|bytes| Self::from_le_bytes(*bytes)).ok_or_else(|| CUT_SHORT.to_owned())
    }
}

impl Value for Ratio {
    fn put(&self, out: &mut Vec<u8>) {
        self.get().put(out);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, String> {
        Self::new(f64::take(input)?).map_err(|error| format!("has a ratio that {error}"))
    }
}

/// Seconds since 1970, and nanoseconds.
impl Value for DateTime<Utc> {
    fn put(&self, out: &mut Vec<u8>) {
        self.timestamp().put(out);
        self.timestamp_subsec_nanos().put(out);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, String> {
        let (seconds, nanos) = (i64::take(input)?, u32::take(input)?);
        Self::from_timestamp(seconds, nanos).ok_or_else(|| "has a time beyond the calendar".to_owned())
    }
}
