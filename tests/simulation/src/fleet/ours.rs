//! Our policy: the real machine.

use threadpass::error::{Code, Failure};
use threadpass::secret::Secret;
use threadpass::session::{
    Answer, AuthState, Claims, Credential, Effect, Exchanged, Input, Moment, Need, OpId, Rules, Session,
    Source, Use, WaiterId,
};

use super::{CALLS, END, LATENCY, LIFE, Ms, OUTAGE, RECOVERY, SECOND, Tally};
use crate::clocks::EPOCH;
use crate::dice::Dice;

const NEVER: Ms = Ms::MAX;
/// Between two renewals: a lifetime less the margin and its jitter.
const INTERVAL: Ms = LIFE - 63 * SECOND;

struct Client {
    session: Session,
    t: Ms,
    timer: Ms,
    /// The exchange under way: when it is answered, and whether it works.
    exchange: Option<(OpId, Ms, bool)>,
    asked: Option<OpId>,
    serial: u32,
    tokens: u32,
    identified: bool,
    /// When it was first seen to be identified after the outage.
    identified_from: Option<Ms>,
}

impl Client {
    fn input(&mut self, input: Input, tally: &mut Tally) {
        let now = Moment { mono_ms: self.t, wall_ms: EPOCH + self.t };
        for effect in self.session.step(now, input) {
            match effect {
                Effect::Ask { op, .. } => self.asked = Some(op),
                Effect::Exchange { op, .. } => {
                    tally.request(self.t);
                    let works = !(OUTAGE..RECOVERY).contains(&self.t);
                    self.exchange = Some((op, self.t + LATENCY, works));
                }
                Effect::Abort(_) => (self.exchange, self.asked) = (None, None),
                Effect::Arm { after_ms } => self.timer = self.t + after_ms,
                Effect::Disarm => self.timer = NEVER,
                Effect::Settle(_, Ok(pass)) => self.serial = pass.serial,
                _ => {}
            }
        }
        // The provider is well: its token comes at once.
        if let Some(op) = self.asked.take() {
            self.tokens += 1;
            let token = Secret::new(threadpass::json::number(self.tokens));
            self.input(Input::Answered(op, Answer::Token(token, Claims::default())), tally);
        }
        self.look();
    }

    fn look(&mut self) {
        let now = Moment { mono_ms: self.t, wall_ms: EPOCH + self.t };
        let identified =
            matches!(self.session.auth(), AuthState::Identified { .. }) && self.session.peek(now).is_some();
        self.identified = identified;
        if identified && self.t >= RECOVERY {
            self.identified_from.get_or_insert(self.t);
        }
    }

    fn exchanged(&mut self, op: OpId, works: bool, tally: &mut Tally) {
        self.tokens += 1;
        let exchanged = if works {
            Exchanged::Granted {
                token: Secret::new(threadpass::json::number(self.tokens)),
                expires_in_s: Some((LIFE / SECOND) as f64),
                claims: Claims::default(),
            }
        } else {
            let failure = Failure::new(Code::Server, "the token endpoint failed").status(503);
            Exchanged::Failed(failure.retryable().into())
        };
        self.input(Input::Exchanged(op, exchanged), tally);
    }
}

/// A visible client from its start to the end.
pub fn life(seed: u64, tally: &mut Tally) {
    let mut dice = Dice::new(seed);
    let credential = Credential::Callback { usage: Use::Exchange, source: Source::TokenExchange };
    let mut client = Client {
        session: Session::new(credential, Rules::default(), seed),
        t: dice.between(0, INTERVAL),
        timer: NEVER,
        exchange: None,
        asked: None,
        serial: 0,
        tokens: 0,
        identified: false,
        identified_from: None,
    };
    client.input(Input::Start, tally);
    let mut call = client.t + dice.exponential(CALLS);
    let mut calls = 0;
    loop {
        let answer = client.exchange.map_or(NEVER, |(_, at, _)| at);
        let next = call.min(client.timer).min(answer);
        if next > END {
            break;
        }
        if client.t < RECOVERY && next >= RECOVERY {
            // Whose token has lasted through the outage is identified from the start.
            client.t = RECOVERY;
            client.look();
        }
        client.t = client.t.max(next);
        if let Some((op, _, works)) = client.exchange.take_if(|(_, at, _)| *at == next) {
            client.exchanged(op, works, tally);
        } else if client.timer == next {
            client.timer = NEVER;
            client.input(Input::Timer, tally);
        } else {
            calls += 1;
            call = next + dice.exponential(CALLS);
            client.input(Input::Want(WaiterId(calls), Need::Token), tally);
            let serial = client.serial;
            client.input(Input::Accepted(serial), tally);
        }
    }
    tally.client(client.identified_from.filter(|_| client.identified));
}
