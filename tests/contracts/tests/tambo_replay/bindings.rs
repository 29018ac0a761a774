//! Which live id, time or cursor stands for which recorded one.

use std::collections::HashMap;
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use regex_lite::Regex;
use serde_json::Value;

/// What differs from one recording to the next: ids of all kinds, error instances, where the server is, times.
static VARYING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        (?<id> \b(?:thr|msg|run|p)_[A-Za-z0-9]+\.[0-9a-f]{6}\b )
        | (?<call> \bcall_w[0-9]{13}\b )
        | (?<temporary> \bmessage-[A-Za-z0-9_-]{21} )
        | (?<instance> \b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b )
        | (?<interrupt> \b[0-9a-f]{32}\b )
        | (?<event> \b\d{13}-\d+\b )
        | (?<server> \bhttp://127\.0\.0\.1:\d+\b )
        | (?<time> \b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.(?:\d{3}Z|\d{6}\+00:00) )
        ",
    )
    .unwrap()
});

/// Recorded to live.
#[derive(Debug, Clone, Default)]
pub struct Bindings {
    ids: HashMap<String, String>,
    times: HashMap<String, String>,
    cursors: HashMap<String, String>,
}

impl Bindings {
    /// A recorded text with the live values known so far.
    pub fn to_live(&self, text: &str) -> String {
        let text =
            self.cursors.iter().fold(text.to_owned(), |text, (recorded, live)| text.replace(recorded, live));
        VARYING
            .replace_all(&text, |found: &regex_lite::Captures<'_>| {
                let found = &found[0];
                self.ids.get(found).or_else(|| self.times.get(found)).map_or(found, String::as_str).to_owned()
            })
            .into_owned()
    }

    /// Binds what is new, and says how the two texts differ otherwise.
    pub fn agree(&mut self, recorded: &str, live: &str) -> Result<(), String> {
        let differ = || Err(format!("recorded {recorded:?}\n    live     {live:?}"));
        if VARYING.replace_all(recorded, "*") != VARYING.replace_all(live, "*") {
            return differ();
        }
        for (ours, theirs) in VARYING.captures_iter(recorded).zip(VARYING.captures_iter(live)) {
            let kind = |found: &regex_lite::Captures<'_>| {
                ["id", "call", "temporary", "instance", "interrupt", "event", "server", "time"]
                    .into_iter()
                    .find(|kind| found.name(kind).is_some())
            };
            let prefix = |text: &str| text.split('_').next().map(str::to_owned);
            if kind(&ours) != kind(&theirs)
                || (kind(&ours) == Some("id") && prefix(&ours[0]) != prefix(&theirs[0]))
            {
                return differ();
            }
            let (ours, theirs) = (ours[0].to_owned(), theirs[0].to_owned());
            // Two recorded times may be equal by chance, two ids may not.
            if kind_is_time(&ours) {
                if *self.times.entry(ours).or_insert_with(|| theirs.clone()) != theirs {
                    return differ();
                }
            } else {
                let taken = self.ids.iter().any(|(other, live)| *other != ours && *live == theirs);
                if taken || *self.ids.entry(ours).or_insert_with(|| theirs.clone()) != theirs {
                    return differ();
                }
            }
        }
        Ok(())
    }

    /// Binds two cursors, whose content has to agree.
    pub fn agree_cursors(&mut self, recorded: &str, live: &str) -> Result<(), String> {
        let read = |cursor: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| format!("{cursor:?} is no cursor"))?;
            serde_json::from_slice::<Value>(&bytes).map_err(|_| format!("{cursor:?} is no cursor"))
        };
        self.agree(&read(recorded)?.to_string(), &read(live)?.to_string())?;
        self.cursors.insert(recorded.to_owned(), live.to_owned());
        Ok(())
    }
}

fn kind_is_time(text: &str) -> bool {
    text.contains(':') && text.contains('T')
}
