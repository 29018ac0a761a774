//! The checks, on generated inputs.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value};
use threadpass_properties as check;

/// What a server or an app may have a text of: words, secrets of ours, what looks like a token, and anything.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ -~]{0,40}",
        "[A-Za-z0-9._~+/=-]{0,90}",
        vec(
            prop_oneof![
                Just(check::KEY.to_owned()),
                Just(check::TOKEN.to_owned()),
                Just(check::SUBJECT.to_owned()),
                Just("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln".to_owned()),
                Just("https://api.example.com/".to_owned()),
                Just("//".to_owned()),
                Just("\r\n\0\u{7f}".to_owned()),
                Just("é🚀\u{2028}".to_owned()),
                "[a-z]{0,12}[ ,\"]",
                "[A-Za-z0-9]{38,42}",
            ],
            0..8
        )
        .prop_map(|parts| parts.concat()),
        "[a-z /]{200,2000}",
    ]
}

/// Every member name that is looked for anywhere.
const NAMES: [&str; 44] = [
    "access_token",
    "token_type",
    "expires_in",
    "issued_token_type",
    "refresh_token",
    "error",
    "error_description",
    "message",
    "detail",
    "title",
    "type",
    "code",
    "status",
    "statusCode",
    "threadId",
    "runId",
    "currentRunId",
    "instance",
    "missingToolCallIds",
    "extraToolCallIds",
    "threads",
    "messages",
    "hasMore",
    "nextCursor",
    "id",
    "name",
    "createdAt",
    "updatedAt",
    "metadata",
    "parentMessageId",
    "role",
    "runStatus",
    "lastCompletedRunId",
    "content",
    "message",
    "userKey",
    "thread",
    "previousRunId",
    "cursor",
    "limit",
    "order",
    "isRetryable",
    "category",
    "value",
];

