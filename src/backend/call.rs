//! A call's life, without IO: a token, a request, an answer, and what is tried again when.
//!
//! The shell does what a [`Step`] says and comes back with what happened. A 401 is followed by one more try with another
//! token, because it says that nothing was done; a lost answer or a passing failure by a few more if the request may be
//! repeated; everything else is final.

use super::answer::{mend, read};
use super::endpoint::{Arg, Endpoint, Method, Reads};
use super::plan::Plan;
use super::reply::{Reply, accepts, refuse};
use super::retry::retry_delay_ms;
use super::tambo::{PreviousRuns, THREADS_GET, is_stale_previous};
use crate::error::{Code, Fault};
use crate::json::Platform;

/// What a call wants next.
#[derive(Debug)]
pub enum Step<J> {
    /// A token that is valid now.
    Want,
    /// Another token than the refused one it has.
    Replace,
    /// Its request to be sent.
    Send,
    /// Time to pass, in milliseconds; then it is woken.
    Wait(u32),
    /// Nothing more.
    Done(Result<J, Fault>),
}

/// What an answer tells the session about the token it was given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nothing.
    Nothing,
    /// It was accepted.
    Accepted,
    /// It was refused although it was another one already.
    Refused,
}

/// What is read of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// Nothing; the body is let go.
    Nothing = 0,
    /// All of it, as JSON, however large; of a refusal a little.
    Json = 1,
    /// A little text.
    Little = 2,
    /// Nothing yet: it is a stream; of a refusal a little.
    Stream = 3,
    /// Nothing: the answer is the caller's as it is, whatever its status.
    Untouched = 4,
    /// All of it, as JSON if there is any, which may take as long as it wants while something arrives.
    Slow = 5,
}

#[derive(Debug)]
enum What<J> {
    /// A call of ours.
    Plan(Plan<J>),
    /// What another SDK sends.
    Foreign,
    /// A run, and the thread for which the run it continues has to be found out.
    Run { plan: Plan<J>, thread: Option<String>, reread: bool },
}

/// One call.
#[derive(Debug)]
pub struct Call<J> {
    what: What<J>,
    /// The thread is read first, to learn which run comes before.
    reading: Option<Plan<J>>,
    may_replay: bool,
    tries: u32,
}

impl<J: Platform> Call<J> {
    /// A call that is answered with JSON or with nothing.
    pub fn plan(plan: Plan<J>) -> Self {
        Self { what: What::Plan(plan), reading: None, may_replay: true, tries: 0 }
    }

    /// What another SDK sends. Its body may be of a kind that can be sent only once.
    pub fn foreign(may_replay: bool) -> Self {
        Self { what: What::Foreign, reading: None, may_replay, tries: 0 }
    }

    /// A run.
    pub fn run(plan: Plan<J>, thread: Option<String>) -> Self {
        Self { what: What::Run { plan, thread, reread: false }, reading: None, may_replay: true, tries: 0 }
    }

    /// A token has come. For a run this is also when it is decided what to send first.
    pub fn passed(&mut self, previous: &PreviousRuns) -> Step<J> {
        if let What::Run { thread: Some(thread), reread, .. } = &mut self.what
            && previous.get(thread).is_none()
        {
            *reread = true;
            let args = J::array();
            args.push(J::string(thread));
            match Plan::new(&THREADS_GET, &args, 0) {
                Ok(plan) => self.reading = Some(plan),
                Err(fault) => return Step::Done(Err(fault)),
            }
        }
        Step::Send
    }

    /// What to send and which run it continues, unless the request is another SDK's.
    pub fn request(&self, previous: &PreviousRuns) -> Option<(&Plan<J>, Option<String>)> {
        match (&self.reading, &self.what) {
            (Some(plan), _) | (None, What::Plan(plan)) => Some((plan, None)),
            (None, What::Run { plan, thread, .. }) => {
                let run = thread.as_ref().and_then(|thread| previous.get(thread).flatten());
                Some((plan, run.map(str::to_owned)))
            }
            (None, What::Foreign) => None,
        }
    }

    /// What to read of the answer.
    pub fn body(&self) -> Body {
        match (&self.reading, &self.what) {
            (Some(_), _) => Body::Json,
            (None, What::Plan(plan)) => match plan.endpoint.reads {
                Reads::Nothing | Reads::Cancelled => Body::Nothing,
                Reads::Values | Reads::Ended => Body::Slow,
                Reads::Stream | Reads::Text => Body::Stream,
                _ => Body::Json,
            },
            (None, What::Run { .. }) => Body::Stream,
            (None, What::Foreign) => Body::Untouched,
        }
    }

