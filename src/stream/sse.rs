//! Server-sent events, by the standard (WHATWG HTML, "Server-sent events", sections 9.2.5 and 9.2.6), fed in pieces of
//! any size.
//!
//! Lines end with CR, LF or CRLF, wherever a piece ends. A byte order mark at the start is dropped. Fields stay bytes, so
//! that a character that was cut between two pieces is whole again; whoever reads them decodes them as UTF-8. U+2028 and
//! its like are characters, not line ends. An event that the body cuts off before its empty line is dropped.

/// The largest event. A line or event that grows beyond it is an attack or an accident.
const LARGEST: usize = 16 * 1024 * 1024;

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SseEvent {
    /// The `event` field; empty stands for `message`.
    pub event: Vec<u8>,
    /// The `data` lines, joined by newlines.
    pub data: Vec<u8>,
    /// The last event id so far.
    pub id: Option<Vec<u8>>,
}

/// An event was larger than 16 MiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

/// The decoder of one body.
#[derive(Debug, Default)]
pub struct Decoder {
    /// The line that has not ended yet.
    line: Vec<u8>,
    /// The last piece ended with CR, so an LF at the start of the next belongs to it.
    after_cr: bool,
    started: bool,
    event: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    id: Option<Vec<u8>>,
}

impl Decoder {
    /// A decoder at the start of a body.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The last event id, for `Last-Event-ID`.
    #[must_use]
    pub fn last_event_id(&self) -> Option<&[u8]> {
        self.id.as_deref()
    }

