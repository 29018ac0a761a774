//! `/files`: addresses for attachments, signed for 15 minutes, and what is behind them.

use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use reqwest::Url;
use serde_json::json;

use super::identity::Caller;
use super::ids;
use super::problem::{Problem, created, ok};
use super::schema::{Fields, LONGEST_TEXT};
use crate::app::{App, Shared};
use crate::guard::Call;
use crate::secret::Secret;
use crate::store::cloud::files::{self, File};
use crate::store::epoch_ms;
use crate::timestamp::iso;

/// Where the files are, behind the base URL.
pub(super) const FOLDER: &str = "/files/attachments";
const LARGEST: usize = 25 * 1024 * 1024;
const GOOD_FOR_MS: i64 = 15 * 60 * 1000;
const LONGEST_ADDRESS: usize = 2048;
const ANY_TYPE: &str = "application/octet-stream";

/// What an address was signed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Upload,
    Download,
}

/// An address to send a file to, and the one it is to be known by.
pub(super) async fn sign_upload(
    State(app): State<Shared>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(&call)?;
    let filename = fields.text("filename", LONGEST_TEXT);
    let filename = fields.required("filename", filename).unwrap_or_default();
    let content_type = fields.text("content_type", LONGEST_TEXT);
    let length = fields.any("content_length");
    if length.is_some_and(|length| length.as_u64().is_none_or(|length| length > LARGEST as u64)) {
        fields.wrong("content_length", &format!("must be a whole number up to {LARGEST}"));
    }
    fields.finish()?;
    let extension = extension(&filename).map(|extension| format!(".{extension}")).unwrap_or_default();
    let key = format!("attachments/{}{extension}", ids::file());
    let expires = expiry(&call);
    let signed = address(
        &app,
        &caller.project.signing_secret(),
        Purpose::Upload,
        &key,
        expires,
        content_type.as_deref(),
    );
    let body = json!({
        "success": true,
        "signedUrl": signed?,
        "expiresAt": iso(expires),
        "publicUrl": public_address(&app, &key),
        "key": key,
    });
    app.store
        .with(move |transaction, clock| {
            Ok::<_, Problem>(files::expect(transaction, &caller.place(), &key, clock.now())?)
        })
        .await?;
    Ok(created(&body))
}

/// An address to fetch a file from.
pub(super) async fn sign_download(
    State(app): State<Shared>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(&call)?;
    let key = fields.text("key", LONGEST_ADDRESS);
    let url = fields.text("url", LONGEST_ADDRESS);
    if key.is_some() == url.is_some() {
        fields.wrong("", "needs exactly one of key and url");
    }
    fields.finish()?;
    let key = key.or(url.as_deref().and_then(key_of)).ok_or_else(|| Problem::not_found("File not found"))?;
    let secret = caller.project.signing_secret();
    let looked_up = key.clone();
    let exists = app
        .store
        .with(move |transaction, _| {
            Ok::<_, Problem>(files::exists(transaction, &caller.place(), &looked_up)?)
        })
        .await?;
    if !exists {
        return Err(Problem::not_found("File not found"));
    }
    let expires = expiry(&call);
    let signed = address(&app, &secret, Purpose::Download, &key, expires, None)?;
    Ok(ok(&json!({ "signedUrl": signed, "expiresAt": iso(expires), "key": key })))
}

/// Nothing here can look into a PDF, and that is what is answered.
pub(super) async fn pdf_to_images(call: Call) -> Result<Response, Problem> {
    let mut fields = Fields::of(&call)?;
    let sources = [fields.any("file_blob"), fields.any("file_url")];
    if sources.iter().flatten().filter(|source| source.is_string()).count() != 1 {
        fields.wrong("", "needs exactly one of file_blob and file_url, a string");
    }
    fields.finish()?;
    let message = "The local backend does not render PDFs";
    Ok(ok(&json!({ "success": false, "urls": [], "message": message })))
}

/// Keeps what is sent to a signed address. The content type has to be the one it was signed for.
pub(super) async fn put(
    State(app): State<Shared>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let key = format!("attachments/{name}");
    let query = request.uri().query().unwrap_or_default().to_owned();
    let headers = request.headers().clone();
    let signed_type = check(&app, Purpose::Upload, &key, &query)?;
    let content_type = text(&headers, header::CONTENT_TYPE);
    if signed_type.is_some_and(|signed| content_type != Some(&*signed)) {
        return Err(Problem::forbidden("The content type is not the one that was signed"));
    }
    let content_type = content_type.unwrap_or(ANY_TYPE).to_owned();
    let content = to_bytes(request.into_body(), LARGEST).await;
    let content = content.map_err(|_| Problem::too_large("A file has at most 25 MiB"))?.to_vec();
    let filled = app
        .store
        .with(move |transaction, _| {
            Ok::<_, Problem>(files::fill(transaction, &key, &File { content_type, content })?)
        })
        .await?;
    if filled { Ok(StatusCode::OK.into_response()) } else { Err(Problem::not_found("File not found")) }
}

