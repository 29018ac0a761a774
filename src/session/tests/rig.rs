//! A stand-in for the shell: it holds the clocks and the timer, keeps what is asked of it, and answers when told to.

use std::collections::{BTreeMap, VecDeque};

use crate::error::{Code, Failure, Fault};
use crate::secret::Secret;
use crate::session::{
    Answer, AuthState, Claims, Credential, Effect, Exchanged, Identity, Input, Moment, Ms, Need, OpId, Pass,
    Reason, Rules, Session, Source, TabMessage, Use, UserHint, WaiterId,
};

/// Wall clock of the rig's start: some day in 2026.
pub const START_WALL: Ms = 1_795_000_000_000;

pub struct Rig {
    pub session: Session,
    pub now: Moment,
    pub timer: Option<Ms>,
    pub asks: VecDeque<(OpId, Reason, bool)>,
    pub exchanges: VecDeque<(OpId, Secret)>,
    pub aborted: Vec<OpId>,
    pub settled: BTreeMap<u32, Result<Pass, Fault>>,
    pub published: Vec<(AuthState, &'static str)>,
    pub broadcasts: Vec<TabMessage>,
    pub ended: Vec<(u32, Code)>,
    pub warned: Vec<Code>,
    pub forgot: u32,
    pub asked: u32,
    pub exchanged: u32,
    next_waiter: u32,
}

pub fn callback(usage: Use) -> Credential {
    let source = if usage == Use::Exchange { Source::TokenExchange } else { Source::AuthToken };
    Credential::Callback { usage, source }
}

pub fn string(token: &str, claims: Claims, usage: Use) -> Credential {
    Credential::Text { token: Secret::new(token.into()), claims, usage, source: Source::TokenExchange }
}

pub fn someone(name: &str) -> Claims {
    Claims {
        identity: Some(Identity { subject: name.into(), scope: Default::default() }.into()),
        user: Some(UserHint { id: name.into(), email: None, org_id: None }.into()),
        ..Claims::default()
    }
}

impl Rig {
    pub fn new(credential: Credential) -> Self {
        Self {
            session: Session::new(credential, Rules::default(), 7),
            now: Moment { mono_ms: 1_000, wall_ms: START_WALL },
            timer: None,
            asks: VecDeque::new(),
            exchanges: VecDeque::new(),
            aborted: Vec::new(),
            settled: BTreeMap::new(),
            published: Vec::new(),
            broadcasts: Vec::new(),
            ended: Vec::new(),
            warned: Vec::new(),
            forgot: 0,
            asked: 0,
            exchanged: 0,
            next_waiter: 0,
        }
    }

    /// A started client that exchanges, identified as alice for `life_s` seconds.
    pub fn alice(life_s: i64) -> Self {
        let mut rig = Self::new(callback(Use::Exchange));
        rig.input(Input::Start);
        rig.answer("alice-1", someone("alice"));
        rig.grant("session-1", life_s);
        rig
    }

    pub fn input(&mut self, input: Input) {
        let effects = self.session.step(self.now, input);
        for effect in effects {
            match effect {
                Effect::Ask { op, reason, force_refresh } => {
                    self.asked += 1;
                    self.asks.push_back((op, reason, force_refresh));
                }
                Effect::Exchange { op, subject } => {
                    self.exchanged += 1;
                    self.exchanges.push_back((op, subject));
                }
                Effect::Abort(op) => {
                    self.asks.retain(|(id, ..)| *id != op);
                    self.exchanges.retain(|(id, _)| *id != op);
                    self.aborted.push(op);
                }
                Effect::Arm { after_ms } => self.timer = Some(self.now.mono_ms + after_ms),
                Effect::Disarm => self.timer = None,
                Effect::Settle(waiter, result) => {
                    assert!(self.settled.insert(waiter.0, result).is_none(), "settled twice");
                }
                Effect::Publish { state, cause } => self.published.push((state, cause)),
                Effect::EndGeneration { begins, fault } => self.ended.push((begins, fault.code)),
                Effect::Broadcast(message) => self.broadcasts.push(message),
                Effect::Forget => self.forgot += 1,
                Effect::Warn(fault) => self.warned.push(fault.code),
                Effect::Note(_) => {}
            }
        }
        assert!(self.asks.len() + self.exchanges.len() <= 1, "more than one in flight");
    }

    /// Lets both clocks run, firing the timer whenever it is due.
    pub fn advance(&mut self, ms: Ms) {
        let end = self.now.mono_ms + ms;
        let mut fired = 0;
        while let Some(at) = self.timer.filter(|at| *at <= end) {
            let step = (at - self.now.mono_ms).max(0);
            self.pass(step);
            self.timer = None;
            self.input(Input::Timer);
            fired += 1;
            assert!(fired < 10_000, "the timer spins");
        }
        let rest = end - self.now.mono_ms;
        self.pass(rest);
    }