    /// Takes a piece of the body and appends the events that it completes.
    pub fn push(&mut self, mut piece: &[u8], events: &mut Vec<SseEvent>) -> Result<(), TooLarge> {
        while let Some((&first, rest)) = piece.split_first() {
            if std::mem::take(&mut self.after_cr) && first == b'\n' {
                piece = rest;
                continue;
            }
            let Some(end) = piece.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
                return self.extend(piece);
            };
            let (line, rest) = piece.split_at(end);
            if self.line.is_empty() {
                self.line_ended(line, events)?;
            } else {
                self.extend(line)?;
                let whole = std::mem::take(&mut self.line);
                self.line_ended(&whole, events)?;
                // The allocation is kept for the next line that is cut.
                self.line = whole;
                self.line.clear();
            }
            if let Some((&ending, after)) = rest.split_first() {
                self.after_cr = ending == b'\r';
                piece = after;
            }
        }
        Ok(())
    }

    fn extend(&mut self, bytes: &[u8]) -> Result<(), TooLarge> {
        if self.line.len() + self.data.len() + bytes.len() > LARGEST {
            return Err(TooLarge);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn line_ended(&mut self, line: &[u8], events: &mut Vec<SseEvent>) -> Result<(), TooLarge> {
        let line = if self.started { line } else { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) };
        self.started = true;
        if line.is_empty() {
            self.dispatch(events);
            return Ok(());
        }
        let (field, value) = match line.iter().position(|&byte| byte == b':') {
            // A comment, which some servers send to show that they are alive.
            Some(0) => return Ok(()),
            Some(colon) => {
                let (field, value) = line.split_at(colon);
                let value = value.get(1..).unwrap_or_default();
                (field, value.strip_prefix(b" ").unwrap_or(value))
            }
            None => (line, &[][..]),
        };
        match field {
            b"data" => {
                if self.data.len() + value.len() >= LARGEST {
                    return Err(TooLarge);
                }
                if self.has_data {
                    self.data.push(b'\n');
                }
                self.has_data = true;
                self.data.extend_from_slice(value);
            }
            b"event" => self.event = value.to_vec(),
            b"id" if !value.contains(&0) => self.id = Some(value.to_vec()),
            // `retry` is for a reconnect that is not ours to make; anything else is to be ignored.
            _ => {}
        }
        Ok(())
    }

    fn dispatch(&mut self, events: &mut Vec<SseEvent>) {
        let event = std::mem::take(&mut self.event);
        if std::mem::take(&mut self.has_data) {
            events.push(SseEvent { event, data: std::mem::take(&mut self.data), id: self.id.clone() });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(pieces: &[&[u8]]) -> Vec<SseEvent> {
        let (mut decoder, mut events) = (Decoder::new(), Vec::new());
        for piece in pieces {
            decoder.push(piece, &mut events).unwrap();
        }
        events
    }

    fn data(body: &str) -> Vec<String> {
        decode(&[body.as_bytes()]).iter().map(|event| text(&event.data)).collect()
    }

    fn text(bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).into_owned()
    }

    #[test]
    fn the_standards_examples() {
        assert_eq!(
            data(": a comment\n\ndata: some text\n\ndata: another message\ndata: with two lines \n\n"),
            ["some text", "another message\nwith two lines "]
        );
        assert_eq!(data("data: YHOO\ndata: +2\ndata: 10\n\n"), ["YHOO\n+2\n10"]);
        assert_eq!(data("data\n\ndata\ndata\n\ndata:"), ["", "\n"], "the last one was cut off");
        assert_eq!(data("data:test\n\ndata: test\n\n"), ["test", "test"]);
        assert_eq!(data("data:  two spaces\n\n"), [" two spaces"]);
    }

    #[test]
    fn fields_and_ids() {
        let events = decode(&[
            b"event: add\nid: 1\ndata: x\n\nid\ndata: y\n\nid: a\0b\ndata: z\n\nother: q\nretry: 10\n\n",
        ]);
        assert_eq!(events.len(), 3);
        assert_eq!((&*events[0].event, events[0].id.as_deref()), (&b"add"[..], Some(&b"1"[..])));
        assert_eq!(
            (&*events[1].event, events[1].id.as_deref()),
            (&b""[..], Some(&b""[..])),
            "an empty id clears it"
        );
        assert_eq!(events[2].id.as_deref(), Some(&b""[..]), "an id with NUL is ignored");
    }

    #[test]
    fn every_line_ending() {
        for body in [
            "data: a\n\ndata: b\n\n",
            "data: a\r\n\r\ndata: b\r\n\r\n",
            "data: a\r\rdata: b\r\r",
            "data: a\r\n\ndata: b\n\r\n",
        ] {
            assert_eq!(data(body), ["a", "b"], "{body:?}");
        }
        assert_eq!(data("data: a\u{2028}b\u{85}c\n\n"), ["a\u{2028}b\u{85}c"]);
    }

    #[test]
    fn marks_and_broken_characters() {
        assert_eq!(data("\u{feff}data: a\n\ndata: \u{feff}b\n\n"), ["a", "\u{feff}b"]);
        let cut: [&[u8]; 4] = [b"\xef", b"\xbb\xbfda", b"ta: \xf0\x9f", b"\x9a\x80\n\n"];
        assert_eq!(text(&decode(&cut)[0].data), "🚀");
        assert_eq!(text(&decode(&[b"data: \xff\xf0\x9f\n\n"])[0].data), "\u{fffd}\u{fffd}");
    }

    #[test]
    fn an_endless_event_is_refused() {
        let piece = vec![b'x'; 1024 * 1024];
        let (mut decoder, mut events) = (Decoder::new(), Vec::new());
        decoder.push(b"data: ", &mut events).unwrap();
        let refused = (0..20).any(|_| decoder.push(&piece, &mut events).is_err());
        assert!(refused && events.is_empty());
        let (mut decoder, mut events) = (Decoder::new(), Vec::new());
        let line = [b"data: ".as_slice(), &piece, b"\n"].concat();
        assert!((0..20).any(|_| decoder.push(&line, &mut events).is_err()), "many lines of one event");
    }

    proptest! {
        #[test]
        fn any_chunking_gives_the_same_events(
            body in proptest::collection::vec(prop_oneof![
                Just(b"data: ".to_vec()), Just(b"data".to_vec()), Just(b"event: e".to_vec()), Just(b"id: 7".to_vec()),
                Just(b": c".to_vec()), Just(b"\r".to_vec()), Just(b"\n".to_vec()), Just(b"\r\n".to_vec()),
                Just("é🚀\u{2028}".as_bytes().to_vec()), Just(b"\xff".to_vec()), Just(b"\xef\xbb\xbf".to_vec()),
                any::<Vec<u8>>(),
            ], 0..24),
            cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..12),
        ) {
            let body = body.concat();
            let whole = decode(&[&body]);
            let bytes: Vec<&[u8]> = body.chunks(1).collect();
            prop_assert_eq!(&decode(&bytes), &whole);
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
            cuts.sort_unstable();
            let (mut pieces, mut from) = (Vec::new(), 0);
            for cut in cuts {
                pieces.push(&body[from..cut]);
                from = cut;
            }
            pieces.push(&body[from..]);
            prop_assert_eq!(&decode(&pieces), &whole);
        }
    }
}
