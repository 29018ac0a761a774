/// A request and the answer to it, as they were recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// What the exchange shows. Names may repeat within a file.
    pub name: String,
    /// What was sent.
    pub request: Request,
    /// What came back.
    pub response: Response,
}

/// A recorded request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// Empty in the few recordings that note only method, path and body.
    pub headers: Headers,
    /// Empty where there was none.
    pub body: String,
}

/// A recorded answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// As they came.
    pub headers: Headers,
    /// The whole body, chunks joined. An event stream ends with its last empty line.
    pub body: String,
}

impl Response {
    /// Whether the body is a stream of server-sent events.
    pub fn is_event_stream(&self) -> bool {
        self.headers.get("content-type").is_some_and(|kind| kind.starts_with("text/event-stream"))
    }
}

/// Header names and values in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// The first value of a header, its name compared without case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Reads a transcript. The error says where it is malformed.
pub fn parse(text: &str) -> Result<Vec<Exchange>, String> {
    let mut exchanges = Vec::new();
    // A line feed in front lets the first section begin like the others.
    let text = format!("\n{text}");
    for section in text.split("\n### ").skip(1) {
        let (name, rest) = section.split_once('\n').unwrap_or((section, ""));
        // A transcript may end with a summary in prose.
        let Some((_, rest)) = rest.split_once(">>> REQUEST") else { continue };
        let exchange = rest.split_once("\n<<< RESPONSE\n").and_then(|(request, response)| {
            Some(Exchange {
                name: name.to_owned(),
                request: parse_request(request)?,
                response: parse_response(response)?,
            })
        });
        exchanges.push(exchange.ok_or_else(|| format!("the exchange {name:?} is malformed"))?);
    }
    Ok(exchanges)
}

fn parse_request(text: &str) -> Option<Request> {
    // The short form: everything on the marker's line.
    if let Some(line) = text.strip_prefix(' ') {
        let (start, body) = line.trim_end().split_once(" body ").unwrap_or((line, ""));
        let (method, path) = start.split_once(' ')?;
        return Some(Request {
            method: method.to_owned(),
            path: path.trim().to_owned(),
            headers: Headers::default(),
            body: body.to_owned(),
        });
    }
    let (start, headers, body) = parse_message(text)?;
    let mut words = start.split(' ');
    Some(Request {
        method: words.next()?.to_owned(),
        path: words.next()?.to_owned(),
        body: exact(body, &headers),
        headers,
    })
}

fn parse_response(text: &str) -> Option<Response> {
    let (start, headers, body) = parse_message(text)?;
    let status = start.split(' ').nth(1)?.parse().ok()?;
    Some(Response { status, body: exact(body, &headers), headers })
}

fn parse_message(text: &str) -> Option<(&str, Headers, &str)> {
    let text = text.strip_prefix('\n').unwrap_or(text);
    let (head, body) = text.split_once("\n\n").unwrap_or((text.trim_end(), ""));
    let mut lines = head.split('\n');
    let start = lines.next()?;
    let headers =
        lines.map(|line| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned())));
    Some((start, Headers(headers.collect::<Option<_>>()?), body))
}

/// The body without the empty lines that the transcript puts after it.
fn exact(body: &str, headers: &Headers) -> String {
    let length = headers.get("content-length").and_then(|length| length.parse().ok());
    if let Some(body) = length.and_then(|length| body.get(..length)) {
        return body.to_owned();
    }
    let body = body.trim_end_matches('\n');
    if headers.get("content-type") == Some("text/event-stream") {
        format!("{body}\n\n")
    } else {
        body.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Title\n# Note\n\n### first\n\n>>> REQUEST\nPOST /a?b=c HTTP/1.1\nX-Key: <k>\nContent-Length: 3\n\nx=1\n\n\
        <<< RESPONSE\nHTTP/1.1 201 Created\nContent-Type: text/event-stream\n\ndata: 1\n\ndata: 2\u{2028}\n\n\n\n\n\
        ### second\n\n>>> REQUEST DELETE /a body {\"x\": 1}\n\n<<< RESPONSE\nHTTP/1.1 204 No Content\nA: b\n\n\n\n### counts\n5 x something\n";

    #[test]
    fn reads_both_forms_and_skips_prose() {
        let exchanges = parse(TEXT).unwrap();
        assert_eq!(exchanges.len(), 2);
        let [first, second] = &exchanges[..] else { panic!() };
        assert_eq!(
            (first.name.as_str(), first.request.method.as_str(), first.request.path.as_str()),
            ("first", "POST", "/a?b=c")
        );
        assert_eq!((first.request.headers.get("x-key"), first.request.body.as_str()), (Some("<k>"), "x=1"));
        assert_eq!(
            (first.response.status, first.response.body.as_str()),
            (201, "data: 1\n\ndata: 2\u{2028}\n\n")
        );
        assert!(first.response.is_event_stream());
        assert_eq!((second.request.path.as_str(), second.request.body.as_str()), ("/a", "{\"x\": 1}"));
        assert_eq!((second.response.status, second.response.body.as_str()), (204, ""));
    }

    #[test]
    fn a_malformed_exchange_is_named() {
        assert_eq!(
            parse("### x\n>>> REQUEST\nGET / HTTP/1.1\n").unwrap_err(),
            "the exchange \"x\" is malformed"
        );
    }

    #[test]
    fn every_recording_is_read_whole() {
        let mut count = 0;
        for file in ["tambo", "langgraph", "langgraph/rest"]
            .into_iter()
            .flat_map(|backend| crate::files(backend).unwrap())
        {
            let text = std::fs::read_to_string(&file).unwrap();
            let exchanges = crate::load(&file).unwrap();
            assert_eq!(exchanges.len(), text.matches("\n>>> REQUEST").count(), "{}", file.display());
            for exchange in &exchanges {
                let length = exchange.response.headers.get("content-length");
                if let Some(length) = length {
                    assert_eq!(exchange.response.body.len().to_string(), length, "{}", exchange.name);
                }
            }
            count += exchanges.len();
        }
        assert!(count > 240, "{count}");
    }
}
