//! Files: signed addresses, and what is behind them.

use reqwest::Method;
use serde_json::{Value, json};

use super::client::{User, id, wrong};
use crate::client::{Answer, Backend, json_body};

const UPLOAD: &str = "/files/attachments/generate-presigned-upload-url";
const DOWNLOAD: &str = "/files/attachments/generate-presigned-download-url";

async fn send(
    backend: &Backend,
    method: Method,
    url: &Value,
    content_type: &str,
    body: &'static [u8],
) -> Answer {
    let request = backend.http.request(method, url.as_str().unwrap());
    Answer::of(request.header("content-type", content_type).body(body)).await
}

async fn fetch(backend: &Backend, url: &Value) -> Answer {
    Answer::of(backend.http.get(url.as_str().unwrap())).await
}

#[tokio::test]
async fn a_file_goes_up_and_comes_down() {
    let backend = Backend::open().await;
    let (user, _) = User::anonymous(&backend).await;
    let answer = user.post(UPLOAD, json!({ "filename": "notes.html", "content_type": "text/html" })).await;
    assert_eq!(answer.status, 201);
    let up = answer.json();
    let names: Vec<_> = up.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["success", "signedUrl", "expiresAt", "publicUrl", "key"]);
    assert!(id(&up["key"]).starts_with("attachments/") && id(&up["key"]).ends_with(".html"));
    assert_eq!(user.post(DOWNLOAD, json!({ "key": up["key"] })).await.status, 404, "it has not come yet");
    let put =
        async |content_type| send(&backend, Method::PUT, &up["signedUrl"], content_type, b"<p>hi").await;
    assert_eq!(put("text/plain").await.status, 403, "signed for another type");
    assert_eq!(put("text/html").await.status, 200);
    for asked in [json!({ "key": up["key"] }), json!({ "url": up["publicUrl"] })] {
        let down = user.done("POST", DOWNLOAD, asked).await;
        assert_eq!(down["key"], up["key"]);
        let answer = fetch(&backend, &down["signedUrl"]).await;
        assert_eq!((answer.status.as_u16(), &*answer.text), (200, "<p>hi"));
        assert_eq!(answer.headers["content-type"], "text/html");
        assert_eq!(answer.headers["content-security-policy"], "sandbox; default-src 'none'");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        let sent = send(&backend, Method::PUT, &down["signedUrl"], "text/html", b"other").await;
        assert_eq!(sent.status, 403, "an address to fetch from is none to send to");
    }
    let (other, _) = User::anonymous(&backend).await;
    assert_eq!(other.post(DOWNLOAD, json!({ "key": up["key"] })).await.status, 404, "somebody else's");
}

#[tokio::test]
async fn an_address_is_good_for_fifteen_minutes_and_as_it_was_signed() {
    let backend = Backend::open().await;
    let (user, _) = User::anonymous(&backend).await;
    let up = user.done("POST", UPLOAD, json!({ "filename": "a.txt" })).await;
    let signed = id(&up["signedUrl"]);
    let key = id(&up["key"]);
    let other = signed.replace(&key, "attachments/file_0other.txt");
    let longer = signed.replacen("expires=1", "expires=2", 1);
    for url in [&other, &longer, &id(&up["publicUrl"])] {
        assert_ne!(url, &signed);
        assert_eq!(send(&backend, Method::PUT, &json!(url), "text/plain", b"x").await.status, 403, "{url}");
    }
    assert_eq!(send(&backend, Method::PUT, &json!(signed), "text/plain", b"x").await.status, 200);
    let server = User::by_key(&backend, "alice", "acme");
    for (skew, status) in [(-840, 200), (-960, 403)] {
        let request = server.request("POST", UPLOAD).header("x-dev-fault", format!("skew={skew}"));
        let up = Answer::of(json_body(request, &json!({ "filename": "a.txt" }))).await.json();
        let sent = send(&backend, Method::PUT, &up["signedUrl"], "text/plain", b"x").await;
        assert_eq!(sent.status.as_u16(), status, "signed {skew} seconds from now");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_request_for_an_address() {
    let backend = Backend::open().await;
    let (user, _) = User::anonymous(&backend).await;
    let cases = [
        (UPLOAD, json!({}), vec!["filename"]),
        (UPLOAD, json!({ "filename": "a", "content_length": 26_214_401 }), vec!["content_length"]),
        (UPLOAD, json!({ "filename": "a", "odd": 1 }), vec!["odd"]),
        (DOWNLOAD, json!({}), vec![""]),
        (DOWNLOAD, json!({ "key": "a", "url": "b" }), vec![""]),
        ("/files/pdf-to-images", json!({}), vec![""]),
    ];
    for (path, body, paths) in cases {
        assert_eq!(wrong(&user.post(path, body.clone()).await), paths, "{path} {body}");
    }
    let url = json!({ "url": "https://elsewhere.example/attachments/a" });
    assert_eq!(user.post(DOWNLOAD, url).await.status, 404);
}

#[tokio::test]
async fn a_pdf_stays_one_and_is_said_to() {
    let backend = Backend::open().await;
    let (user, _) = User::anonymous(&backend).await;
    let answer =
        user.done("POST", "/files/pdf-to-images", json!({ "file_url": "https://a.example/a.pdf" })).await;
    assert_eq!((&answer["success"], &answer["urls"]), (&json!(false), &json!([])));
    assert!(answer["message"].is_string());
}
