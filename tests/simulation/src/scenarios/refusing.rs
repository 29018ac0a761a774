//! A backend that answers 401 to everything, on plain calls and on streams, with the calls' own state machine: few
//! exchanges, state `error`, and recovery once it heals.

use std::collections::BTreeMap;

use serde_json::json;
use threadpass::backend::tambo::{CALLS, PreviousRuns, plan_run};
use threadpass::backend::{Call, Plan, Reply, Step, Told};
use threadpass::error::Fault;
use threadpass::json::native::NativeJson;
use threadpass::secret::Secret;
use threadpass::session::{
    Answer, AuthState, Claims, Credential, Effect, Exchanged, Input, Moment, Ms, Need, OpId, Pass, Rules,
    Session, Source, Use, WaiterId,
};

use crate::clocks::EPOCH;
use crate::report;

const MINUTE: Ms = 60_000;
const HEALS: Ms = 20 * MINUTE;
const ENDS: Ms = HEALS + 5 * MINUTE;
const MOST_PER_MINUTE: usize = 3;

enum Soon {
    Answer(OpId),
    Grant(OpId),
    /// The answer to a call, or its first bytes.
    Reply(u32),
    Timer(u32),
    Rest,
    Stream,
}

struct Shell {
    session: Session,
    t: Ms,
    calls: BTreeMap<u32, (Call<NativeJson>, Option<Pass>)>,
    soon: Vec<(Ms, Soon)>,
    previous: PreviousRuns,
    exchanges: Vec<Ms>,
    answered: u32,
    next: u32,
    timer: u32,
    tokens: u32,
}

impl Shell {
    fn input(&mut self, input: Input) {
        let now = Moment { mono_ms: self.t, wall_ms: EPOCH + self.t };
        for effect in self.session.step(now, input) {
            match effect {
                Effect::Ask { op, .. } => self.soon.push((self.t + 40, Soon::Answer(op))),
                Effect::Exchange { op, .. } => {
                    self.exchanges.push(self.t);
                    self.soon.push((self.t + 60, Soon::Grant(op)));
                }
                Effect::Abort(op) => self
                    .soon
                    .retain(|(_, soon)| !matches!(soon, Soon::Answer(id) | Soon::Grant(id) if *id == op)),
                Effect::Arm { after_ms } => {
                    self.timer += 1;
                    self.soon.push((self.t + after_ms, Soon::Timer(self.timer)));
                }
                Effect::Disarm => self.timer += 1,
                Effect::Settle(waiter, result) => self.settled(waiter.0, result),
                _ => {}
            }
        }
    }

    fn settled(&mut self, id: u32, result: Result<Pass, Fault>) {
        let Some((call, held)) = self.calls.get_mut(&id) else { return };
        match result {
            Ok(pass) => {
                *held = Some(pass);
                let step = call.passed(&self.previous);
                self.follow(id, step);
            }
            Err(_) => drop(self.calls.remove(&id)),
        }
    }

    fn follow(&mut self, id: u32, step: Step<NativeJson>) {
        match step {
            Step::Send => self.soon.push((self.t + 50, Soon::Reply(id))),
            // The shell feeds the machine after it is done with what it is doing.
            Step::Want | Step::Replace | Step::Wait(_) | Step::Done(_) => drop(self.calls.remove(&id)),
        }
    }

    fn begin(&mut self, call: Call<NativeJson>) {
        self.next += 1;
        self.calls.insert(self.next, (call, None));
        self.input(Input::Want(WaiterId(self.next), Need::Token));
    }

