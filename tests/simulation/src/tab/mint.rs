//! Tokens, credentials and answers, with what the model knows of them.

use threadpass::error::Code;
use threadpass::secret::Secret;
use threadpass::session::{Answer, Claims, Credential, Exchanged, MINUTE, Moment, SECOND, Source, Use};

use super::Tab;
use crate::action::{Ask, Exchange, Given, Grant, Mint, Shape};
use crate::answers::{Meaning, network, thrown};
use crate::clocks::EPOCH;
use crate::observer::{Answered, CANARY, Granted, Op, Seen, Subject, life};
use crate::people::{Person, WORKSPACES};
use crate::stats::{Event, Kind, Stats};

impl Tab {
    pub(super) fn secret(&mut self) -> (u32, Secret) {
        self.next_token += 1;
        let (number, mut text) = (self.next_token, String::with_capacity(24));
        text.push_str(CANARY);
        text.push_str("-token-");
        text.push_str(&threadpass::json::number(number));
        (number, Secret::new(text))
    }

    /// The provider issues a token.
    pub(super) fn mint(&mut self, mint: Mint) -> (u32, Secret, Claims) {
        let (number, secret) = self.secret();
        let issued = (self.t + EPOCH) / SECOND - mint.age_s;
        let expires = issued + mint.life_s;
        let issued_s = (mint.shape == Shape::Full).then_some(issued);
        let expires_s = (mint.shape != Shape::Opaque).then_some(expires);
        let subject = Subject {
            number,
            secret: secret.clone(),
            person: mint.person,
            readable: (mint.shape != Shape::Opaque).then_some(mint.person),
            issued_s,
            expires_s,
            first: None,
            received: Moment::default(),
        };
        let claims = self.claims(&subject);
        self.observer.tokens.remember(subject);
        (number, secret, claims)
    }

    fn claims(&self, subject: &Subject) -> Claims {
        let seconds = |s: Option<i64>| s.map(|s| s as f64);
        match subject.readable {
            Some(person) => {
                self.shared.people.claims(person, seconds(subject.issued_s), seconds(subject.expires_s))
            }
            None => Claims::default(),
        }
    }

    /// A credential as the machine takes it, and the number of its string.
    pub(super) fn credential(&mut self, given: Given) -> (Credential, u32) {
        let source = |usage| if usage == Use::Exchange { Source::TokenExchange } else { Source::AuthToken };
        let credential = match given {
            Given::Callback(usage) => Credential::Callback { usage, source: source(usage) },
            Given::Text(usage, mint) => {
                let (number, token, claims) = self.mint(mint);
                return (Credential::Text { token, claims, usage, source: source(usage) }, number);
            }
            Given::Unusable => Credential::Unusable {
                failure: self.shared.answers.unusable(0),
                source: Source::TokenExchange,
            },
            Given::Fixed => Credential::Fixed { source: Source::UserKey },
            Given::Missing => Credential::Missing,
            Given::Conflicting => Credential::Conflicting,
        };
        (credential, 0)
    }

    /// An earlier token of the provider, the newest of which is 0.
    fn again(&self, back: usize) -> Option<(u32, Secret, Claims)> {
        let subjects = &self.observer.tokens.subjects;
        let subject = subjects.get(subjects.len().checked_sub(1 + back)?)?;
        Some((subject.number, subject.secret.clone(), self.claims(subject)))
    }

    /// Whether the backend has rotated what the provider still has in its cache, and for longer.
    pub(super) fn lasts(&self, person: Person) -> bool {
        let tokens = &self.observer.tokens;
        let ends = |subject: &Subject| subject.expires_s.unwrap_or(0) * SECOND - EPOCH - self.t;
        tokens.current.is_some_and(|current| current.rotated)
            && tokens
                .subjects
                .back()
                .is_some_and(|subject| subject.readable == Some(person) && ends(subject) > 10 * MINUTE)
    }

