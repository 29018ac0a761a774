//! What the simulation has found, each as short as it could be made.

use super::rig::{Rig, callback, rejected, someone, string};
use crate::error::{Code, Failure};
use crate::session::{Answer, Exchanged, Input, Need, TabMessage, Use, Wake};

#[test]
fn a_provider_that_names_another_user_each_time_is_not_asked_without_end() {
    let mut rig = Rig::alice(1);
    let before = rig.asked;
    for n in 0..600 {
        rig.advance(100);
        while !rig.asks.is_empty() {
            rig.answer(&format!("token-{n}"), someone(&format!("user-{n}")));
            rig.grant(&format!("session-{n}"), 1);
        }
    }
    assert!(rig.asked - before <= 13, "{} in a minute", rig.asked - before);
}
