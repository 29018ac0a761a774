//! Requests and their answers.

use threadpass::backend::tambo::{PreviousRuns, plan_run};
use threadpass::backend::{
    Arg, Call, Endpoint, Place, Plan, Reads, Reply, Step, langgraph, read_exchange, retry_after_ms, tambo,
};
use threadpass::error::Code;
use threadpass::json::native::NativeJson;
use threadpass::json::{Json, Platform};
use threadpass::secret::is_b64token;
use threadpass::session::Exchanged;

use crate::secrets::{KEY, SUBJECT, TOKEN, failure};

const KNOWN: [&str; 3] = [KEY, TOKEN, SUBJECT];

fn reply(status: u16, body: &[u8]) -> Reply<NativeJson> {
    let text = String::from_utf8_lossy(body).into_owned();
    let mut reply = Reply::new(100 + status % 500, text.clone(), NativeJson::parse(body));
    // A server may say anything anywhere.
    reply.request_id = Some(text);
    reply
}

/// Any answer of a token endpoint is a token that can be sent, or a failure with a name.
pub fn exchange(status: u16, body: &[u8]) {
    let reply = reply(status, body);
    let exchanged = read_exchange(&reply, &KNOWN);
    let shown = format!("{exchanged:?}");
    match exchanged {
        Exchanged::Granted { token, expires_in_s, .. } => {
            assert!(reply.ok() && is_b64token(token.expose()));
            assert!(expires_in_s.is_none_or(|seconds| !seconds.is_nan()));
            assert!(shown.contains("Secret(..)"));
        }
        Exchanged::Rejected(fault) | Exchanged::Misconfigured(fault) => {
            assert!(!reply.ok());
            assert_eq!((fault.code, fault.retryable), (Code::ExchangeRejected, false));
            failure(&fault);
        }
        Exchanged::Failed(fault) => {
            assert!(fault.retryable);
            assert_eq!(reply.ok(), fault.code == Code::ExchangeMalformed);
            failure(&fault);
        }
    }
}

/// One of all endpoints.
fn endpoint_of(number: u16) -> &'static Endpoint {
    let count = tambo::CALLS.len() + langgraph::CALLS.len();
    tambo::CALLS.iter().chain(langgraph::CALLS).nth(usize::from(number) % count).unwrap()
}

/// The arguments that are enough for an endpoint.
fn plain(endpoint: &Endpoint) -> NativeJson {
    let args = NativeJson::array();
    for _ in endpoint.path.matches(|c: char| c.is_ascii_uppercase() || c == '*') {
        args.push(NativeJson::string("id_1"));
    }
    for arg in endpoint.args {
        args.push(match arg {
            Arg::Key | Arg::Run => NativeJson::string("id_1"),
            Arg::Body | Arg::RequiredBody | Arg::State | Arg::Value => NativeJson::object(),
            Arg::Patch | Arg::Namespace | Arg::NamespacePrefix => {
                let list = NativeJson::array();
                list.push(NativeJson::string("label"));
                list
            }
            _ => NativeJson::null(),
        });
    }
    args
}

