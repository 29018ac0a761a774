//! JavaScript values as the pure code's JSON.

use js_sys::{Array, JSON, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::json::{Json, JsonBuild};

/// A JavaScript value. Reading it never throws: a getter that does counts as absent.
#[derive(Clone)]
pub struct Js(pub JsValue);

impl Js {
    /// Parses a text.
    pub fn parse(text: &str) -> Option<Self> {
        JSON::parse(text).ok().map(Self)
    }
}

/// A member of any value, or `undefined`.
pub fn get(value: &JsValue, name: &str) -> JsValue {
    if value.is_null() || value.is_undefined() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(value, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// Sets a member of an object of ours, which cannot fail.
pub fn set(object: &JsValue, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &JsValue::from_str(name), value);
}

impl Json for Js {
    fn member(&self, name: &str) -> Option<Self> {
        if !self.0.is_object() {
            return None;
        }
        Some(Self(get(&self.0, name))).filter(|value| !value.0.is_undefined())
    }
    fn elements(&self) -> Option<Vec<Self>> {
        self.0.dyn_ref::<Array>().map(|array| array.iter().map(Self).collect())
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

impl JsonBuild for Js {
    fn object() -> Self {
        Self(Object::new().into())
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
        Self(items.into_iter().map(|item| item.0).collect::<Array>().into())
    }
    fn shallow_copy(&self) -> Self {
        let copy = Object::new();
        Self(Object::assign(&copy, self.0.unchecked_ref()).into())
    }
    fn set(&self, name: &str, value: Self) {
        set(&self.0, name, &value.0);
    }
}