    fn pass(&mut self, ms: Ms) {
        self.now.mono_ms += ms;
        self.now.wall_ms += ms;
    }

    /// The machine sleeps: the wall clock goes on, the timer and the monotonic clock do not.
    pub fn sleep(&mut self, ms: Ms) {
        self.now.wall_ms += ms;
    }

    pub fn want(&mut self, need: Need) -> u32 {
        self.next_waiter += 1;
        let waiter = self.next_waiter;
        self.input(Input::Want(WaiterId(waiter), need));
        waiter
    }

    pub fn call(&mut self) -> u32 {
        self.want(Need::Token)
    }

    pub fn refused(&mut self, serial: u32) -> u32 {
        self.next_waiter += 1;
        let waiter = self.next_waiter;
        self.input(Input::Refused(Some(WaiterId(waiter)), serial));
        waiter
    }

    /// The replay of a call was refused too.
    pub fn refused_again(&mut self, serial: u32) {
        self.input(Input::Refused(None, serial));
    }

    /// A call that was sent just now, with the token of this number, is answered with another one.
    pub fn rotated(&mut self, serial: u32, token: &str, claims: Claims) {
        self.rotated_since(self.now, serial, token, claims);
    }

    pub fn rotated_since(&mut self, sent: Moment, serial: u32, token: &str, claims: Claims) {
        self.input(Input::Rotated { sent, serial, token: Secret::new(token.into()), claims });
    }

    pub fn reply(&mut self, answer: Answer) {
        let (op, ..) = self.asks.pop_front().expect("the callback was not asked");
        self.input(Input::Answered(op, answer));
    }

    pub fn answer(&mut self, token: &str, claims: Claims) {
        self.reply(Answer::Token(Secret::new(token.into()), claims));
    }

    pub fn grant(&mut self, token: &str, life_s: i64) {
        self.exchange(Exchanged::Granted {
            token: Secret::new(token.into()),
            expires_in_s: Some(life_s as f64),
            claims: Claims::default(),
        });
    }

    pub fn exchange(&mut self, exchanged: Exchanged) {
        let (op, _) = self.exchanges.pop_front().expect("no exchange was sent");
        self.input(Input::Exchanged(op, exchanged));
    }

    pub fn exchange_fails(&mut self) {
        self.exchange(Exchanged::Failed(offline()));
    }

    /// The whole renewal, as a healthy provider and backend do it.
    pub fn renew(&mut self, token: &str, life_s: i64) {
        let name = format!("alice-for-{token}");
        self.answer(&name, someone("alice"));
        self.grant(token, life_s);
    }

    /// Runs `ms` of virtual time with a healthy provider and backend. Answers how many exchanges were made.
    pub fn run_healthy(&mut self, ms: Ms, life_s: i64) -> u32 {
        let before = self.exchanged;
        let end = self.now.mono_ms + ms;
        loop {
            if !self.asks.is_empty() {
                let name = format!("alice-at-{}", self.now.mono_ms);
                self.answer(&name, someone("alice"));
            } else if !self.exchanges.is_empty() {
                let name = format!("session-at-{}", self.now.mono_ms);
                self.grant(&name, life_s);
            } else if let Some(at) = self.timer.filter(|at| *at <= end) {
                self.advance((at - self.now.mono_ms).max(0));
            } else {
                self.advance(end - self.now.mono_ms);
                return self.exchanged - before;
            }
        }
    }

    pub fn status(&self) -> &'static str {
        self.session.auth().status()
    }

    pub fn token_of(&self, waiter: u32) -> &str {
        match self.settled.get(&waiter) {
            Some(Ok(pass)) => pass.token.as_ref().expect("a bearer").expose(),
            Some(Err(fault)) => panic!("rejected: {}", fault.code.as_str()),
            None => panic!("still waiting"),
        }
    }

    pub fn code_of(&self, waiter: u32) -> Code {
        match self.settled.get(&waiter) {
            Some(Err(fault)) => fault.code,
            Some(Ok(_)) => panic!("settled with a token"),
            None => panic!("still waiting"),
        }
    }

    pub fn waits(&self, waiter: u32) -> bool {
        !self.settled.contains_key(&waiter)
    }

    pub fn serial(&mut self) -> u32 {
        let waiter = self.call();
        self.settled.get(&waiter).unwrap().as_ref().unwrap().serial
    }

    pub fn error(&self) -> (Code, Option<Ms>) {
        match self.session.auth() {
            AuthState::Error { error, retry_at_ms, .. } => (error.code, *retry_at_ms),
            other => panic!("state is {}", other.status()),
        }
    }
}

pub fn offline() -> Fault {
    Failure::new(Code::Offline, "offline").retryable().into()
}

pub fn rejected() -> Exchanged {
    Exchanged::Rejected(
        Failure::new(Code::ExchangeRejected, "Invalid OAuth subject token").status(401).into(),
    )
}
