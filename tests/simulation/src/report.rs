//! Where the simulation speaks.

use threadpass::session::Ms;

/// What is asked for goes to stdout.
#[expect(clippy::print_stdout, reason = "this is what the command prints")]
pub fn line(text: &str) {
    println!("{text}");
}

/// Progress goes to stderr.
#[expect(clippy::print_stderr, reason = "this is how a long run shows that it goes on")]
pub fn progress(text: &str) {
    eprintln!("… {text}");
}

/// A true time as hours, minutes and seconds.
pub fn time(t: Ms) -> String {
    let (seconds, ms) = (t / 1_000, t % 1_000);
    format!("{}:{:02}:{:02}.{ms:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// A number with spaces between the thousands.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}