    fn replied(&mut self, id: u32, status: u16) {
        let Some((call, Some(pass))) = self.calls.get_mut(&id) else { return };
        let serial = pass.serial;
        let mut reply =
            Reply::<NativeJson>::new(status, String::new(), Some(NativeJson::from(json!({"threads": []}))));
        reply.content_type = "text/event-stream".to_owned();
        let (told, step) = call.replied(reply, true, &mut self.previous, 0, &[], 0.0);
        match told {
            Told::Accepted => {
                self.answered += 1;
                self.input(Input::Accepted(serial));
            }
            Told::Refused => self.input(Input::Refused(None, serial)),
            Told::Nothing => {}
        }
        match step {
            Step::Replace => self.input(Input::Refused(Some(WaiterId(id)), serial)),
            step => self.follow(id, step),
        }
    }

    fn happens(&mut self, soon: Soon) -> Option<()> {
        let status = if self.t < HEALS { 401 } else { 200 };
        match soon {
            Soon::Answer(op) => {
                let token = self.token();
                self.input(Input::Answered(op, Answer::Token(token, Claims::default())));
            }
            Soon::Grant(op) => {
                let token = self.token();
                let granted =
                    Exchanged::Granted { token, expires_in_s: Some(900.0), claims: Claims::default() };
                self.input(Input::Exchanged(op, granted));
            }
            Soon::Reply(id) => self.replied(id, status),
            Soon::Timer(timer) if timer == self.timer => self.input(Input::Timer),
            Soon::Timer(_) => {}
            Soon::Rest => {
                self.soon.push((self.t + 1_000, Soon::Rest));
                let list = CALLS.iter().find(|call| call.name == "threads.list")?;
                self.begin(Call::plan(Plan::new(list, &NativeJson::from(json!([])), 0).ok()?));
            }
            Soon::Stream => {
                self.soon.push((self.t + 3_000, Soon::Stream));
                let (plan, thread) = plan_run(&NativeJson::from(json!([null, "hello"]))).ok()?;
                self.begin(Call::run(plan, thread));
            }
        }
        Some(())
    }

    fn token(&mut self) -> Secret {
        self.tokens += 1;
        Secret::new(format!("token-{}", self.tokens))
    }

    /// Lets time go on until then.
    fn until(&mut self, end: Ms) -> Option<()> {
        loop {
            let next = self.soon.iter().enumerate().min_by_key(|(_, (t, _))| *t);
            let (at, t) = next.map(|(at, (t, _))| (at, *t)).filter(|(_, t)| *t < end)?;
            self.t = t;
            let (_, soon) = self.soon.swap_remove(at);
            self.happens(soon)?;
        }
    }
}

/// With calls, with streams, and with both.
pub fn run() -> bool {
    let kinds = [("calls", true, false), ("streams", false, true), ("calls and streams", true, true)];
    let mut fine = true;
    for (name, rest, stream) in kinds {
        let credential = Credential::Callback { usage: Use::Exchange, source: Source::TokenExchange };
        let mut shell = Shell {
            session: Session::new(credential, Rules::default(), 3),
            t: 0,
            calls: BTreeMap::new(),
            soon: Vec::new(),
            previous: PreviousRuns::default(),
            exchanges: Vec::new(),
            answered: 0,
            next: 0,
            timer: 0,
            tokens: 0,
        };
        shell.soon.extend(rest.then_some((10, Soon::Rest)));
        shell.soon.extend(stream.then_some((15, Soon::Stream)));
        shell.input(Input::Start);
        shell.until(HEALS);
        let most = shell
            .exchanges
            .iter()
            .map(|from| shell.exchanges.iter().filter(|t| (0..MINUTE).contains(&(**t - from))).count())
            .max()
            .unwrap_or(0);
        let states = shell.session.auth().status();
        shell.until(ENDS);
        let healed = matches!(shell.session.auth(), AuthState::Identified { .. }) && shell.answered > 50;
        let good = most <= MOST_PER_MINUTE && states == "error" && healed;
        fine &= good;
        report::line(&format!(
            "{} Always 401 on {name}: at most {most} exchanges a minute, state {states}, {} calls answered after it healed",
            if good { "✓" } else { "✗" },
            shell.answered
        ));
    }
    fine
}
