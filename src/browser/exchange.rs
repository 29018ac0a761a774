//! Sending the exchange.

use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::body;
use super::client::Client;
use super::guard::{Guard, Thrown};
use super::send::{Outgoing, build, network, send};
use super::value::Js;
use crate::backend::tambo::{exchange_body, exchange_path};
use crate::backend::{ExchangeAnswer, read_exchange};
use crate::error::{Code, Failure};
use crate::secret::Secret;
use crate::session::{Exchanged, Input, OpId};

/// Exchanges, and tells the machine. The machine's own deadline covers head and body (decision D10).
pub async fn exchange(client: Rc<Client>, op: OpId, subject: Secret, guard: Rc<Guard>) {
    let exchanged = match attempt(&client, &subject, &guard).await {
        Ok(exchanged) => exchanged,
        Err(_) if guard.ended().is_some() => return,
        Err(Thrown::Fault(fault)) => Exchanged::Failed((*fault).clone()),
        Err(Thrown::Value(_)) => return,
    };
    client.drop_op(op);
    client.drive(Input::Exchanged(op, exchanged));
}

async fn attempt(client: &Client, subject: &Secret, guard: &Guard) -> Result<Exchanged, Thrown> {
    let settings = &client.settings;
    let mut headers = vec![
        ("accept", String::from("application/json")),
        ("content-type", String::from("application/x-www-form-urlencoded")),
    ];
    if let Some(key) = &settings.api_key {
        headers.push(("x-api-key", key.clone()));
    }
    let url = settings.base_url.clone() + exchange_path();
    let body = JsValue::from(exchange_body(subject, settings.subject_type));
    let request = build(Outgoing { method: "POST", url: &url, headers: &headers, body: Some(body) }, guard)?;
    let response = send(&request, settings.fetch.as_ref(), guard).await?;
    let known = [subject.expose(), settings.api_key.as_deref().unwrap_or_default()];
    let answer = if response.ok() {
        let text = body::text(&response, guard).await.map_err(|stopped| stopped.or(network))?;
        let Some(text) = text else {
            let message = "the token exchange answered more than 64 KiB, which is no token";
            return Ok(Exchanged::Failed(Failure::new(Code::ExchangeMalformed, message).retryable()));
        };
        ExchangeAnswer::Success(Js::parse(&text))
    } else {
        ExchangeAnswer::Refused(response.refusal(guard).await?)
    };
    Ok(read_exchange(answer, &known, Js::parse))
}
