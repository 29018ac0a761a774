//! The token-free message between tabs of one origin.

use std::rc::Rc;

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::BroadcastChannel;

use super::value::{get, global, invoke};
use crate::session::{Input, TabMessage};

/// An open channel. Dropping it closes it.
pub struct Tabs {
    channel: BroadcastChannel,
    _on_message: Closure<dyn FnMut(JsValue)>,
}

impl Tabs {
    /// Opens the channel, where the platform has such a thing.
    pub fn open(name: &str, on: Rc<dyn Fn(Input)>) -> Option<Self> {
        if !global("BroadcastChannel").is_function() {
            return None;
        }
        let channel = BroadcastChannel::new(&["threadpass:", name].concat()).ok()?;
        let on_message = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            if let Some(message) = get(&event, "data").as_string().as_deref().and_then(TabMessage::parse) {
                on(Input::OtherTab(message));
            }
        });
        channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        // Node keeps a process alive for an open channel unless told otherwise.
        let _ = invoke(&channel, "unref", &JsValue::UNDEFINED);
        Some(Self { channel, _on_message: on_message })
    }

    /// Tells the others.
    pub fn say(&self, message: TabMessage) {
        let _ = self.channel.post_message(&JsValue::from_str(message.as_str()));
    }
}

impl Drop for Tabs {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}
