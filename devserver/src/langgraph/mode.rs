//! What a run can be asked to stream.

/// A stream mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Values,
    Updates,
    MessagesTuple,
    Messages,
    Custom,
    Events,
    Debug,
    Tasks,
    Checkpoints,
}

const WORDS: [(&str, Mode); 9] = [
    ("values", Mode::Values),
    ("updates", Mode::Updates),
    ("messages-tuple", Mode::MessagesTuple),
    ("messages", Mode::Messages),
    ("custom", Mode::Custom),
    ("events", Mode::Events),
    ("debug", Mode::Debug),
    ("tasks", Mode::Tasks),
    ("checkpoints", Mode::Checkpoints),
];

impl Mode {
    /// The mode of that name.
    pub(super) fn named(word: &str) -> Option<Self> {
        WORDS.iter().find(|(name, _)| *name == word).map(|(_, mode)| *mode)
    }

    /// What its events are called: the mode's own name but for one.
    pub(super) fn event(self) -> &'static str {
        match self {
            Self::MessagesTuple => "messages",
            other => WORDS.iter().find(|(_, mode)| *mode == other).map_or("", |(name, _)| name),
        }
    }

    /// Whether the model has to stream for it: otherwise its message is known by another id.
    pub(super) fn needs_chunks(self) -> bool {
        matches!(self, Self::MessagesTuple | Self::Messages | Self::Events)
    }
}

/// Whether an event is among those that a join asks for by modes. That a run begins or fails is of no mode.
pub(super) fn asked_for(event: &str, modes: &[String]) -> bool {
    let base = event.split('|').next().unwrap_or(event);
    modes.iter().any(|mode| {
        mode == base
            || (matches!(mode.as_str(), "messages" | "messages-tuple") && base.starts_with("messages"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(Mode::named("messages-tuple").map(Mode::event), Some("messages"));
        assert_eq!(Mode::named("checkpoints").map(Mode::event), Some("checkpoints"));
        assert_eq!(Mode::named("bogus"), None);
    }

    #[test]
    fn joins_filter() {
        let modes = ["values".to_owned(), "messages-tuple".to_owned()];
        for event in ["values", "values|child:1", "messages", "messages/partial"] {
            assert!(asked_for(event, &modes), "{event}");
        }
        for event in ["metadata", "error", "updates", "updates|child:1"] {
            assert!(!asked_for(event, &modes), "{event}");
        }
    }
}
