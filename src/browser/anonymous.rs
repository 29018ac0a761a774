//! An identity nobody signed in for: a random `userKey`, kept until sign-out where the app wants it kept.

use std::cell::RefCell;

use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use web_sys::Storage;

use super::value::{global, has, invoke};
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
        Self { storage, name: ["threadpass:anonymous:", name].concat(), key: RefCell::new(None) }
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
        let storage = global(self.storage?);
        has(&storage, "getItem").then(|| storage.unchecked_into())
    }

    fn stored(&self) -> Option<Secret> {
        let key = self.open()?.get_item(&self.name).ok().flatten()?;
        // Anybody can write to a page's storage; what is not one of our keys is replaced.
        (key.starts_with(PREFIX) && key.len() == PREFIX.len() + 32).then(|| Secret::new(key))
    }

    /// 128 random bits, or nothing where the platform has no source of randomness.
    fn make(&self) -> Option<Secret> {
        let bytes = Uint8Array::new_with_length(16);
        invoke(&global("crypto"), "getRandomValues", &bytes).ok()?;
        let mut key = PREFIX.as_bytes().to_vec();
        for byte in bytes.to_vec() {
            for half in [byte >> 4, byte & 15] {
                key.push(if half < 10 { b'0' + half } else { b'a' - 10 + half });
            }
        }
        let key = String::from_utf8(key).ok()?;
        if let Some(storage) = self.open() {
            let _ = storage.set_item(&self.name, &key);
        }
        Some(Secret::new(key))
    }
}

const PREFIX: &str = "anon_";
