//! The start page: what is on it, and who gets it.

use serde_json::{Value, json};
use threadpass_devserver::Config;

use crate::client::{Answer, Backend, open_project};

fn facts(page: &Answer) -> Value {
    let text = page.text.split("id=\"facts\">").nth(1).unwrap().split("</script>").next().unwrap();
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
async fn it_shows_what_runs_to_the_person_who_started_it() {
    let name = "</script><img src=x onerror=alert(1)>";
    let backend = Backend::start(Config { projects: vec![open_project(name)], ..Config::default() }).await;
    let page = Answer::of(backend.http.get(backend.server.url())).await;
    assert_eq!(page.status, 200);
    let facts = facts(&page);
    assert_eq!(facts["projects"][0]["name"], name);
    assert_eq!(facts["projects"][0]["apiKey"], backend.key());
    assert_eq!(facts["controlKey"], backend.server.control_key().reveal());
    assert_eq!(facts["url"], backend.server.url());
    let cloud = backend.server.assistant_cloud();
    assert_eq!(
        facts["assistantCloud"],
        json!({ "baseUrl": cloud.base_url, "apiKey": cloud.api_key.reveal() })
    );
    assert!(facts["deviations"][0].as_str().unwrap().contains("verifies no tokens"));
    assert!(!page.text.contains("<img"), "a name is no markup");

    let header = |name: &str| page.headers[name].to_str().unwrap();
    let policy = header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
    assert!(policy.ends_with("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!((header("cache-control"), header("referrer-policy")), ("no-store", "no-referrer"));
    assert!(!page.headers.keys().any(|name| name.as_str().starts_with("access-control")));
}

#[tokio::test]
async fn no_page_gets_it() {
    let backend = Backend::open().await;
    let port = backend.server.addr().port();
    let cases: [(&[(&str, &str)], u16); 9] = [
        (&[], 200),
        (&[("sec-fetch-site", "none")], 200),
        (&[("sec-fetch-site", "same-origin")], 200),
        (&[("sec-fetch-site", "same-site")], 403),
        (&[("sec-fetch-site", "cross-site")], 403),
        // Loopback too: another program's page on another port.
        (&[("origin", "http://localhost:5173")], 403),
        (&[("origin", "https://evil.example")], 403),
        (&[("origin", "null")], 403),
        (&[("host", "evil.example")], 403),
    ];
    for (headers, status) in cases {
        let mut request = backend.http.get(format!("http://127.0.0.1:{port}/"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, status, "{headers:?}");
        let readable = answer.headers.contains_key("access-control-allow-origin");
        assert!(!readable && (status == 200 || !answer.text.contains(&backend.key())), "{headers:?}");
    }
}
