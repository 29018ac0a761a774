//! One of the checks, by the name in `CHECK`: one program for all of them is built once.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use threadpass_properties::{CHECKS, Check};

static CHECK: LazyLock<Check> = LazyLock::new(|| {
    let name = std::env::var("CHECK").unwrap_or_default();
    let found = CHECKS.iter().find(|(known, _)| *known == name);
    found.unwrap_or_else(|| panic!("CHECK should name one of the checks, {name:?} is none")).1
});

fuzz_target!(|bytes: &[u8]| (*CHECK)(bytes));
