//! Bodies, in pieces.

use js_sys::{Function, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use super::guard::{Guard, Stopped};
use super::send::Response;
use super::value::get;

/// The largest exchange answer and error body that is read.
const LARGEST: usize = 64 * 1024;

/// The reader of a body.
pub struct Reader(JsValue);

impl Reader {
    /// Takes the body of an answer; `None` where there is none to read in pieces.
    pub fn of(response: &Response) -> Option<Self> {
        let body = get(&response.value, "body");
        let reader = get(&body, "getReader").dyn_into::<Function>().ok()?;
        reader.call0(&body).ok().map(Self)
    }

    /// The next piece; `None` at the end.
    pub async fn read(&self, guard: &Guard) -> Result<Option<Vec<u8>>, Stopped> {
        let read = get(&self.0, "read").unchecked_into::<Function>();
        let promise = read.call0(&self.0).map_err(Stopped::Rejected)?;
        let result = guard.run(&promise).await?;
        if get(&result, "done").is_truthy() {
            return Ok(None);
        }
        let value = get(&result, "value");
        Ok(Some(match value.as_string() {
            Some(text) => text.into_bytes(),
            None => Uint8Array::new(&value).to_vec(),
        }))
    }

    /// Stops reading; the connection is let go.
    pub fn cancel(&self) {
        if let Ok(cancel) = get(&self.0, "cancel").dyn_into::<Function>()
            && let Ok(promise) = cancel.call0(&self.0)
        {
            super::guard::quiet(&js_sys::Promise::resolve(&promise));
        }
    }
}

/// The whole body as text, or `None` if it is larger than anybody needs here.
pub async fn text(response: &Response, guard: &Guard) -> Result<Option<String>, Stopped> {
    let Some(reader) = Reader::of(response) else {
        let Ok(text) = get(&response.value, "text").dyn_into::<Function>() else {
            return Ok(Some(String::new()));
        };
        let promise = text.call0(&response.value).map_err(Stopped::Rejected)?;
        let text = guard.run(&promise).await?.as_string().unwrap_or_default();
        return Ok(Some(text).filter(|text| text.len() <= LARGEST));
    };
    let mut bytes = Vec::new();
    while let Some(piece) = reader.read(guard).await? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > LARGEST {
            reader.cancel();
            return Ok(None);
        }
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    Ok(Some(String::from_utf8_lossy(bytes).into_owned()))
}

/// Lets go of a body that nobody reads.
pub fn discard(response: &Response) {
    if let Some(reader) = Reader::of(response) {
        reader.cancel();
    }
}
