//! The one path on which every planned request goes out.

use std::rc::Rc;

use js_sys::{Function, JSON, Math, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::body::discard;
use super::client::Client;
use super::guard::{Guard, Thrown};
use super::send::{Outgoing, Response, build, network, send};
use super::timer::sleep;
use super::value::{Js, get};
use crate::backend::{Identity, Plan, accepts, authorize, retry_delay_ms, tambo};
use crate::error::{Cause, Code, Failure};
use crate::session::{Input, Need, Pass};

/// What came back.
pub enum Answer {
    /// The JSON of an answer that has one.
    Json(Option<Js>),
    /// The head of a stream.
    Stream(Response),
}

impl Client {
    /// Gets a token from the machine, waiting if it must.
    pub async fn pass(self: &Rc<Self>, need: Need, guard: &Guard) -> Result<Pass, Thrown> {
        let place = self.waiters.join();
        self.drive(Input::Want(place.id, need));
        self.wait(place, guard).await
    }

    /// Gets another token after a 401.
    pub async fn replacement(self: &Rc<Self>, serial: u32, guard: &Guard) -> Result<Pass, Thrown> {
        let place = self.waiters.join();
        self.drive(Input::Refused(Some(place.id), serial));
        self.wait(place, guard).await
    }

    async fn wait(self: &Rc<Self>, place: super::waiters::Place, guard: &Guard) -> Result<Pass, Thrown> {
        let settled = match place.take() {
            Some(settled) => settled,
            None => {
                let promise = place.promise();
                if let Err(stopped) = guard.run(&promise).await {
                    self.waiters.leave(place.id);
                    self.drive(Input::Abandon(place.id));
                    return Err(stopped.or(network));
                }
                match place.take() {
                    Some(settled) => settled,
                    None => {
                        return Err(Failure::new(Code::Internal, "a waiter was woken with nothing").into());
                    }
                }
            }
        };
        let pass = settled.map_err(Thrown::Fault)?;
        // The generation may have ended between the machine's answer and now.
        if pass.generation != self.session.borrow().generation() {
            return Err(self.ended());
        }
        Ok(pass)
    }

    /// Sends a plan until it is answered: with a token that is valid now, once more after a 401, a few times more after
    /// failures that may pass if the request may be repeated.
    pub async fn request(self: &Rc<Self>, plan: &Plan<Js>, guard: &Guard) -> Result<Answer, Thrown> {
        let call = plan.endpoint.name;
        let mut pass = self.pass(Need::Token, guard).await?;
        let (mut replayed, mut tries) = (false, 0);
        loop {
            self.underway.join(guard, pass.generation);
            let failed = match self.attempt(plan, &pass, guard).await {
                Ok(Attempt::Answered(answer)) => return Ok(answer),
                Ok(Attempt::Unauthorized(response)) => {
                    if !replayed {
                        replayed = true;
                        discard(&response);
                        guard.no_deadline();
                        pass = self.replacement(pass.serial, guard).await?;
                        continue;
                    }
                    self.drive(Input::Refused(None, pass.serial));
                    return Err(response.failure(call, &self.known(), guard).await);
                }
                Err(thrown) => thrown,
            };
            guard.no_deadline();
            let Thrown::Fault(fault) = &failed else { return Err(failed) };
            let may_pass = fault.retryable && plan.endpoint.repeatable && guard.ended().is_none();
            if !may_pass || tries >= self.settings.retries {
                return Err(failed);
            }
            let Some(wait) = retry_delay_ms(tries, fault.retry_after_ms, Math::random()) else {
                return Err(failed);
            };
            tries += 1;
            let waited = Promise::from(wasm_bindgen_futures::future_to_promise(async move {
                sleep(wait.into()).await;
                Ok(JsValue::UNDEFINED)
            }));
            guard.run(&waited).await.map_err(|stopped| stopped.or(network))?;
            pass = self.pass(Need::Token, guard).await?;
        }
    }

    async fn attempt(
        self: &Rc<Self>,
        plan: &Plan<Js>,
        pass: &Pass,
        guard: &Guard,
    ) -> Result<Attempt, Thrown> {
        let user_key = if pass.token.is_some() { None } else { self.user_key() };
        let keyed;
        let plan = match &user_key {
            Some(key) => {
                keyed = plan.clone().with_user_key(key.expose());
                &keyed
            }
            None => plan,
        };
        let identity = match (&pass.token, &user_key) {
            (Some(token), _) => Some(Identity::Bearer(token)),
            (None, Some(_)) => Some(Identity::UserKey),
            (None, None) => None,
        };
        let has_body = plan.body.is_some();
        let headers =
            authorize(plan.endpoint, self.settings.api_key.as_deref(), identity.as_ref(), has_body)?;
        let body = plan.body.as_ref().map(stringify).transpose()?;
        let url = self.settings.base_url.clone() + &plan.target();
        let method = plan.endpoint.method.as_str();
        let request = build(Outgoing { method, url: &url, headers: &headers, body }, guard)?;
        guard.deadline(self.settings.request_ms, || {
            Failure::new(Code::NetworkTimeout, "no complete answer in time").retryable()
        });
        let response = send(&request, self.settings.fetch.as_ref(), guard).await?;
        if response.status == 401 && pass.token.is_some() {
            return Ok(Attempt::Unauthorized(response));
        }
        if pass.token.is_some() && accepts(response.status) {
            self.drive(Input::Accepted(pass.serial));
        }
        if !response.ok() {
            return Err(response.failure(plan.endpoint.name, &self.known(), guard).await);
        }
        let answer = if plan.endpoint.streams {
            Answer::Stream(response)
        } else if tambo::answers(plan.endpoint.name) {
            Answer::Json(Some(json(&response, guard).await?))
        } else {
            discard(&response);
            Answer::Json(None)
        };
        guard.no_deadline();
        Ok(Attempt::Answered(answer))
    }

    /// A call that is answered with JSON, as the caller gets it.
    pub async fn call(self: &Rc<Self>, plan: Plan<Js>, guard: &Guard) -> Result<Js, Thrown> {
        let call = plan.endpoint.name;
        let answer = match self.request(&plan, guard).await {
            Ok(Answer::Json(json)) => json,
            Ok(Answer::Stream(_)) => None,
            Err(Thrown::Fault(fault)) => {
                return tambo::mend(call, (*fault).clone()).map_err(|_| Thrown::Fault(fault));
            }
            Err(thrown) => return Err(thrown),
        };
        if let Some(json) = &answer {
            self.learn(call, json);
        }
        tambo::read(&plan, answer).map_err(|malformed| {
            let message = String::from(call) + ": " + &malformed.to_string();
            Failure::new(Code::MalformedResponse, message).into()
        })
    }

    /// Thread objects say which run comes next.
    fn learn(&self, call: &str, json: &Js) {
        let mut previous = self.previous.borrow_mut();
        match call {
            "threads.get" | "threads.create" | "threads.update" => {
                previous.read(json);
            }
            _ => {}
        }
    }

    /// Secrets that must not be repeated from a server's words.
    fn known(&self) -> Vec<&str> {
        self.settings.api_key.as_deref().into_iter().collect()
    }
}

enum Attempt {
    Answered(Answer),
    Unauthorized(Response),
}

fn stringify(body: &Js) -> Result<JsValue, Failure> {
    JSON::stringify(&body.0).map(JsValue::from).map_err(|thrown| {
        Failure::new(Code::InvalidArgument, "the argument cannot be written as JSON")
            .cause(Cause::new(thrown))
    })
}

/// The JSON of an answer. What is cut off by the network may work later, what is no JSON will not.
async fn json(response: &Response, guard: &Guard) -> Result<Js, Thrown> {
    let read = get(&response.value, "json").dyn_into::<Function>();
    let promise = match read.map(|read| read.call0(&response.value)) {
        Ok(Ok(promise)) => promise,
        _ => return Err(Failure::new(Code::MalformedResponse, "the answer has no body").into()),
    };
    let answered = guard.run(&promise).await;
    answered.map(Js).map_err(|stopped| {
        stopped.or(|thrown| {
            if get(&thrown, "name").as_string().as_deref() == Some("SyntaxError") {
                let failure = Failure::new(Code::MalformedResponse, "the answer is not JSON");
                failure.status(response.status).cause(Cause::new(thrown))
            } else {
                network(thrown)
            }
        })
    })
}

/// Runs a call as a promise that rejects with what the public types promise.
pub fn promise<T: Into<JsValue>>(
    client: Rc<Client>,
    work: impl Future<Output = Result<T, Thrown>> + 'static,
) -> Promise {
    wasm_bindgen_futures::future_to_promise(async move {
        match work.await {
            Ok(value) => Ok(value.into()),
            Err(thrown) => Err(client.value_of(&thrown)),
        }
    })
}

/// Awaits a promise of ours, which cannot fail.
pub async fn settled(promise: &Promise) {
    let _ = JsFuture::from(promise.clone()).await;
}
