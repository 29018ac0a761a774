//! An identity nobody signed in for: a random `userKey`, kept until sign-out where the app wants it kept.

use std::cell::RefCell;

use js_sys::{Function, Uint8Array, global};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Storage;

use super::value::get;
use crate::secret::Secret;

/// The key of one client. A storage that is missing, full or forbidden is normal: the key then lives as long as the page.
pub struct Anonymous {
    storage: Option<&'static str>,
    name: String,
    key: RefCell<Option<Secret>>,
}

impl Anonymous {
    /// `persist` is one of `local`, `session` and `memory`; `name` tells projects apart.
    pub fn new(persist: &str, name: &str) -> Self {
        let storage = match persist {
            "local" => Some("localStorage"),
            "memory" => None,
            _ => Some("sessionStorage"),
        };
        Self { storage, name: String::from("threadpass:anonymous:") + name, key: RefCell::new(None) }
    }

    /// Whether other tabs have the same identity.
    pub fn shared(&self) -> bool {
        self.storage == Some("localStorage")
    }

    /// The key: remembered, stored, or made now.
    pub fn key(&self) -> Option<Secret> {
        let known = self.key.borrow().clone();
        let key = known.or_else(|| self.stored()).or_else(|| self.make())?;
        *self.key.borrow_mut() = Some(key.clone());
        Some(key)
    }

    /// Forgets it everywhere.
    pub fn forget(&self) {
        *self.key.borrow_mut() = None;
        if let Some(storage) = self.open() {
            let _ = storage.remove_item(&self.name);
        }
    }

    fn open(&self) -> Option<Storage> {
        let storage = get(&global(), self.storage?);
        get(&storage, "getItem").is_function().then(|| storage.unchecked_into())
    }

    fn stored(&self) -> Option<Secret> {
        let key = self.open()?.get_item(&self.name).ok().flatten()?;
        // Anybody can write to a page's storage; what is not one of our keys is replaced.
        (key.starts_with("anon_") && key.len() == 37).then(|| Secret::new(key))
    }

    /// 128 random bits, or nothing where the platform has no source of randomness.
    fn make(&self) -> Option<Secret> {
        let crypto = get(&global(), "crypto");
        let fill = get(&crypto, "getRandomValues").dyn_into::<Function>().ok()?;
        let bytes = Uint8Array::new_with_length(16);
        fill.call1(&crypto, &bytes).ok()?;
        let mut key = String::from("anon_");
        for byte in bytes.to_vec() {
            for half in [byte >> 4, byte & 15] {
                key.push(char::from_digit(half.into(), 16).unwrap_or('0'));
            }
        }
        if let Some(storage) = self.open() {
            let _ = storage.set_item(&self.name, &key);
        }
        Some(Secret::new(key))
    }
}

/// Not for secrets: a seed for jitter.
pub fn seed() -> u64 {
    let draw = || (js_sys::Math::random() * f64::from(u32::MAX)) as u64;
    draw() << 32 | draw()
}

/// Whether this is a page: there is a document, so everybody can read what the code holds.
pub fn in_page() -> bool {
    get(&global(), "document").is_object()
}

/// Whether the browser says that it is offline.
pub fn is_offline() -> bool {
    get(&get(&global(), "navigator"), "onLine") == JsValue::FALSE
}