    /// What the callback answers.
    pub(super) fn answer(&mut self, ask: Ask, stats: &mut Stats) -> (Answer, Answered, Kind) {
        let token = |(number, secret, claims): (u32, Secret, Claims)| {
            (Answer::Token(secret, claims), Answered::Token(number), Kind::Token)
        };
        match ask {
            Ask::Token(mint) => {
                self.note_mint(mint, stats);
                token(self.mint(mint))
            }
            Ask::Same | Ask::Older => {
                let same = ask == Ask::Same;
                stats.happened(if same { Event::Same } else { Event::Older });
                if same && self.observer.tokens.current.is_some_and(|current| current.rotated) {
                    stats.happened(Event::RotatedBack);
                }
                match self.again(if same { 0 } else { 2 }).or_else(|| self.again(0)) {
                    Some(found) => token(found),
                    None => (Answer::Nobody, Answered::Nobody, Kind::Nobody),
                }
            }
            Ask::Nobody | Ask::Empty => {
                stats.happened(if ask == Ask::Nobody { Event::Nobody } else { Event::Empty });
                (Answer::Nobody, Answered::Nobody, Kind::Nobody)
            }
            Ask::Unusable(kind) => {
                stats.happened(Event::Unusable);
                (Answer::Unusable(self.shared.answers.unusable(kind)), Answered::Unusable, Kind::Unusable)
            }
            Ask::Throws | Ask::ThrowsForGood => {
                let for_good = ask == Ask::ThrowsForGood;
                stats.happened(if for_good { Event::ThrowsForGood } else { Event::Throws });
                (Answer::Failed(thrown(for_good)), Answered::Failed { for_good }, Kind::NotAsked)
            }
        }
    }

    fn note_mint(&self, mint: Mint, stats: &mut Stats) {
        if mint.shape == Shape::Opaque {
            return stats.happened(Event::Opaque);
        }
        if mint.age_s >= mint.life_s {
            stats.happened(Event::Expired);
        } else if mint.age_s > 30 {
            stats.happened(Event::Cached);
        }
        if let Some(old) = self.observer.identity.filter(|old| *old != mint.person) {
            let another = old / WORKSPACES != mint.person / WORKSPACES;
            stats.happened(if another { Event::AnotherUser } else { Event::AnotherWorkspace });
        }
    }

    /// What comes of an exchange.
    pub(super) fn settlement(
        &mut self,
        exchange: Exchange,
        op: &Op,
        live: bool,
        stats: &mut Stats,
    ) -> (Exchanged, Seen, Kind, Option<i64>) {
        let failed = |code, event, stats: &mut Stats| {
            stats.happened(event);
            let seen = Seen::NotGranted { live, what: Meaning::Failed };
            (Exchanged::Failed(network(code)), seen, Kind::Failed, None)
        };
        match exchange {
            Exchange::Granted(grant) => self.grant(grant, op, live, stats),
            Exchange::Lost => failed(Code::NetworkFailed, Event::Lost, stats),
            Exchange::Offline => failed(Code::Offline, Event::Offline, stats),
            Exchange::Refused(kind) => {
                let (event, what, exchanged) = self.shared.answers.refusal(kind);
                stats.happened(event);
                let kind = match what {
                    Meaning::Rejected => Kind::Rejected,
                    Meaning::Misconfigured => Kind::Misconfigured,
                    Meaning::Failed => Kind::Failed,
                };
                (exchanged, Seen::NotGranted { live, what }, kind, None)
            }
        }
    }

    fn grant(
        &mut self,
        grant: Grant,
        op: &Op,
        live: bool,
        stats: &mut Stats,
    ) -> (Exchanged, Seen, Kind, Option<i64>) {
        let (number, token) = self.secret();
        let person = self.observer.tokens.subject(op.subject).and_then(|subject| subject.readable);
        let life = life(grant);
        stats.lifetimes += 1;
        stats.short_lifetimes += u64::from(life <= 60 * SECOND);
        self.observer.tokens.remember_granted(Granted {
            number,
            person,
            generation: op.generation,
            from: op.sent,
            from_t: op.sent_t,
            life,
        });
        let now_s = (self.t + EPOCH) / SECOND;
        let claims = grant.claimed_s.map(|life| Claims {
            expires_at_s: Some((now_s + life) as f64),
            issued_at_s: Some(now_s as f64),
            ..Claims::default()
        });
        let issued_s = claims.as_ref().map(|_| now_s).filter(|_| live);
        let exchanged = Exchanged::Granted {
            token,
            expires_in_s: grant.expires_in_s,
            claims: claims.unwrap_or_default(),
        };
        (exchanged, Seen::Granted { live, number }, Kind::Granted, issued_s)
    }
}
