//! The WebAssembly as text for the default entry. `unpack.ts` is the inverse.
//!
//! Frequent bytes become one printable character each, the others two. Unlike base64 of gzip this keeps the regularities
//! of the code, which the web server's own compression then finds: a tenth less on the wire, and nothing to gunzip. What is
//! a printable character stays one, so that brotli finds the words of its dictionary.

use std::fmt::Write;

/// Characters that introduce the rare bytes.
const ESCAPES: [char; 2] = ['[', ']'];
/// Characters that some bundler would have to write otherwise.
const UNSAFE: &str = "\"'\\$`<";

/// The module that exports `text` and `order`.
pub fn pack(wasm: &[u8]) -> String {
    let ones: Vec<char> = (' '..='~').filter(|c| !UNSAFE.contains(*c) && !ESCAPES.contains(c)).collect();
    let frequent = frequent(wasm, ones.len());
    let is_own = |byte: &u8| ones.contains(&char::from(*byte));
    let others: Vec<u8> = frequent.iter().copied().filter(|byte| !is_own(byte)).collect();
    let left: Vec<char> =
        ones.iter().copied().filter(|c| u8::try_from(*c).is_ok_and(|c| !frequent.contains(&c))).collect();
    let rare: Vec<u8> = (0..=u8::MAX).filter(|byte| !frequent.contains(byte)).collect();
    let mut text = String::new();
    for byte in wasm {
        if let Some(c) = position(&others, *byte).and_then(|index| left.get(index)) {
            text.push(*c);
        } else if let Some(index) = position(&rare, *byte) {
            text.extend(ESCAPES.get(index / ones.len()));
            text.extend(ones.get(index % ones.len()));
        } else {
            text.push(char::from(*byte));
        }
    }
    format!("export const text = \"{text}\";\nexport const order = \"{}\";\n", order(&frequent))
}

/// Which bytes are frequent: a hexadecimal digit for each value of the low six bits, in it a bit for each of the high two.
fn order(frequent: &[u8]) -> String {
    let mut order = String::new();
    for low in 0..64 {
        let bit = |high: u8| u8::from(frequent.contains(&(high << 6 | low))) << high;
        let _ = write!(order, "{:x}", bit(0) | bit(1) | bit(2) | bit(3));
    }
    order
}

/// The most frequent bytes, ordered so that bytes which mean similar things in the code stand side by side.
fn frequent(wasm: &[u8], count: usize) -> Vec<u8> {
    let mut counts: Vec<(usize, u8)> =
        (0..=u8::MAX).map(|byte| (wasm.iter().filter(|other| **other == byte).count(), byte)).collect();
    counts.sort_by_key(|(count, byte)| (std::cmp::Reverse(*count), *byte));
    let mut frequent: Vec<u8> = counts.into_iter().take(count).map(|(_, byte)| byte).collect();
    frequent.sort_by_key(|byte| (byte & 63, byte >> 6));
    frequent
}

fn position(bytes: &[u8], byte: u8) -> Option<usize> {
    bytes.iter().position(|other| *other == byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_words() {
        let text = "the answer is not JSON";
        assert!(pack(text.as_bytes()).contains(&format!("\"{text}\"")));
    }

    #[test]
    fn every_byte_has_its_own_text() {
        let all: Vec<u8> = (0..=u8::MAX).chain([0, 0, 65]).collect();
        let packed = pack(&all);
        let text = packed.split('"').nth(1).unwrap();
        // 87 bytes of one character, the others of two.
        assert_eq!(text.len(), 87 + 169 * 2 + 3);
        assert!(!text.contains(['\'', '\\', '$', '`', '<']));
    }
}