    /// An answer has come. `bearer` says whether it was asked for with one, `known` is not to be repeated from the
    /// backend's words, `random` is from 0 to 1.
    pub fn replied(
        &mut self,
        reply: Reply<J>,
        bearer: bool,
        previous: &mut PreviousRuns,
        retries: u32,
        known: &[&str],
        random: f64,
    ) -> (Told, Step<J>) {
        if bearer && reply.status == 401 && self.may_replay {
            self.may_replay = false;
            return (Told::Nothing, Step::Replace);
        }
        let told = match reply.status {
            401 if bearer => Told::Refused,
            status if bearer && accepts(status) => Told::Accepted,
            _ => Told::Nothing,
        };
        let step = if matches!(self.what, What::Foreign) {
            Step::Done(Ok(reply.response))
        } else if reply.ok() {
            self.succeeded(reply, previous, known)
        } else {
            let fault = refuse(self.name(), &reply, known).into();
            self.refused(fault, previous, retries, random)
        };
        (told, step)
    }

    /// A token that the body has in it, which is not to be repeated either; most calls have none.
    pub fn sent_token(&self) -> Option<String> {
        match &self.what {
            What::Plan(plan) => plan.body.as_ref()?.text_at(Arg::RefreshToken.name()),
            _ => None,
        }
    }

    fn succeeded(&mut self, reply: Reply<J>, previous: &mut PreviousRuns, known: &[&str]) -> Step<J> {
        if let Some(thread) = reply.json.as_ref().filter(|_| self.reads_a_thread()) {
            previous.read(thread);
        }
        if let Some(reading) = self.reading.take() {
            // A thread that cannot be read as one is not asked for again and again.
            return match read(&reading, reply, known) {
                Ok(_) => Step::Want,
                Err(fault) => Step::Done(Err(fault)),
            };
        }
        match &self.what {
            // Whoever reads a text looks at its type, to end the body of another one.
            What::Plan(Plan { endpoint: Endpoint { reads: Reads::Text, .. }, .. }) => {
                Step::Done(Ok(reply.response))
            }
            // What is not a stream is somebody else's answer.
            _ if self.body() == Body::Stream && !is_stream(&reply.content_type) => {
                let message = [self.name(), ": the answer is not an event stream"];
                Step::Done(Err(Fault::of(Code::MalformedResponse, &message)))
            }
            What::Plan(plan) if self.body() != Body::Stream => Step::Done(read(plan, reply, known)),
            _ => Step::Done(Ok(reply.response)),
        }
    }

    fn refused(&mut self, fault: Fault, previous: &mut PreviousRuns, retries: u32, random: f64) -> Step<J> {
        if let What::Run { thread: Some(thread), reread: false, .. } = &self.what
            && is_stale_previous(&fault)
        {
            // Another tab has gone on with the thread. Nothing was started; it is read again, once.
            previous.forget(thread);
            return Step::Want;
        }
        if let What::Plan(plan) = &self.what
            && let Some(answer) = mend(plan, &fault)
        {
            return Step::Done(Ok(answer));
        }
        if let What::Plan(plan) = &self.what
            && self.tries > 0
            && plan.endpoint.method == Method::Delete
            && fault.code == Code::NotFound
        {
            // The try whose answer was lost has removed it.
            return Step::Done(Ok(J::nothing()));
        }
        self.lost(fault, retries, random)
    }

    /// No answer, or one that may be another later.
    pub fn lost(&mut self, fault: Fault, retries: u32, random: f64) -> Step<J> {
        let plan = match (&self.reading, &self.what) {
            (Some(plan), _) | (None, What::Plan(plan) | What::Run { plan, .. }) => Some(plan),
            (None, What::Foreign) => None,
        };
        let repeatable = fault.retryable && plan.is_some_and(|plan| plan.repeatable);
        if repeatable
            && self.tries < retries
            && let Some(wait) = retry_delay_ms(self.tries, fault.retry_after_ms, random)
        {
            self.tries += 1;
            return Step::Wait(wait);
        }
        Step::Done(Err(fault))
    }

    fn name(&self) -> &'static str {
        match (&self.reading, &self.what) {
            (Some(plan), _) | (None, What::Plan(plan) | What::Run { plan, .. }) => plan.endpoint.name,
            (None, What::Foreign) => "fetch",
        }
    }

    fn reads_a_thread(&self) -> bool {
        match (&self.reading, &self.what) {
            (Some(plan), _) | (None, What::Plan(plan)) => matches!(plan.endpoint.reads, Reads::One(_)),
            _ => false,
        }
    }
}

