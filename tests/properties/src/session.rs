//! The session machine: whatever happens to it, it tells no secret and forgets nobody who waits.

use std::collections::BTreeSet;

use threadpass::backend::assistant_cloud::read_rotated;
use threadpass::backend::{Reply, read_exchange};
use threadpass::error::{Cause, Code, Failure};
use threadpass::json::Platform;
use threadpass::json::native::NativeJson;
use threadpass::session::{
    Answer, AuthState, Credential, Effect, Exchanged, Input, Moment, Need, OpId, Rules, Session, Source,
    TabMessage, Use, WaiterId, Wake,
};

use crate::secrets::{self, KEY, SUBJECT, TOKEN};

/// From here on a byte is a call that is answered with another token; below, it is something else.
const ROTATIONS: u8 = 240;

/// Bytes as a story: each is one thing that happens, and the time that passes before it.
pub fn session(bytes: &[u8]) {
    let (usage, story) = match bytes.split_first() {
        Some((first, rest)) if first % 2 == 0 => (Use::Exchange, rest),
        Some((_, rest)) => (Use::Direct, rest),
        None => return,
    };
    let mut told =
        Told { session: Session::new(credential(0, usage), Rules::default(), 1), ..Told::default() };
    for pair in story.chunks(2) {
        let (what, how) = (pair.first().copied().unwrap_or(0), pair.last().copied().unwrap_or(0));
        told.pass(how);
        let input = told.input(what, how, usage);
        let rotated = matches!(input, Input::Rotated { .. });
        let (state, generation) = (told.session.auth().status(), told.session.generation());
        told.happen(input);
        if rotated {
            let identified = told.session.auth().status() == "identified";
            assert!(!identified || state == "identified", "a rotated token identifies nobody");
            assert_eq!(told.session.generation(), generation, "and begins no generation");
        }
    }
    told.happen(Input::Dispose);
    assert!(told.waiting.is_empty(), "everybody is settled in the end: {:?}", told.waiting);
}

#[derive(Debug)]
struct Told {
    session: Session,
    now: Moment,
    /// The moment before.
    before: Moment,
    op: OpId,
    waiters: u32,
    waiting: BTreeSet<u32>,
    /// Whose caller goes in this step. A deadline that has passed is seen to first, and may settle it.
    leaving: u32,
}

impl Default for Told {
    fn default() -> Self {
        let now = Moment { mono_ms: 1_000, wall_ms: 1_795_000_000_000 };
        Self {
            session: Session::new(Credential::Missing, Rules::default(), 0),
            now,
            before: now,
            op: OpId(0),
            waiters: 0,
            waiting: BTreeSet::new(),
            leaving: 0,
        }
    }
}

impl Told {
    fn pass(&mut self, how: u8) {
        self.before = self.now;
        let ms = [0, 1, 700, 5_000, 31_000, 240_000, 3_600_000, 30_000_000][usize::from(how % 8)];
        self.now.wall_ms += ms;
        // In sleep only the wall clock goes on, and it may be set.
        match how / 64 {
            0 => {}
            1 => self.now.wall_ms -= 2 * ms,
            _ => self.now.mono_ms += ms,
        }
    }

    fn waiter(&mut self) -> WaiterId {
        self.waiters += 1;
        self.waiting.insert(self.waiters);
        WaiterId(self.waiters)
    }

    fn input(&mut self, what: u8, how: u8, usage: Use) -> Input {
        let serial = u32::from(how % 5);
        if what >= ROTATIONS {
            let Some((token, claims)) = read_rotated::<NativeJson>(header(how)) else {
                return Input::Accepted(serial);
            };
            // The call was sent then, or just now.
            let sent = if how < 128 { self.before } else { self.now };
            return Input::Rotated { sent, serial, token, claims };
        }
        match what % 20 {
            0 => Input::Start,
            1 => Input::Want(self.waiter(), Need::Token),
            2 => Input::Want(self.waiter(), Need::Ready),
            3 => Input::Want(self.waiter(), Need::Fresh),
            4 => Input::Refused(Some(self.waiter()), serial),
            5 => Input::Refused(None, serial),
            6 => Input::Accepted(serial),
            7 => {
                self.leaving = u32::from(how) % (self.waiters + 1);
                Input::Abandon(WaiterId(self.leaving))
            }
            8..=10 => Input::Answered(self.op, answer(how, usage)),
            11..=13 => Input::Exchanged(self.op, exchanged(how)),
            14 => Input::Timer,
            15 => Input::Hidden,
            16 => {
                let wakes = [Wake::Visible, Wake::Focus, Wake::Online, Wake::PageShow];
                Input::Woke(wakes[usize::from(how % 4)])
            }
            17 => Input::SetCredential(credential(how, usage)),
            18 => [Input::Invalidate, Input::SignOut].into_iter().nth(usize::from(how % 2)).unwrap(),
            _ => Input::OtherTab([TabMessage::SignedOut, TabMessage::UserChanged][usize::from(how % 2)]),
        }
    }

