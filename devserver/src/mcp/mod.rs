//! `/mcp`: what a token from `/auth/mcp/access-token` opens, over MCP's streamable HTTP. It offers the user's threads as
//! resources, and a prompt about each; it has no tools, as the service's has none.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rmcp::model::{
    ErrorData, GetPromptRequestParams, GetPromptResponse, GetPromptResult, Implementation, ListPromptsResult,
    ListResourcesResult, PaginatedRequestParams, Prompt, PromptArgument, PromptMessage,
    ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult, Resource, ResourceContents, Role,
    ServerCapabilities, ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{RoleServer, ServerHandler};

use crate::app::Shared;
use crate::faults::Struck;
use crate::guard::bearer;
use crate::store::messages::{self, Order};
use crate::store::threads::{self, Owner, ThreadRow};
use crate::store::{Clock, StoreError};
use crate::tambo::mcp_token;
use crate::tambo::view::Thread;

/// Where it is.
pub(crate) const PATH: &str = "/mcp";

const URI: &str = "thread:///";
const PROMPT: &str = "summarise-thread";
/// More than anybody looks through.
const MOST_THREADS: u32 = 100;

/// Whom a request's token was given to, and for which thread if for one only.
#[derive(Debug, Clone)]
struct Holder {
    owner: Owner,
    thread: Option<String>,
}

/// The handler of [`PATH`].
pub(crate) fn endpoint(
    app: Shared,
) -> impl Fn(Request) -> futures_util::future::BoxFuture<'static, Response> + Clone {
    // No sessions: each request stands alone, and so none can be continued with somebody else's token.
    let mut config = StreamableHttpServerConfig::default();
    config.legacy_session_mode = false;
    config.json_response = true;
    let handler = Threads { app: app.clone() };
    let service = StreamableHttpService::new(
        move || Ok(handler.clone()),
        Arc::new(NeverSessionManager::default()),
        config,
    );
    move |request: Request| {
        let (app, service) = (app.clone(), service.clone());
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            match holder(&app, &parts).await {
                Ok(holder) => {
                    parts.extensions.insert(holder);
                    service.handle(Request::from_parts(parts, body)).await.into_response()
                }
                Err(refusal) => refusal,
            }
        })
    }
}

/// Refusals are plain text here, as the service's are.
async fn holder(app: &Shared, parts: &Parts) -> Result<Holder, Response> {
    let skew = parts.extensions.get::<Struck>().map(Struck::skew).unwrap_or_default();
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let now = Clock::seconds().saturating_add(skew);
    let scope = header.and_then(bearer).and_then(|token| mcp_token::verify(app, token, now));
    let scope = scope.ok_or_else(|| (StatusCode::UNAUTHORIZED, "Unauthorized").into_response())?;
    let owner = scope.owner(app).await.map_err(IntoResponse::into_response)?;
    let owner = owner.ok_or_else(|| (StatusCode::FORBIDDEN, "Forbidden").into_response())?;
    Ok(Holder { owner, thread: scope.thread_id })
}

/// The MCP server of one request.
#[derive(Clone)]
struct Threads {
    app: Shared,
}

impl Threads {
    async fn list(&self, context: &RequestContext<RoleServer>) -> Result<Vec<ThreadRow>, ErrorData> {
        let Holder { owner, thread } = whose(context)?;
        let rows = self.app.store.with(move |transaction, _| {
            match thread {
                Some(id) => threads::find(transaction, &owner, &id).map(|row| row.into_iter().collect()),
                None => threads::list(transaction, &owner, None, MOST_THREADS),
            }
            .map_err(StoreError::from)
        });
        rows.await.map_err(failed)
    }

    /// A thread with its messages, as the REST API writes it.
    async fn read(&self, id: &str, context: &RequestContext<RoleServer>) -> Result<String, ErrorData> {
        let Holder { owner, thread } = whose(context)?;
        let wanted = id.to_owned();
        let found = self.app.store.with(move |transaction, _| {
            let row = threads::find(transaction, &owner, &wanted)?;
            let messages = messages::list(transaction, &wanted, Order::OldestFirst, None, u32::MAX)?;
            Ok::<_, StoreError>(row.map(|row| Thread::from(row).with_messages(messages)))
        });
        let found = found.await.map_err(failed)?.filter(|_| thread.is_none_or(|only| only == id));
        let found = found.ok_or_else(|| ErrorData::resource_not_found(format!("no thread {id}"), None))?;
        serde_json::to_string(&found).map_err(|error| ErrorData::internal_error(error.to_string(), None))
    }
}

impl ServerHandler for Threads {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_prompts().enable_resources().build();
        ServerConfig::new(capabilities)
            .with_server_info(Implementation::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")))
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let threads = self.list(&context).await?.into_iter().map(|row| {
            let name = row.name.unwrap_or_else(|| row.id.clone());
            Resource::new(format!("{URI}{}", row.id), name).with_mime_type("application/json")
        });
        Ok(ListResourcesResult::with_all_items(threads.collect()))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let id = request.uri.strip_prefix(URI).unwrap_or_default();
        let text = self.read(id, &context).await?;
        let contents = ResourceContents::text(text, &request.uri).with_mime_type("application/json");
        Ok(ReadResourceResult::new(vec![contents]).into())
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        let thread = PromptArgument::new("thread").with_description("The thread's id").with_required(true);
        let prompt =
            Prompt::new(PROMPT, Some("Asks for a summary of one of your threads"), Some(vec![thread]));
        Ok(ListPromptsResult::with_all_items(vec![prompt]))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        if request.name != PROMPT {
            return Err(ErrorData::invalid_params(format!("there is no prompt {:?}", request.name), None));
        }
        let arguments = request.arguments.unwrap_or_default();
        let id = arguments.get("thread").and_then(|id| id.as_str());
        let id = id.ok_or_else(|| ErrorData::invalid_params("the prompt takes the id of a thread", None))?;
        let text = format!("Summarise this thread in three sentences:\n\n{}", self.read(id, &context).await?);
        Ok(GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)]).into())
    }
}

/// Whom the request's token was given to: the endpoint has put it there.
fn whose(context: &RequestContext<RoleServer>) -> Result<Holder, ErrorData> {
    let parts = context.extensions.get::<Parts>();
    let holder = parts.and_then(|parts| parts.extensions.get::<Holder>()).cloned();
    holder.ok_or_else(|| ErrorData::internal_error("the request has no holder", None))
}

fn failed(error: StoreError) -> ErrorData {
    tracing::error!("{error}");
    ErrorData::internal_error("the database cannot be read", None)
}
