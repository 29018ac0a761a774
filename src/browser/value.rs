//! JavaScript values as the pure code's JSON, and the encodings that the platform brings along.

use js_sys::{Array, Date, Function, JSON, Object, Reflect, encode_uri_component};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::UrlSearchParams;

use crate::json::{Json, Platform};

/// A JavaScript value. Reading it never throws: a getter that does counts as absent.
#[derive(Clone)]
pub struct Js(pub JsValue);

/// A member of any value, or `undefined`.
#[inline(never)]
pub fn get(value: &JsValue, name: &str) -> JsValue {
    if value.is_null() || value.is_undefined() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(value, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// Sets a member of an object of ours, which cannot fail.
#[inline(never)]
pub fn set(object: &JsValue, name: &str, value: JsValue) {
    let _ = Reflect::set(object, &JsValue::from_str(name), &value);
}

/// `{}`.
pub fn object() -> JsValue {
    Object::new().into()
}

/// Calls a method, or answers what it threw; a method that is not there counts as one that throws `undefined`.
#[inline(never)]
pub fn invoke(this: &JsValue, method: &str, argument: &JsValue) -> Result<JsValue, JsValue> {
    match get(this, method).dyn_ref::<Function>() {
        Some(method) => method.call1(this, argument),
        None => Err(JsValue::UNDEFINED),
    }
}

/// Whether a value has a method of this name.
pub fn has(value: &JsValue, method: &str) -> bool {
    get(value, method).is_function()
}

/// A global, by name: pages, workers and servers have different ones.
pub fn global(name: &str) -> JsValue {
    get(&js_sys::global(), name)
}

impl Json for Js {
    fn member(&self, name: &str) -> Option<Self> {
        if !self.0.is_object() {
            return None;
        }
        Some(Self(get(&self.0, name))).filter(|value| !value.0.is_undefined())
    }
    fn elements(&self) -> Option<Vec<Self>> {
        let array = self.0.dyn_ref::<Array>()?;
        Some((0..array.length()).map(|index| Self(array.get(index))).collect())
    }
    fn text(&self) -> Option<String> {
        self.0.as_string()
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
    fn null() -> Self {
        Self(JsValue::NULL)
    }
    fn array(items: Vec<Self>) -> Self {
        let array = Array::new();
        for item in items {
            array.push(&item.0);
        }
        Self(array.into())
    }
    fn shallow_copy(&self) -> Self {
        Self(Object::assign(&Object::new(), self.0.unchecked_ref()).into())
    }
    fn set(&self, name: &str, value: Self) {
        set(&self.0, name, value.0);
    }
    fn parse(text: &str) -> Option<Self> {
        JSON::parse(text).ok().map(Self)
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
    fn http_date_ms(text: &str) -> Option<f64> {
        Some(Date::parse(text)).filter(|ms| !ms.is_nan())
    }
}