    fn happen(&mut self, input: Input) {
        silent(&input);
        let mut flights = 0;
        for effect in self.session.step(self.now, input) {
            silent(&effect);
            match effect {
                Effect::Ask { op, .. } | Effect::Exchange { op, .. } => {
                    self.op = op;
                    flights += 1;
                }
                Effect::Abort(_) => flights -= 1,
                Effect::Arm { after_ms } => {
                    assert!((0..=i64::from(i32::MAX)).contains(&after_ms));
                }
                Effect::Settle(waiter, result) => {
                    assert!(self.waiting.remove(&waiter.0), "settled once, and only who waits");
                    if let Err(fault) = result {
                        secrets::failure(&fault);
                    }
                }
                Effect::Publish { state, .. } => {
                    if let AuthState::Error { error, .. } | AuthState::Invalid { error } = &state {
                        secrets::failure(error);
                    }
                }
                Effect::EndGeneration { fault, .. } | Effect::Warn(fault) => secrets::failure(&fault),
                Effect::Disarm | Effect::Broadcast(_) | Effect::Forget | Effect::Note(_) => {}
            }
        }
        self.waiting.remove(&std::mem::take(&mut self.leaving));
        assert!(flights <= 1, "one flight at a time");
        silent(&self.session);
        silent(&self.session.inspect(self.now));
    }
}

/// Whatever is shown of a thing has no secret in it.
fn silent(thing: &impl std::fmt::Debug) {
    let shown = format!("{thing:?}");
    for secret in [KEY, TOKEN, SUBJECT, "canary-jwt", "canary-cause"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

fn text(how: u8) -> &'static str {
    // The JWT of alice, and of bob with an end; their signatures are secrets too.
    [
        SUBJECT,
        TOKEN,
        "e30.eyJzdWIiOiJhbGljZSJ9.canary-jwt",
        "e30.eyJzdWIiOiJib2IiLCJpYXQiOjE3OTUwMDAwMDAsImV4cCI6MTc5NTAwMDYwMH0.canary-jwt",
        "",
        "<html>canary|subject:{\"1\"}+/=</html>",
        "{\"token\":\"canary-session-token\"}",
        "two words of canary-session-token",
    ][usize::from(how / 8 % 8)]
}

/// What a call may be answered with.
fn header(how: u8) -> &'static str {
    // Alice for five minutes, the same without an end, bob with one, and somebody without a name.
    [
        "Bearer e30.eyJzdWIiOiJhbGljZSIsImlhdCI6MTc5NTAwMDAwMCwiZXhwIjoxNzk1MDAwMzAwfQ.canary-jwt",
        "Bearer e30.eyJzdWIiOiJhbGljZSJ9.canary-jwt",
        "Bearer e30.eyJzdWIiOiJib2IiLCJpYXQiOjE3OTUwMDAwMDAsImV4cCI6MTc5NTAwMDYwMH0.canary-jwt",
        "Bearer e30.eyJpYXQiOjE3OTUwMDAwMDAsImV4cCI6MTc5NTAwMDA2MH0.canary-jwt",
        "Bearer canary-session-token",
        "Basic e30.eyJzdWIiOiJhbGljZSJ9.canary-jwt",
        "Bearer  e30.eyJzdWIiOiJhbGljZSJ9.canary-jwt",
        "Bearer ..canary-session-token",
    ][usize::from(how / 8 % 8)]
}

fn credential(how: u8, usage: Use) -> Credential {
    let source = Source::TokenExchange;
    match how % 6 {
        0 | 1 => Credential::Callback { usage, source },
        2 => Credential::of_text::<NativeJson>(text(how), usage, source),
        3 => Credential::Missing,
        4 => Credential::Conflicting,
        _ => Credential::Fixed { source: Source::UserKey },
    }
}

fn answer(how: u8, usage: Use) -> Answer {
    let thrown = || {
        Failure::new(Code::CallbackFailed, "the callback threw")
            .cause(Cause::new(String::from("canary-cause")))
    };
    match how % 8 {
        6 => Answer::Failed(thrown().into()),
        7 => Answer::Failed(thrown().retryable().into()),
        _ => Answer::of_text::<NativeJson>(text(how), usage),
    }
}

/// A server that repeats everything it has been sent.
fn exchanged(how: u8) -> Exchanged {
    let lives = [1, 5, 60, 900][usize::from(how / 8 % 4)];
    let granted = format!(r#"{{"access_token":"{TOKEN}","token_type":"Bearer","expires_in":{lives}}}"#);
    let echo = serde_json::json!({
        "message": format!("no: {SUBJECT} with {KEY}"), "code": TOKEN, "error": "invalid_grant",
    });
    let echo = echo.to_string();
    let (status, body) = match how % 8 {
        0..=3 => (201, granted),
        4 => (401, echo),
        5 => (403, echo),
        6 => (500, echo),
        _ => (200, echo),
    };
    let reply = Reply::new(status, body.clone(), NativeJson::parse(body.as_bytes()));
    read_exchange(&reply, &[KEY, TOKEN, SUBJECT])
}
