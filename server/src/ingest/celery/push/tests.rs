//! Against a model: what was put in comes out, wherever the stream is cut.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;

const LIMIT: usize = 40;

/// What a test has the broker send, as it is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    Message(Vec<u8>),
    TooLarge(usize),
    Subscribed,
    Answer,
}

impl Told {
    fn of(push: Push<'_>) -> Self {
        match push {
            Push::Message(data) => Self::Message(data.to_vec()),
            Push::TooLarge(length) => Self::TooLarge(length),
            Push::Subscribed => Self::Subscribed,
            Push::Answer => Self::Answer,
        }
    }
}

fn push(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", parts.len()).into_bytes();
    for part in parts {
        bytes.extend_from_slice(format!("${}\r\n", part.len()).as_bytes());
        bytes.extend_from_slice(part);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// Reads `stream` in pieces that end at `cuts`, keeping what is not done with, as the reader does.
fn read(stream: &[u8], mut cuts: Vec<usize>) -> Result<Vec<Told>, Broken> {
    cuts.push(stream.len());
    cuts.sort_unstable();
    let (mut parser, mut waiting, mut told, mut from) = (Parser::new(LIMIT), Vec::new(), Vec::new(), 0);
    for cut in cuts {
        waiting.extend_from_slice(&stream[from..cut]);
        from = cut;
        let mut done = 0;
        loop {
            let (taken, push) = parser.next(&waiting[done..])?;
            done += taken;
            match push {
                Some(push) => told.push(Told::of(push)),
                None => break,
            }
        }
        waiting.drain(..done);
        // A push under the limit waits; one over it never does.
        assert!(waiting.len() <= 4 * (LIMIT + 16), "{} bytes wait", waiting.len());
    }
    assert_eq!(waiting, b"", "nothing is left over");
    Ok(told)
}

/// A push's bytes, and what it tells.
fn pushes() -> impl Strategy<Value = (Vec<u8>, Told)> {
    let message = (vec(any::<u8>(), 0..LIMIT * 2), vec(any::<u8>(), 0..LIMIT * 2), any::<bool>());
    let message = message.prop_map(|(channel, data, by_pattern)| {
        let bytes = if by_pattern {
            push(&[b"pmessage", b"/0.celeryev*", &channel, &data])
        } else {
            push(&[b"message", &channel, &data])
        };
        let long = [&channel, &data].into_iter().map(Vec::len).find(|length| *length > LIMIT);
        (bytes, long.map_or(Told::Message(data), Told::TooLarge))
    });
    prop_oneof![
        8 => message,
        1 => Just((b"*3\r\n$10\r\npsubscribe\r\n$1\r\n*\r\n:12\r\n".to_vec(), Told::Subscribed)),
        1 => Just((push(&[b"pong", b""]), Told::Answer)),
        1 => Just((b"+OK\r\n".to_vec(), Told::Answer)),
    ]
}

proptest! {
    #[test]
    fn what_is_pushed_is_understood_wherever_the_stream_is_cut(
        pushes in vec(pushes(), 0..12),
        cuts in vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let stream = pushes.iter().flat_map(|(bytes, _)| bytes.clone()).collect::<Vec<_>>();
        let cuts = cuts.into_iter().map(|cut| cut.index(stream.len() + 1)).collect();
        let expected = pushes.into_iter().map(|(_, told)| told).collect::<Vec<_>>();
        prop_assert_eq!(read(&stream, cuts).unwrap(), expected);
    }

    #[test]
    fn no_bytes_make_it_panic(stream in vec(prop_oneof![any::<u8>(), prop::sample::select(b"*$:+-0123456789\r\n".to_vec())], 0..200)) {
        let (mut parser, mut done) = (Parser::new(LIMIT), 0);
        while let Ok((taken, Some(_))) = parser.next(&stream[done..]) {
            prop_assert!(taken > 0, "it goes on");
            done += taken;
        }
    }
}

#[test]
fn a_push_is_understood_when_its_bytes_come_one_by_one() {
    let long = [b'x'; LIMIT + 1];
    let stream = [
        push(&[b"pmessage", b"*", b"/0.celeryev/task.sent", b"{\"a\": 1}\r\n"]),
        push(&[b"message", b"/0.celeryev", &long]),
        push(&[b"pmessage", b"*", &long, &long]),
        push(&[b"message", b"c", b""]),
    ]
    .concat();
    let told = read(&stream, (0..stream.len()).collect()).unwrap();
    let too_large = || Told::TooLarge(LIMIT + 1);
    assert_eq!(told, [Told::Message(b"{\"a\": 1}\r\n".to_vec()), too_large(), too_large(), Told::Message(Vec::new())]);
}

#[test]
fn a_refusal_is_told_in_the_brokers_words_and_what_is_out_of_step_is_an_error() {
    let refused = Parser::new(LIMIT).next(b"-NOAUTH Authentication required.\r\n");
    assert_eq!(refused, Err(Broken::Refused("NOAUTH Authentication required.".to_owned())));
    let without_end = vec![b'*'; MAX_LINE];
    for bad in [
        &b"hello\r\n"[..],
        b"*5\r\n",
        b"*-1\r\n",
        b"*\r\n",
        b"*1\n",
        b"*2\r\n$4\r\npongx\r\n",
        b"*1\r\n$-1\r\n",
        b"*1\r\n$99999999999\r\n",
        b"*2\r\n$4\r\npong\r\n+\r\n",
        b"*3\r\n$6\r\nunheard\r\n$0\r\n\r\n",
        b"*1\r\n$3\r\nfoo\r\n",
        &without_end,
    ] {
        assert_eq!(Parser::new(LIMIT).next(bad), Err(Broken::Unexpected), "{}", String::from_utf8_lossy(bad));
    }
}
