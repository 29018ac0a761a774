//! The scripted model: deterministic, instant to start, and able to misbehave on request.

use std::time::Duration;

use super::words::{self, Behaviour};
use super::{Beat, Failure, Offer, Piece, Prompt, sample};
use crate::config::ModelSettings;

const WEATHER_TOOL: &str = "get_weather";
/// Arguments and props come in fragments that respect nothing, as a real model's do.
const FRAGMENT: usize = 12;
/// What a component says of itself while it is made, as the service's do: clients have to keep it from its props.
const COMPONENT_STATUS: [(&str, &str); 2] =
    [("_tambo_statusMessage", "Putting it together"), ("_tambo_completionStatusMessage", "Put together")];
const THOUGHTS: &str = "The user wants to see me think. So I think, and then I answer.";
const SLOW_SENTENCE: &str = "This answer takes its time, one word after the other, so that there is something to \
    watch, to cancel, to reload in the middle of, or to lose the network on. ";
/// How much of a message an answer repeats.
const LONGEST_QUOTE: usize = 200;

/// The whole answer to a prompt, with the time each piece takes.
pub(crate) fn script(prompt: &Prompt, settings: &ModelSettings) -> Vec<Beat> {
    let pace = settings.word_delay;
    if !prompt.tool_results.is_empty() {
        return text_beats(&about_tools(prompt), pace);
    }
    let has_weather_tool = prompt.tools.iter().any(|tool| tool.name == WEATHER_TOOL);
    match words::read(&prompt.text) {
        Behaviour::Hello => text_beats("Hello from the fake model.", pace),
        Behaviour::Unicode => beats(
            ["Héllo ", "你好 ", "🚀 ", "line1\n", "line2 \u{2028} ", "end"]
                .map(|text| Piece::Text(text.into())),
            pace,
        ),
        Behaviour::Slow(seconds) => slow(seconds),
        Behaviour::Error(status) => error(status, settings.retry_delay),
        Behaviour::MidFail => vec![
            Beat { after: Duration::ZERO, piece: Piece::Text("Partial ".into()) },
            Beat { after: pace, piece: Piece::Fail(Failure::Broken) },
        ],
        Behaviour::Cut => beats(
            ["This ", "answer ", "is ", "cut "]
                .map(|text| Piece::Text(text.into()))
                .into_iter()
                .chain([Piece::Cut]),
            pace,
        ),
        Behaviour::Weather if has_weather_tool => {
            beats(tool_call(WEATHER_TOOL, r#"{"location":"San Francisco","unit":"celsius"}"#), pace)
        }
        Behaviour::MixedWeather if has_weather_tool => {
            let text = Piece::Text("Let me check. ".into());
            beats([text].into_iter().chain(tool_call(WEATHER_TOOL, r#"{"location":"Paris"}"#)), pace)
        }
        Behaviour::Weather | Behaviour::MixedWeather => text_beats(
            &format!("For the weather I would call a tool named {WEATHER_TOOL}, but this app offers none."),
            pace,
        ),
        Behaviour::Call if prompt.tools.is_empty() => {
            text_beats("I would call a tool, but this app offers none.", pace)
        }
        Behaviour::Call => {
            let called = named(&prompt.text, &prompt.tools);
            beats(
                called
                    .iter()
                    .flat_map(|tool| tool_call(&tool.name, &sample::value(&tool.schema).to_string())),
                pace,
            )
        }
        Behaviour::Component => match named(&prompt.text, &prompt.components).first() {
            Some(component) => beats(show(component), pace),
            None => text_beats("I would show a component, but this app offers none.", pace),
        },
        Behaviour::Think => beats(
            words_of(THOUGHTS)
                .map(Piece::Reasoning)
                .chain(words_of("I have thought about it.").map(Piece::Text)),
            pace,
        ),
        Behaviour::Plain => text_beats(&plain(&prompt.text), pace),
    }
}

/// Asks back about the longest words of a text, in their order.
pub(super) fn suggest(text: &str, count: usize) -> Vec<(String, String)> {
    let mut words: Vec<&str> = Vec::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 3) {
        if !words.iter().any(|other| other.eq_ignore_ascii_case(word)) {
            words.push(word);
        }
    }
    let mut longest = words.clone();
    longest.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    longest.truncate(count);
    words.retain(|word| longest.contains(word));
    words
        .into_iter()
        .map(|word| (format!("About “{word}”"), format!("Tell me more about “{word}”.")))
        .collect()
}

/// The first words of a text, as many as a list of threads has room for.
pub(super) fn name(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut name = String::new();
    for word in text.split_whitespace() {
        if !name.is_empty() && name.chars().count() + 1 + word.chars().count() > LONGEST {
            name.push('…');
            break;
        }
        name.push_str(if name.is_empty() { "" } else { " " });
        name.extend(word.chars().take(LONGEST));
    }
    if name.is_empty() { "Without words".to_owned() } else { name }
}

fn plain(text: &str) -> String {
    let text = text.trim();
    let mut quote: String = text.chars().take(LONGEST_QUOTE).collect();
    if quote.len() < text.len() {
        quote.push('…');
    }
    let opening =
        if quote.is_empty() { "You sent no text. ".to_owned() } else { format!("You said: “{quote}”. ") };
    opening
        + "I am the scripted model of the local backend: there is no AI behind me, only an answer that arrives word by \
           word like a real one. Some words make me do something else: hello, unicode, slow (or slow 30), think, call \
           and component (with tools and components of the app), weather (with a get_weather tool), err401, err429, \
           err500, midfail and cut."
}

fn about_tools(prompt: &Prompt) -> String {
    let sentences: Vec<_> = prompt
        .tool_results
        .iter()
        .map(|result| {
            format!("The tool {}: {}", if result.is_error { "failed" } else { "said" }, result.text)
        })
        .collect();
    sentences.join("\n")
}

/// Those of the offers that the text names, in its order; the first one where it names none.
fn named<'a>(text: &str, offers: &'a [Offer]) -> Vec<&'a Offer> {
    let lower = text.to_lowercase();
    let mut found: Vec<_> =
        offers.iter().filter_map(|offer| Some((lower.find(&offer.name.to_lowercase())?, offer))).collect();
    found.sort_by_key(|(place, _)| *place);
    if found.is_empty() {
        offers.iter().take(1).collect()
    } else {
        found.into_iter().map(|(_, offer)| offer).collect()
    }
}

fn tool_call(name: &str, arguments: &str) -> Vec<Piece> {
    [Piece::ToolStart { name: name.into() }]
        .into_iter()
        .chain(fragments(arguments).map(Piece::ToolArgs))
        .chain([Piece::ToolEnd])
        .collect()
}

/// A component with props of its schema, and then a message about it: the service never asks the client for a result.
fn show(component: &Offer) -> Vec<Piece> {
    let mut props = sample::value(&component.schema);
    if let Some(props) = props.as_object_mut() {
        props.extend(COMPONENT_STATUS.map(|(name, text)| (name.into(), text.into())));
    }
    [Piece::ComponentStart { name: component.name.clone() }]
        .into_iter()
        .chain(fragments(&props.to_string()).map(Piece::ComponentProps))
        .chain([Piece::ComponentEnd, Piece::NextMessage])
        .chain(words_of("There it is.").map(Piece::Text))
        .collect()
}

fn fragments(json: &str) -> impl Iterator<Item = String> {
    let characters: Vec<char> = json.chars().collect();
    characters.chunks(FRAGMENT).map(|fragment| fragment.iter().collect()).collect::<Vec<_>>().into_iter()
}

fn words_of(text: &str) -> impl Iterator<Item = String> {
    text.split_inclusive(' ').map(str::to_owned)
}

fn error(status: u16, retry_delay: Duration) -> Vec<Beat> {
    let message = format!("fake provider error {status}");
    // These the service asks again for, three times in all, and then hides the provider's answer.
    let failure = match status {
        408 | 409 | 429 | 500.. => {
            Failure::GaveUp { message: format!("Failed after 3 attempts. Last error: {message}") }
        }
        _ => {
            return vec![Beat {
                after: Duration::ZERO,
                piece: Piece::Fail(Failure::Refused { status, message }),
            }];
        }
    };
    vec![Beat { after: retry_delay, piece: Piece::Fail(failure) }]
}

fn slow(seconds: u32) -> Vec<Beat> {
    let pace = Duration::from_millis(100);
    let count = seconds as usize * 10;
    let pieces = SLOW_SENTENCE.split_inclusive(' ').cycle().take(count);
    beats(pieces.map(|word| Piece::Text(word.into())), pace)
}

/// A text word by word.
fn text_beats(text: &str, pace: Duration) -> Vec<Beat> {
    beats(words_of(text).map(Piece::Text), pace)
}

/// The first piece at once, the others `pace` apart.
pub(super) fn beats(pieces: impl IntoIterator<Item = Piece>, pace: Duration) -> Vec<Beat> {
    pieces
        .into_iter()
        .enumerate()
        .map(|(index, piece)| Beat { after: if index == 0 { Duration::ZERO } else { pace }, piece })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ToolResult;

    fn answer(text: &str, tools: &[&str]) -> Vec<Beat> {
        let prompt = Prompt {
            text: text.into(),
            tools: tools.iter().map(|tool| offer(tool)).collect(),
            components: vec![offer("Card"), offer("Chart")],
            ..Prompt::default()
        };
        script(&prompt, &ModelSettings::default())
    }

    fn offer(name: &str) -> Offer {
        let schema = serde_json::json!({ "type": "object", "properties": { "title": { "type": "string" } }, "required": ["title"] });
        Offer { name: name.into(), schema, ..Offer::default() }
    }

    fn text_of(beats: &[Beat]) -> String {
        beats
            .iter()
            .filter_map(|beat| if let Piece::Text(text) = &beat.piece { Some(text.as_str()) } else { None })
            .collect()
    }

    #[test]
    fn hello_comes_in_five_pieces() {
        let beats = answer("hello there", &[]);
        assert_eq!(beats.len(), 5);
        assert_eq!(text_of(&beats), "Hello from the fake model.");
        assert_eq!((beats[0].after, beats[1].after), (Duration::ZERO, Duration::from_millis(30)));
    }

    #[test]
    fn slow_lasts_as_long_as_asked() {
        for (text, seconds) in [("slow", 10), ("slow 30", 30)] {
            let total: Duration = answer(text, &[]).iter().map(|beat| beat.after).sum();
            assert!((total.as_secs_f32() - seconds as f32).abs() < 0.2, "{text}: {total:?}");
        }
    }

    #[test]
    fn a_plain_answer_is_about_the_message_and_quotes_a_bounded_part() {
        assert!(text_of(&answer("what is this?", &[])).starts_with("You said: “what is this?”."));
        assert!(text_of(&answer(&"ä".repeat(5000), &[])).len() < 1000);
        assert!(text_of(&answer("  ", &[])).starts_with("You sent no text."));
    }

    #[test]
    fn weather_needs_the_tool() {
        assert!(matches!(answer("weather", &["get_weather"])[0].piece, Piece::ToolStart { .. }));
        assert!(text_of(&answer("weather", &["other"])).contains("offers none"));
    }

    #[test]
    fn tools_are_called_in_the_order_they_are_named_in() {
        let started = |text, tools: &[&str]| -> Vec<String> {
            let starts = answer(text, tools).into_iter().filter_map(|beat| match beat.piece {
                Piece::ToolStart { name } => Some(name),
                _ => None,
            });
            starts.collect()
        };
        let tools = ["search", "get_time", "open"];
        assert_eq!(started("call get_time, then search", &tools), ["get_time", "search"]);
        assert_eq!(started("call something", &tools), ["search"]);
        assert!(text_of(&answer("call search", &[])).contains("offers none"));
    }

    #[test]
    fn a_component_comes_with_props_and_the_words_that_are_not_props() {
        let beats = answer("component chart please", &[]);
        assert_eq!(beats[0].piece, Piece::ComponentStart { name: "Chart".into() });
        let props: String = beats
            .iter()
            .filter_map(|beat| {
                if let Piece::ComponentProps(text) = &beat.piece { Some(text.as_str()) } else { None }
            })
            .collect();
        let props: serde_json::Value = serde_json::from_str(&props).unwrap();
        assert_eq!(props["title"], "a title");
        assert!(props["_tambo_statusMessage"].is_string());
    }

    #[test]
    fn tool_results_come_before_words() {
        let prompt = Prompt {
            text: "err500".into(),
            tool_results: vec![ToolResult { text: "21".into(), is_error: false }],
            ..Prompt::default()
        };
        assert_eq!(text_of(&script(&prompt, &ModelSettings::default())), "The tool said: 21");
    }

    #[test]
    fn names_and_suggestions_come_from_the_text() {
        assert_eq!(name("  what is\n this? "), "what is this?");
        assert_eq!(name(""), "Without words");
        assert!(name(&"word ".repeat(40)).chars().count() <= 41);
        assert_eq!(name(&"ä".repeat(100)).chars().count(), 40);
        let titles =
            |text: &str, count| suggest(text, count).into_iter().map(|(title, _)| title).collect::<Vec<_>>();
        assert_eq!(titles("The answer is in the answers: forty", 2), ["About “answer”", "About “answers”"]);
        assert!(titles("a b c", 3).is_empty());
    }

    #[test]
    fn only_errors_worth_a_retry_are_retried() {
        let failure = |text| answer(text, &[]).remove(0).piece;
        assert!(matches!(failure("err401"), Piece::Fail(Failure::Refused { status: 401, .. })));
        assert!(matches!(failure("err429"), Piece::Fail(Failure::GaveUp { .. })));
        assert!(matches!(failure("err503"), Piece::Fail(Failure::GaveUp { .. })));
    }
}
