//! Request headers, and the rule that nothing leaves without an identity, and no identity leaves its origin.

use crate::error::{Code, Fault};
use crate::secret::Secret;

/// An API key of a server, and as whom it acts (Assistant Cloud).
#[derive(Debug)]
pub struct ApiKey {
    /// The key.
    pub key: Secret,
    /// The user.
    pub user: String,
    /// The workspace.
    pub workspace: String,
}

/// Who a request is made as.
#[derive(Debug)]
pub enum Identity<'a> {
    /// A bearer.
    Bearer(&'a Secret),
    /// An API key.
    ApiKey(&'a ApiKey),
    /// A `userKey`, which is in the query or body.
    UserKey,
    /// Nobody: the app has said that the server asks for nothing.
    Open,
}

/// The headers that say who a request is made as. Without an identity there are none, and so no request: a backend would
/// otherwise fall back to another scope (Tambo contract, section 3).
pub fn authorize(
    set: &dyn Fn(&str, &str),
    api_key: &str,
    identity: Option<&Identity<'_>>,
) -> Result<(), Fault> {
    if !api_key.is_empty() {
        set("x-api-key", api_key);
    }
    match identity {
        Some(Identity::Bearer(token)) => set("authorization", &bearer(token)),
        Some(Identity::ApiKey(ApiKey { key, user, workspace })) => {
            set("authorization", &bearer(key));
            set("aui-user-id", user);
            set("aui-workspace-id", workspace);
        }
        Some(Identity::UserKey | Identity::Open) => {}
        None => {
            return Err(Fault::new(Code::MissingCredential, "there is no identity to make this call as"));
        }
    }
    Ok(())
}

/// The value of an `Authorization` header (RFC 6750 section 2.1).
fn bearer(token: &Secret) -> String {
    ["Bearer ", token.expose()].concat()
}

/// Whether a URL of `fetch` may get our headers: same origin, no user info (RFC 9700 section 4.9.1).
#[must_use]
pub fn same_place(base_origin: &str, origin: &str, username: &str, password: &str) -> bool {
    // `null` is the origin of everything that has none.
    origin == base_origin && origin != "null" && username.is_empty() && password.is_empty()
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn authorized(identity: Option<&Identity<'_>>) -> Result<Vec<String>, Fault> {
        let headers = RefCell::new(Vec::new());
        authorize(&|name, value| headers.borrow_mut().push(format!("{name}: {value}")), "key", identity)?;
        Ok(headers.take())
    }

    #[test]
    fn nothing_leaves_without_an_identity() {
        let token = Secret::new("abc".into());
        let headers = authorized(Some(&Identity::Bearer(&token))).unwrap();
        assert_eq!(headers, ["x-api-key: key", "authorization: Bearer abc"]);
        assert_eq!(authorized(Some(&Identity::UserKey)).unwrap(), ["x-api-key: key"]);
        assert_eq!(authorized(Some(&Identity::Open)).unwrap(), ["x-api-key: key"]);
        assert_eq!(authorized(None).unwrap_err().code, Code::MissingCredential);
    }

    #[test]
    fn a_servers_key_goes_with_whom_it_acts_as() {
        let key = ApiKey { key: Secret::new("sk".into()), user: "u".into(), workspace: "w".into() };
        let headers = RefCell::new(Vec::new());
        let set = |name: &str, value: &str| headers.borrow_mut().push([name, ": ", value].concat());
        authorize(&set, "", Some(&Identity::ApiKey(&key))).unwrap();
        assert_eq!(headers.take(), ["authorization: Bearer sk", "aui-user-id: u", "aui-workspace-id: w"]);
    }

    #[test]
    fn a_key_that_was_not_given_is_not_sent() {
        let headers = RefCell::new(Vec::new());
        let set = |name: &str, value: &str| headers.borrow_mut().push([name, ": ", value].concat());
        let token = Secret::new("abc".into());
        authorize(&set, "", Some(&Identity::Bearer(&token))).unwrap();
        assert_eq!(headers.take(), ["authorization: Bearer abc"]);
    }

    #[test]
    fn our_bearer_stays_at_home() {
        // Case 44.
        let home = "https://api.example.com";
        assert!(same_place(home, home, "", ""));
        assert!(!same_place(home, "https://evil.example", "", ""));
        assert!(!same_place(home, home, "user", ""));
        assert!(!same_place(home, home, "", "password"));
        assert!(!same_place("null", "null", "", ""));
    }
}
