//! The script of LangGraph's contract: a graph that says back what it is told, and does something else at some words.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Answering, Piece};
use crate::config::ModelSettings;

/// The tool that the graph itself has.
pub(crate) const TOOL: &str = "get_weather";
/// What that tool says, whatever it is asked.
pub(crate) const TOOL_SAYS: &str = "18 degrees and some clouds";

const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: u64 = 600_000;
const MOST_WORDS: u32 = 10_000;
/// How much longer than usual a slow answer takes for each piece.
const SLOW: u32 = 10;

/// What the graph does about a message.
#[derive(Debug)]
pub(crate) enum Reaction {
    Answer(Answering),
    /// It stops and asks.
    Ask(Value),
    /// Its code raises an error of this class.
    Raise {
        class: &'static str,
        message: &'static str,
    },
}

/// Reacts to what a user said.
pub(crate) fn react(text: &str, settings: &ModelSettings) -> Reaction {
    let text = text.trim();
    let pace = settings.word_delay;
    if let Some((count, pause)) = slow(text) {
        let words: Vec<_> = (1..=count).map(|number| format!("word-{number}")).collect();
        return Reaction::Answer(say(&words.join(" "), pause / 2));
    }
    let raise = |message| Reaction::Raise { class: "ValueError", message };
    match text {
        "fail" => return raise("the graph failed on purpose"),
        "boom" => return raise("boom requested"),
        _ => {}
    }
    let begins = |word: &str| text.split_whitespace().next() == Some(word);
    if text.starts_with("interrupt") {
        return Reaction::Ask(json!({ "question": "May I go on?" }));
    }
    if begins("ask") {
        return Reaction::Ask(json!({ "question": "really?" }));
    }
    if begins("call") {
        let start = Piece::ToolStart { name: TOOL.to_owned() };
        let arguments = [r#"{"loca"#, r#"tion":"Paris"}"#].map(|part| Piece::ToolArgs(part.to_owned()));
        let pieces = [start].into_iter().chain(arguments).chain([Piece::ToolEnd]);
        return Reaction::Answer(paced(pieces, pace));
    }
    if begins("think") {
        let thoughts = chunks("I am told to think, so I think.").map(Piece::Reasoning);
        return Reaction::Answer(paced(
            thoughts.chain(chunks("I have thought about it.").map(Piece::Text)),
            pace,
        ));
    }
    let pace = if begins("slow") { pace * SLOW } else { pace };
    Reaction::Answer(say(&format!("You said: {text}"), pace))
}

/// Goes on after it asked.
pub(crate) fn go_on(text: &str, answer: &Value, settings: &ModelSettings) -> Answering {
    let answer = answer.as_str().map_or_else(|| answer.to_string(), str::to_owned);
    let said = if text.trim().starts_with("ask") { format!("answer={answer}") } else { answer };
    say(&format!("You said: {said}"), settings.word_delay)
}

/// Tells what its tool said.
pub(crate) fn about_tool(result: &str, settings: &ModelSettings) -> Answering {
    say(&format!("The tool said: {result}"), settings.word_delay)
}

/// How many words, and how long between two of them.
fn slow(text: &str) -> Option<(u32, Duration)> {
    let mut words = text.split(' ');
    if words.next() != Some("slow") {
        return None;
    }
    let count = words.next()?.parse::<u32>().ok()?.min(MOST_WORDS);
    let pause = match words.next() {
        None => PAUSE,
        Some(ms) => Duration::from_millis(ms.parse::<u64>().ok()?.min(LONGEST_PAUSE)),
    };
    words.next().is_none().then_some((count, pause))
}

fn say(text: &str, pace: Duration) -> Answering {
    paced(chunks(text).map(Piece::Text), pace)
}

fn paced(pieces: impl IntoIterator<Item = Piece>, pace: Duration) -> Answering {
    Answering::Script(super::scripted::beats(pieces, pace).into_iter())
}

/// Words and the blanks between them, each a piece of its own, as LangChain's fake model has it.
fn chunks(text: &str) -> impl Iterator<Item = String> {
    let mut pieces: Vec<String> = Vec::new();
    for character in text.chars() {
        match pieces.last_mut() {
            Some(last) if !character.is_whitespace() && !last.ends_with(char::is_whitespace) => {
                last.push(character);
            }
            _ => pieces.push(character.to_string()),
        }
    }
    pieces.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Beat;

    fn answer(text: &str) -> Vec<Beat> {
        match react(text, &ModelSettings::default()) {
            Reaction::Answer(Answering::Script(beats)) => beats.collect(),
            other => panic!("{other:?}"),
        }
    }

    fn texts(beats: &[Beat]) -> Vec<&str> {
        let text = |beat: &'_ Beat| match &beat.piece {
            Piece::Text(_) => true,
            other => panic!("{other:?}"),
        };
        assert!(beats.iter().all(text));
        beats
            .iter()
            .map(|beat| if let Piece::Text(text) = &beat.piece { text.as_str() } else { "" })
            .collect()
    }

    #[test]
    fn an_echo_comes_in_words_and_blanks() {
        assert_eq!(texts(&answer(" hi  there ")), ["You", " ", "said:", " ", "hi", " ", " ", "there"]);
    }

    #[test]
    fn slow_answers_have_as_many_words_as_asked() {
        let beats = answer("slow 3");
        assert_eq!(texts(&beats).concat(), "word-1 word-2 word-3");
        assert_eq!(beats[1].after, Duration::from_millis(50));
        assert_eq!(answer("slow 2 30")[1].after, Duration::from_millis(15));
        assert_eq!(texts(&answer("slow one two")).concat(), "You said: slow one two");
        assert_eq!(answer("slow one two")[1].after, ModelSettings::default().word_delay * SLOW);
    }

    #[test]
    fn what_it_asks_and_what_it_makes_of_the_answer() {
        let settings = ModelSettings::default();
        for (text, question, expected) in [
            ("interrupt please", "May I go on?", "You said: yes"),
            ("ask me", "really?", "You said: answer=yes"),
        ] {
            let Reaction::Ask(asked) = react(text, &settings) else { panic!("{text}") };
            assert_eq!(asked["question"], question);
            let Answering::Script(beats) = go_on(text, &json!("yes"), &settings) else { panic!("{text}") };
            assert_eq!(texts(&beats.collect::<Vec<_>>()).concat(), expected);
        }
    }
}