/// Any answer of an API is what the contract promises, or a failure with a name.
pub fn answer(number: u16, body: &[u8]) {
    let reply = reply(number / 9, body);
    for bearer in [false, true] {
        let mut previous = PreviousRuns::default();
        let endpoint = endpoint_of(number);
        let mut call = Call::plan(Plan::new(endpoint, &plain(endpoint), 0).unwrap());
        let mut steps = 0;
        loop {
            match call.replied(reply.clone(), bearer, &mut previous, 2, &KNOWN, 0.5).1 {
                Step::Done(Ok(lifted)) => {
                    // Cancelling what is over already is an answer.
                    assert!(reply.ok() || endpoint.name == "runs.cancel");
                    let untouched = matches!(endpoint.reads, Reads::Json | Reads::Values);
                    assert!(untouched || lifted.is_null() || lifted.is_object());
                    break;
                }
                Step::Done(Err(fault)) => {
                    failure(&fault);
                    break;
                }
                Step::Replace | Step::Want => assert_eq!(reply.status, 401),
                Step::Wait(ms) => assert!(ms <= 10_000),
                Step::Send => panic!("nobody has passed"),
            }
            steps += 1;
            assert!(steps <= 3, "it is never tried for ever");
        }
        let (plan, thread) = plan_run(&parsed(r#"["thr_1","hello"]"#)).unwrap();
        let mut run = Call::run(plan, thread);
        run.passed(&previous);
        if let Step::Done(Err(fault)) = run.replied(reply.clone(), bearer, &mut previous, 2, &KNOWN, 0.5).1 {
            failure(&fault);
        }
    }
}

fn parsed(text: &str) -> NativeJson {
    NativeJson::parse(text.as_bytes()).unwrap()
}

/// Any arguments make a request of the endpoint they are for, or are refused by name.
pub fn arguments(number: u16, args: &[u8]) {
    let Some(args) = NativeJson::parse(args) else { return };
    let endpoint = endpoint_of(number);
    match Plan::new(endpoint, &args, 0) {
        Ok(plan) => planned(&plan),
        Err(fault) => refused(fault.code, &fault.message),
    }
    match plan_run(&args) {
        Ok((plan, _)) => planned(&plan),
        Err(fault) => refused(fault.code, &fault.message),
    }
}

fn refused(code: Code, message: &str) {
    assert_eq!(code, Code::InvalidArgument);
    assert!(message.len() < 200 && !message.contains("canary"), "{message}");
}

fn planned(plan: &Plan<NativeJson>) {
    let endpoint = plan.endpoint;
    for key in [None, Some("canary key&x=1#")] {
        let target = plan.target(key);
        let url = url::Url::parse(&["https://api.example.com", &target].concat()).unwrap();
        assert_eq!((url.host_str(), url.fragment()), (Some("api.example.com"), None), "{target}");
        let slashes = |path: &str| path.bytes().filter(|byte| *byte == b'/').count();
        let template = slashes(endpoint.path);
        // A thread may stand before what the template says.
        let thread = endpoint.path.starts_with('*');
        let before = if thread && target.starts_with("/threads/") { 2 } else { 0 };
        assert_eq!(slashes(url.path()), template + before, "{target}");
        let keys: Vec<_> = url.query_pairs().filter(|(name, _)| name == "userKey").collect();
        let here = key.filter(|_| endpoint.place == Place::Query);
        assert_eq!(keys.first().map(|(_, value)| &**value), here, "{target}");
        assert!(keys.len() <= 1);
        if endpoint.place == Place::Nowhere {
            continue;
        }
        // What is deeper is the caller's own data.
        let keyed = |object: NativeJson| object.text_at("userKey");
        let body = plan.body(Some("run_1"), key);
        let (in_body, in_thread) = match &body {
            Some(body) => (keyed(body.clone()), body.member("thread").and_then(keyed)),
            None => (None, None),
        };
        assert_eq!(in_body.as_deref(), key.filter(|_| endpoint.place == Place::Body));
        assert_eq!(in_thread.as_deref(), key.filter(|_| endpoint.place == Place::BodyThread));
    }
}

/// Any `Retry-After` is a wait or nothing.
pub fn retry_after(value: &str) {
    for now in [i64::MIN, -1, 0, 784_111_777_000, i64::MAX] {
        let wait = retry_after_ms::<NativeJson>(value, now);
        let digits = value.trim_ascii();
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let most = u128::from(u32::MAX);
            let exact = digits.parse::<u128>().unwrap_or(u128::MAX).saturating_mul(1_000).min(most) as u32;
            assert!(wait.unwrap().abs_diff(exact) <= 1, "{value}");
        } else if wait.is_some() {
            assert!(value.contains(':'), "only a date has a time of day: {value}");
        }
    }
}
