//! Calls that wait for the machine.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;

use crate::session::{Fault, Pass, WaiterId};

/// What a waiter was given.
pub type Settled = Result<Pass, Fault>;

#[derive(Default)]
struct Slot {
    settled: Cell<Option<Settled>>,
    wake: RefCell<Option<Function>>,
}

/// One waiter's place.
#[derive(Clone)]
pub struct Place {
    /// Its number.
    pub id: WaiterId,
    slot: Rc<Slot>,
}

impl Place {
    /// What it was given, if it was.
    pub fn take(&self) -> Option<Settled> {
        self.slot.settled.take()
    }

    /// A promise that resolves when it is given something.
    pub fn promise(&self) -> Promise {
        Promise::new(&mut |resolve, _| *self.slot.wake.borrow_mut() = Some(resolve))
    }
}

/// All who wait.
#[derive(Default)]
pub struct Waiters {
    next: Cell<u32>,
    places: RefCell<Vec<Place>>,
}

impl Waiters {
    /// A new place.
    pub fn join(&self) -> Place {
        let id = WaiterId(self.next.get());
        self.next.set(id.0.wrapping_add(1));
        let place = Place { id, slot: Rc::default() };
        self.places.borrow_mut().push(place.clone());
        place
    }

    /// Gives a waiter what it gets.
    pub fn settle(&self, id: WaiterId, settled: Settled) {
        let Some(place) = self.leave(id) else { return };
        place.slot.settled.set(Some(settled));
        let wake = place.slot.wake.borrow_mut().take();
        if let Some(wake) = wake {
            let _ = wake.call0(&JsValue::UNDEFINED);
        }
    }

    /// A waiter goes.
    pub fn leave(&self, id: WaiterId) -> Option<Place> {
        let mut places = self.places.borrow_mut();
        let index = places.iter().position(|place| place.id == id)?;
        Some(places.swap_remove(index))
    }
}