/// What stands where such a member is looked for, when all is well.
fn usual() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just("Bearer"),
        Just("thr_1"),
        Just("RUN_STARTED"),
        Just("RUN_FINISHED"),
        Just("RUN_ERROR"),
        Just("CUSTOM"),
        Just("THINKING_TEXT_MESSAGE_START"),
        Just("tambo.run.awaiting_input"),
        Just("CANCELLED"),
        Just("urn:tambo:error:invalid_previous_run"),
        Just("invalid_client"),
        Just("urn:ietf:params:oauth:token-type:access_token"),
    ]
    .prop_map(Value::from)
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0..1_000_i64).prop_map(Value::from),
        text().prop_map(Value::from),
        usual(),
    ];
    leaf.prop_recursive(4, 48, 8, |inner| {
        let name =
            prop_oneof![8 => proptest::sample::select(&NAMES[..]).prop_map(str::to_owned), 1 => text()];
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((name, inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// JSON, or something else that a server may answer.
fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => json().prop_map(|json| json.to_string().into_bytes()),
        1 => (json(), any::<prop::sample::Index>()).prop_map(|(json, at)| {
            let text = json.to_string().into_bytes();
            text.iter().take(at.index(text.len())).copied().collect()
        }),
        1 => text().prop_map(String::into_bytes),
        1 => any::<Vec<u8>>(),
    ]
}

/// Statuses, the likely ones more often.
fn status() -> impl Strategy<Value = u16> {
    prop_oneof![
        proptest::sample::select(vec![100_u16, 101, 300, 301, 303, 304, 308, 313, 322, 329, 400, 403, 422]),
        any::<u16>(),
    ]
}

fn run_event() -> impl Strategy<Value = Value> {
    (usual(), json()).prop_map(|(kind, rest)| match rest {
        Value::Object(mut members) => {
            members.insert("type".to_owned(), kind);
            Value::Object(members)
        }
        other => other,
    })
}

fn stream() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        Just(b"data: ".to_vec()),
        Just(b"data".to_vec()),
        Just(b"event: e".to_vec()),
        Just(b"id: 7".to_vec()),
        Just(b"id".to_vec()),
        Just(b"id: a\0b".to_vec()),
        Just(b": c".to_vec()),
        Just(b":".to_vec()),
        Just(b"\r".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\n\n".to_vec()),
        Just("é🚀\u{2028}".as_bytes().to_vec()),
        Just(b"\xff".to_vec()),
        Just(b"\xef\xbb\xbf".to_vec()),
        any::<Vec<u8>>(),
    ];
    vec(part, 0..24).prop_map(|parts| parts.concat())
}

fn url() -> impl Strategy<Value = String> {
    let part = proptest::sample::select(vec![
        "https:",
        "http:",
        "HTTPS:",
        "//",
        "/",
        "\\",
        "@",
        ":",
        "user",
        "api.example.com",
        "API.example.com",
        "api.example.com.",
        "evil.example",
        ".",
        "..",
        "%2e",
        "%00",
        "443",
        "80",
        "?",
        "#",
        "\t",
        "\n",
        " ",
        "[::1]",
        "data:",
        "blob:",
        "ａpi.example.com",
    ]);
    vec(part, 0..9).prop_map(|parts| parts.concat())
}

proptest! {
    // What has failed is kept in the corpus, by hand.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_body_of_events_is_read_as_the_standard_says(body in stream(), cuts in vec(any::<usize>(), 0..12)) {
        check::sse(&body, &cuts);
    }

    #[test]
    fn any_run_is_followed_to_its_end(events in vec(run_event(), 0..12)) {
        let lines: Vec<String> = events.iter().map(Value::to_string).collect();
        check::run(lines.join("\n").as_bytes());
    }

    #[test]
    fn any_token_is_read_or_is_opaque(token in text(), claims in json()) {
        check::claims(&token);
        let payload = base64url(claims.to_string().as_bytes());
        check::claims(&format!("e30.{payload}.s"));
    }

    #[test]
    fn any_exchange_is_a_grant_or_a_typed_failure(status in status(), body in body()) {
        check::exchange(status, &body);
    }

    #[test]
    fn any_refusal_is_short_clean_and_silent(text in text()) {
        check::scrubbed(&text);
    }

    #[test]
    fn any_answer_is_lifted_or_malformed(number: u16, body in body()) {
        check::answer(number, &body);
    }

    #[test]
    fn any_arguments_stay_one_request(number: u16, args in vec(json(), 0..4)) {
        check::arguments(number, Value::from(args).to_string().as_bytes());
    }

    #[test]
    fn any_retry_after_is_a_wait_or_nothing(
        value in prop_oneof![text(), "[0-9]{1,40}", " ?[0-9]{1,6} ?",
            "(Sun|Mon), [0-9]{2} (Nov|Feb) [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT"]
    ) {
        check::retry_after(&value);
    }

    #[test]
    fn what_may_go_into_a_header_splits_none(text in prop_oneof![text(), url()]) {
        check::header(&text);
    }

    #[test]
    fn what_another_tab_says_is_ours_or_nothing(text in prop_oneof![text(), Just("signed-out".into()), Just("user-changed".into())]) {
        check::header(&text);
    }

    #[test]
    fn exchange_forms_are_read_back_as_they_were(subject in text()) {
        check::form(&subject);
    }

    #[test]
    fn no_secret_comes_out_of_a_session(story in vec(any::<u8>(), 0..200)) {
        check::session(&story);
    }
}

fn base64url(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digit = |group: u32, place: u32| {
        DIGITS.get((group >> place & 63) as usize).map_or('A', |digit| char::from(*digit))
    };
    let encode = |chunk: &[u8]| {
        let group =
            chunk.iter().fold(0, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        [18, 12, 6, 0].into_iter().take(chunk.len() + 1).map(|place| digit(group, place)).collect::<String>()
    };
    bytes.chunks(3).map(encode).collect()
}
