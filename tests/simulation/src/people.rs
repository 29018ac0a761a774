//! Who there is, and what their tokens say of them.

use std::rc::Rc;

use threadpass::session::{Claims, Identity, UserHint};

/// A person in a workspace: `user * WORKSPACES + workspace`.
pub type Person = u8;

/// How many users there are.
pub const USERS: u8 = 4;
/// In how many workspaces each of them can be.
pub const WORKSPACES: u8 = 2;

/// A person as the provider's tokens name them.
#[derive(Debug)]
struct Known {
    identity: Rc<Identity>,
    hint: Rc<UserHint>,
    /// The same as the backend's own tokens have it.
    at_backend: Rc<Identity>,
}

/// Everybody, read once: identities are shared as the machine shares them.
#[derive(Debug)]
pub struct People(Vec<Known>);

impl People {
    /// All of them.
    pub fn new() -> Self {
        let all = (0..USERS * WORKSPACES).map(|person| {
            let (id, workspace) = (name(person), format!("org-{}", person % WORKSPACES));
            let room = Some(format!("workspace-{}", person % WORKSPACES));
            let scope =
                [Some("https://id.example".into()), Some(workspace.clone()), None, None, None, room.clone()];
            let ours =
                [Some("https://backend.example".into()), None, None, None, Some("project".into()), room];
            let hint = UserHint { id: id.clone(), email: None, org_id: Some(workspace) };
            Known {
                identity: Rc::new(Identity { subject: id.clone(), scope }),
                hint: Rc::new(hint),
                at_backend: Rc::new(Identity { subject: id, scope: ours }),
            }
        });
        Self(all.collect())
    }

    /// What a token says of this person. Times are in seconds since the epoch.
    pub fn claims(&self, person: Person, issued_at_s: Option<f64>, expires_at_s: Option<f64>) -> Claims {
        let Known { identity, hint, .. } = &self.0[usize::from(person)];
        Claims { identity: Some(identity.clone()), user: Some(hint.clone()), expires_at_s, issued_at_s }
    }

    /// Whom the backend's own token names, if anybody.
    pub fn at_backend(&self, person: Option<Person>) -> Option<Rc<Identity>> {
        person.map(|person| self.0[usize::from(person)].at_backend.clone())
    }

    /// Whether a hint is about this person.
    pub fn is(&self, person: Person, hint: &UserHint) -> bool {
        *self.0[usize::from(person)].hint == *hint
    }
}

/// A person's id.
fn name(person: Person) -> String {
    ["alice", "bob", "carol", "dave"][usize::from(person / WORKSPACES) % 4].to_owned()
}