/// A file, to whoever has a signed address. What people have sent must not run as a page of this server.
pub(super) async fn get(
    State(app): State<Shared>,
    Path(name): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let key = format!("attachments/{name}");
    check(&app, Purpose::Download, &key, call.uri.query().unwrap_or_default())?;
    let file =
        app.store.with(move |transaction, _| Ok::<_, Problem>(files::find(transaction, &key)?)).await?;
    let file = file.ok_or_else(|| Problem::not_found("File not found"))?;
    let mut response = Response::new(Body::from(file.content));
    let content_type =
        HeaderValue::from_str(&file.content_type).unwrap_or(HeaderValue::from_static(ANY_TYPE));
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
        (header::CONTENT_DISPOSITION, "attachment"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "private"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The last part of a file's name, if it can be part of an address as it is.
fn extension(filename: &str) -> Option<&str> {
    let (_, extension) = filename.rsplit_once('.')?;
    let plain =
        (1..=16).contains(&extension.len()) && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain.then_some(extension)
}

fn expiry(call: &Call) -> i64 {
    epoch_ms().saturating_add(call.faults.skew().saturating_mul(1000)).saturating_add(GOOD_FOR_MS)
}

/// The address without a signature: a name for the file, and no way to it.
fn public_address(app: &App, key: &str) -> String {
    format!("{}/files/{key}", app.assistant_cloud.base_url)
}

/// The key in an address without a signature. The host is not looked at: the server may have had another port then.
fn key_of(address: &str) -> Option<String> {
    let address = Url::parse(address).ok()?;
    let key = address.path().strip_prefix(super::PREFIX)?.strip_prefix("/files/")?;
    Some(key.to_owned())
}

fn address(
    app: &App,
    secret: &Secret,
    purpose: Purpose,
    key: &str,
    expires: i64,
    content_type: Option<&str>,
) -> Result<String, Problem> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("expires", &expires.to_string());
    if let Some(content_type) = content_type {
        query.append_pair("type", content_type);
    }
    query.append_pair("signature", &signature(secret, purpose, key, expires, content_type)?);
    Ok(format!("{}?{}", public_address(app, key), query.finish()))
}

/// The content type an address was signed with, if the signature is good and its time not over.
fn check(app: &App, purpose: Purpose, key: &str, query: &str) -> Result<Option<String>, Problem> {
    let refused = || Problem::forbidden("The address is not signed, or no longer");
    let value = |name: &str| {
        form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    let expires: i64 = value("expires").and_then(|text| text.parse().ok()).ok_or_else(refused)?;
    let content_type = value("type");
    let project = app.projects.all().next().ok_or_else(Problem::internal)?;
    let secret = project.signing_secret();
    let signed = signed(purpose, key, expires, content_type.as_deref());
    let genuine = jsonwebtoken::crypto::verify(
        &value("signature").unwrap_or_default(),
        signed.as_bytes(),
        &DecodingKey::from_secret(secret.reveal().as_bytes()),
        Algorithm::HS256,
    );
    if genuine.unwrap_or(false) && expires > epoch_ms() { Ok(content_type) } else { Err(refused()) }
}

fn signature(
    secret: &Secret,
    purpose: Purpose,
    key: &str,
    expires: i64,
    content_type: Option<&str>,
) -> Result<String, Problem> {
    let signed = signed(purpose, key, expires, content_type);
    let key = EncodingKey::from_secret(secret.reveal().as_bytes());
    jsonwebtoken::crypto::sign(signed.as_bytes(), &key, Algorithm::HS256).map_err(|error| {
        tracing::error!("an address cannot be signed: {error}");
        Problem::internal()
    })
}

/// What is signed: lines, none of which can be taken for part of a JWT.
fn signed(purpose: Purpose, key: &str, expires: i64, content_type: Option<&str>) -> String {
    format!("{purpose:?}\n{key}\n{expires}\n{}", content_type.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_extensions_are_kept() {
        assert_eq!(extension("notes.pdf"), Some("pdf"));
        assert_eq!(extension("a.b.PNG"), Some("PNG"));
        for name in ["notes", "notes.", "a./../b", "a.p df", "a.äöü"] {
            assert_eq!(extension(name), None, "{name}");
        }
    }
}