fn is_stream(content_type: &str) -> bool {
    // A mock may have no headers at all.
    content_type.is_empty() || content_type.starts_with("text/event-stream")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::backend::Backend;
    use crate::backend::tambo::{CALLS, plan_run};
    use crate::error::Failure;
    use crate::json::native::NativeJson;

    fn reply(status: u16, body: Value) -> Reply<NativeJson> {
        Reply::new(status, String::new(), Some(NativeJson::from(body)))
    }

    fn call(name: &str, args: &[Value]) -> Call<NativeJson> {
        let endpoint = CALLS.iter().find(|call| call.name == name).unwrap();
        Call::plan(Plan::new(endpoint, &NativeJson::from(json!(args)), 0).unwrap())
    }

    fn run(thread: Value) -> Call<NativeJson> {
        let (plan, thread) = plan_run(&NativeJson::from(json!([thread, "hi"]))).unwrap();
        Call::run(plan, thread)
    }

    struct Shell {
        previous: PreviousRuns,
        told: Vec<Told>,
    }

    impl Shell {
        fn new() -> Self {
            Self { previous: PreviousRuns::default(), told: Vec::new() }
        }
        fn reply(&mut self, call: &mut Call<NativeJson>, status: u16, body: Value) -> Step<NativeJson> {
            let (told, step) = call.replied(reply(status, body), true, &mut self.previous, 2, &[], 0.0);
            self.told.push(told);
            step
        }
        fn sends(&self, call: &Call<NativeJson>) -> String {
            let (plan, _) = call.request(&self.previous).unwrap();
            format!("{} {}", plan.endpoint.method.as_str(), plan.target(None))
        }
        fn body(&self, call: &Call<NativeJson>) -> Value {
            let (plan, run) = call.request(&self.previous).unwrap();
            plan.body(run.as_deref(), None).unwrap().to_value()
        }
    }

    fn code(step: Step<NativeJson>) -> Code {
        match step {
            Step::Done(Err(fault)) => fault.code,
            other => panic!("{other:?}"),
        }
    }

    fn thread(last: Option<&str>) -> Value {
        json!({"id": "thr_1", "runStatus": "idle", "createdAt": "c", "updatedAt": "u", "lastCompletedRunId": last})
    }

    #[test]
    fn a_401_is_followed_by_one_more_try_of_anything() {
        // Case 18.
        for (name, args) in
            [("threads.list", vec![]), ("threads.delete", vec![json!("t")]), ("threads.create", vec![])]
        {
            let (mut shell, mut call) = (Shell::new(), call(name, &args));
            assert!(matches!(call.passed(&shell.previous), Step::Send));
            assert!(matches!(shell.reply(&mut call, 401, json!({})), Step::Replace));
            assert!(matches!(call.passed(&shell.previous), Step::Send));
            assert_eq!(code(shell.reply(&mut call, 401, json!({}))), Code::Unauthorized);
            assert_eq!(shell.told, [Told::Nothing, Told::Refused]);
        }
    }

    #[test]
    fn a_401_without_a_bearer_is_final() {
        let mut call = call("threads.list", &[]);
        let (told, step) =
            call.replied(reply(401, json!({})), false, &mut PreviousRuns::default(), 2, &[], 0.0);
        assert_eq!((told, code(step)), (Told::Nothing, Code::Unauthorized));
    }

    #[test]
    fn only_what_may_be_repeated_is_repeated() {
        for (name, args, repeated) in [
            ("threads.list", vec![], true),
            ("threads.get", vec![json!("t")], true),
            ("threads.update", vec![json!("t"), json!({})], true),
            ("threads.delete", vec![json!("t")], false),
            ("threads.create", vec![], false),
            ("runs.cancel", vec![json!("t"), json!("r")], false),
        ] {
            for status in [0, 429, 500, 503] {
                let (mut shell, mut call) = (Shell::new(), call(name, &args));
                let mut waits = 0;
                loop {
                    let step = match status {
                        0 => call.lost(Failure::new(Code::NetworkFailed, "").retryable().into(), 2, 0.0),
                        status => shell.reply(&mut call, status, json!({})),
                    };
                    match step {
                        Step::Wait(_) => waits += 1,
                        Step::Done(Err(_)) => break,
                        other => panic!("{other:?}"),
                    }
                }
                assert_eq!(waits, if repeated { 2 } else { 0 }, "{name} {status}");
            }
        }
        let mut run = run(Value::Null);
        let lost = Failure::new(Code::NetworkFailed, "").retryable().into();
        assert_eq!(code(run.lost(lost, 2, 0.0)), Code::NetworkFailed, "a lost run is never started twice");
    }

    #[test]
    fn what_will_not_pass_is_not_tried_again() {
        for (status, expected) in
            [(400, Code::BadRequest), (403, Code::Forbidden), (404, Code::NotFound), (409, Code::Conflict)]
        {
            let (mut shell, mut call) = (Shell::new(), call("threads.list", &[]));
            assert_eq!(code(shell.reply(&mut call, status, json!({}))), expected);
        }
    }

    #[test]
    fn a_new_thread_is_run_at_once() {
        let (shell, mut call) = (Shell::new(), run(Value::Null));
        assert!(matches!(call.passed(&shell.previous), Step::Send));
        assert_eq!(shell.sends(&call), "POST /v1/threads/runs");
        assert_eq!(call.body(), Body::Stream);
    }

    #[test]
    fn an_unknown_thread_is_read_before_it_is_continued() {
        let (mut shell, mut call) = (Shell::new(), run(json!("thr_1")));
        assert!(matches!(call.passed(&shell.previous), Step::Send));
        assert_eq!(shell.sends(&call), "GET /v1/threads/thr_1");
        assert!(matches!(shell.reply(&mut call, 200, thread(Some("run_9"))), Step::Want));
        assert!(matches!(call.passed(&shell.previous), Step::Send));
        assert_eq!(shell.sends(&call), "POST /v1/threads/thr_1/runs");
        assert_eq!(shell.body(&call)["previousRunId"], "run_9");
    }

    #[test]
    fn a_thread_without_runs_is_continued_without_one() {
        let (mut shell, mut call) = (Shell::new(), run(json!("thr_1")));
        call.passed(&shell.previous);
        shell.reply(&mut call, 200, thread(None));
        call.passed(&shell.previous);
        assert!(shell.body(&call).get("previousRunId").is_none());
    }

    #[test]
    fn what_another_tab_has_done_is_found_out_once() {
        let stale = json!({"type": "urn:tambo:error:invalid_previous_run", "status": 400});
        let (mut shell, mut call) = (Shell::new(), run(json!("thr_1")));
        shell.previous.started("thr_1", "run_1");
        call.passed(&shell.previous);
        assert_eq!(shell.body(&call)["previousRunId"], "run_1");
        assert!(matches!(shell.reply(&mut call, 400, stale.clone()), Step::Want));
        call.passed(&shell.previous);
        assert_eq!(shell.sends(&call), "GET /v1/threads/thr_1");
        shell.reply(&mut call, 200, thread(Some("run_2")));
        call.passed(&shell.previous);
        assert_eq!(shell.body(&call)["previousRunId"], "run_2");
        assert_eq!(code(shell.reply(&mut call, 400, stale)), Code::BadRequest);
    }

    #[test]
    fn something_else_than_a_stream_is_not_a_run() {
        let (mut shell, mut call) = (Shell::new(), run(Value::Null));
        let mut html = reply(200, Value::Null);
        html.content_type = "text/html".into();
        let (_, step) = call.replied(html, true, &mut shell.previous, 2, &[], 0.0);
        assert_eq!(code(step), Code::MalformedResponse);
    }

    #[test]
    fn what_is_echoed_of_a_token_that_was_sent_is_not_repeated() {
        let endpoint = Backend::AssistantCloud.endpoint("threads.claim").unwrap();
        let mut claim = Call::plan(Plan::new(endpoint, &NativeJson::from(json!(["refresh_07"])), 0).unwrap());
        let body = json!({ "error": "unknown refresh_07", "token": "refresh_07" });
        let (sent, mut previous) = (claim.sent_token().unwrap(), PreviousRuns::default());
        let (_, step) = claim.replied(reply(403, body), true, &mut previous, 2, &[&sent], 0.0);
        let Step::Done(Err(fault)) = step else { panic!("refused") };
        assert_eq!(fault.message, "threads.claim: the backend answered 403, unknown [redacted]");
        assert!(!format!("{fault:?}").contains("refresh_07"));
    }

    #[test]
    fn another_sdk_gets_every_answer_as_it_is() {
        for status in [200, 404, 500] {
            let mut call = Call::<NativeJson>::foreign(true);
            assert!(matches!(Shell::new().reply(&mut call, status, json!({})), Step::Done(Ok(_))));
        }
        let mut once = Call::<NativeJson>::foreign(false);
        assert!(matches!(Shell::new().reply(&mut once, 401, json!({})), Step::Done(Ok(_))));
    }
}
