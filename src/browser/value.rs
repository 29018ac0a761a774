//! JavaScript values as the pure code's JSON, and the encodings that the platform brings along.

use js_sys::{Array, Date, Object, encode_uri_component};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::UrlSearchParams;

use crate::json::{Json, Platform};

#[wasm_bindgen]
extern "C" {
    // Bound here so that the text stays on the JavaScript side: the platform's own bindings give it as a Rust string.
    type TextDecoder;
    #[wasm_bindgen(constructor)]
    fn new() -> TextDecoder;
    #[wasm_bindgen(method)]
    fn decode(this: &TextDecoder, bytes: &[u8]) -> JsValue;
    // Names and texts go over the boundary as they are; a value of their own for each would weigh more at every use.
    #[wasm_bindgen(js_namespace = Reflect, js_name = get, catch)]
    fn member(object: &JsValue, name: &str) -> Result<JsValue, JsValue>;
    /// Sets a member of an object of ours, which cannot fail.
    #[wasm_bindgen(js_namespace = Reflect)]
    pub fn set(object: &JsValue, name: &str, value: &JsValue);
    /// The same for a text.
    #[wasm_bindgen(js_namespace = Reflect, js_name = set)]
    pub fn set_text(object: &JsValue, name: &str, value: &str);
    /// The same for a number.
    #[wasm_bindgen(js_namespace = Reflect, js_name = set)]
    pub fn set_number(object: &JsValue, name: &str, value: f64);
    /// The same for a boolean.
    #[wasm_bindgen(js_namespace = Reflect, js_name = set)]
    pub fn set_flag(object: &JsValue, name: &str, value: bool);

    #[wasm_bindgen(js_namespace = JSON, catch)]
    fn parse(text: &JsValue) -> Result<JsValue, JsValue>;
}

/// A JavaScript value. Reading it never throws: a getter that does counts as absent.
#[derive(Clone)]
pub struct Js(pub JsValue);

/// A member of any value, or `undefined`.
#[inline(never)]
pub fn get(value: &JsValue, name: &str) -> JsValue {
    if value.is_null() || value.is_undefined() {
        return JsValue::UNDEFINED;
    }
    member(value, name).unwrap_or(JsValue::UNDEFINED)
}

/// Bytes as text; what is not UTF-8 in them becomes U+FFFD.
#[inline(never)]
pub fn decode(text: &[u8]) -> JsValue {
    TextDecoder::new().decode(text)
}

/// `{}`.
pub fn object() -> JsValue {
    Object::new().into()
}

/// A string member, or an empty text.
pub fn text(value: &JsValue, name: &str) -> String {
    get(value, name).as_string().unwrap_or_default()
}

/// A number member, or zero.
pub fn number(value: &JsValue, name: &str) -> f64 {
    get(value, name).as_f64().unwrap_or_default()
}

impl Json for Js {
    fn member(&self, name: &str) -> Option<Self> {
        if !self.0.is_object() {
            return None;
        }
        Some(Self(get(&self.0, name))).filter(|value| !value.0.is_undefined())
    }
    fn length(&self) -> Option<u32> {
        self.0.dyn_ref::<Array>().map(Array::length)
    }
    fn item(&self, index: u32) -> Self {
        let array = self.0.dyn_ref::<Array>();
        Self(array.map_or(JsValue::NULL, |array| array.get(index)))
    }
    fn text(&self) -> Option<String> {
        self.0.as_string()
    }
    fn is_text(&self) -> bool {
        self.0.is_string()
    }
    fn number(&self) -> Option<f64> {
        self.0.as_f64()
    }
    fn boolean(&self) -> Option<bool> {
        self.0.as_bool()
    }
    fn is_null(&self) -> bool {
        self.0.is_null() || self.0.is_undefined()
    }
    fn is_object(&self) -> bool {
        self.0.is_object() && !Array::is_array(&self.0)
    }
}

impl Platform for Js {
    fn object() -> Self {
        Self(object())
    }
    fn string(text: &str) -> Self {
        Self(JsValue::from_str(text))
    }
    fn bool(value: bool) -> Self {
        Self(JsValue::from_bool(value))
    }
    fn number_of(value: f64) -> Self {
        Self(JsValue::from_f64(value))
    }
    fn null() -> Self {
        Self(JsValue::NULL)
    }
    fn nothing() -> Self {
        Self(JsValue::UNDEFINED)
    }
    fn array() -> Self {
        Self(Array::new().into())
    }
    fn shallow_copy(&self) -> Self {
        Self(Object::assign(&Object::new(), self.0.unchecked_ref()).into())
    }
    fn set(&self, name: &str, value: Self) {
        set(&self.0, name, &value.0);
    }
    fn push(&self, value: Self) {
        self.0.unchecked_ref::<Array>().push(&value.0);
    }
    fn parse(text: &[u8]) -> Option<Self> {
        parse(&decode(text)).ok().map(Self)
    }
    fn encode_segment(text: &str) -> String {
        // A lone surrogate, which cannot be encoded, cannot be in a Rust string.
        encode_uri_component(text).into()
    }
    fn form(pairs: &[(&str, &str)]) -> String {
        let Ok(form) = UrlSearchParams::new() else { return String::new() };
        for (name, value) in pairs {
            form.append(name, value);
        }
        form.to_string().into()
    }
    fn instant(&self) -> Option<Self> {
        if self.0.is_string() {
            return Some(self.clone());
        }
        let date = if self.is_null() { Date::new_0() } else { self.0.dyn_ref::<Date>()?.clone() };
        // Null for a date that is none.
        Some(Self(date.to_json().into())).filter(|text| text.0.is_string())
    }
    fn http_date_ms(text: &str) -> Option<f64> {
        Some(Date::parse(text)).filter(|ms| !ms.is_nan())
    }
}
