//! The words in a message that choose what the scripted model does.

/// What a message asks the scripted model to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Behaviour {
    Hello,
    Unicode,
    /// A long answer over this many seconds.
    Slow(u32),
    /// The provider answers with this HTTP status.
    Error(u16),
    MidFail,
    Cut,
    Weather,
    MixedWeather,
    /// Calls of the tools that the message names.
    Call,
    /// A component, the one that the message names.
    Component,
    Think,
    /// An answer about the message itself.
    Plain,
}

const LONGEST_SLOW: u32 = 3600;

/// Reads the words, the more drastic first: a message that says `hello` and `err500` means the error.
pub(super) fn read(text: &str) -> Behaviour {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let has = |word: &str| words.contains(&word);
    if let Some(status) = words.iter().find_map(|word| error_status(word)) {
        return Behaviour::Error(status);
    }
    if has("midfail") {
        return Behaviour::MidFail;
    }
    if has("cut") {
        return Behaviour::Cut;
    }
    if let Some(place) = words.iter().position(|word| *word == "slow") {
        let seconds = words.get(place + 1).and_then(|word| word.parse().ok()).unwrap_or(10);
        return Behaviour::Slow(seconds.clamp(1, LONGEST_SLOW));
    }
    if has("unicode") {
        return Behaviour::Unicode;
    }
    if has("component") {
        return Behaviour::Component;
    }
    if has("call") {
        return Behaviour::Call;
    }
    if has("think") {
        return Behaviour::Think;
    }
    if has("weather") {
        return if has("mixed") { Behaviour::MixedWeather } else { Behaviour::Weather };
    }
    if has("hello") { Behaviour::Hello } else { Behaviour::Plain }
}

/// `err` and a three-digit status of the 400s or 500s.
fn error_status(word: &str) -> Option<u16> {
    let status = word.strip_prefix("err")?.parse().ok()?;
    (400..600).contains(&status).then_some(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_choose() {
        let cases = [
            ("hello there", Behaviour::Hello),
            ("HELLO!", Behaviour::Hello),
            ("unicode please", Behaviour::Unicode),
            ("slow", Behaviour::Slow(10)),
            ("slow 30", Behaviour::Slow(30)),
            ("slow 0, please", Behaviour::Slow(1)),
            ("err401", Behaviour::Error(401)),
            ("hello err500", Behaviour::Error(500)),
            ("err200", Behaviour::Plain),
            ("error", Behaviour::Plain),
            ("midfail", Behaviour::MidFail),
            ("cut", Behaviour::Cut),
            ("a shortcut", Behaviour::Plain),
            ("weather please", Behaviour::Weather),
            ("mixed weather please", Behaviour::MixedWeather),
            ("call get_weather", Behaviour::Call),
            ("please call me", Behaviour::Call),
            ("a component", Behaviour::Component),
            ("think", Behaviour::Think),
            ("I am thinking", Behaviour::Plain),
            ("again", Behaviour::Plain),
            ("", Behaviour::Plain),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text:?}");
        }
    }
}
