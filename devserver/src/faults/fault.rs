use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// One way to misbehave, whom it meets, and how often.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    /// The calls it meets; without it all that it can.
    on: Option<Target>,
    /// The share of those calls, spread evenly: at 0.5 every second one.
    pub(super) rate: f64,
    /// After so many calls it is over.
    pub(super) times: Option<u64>,
    /// What a status comes with as `Retry-After`, in seconds.
    pub(super) retry_after: Option<u64>,
}

/// What a fault does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// Waits before the call is looked at.
    Latency(Duration),
    /// Answers with this status instead.
    Status(u16),
    /// The answer is not of the contract: a page where JSON was promised, an event that is no JSON.
    Malformed,
    /// The connection breaks in the middle of the answer, in a stream in the middle of the second event.
    Half,
    /// The connection breaks after so many events of a stream.
    Drop(u64),
    /// Nothing follows after so many events of a stream, and the connection stays.
    Stall(u64),
    /// The server's clock is this many seconds ahead, for tokens and for the `Date` header.
    Skew(i64),
    /// Session tokens and MCP tokens live so long at most.
    Lifetime(Duration),
    /// The end of a run that waits for tools is stored so long after the run has told of it.
    SlowCommit(Duration),
    /// An error of a run is told once. The service tells it twice.
    SingleError,
    /// Tool calls name their message. The service's name a temporary one.
    KnownParents,
    /// 200 where the service answers 201.
    Ok200,
    /// 404 for a thread that is not there, as documented. The service answers 403.
    NotFound,
}

/// The calls a fault can be for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// The token exchange.
    Exchange,
    /// The beginning of a run.
    Run,
    /// The MCP endpoint.
    Mcp,
    /// Everything else.
    Api,
}

const TARGETS: [(&str, Target); 4] =
    [("exchange", Target::Exchange), ("run", Target::Run), ("mcp", Target::Mcp), ("api", Target::Api)];

impl Fault {
    /// Whether it is for calls of this kind.
    pub(super) fn is_for(&self, target: Target) -> bool {
        self.on.is_none_or(|on| on == target)
            && match self.kind {
                Kind::Drop(_)
                | Kind::Stall(_)
                | Kind::SlowCommit(_)
                | Kind::SingleError
                | Kind::KnownParents => target == Target::Run,
                // The MCP token's is a call like any other.
                Kind::Lifetime(_) => matches!(target, Target::Exchange | Target::Api),
                Kind::NotFound => matches!(target, Target::Run | Target::Api),
                Kind::Ok200 => target != Target::Mcp,
                _ => true,
            }
    }
}

/// Reads a fault; the error is one sentence with what is wrong and what it takes.
impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split(';').map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (name.trim(), value.trim())
        });
        let (name, value) = parts.next().unwrap_or_default();
        let mut fault =
            Self { kind: kind(name, value)?, on: None, rate: 1.0, times: None, retry_after: None };
        for (name, value) in parts {
            let wrong = |takes: &str| format!("{name} of a fault takes {takes}, not {value:?}");
            match name {
                "on" => {
                    let found = TARGETS.iter().find(|(word, _)| *word == value);
                    fault.on = Some(found.ok_or_else(|| wrong("exchange, run, mcp or api"))?.1);
                }
                "rate" => {
                    let rate = value.parse().ok().filter(|rate| (0.0..=1.0).contains(rate));
                    fault.rate = rate.ok_or_else(|| wrong("a share from 0 to 1"))?;
                }
                "times" => fault.times = Some(value.parse().map_err(|_| wrong("a whole number"))?),
                "retry-after" if matches!(fault.kind, Kind::Status(_)) => {
                    fault.retry_after = Some(value.parse().map_err(|_| wrong("whole seconds"))?);
                }
                "retry-after" => return Err("retry-after of a fault goes with status only".into()),
                _ => {
                    return Err(format!(
                        "a fault has no {name:?}; after its kind it takes on, rate, times and retry-after"
                    ));
                }
            }
        }
        Ok(fault)
    }
}

fn kind(name: &str, value: &str) -> Result<Kind, String> {
    let wrong = |takes: &str| format!("fault {name} takes {takes}, not {value:?}");
    let number = |takes: &str| value.parse::<u64>().map_err(|_| wrong(takes));
    // Three events by default: what a run begins with, and a little of its answer.
    let events = || if value.is_empty() { Ok(3) } else { number("a number of events") };
    let kind = match name {
        "latency" => Kind::Latency(Duration::from_millis(number("milliseconds")?)),
        "status" => {
            let status = value.parse().ok().filter(|status| (400..600).contains(status));
            Kind::Status(status.ok_or_else(|| wrong("a status from 400 to 599"))?)
        }
        "drop" => Kind::Drop(events()?),
        "stall" => Kind::Stall(events()?),
        "skew" => Kind::Skew(value.parse().map_err(|_| wrong("seconds, negative for a clock that is slow"))?),
        "lifetime" => match number("seconds")? {
            0 => return Err(wrong("at least 1 second")),
            seconds => Kind::Lifetime(Duration::from_secs(seconds)),
        },
        "slow-commit" => Kind::SlowCommit(Duration::from_millis(number("milliseconds")?)),
        _ => {
            let plain = PLAIN.iter().find(|(word, _)| *word == name);
            let Some((_, kind)) = plain else { return Err(unknown(name)) };
            if !value.is_empty() {
                return Err(wrong("no value"));
            }
            kind.clone()
        }
    };
    Ok(kind)
}

/// The kinds without a value.
const PLAIN: [(&str, Kind); 6] = [
    ("malformed", Kind::Malformed),
    ("half", Kind::Half),
    ("single-error", Kind::SingleError),
    ("known-parents", Kind::KnownParents),
    ("ok-200", Kind::Ok200),
    ("not-found", Kind::NotFound),
];

fn unknown(name: &str) -> String {
    format!(
        "there is no fault {name:?}; there are latency, status, malformed, half, drop, stall, skew, lifetime, \
         slow-commit, single-error, known-parents, ok-200 and not-found"
    )
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Latency(time) => write!(formatter, "latency={}", time.as_millis())?,
            Kind::Status(status) => write!(formatter, "status={status}")?,
            Kind::Drop(events) => write!(formatter, "drop={events}")?,
            Kind::Stall(events) => write!(formatter, "stall={events}")?,
            Kind::Skew(seconds) => write!(formatter, "skew={seconds}")?,
            Kind::Lifetime(time) => write!(formatter, "lifetime={}", time.as_secs())?,
            Kind::SlowCommit(time) => write!(formatter, "slow-commit={}", time.as_millis())?,
            plain => {
                let word = PLAIN.iter().find(|(_, kind)| kind == plain).map(|(word, _)| *word);
                formatter.write_str(word.unwrap_or_default())?;
            }
        }
        if let Some((word, _)) = TARGETS.iter().find(|(_, target)| Some(*target) == self.on) {
            write!(formatter, ";on={word}")?;
        }
        if self.rate < 1.0 {
            write!(formatter, ";rate={}", self.rate)?;
        }
        if let Some(times) = self.times {
            write!(formatter, ";times={times}")?;
        }
        if let Some(seconds) = self.retry_after {
            write!(formatter, ";retry-after={seconds}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_written_as_it_is_read() {
        for text in [
            "latency=250",
            "status=503;on=exchange;rate=0.25;times=3;retry-after=2",
            "malformed;on=api",
            "half;on=mcp",
            "drop=0",
            "stall=3;on=run",
            "skew=-600",
            "lifetime=5",
            "slow-commit=1000",
            "single-error",
            "known-parents",
            "ok-200",
            "not-found",
        ] {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
        assert_eq!("drop".parse::<Fault>().unwrap().to_string(), "drop=3");
        assert_eq!(" status = 429 ; times = 1 ".parse::<Fault>().unwrap().to_string(), "status=429;times=1");
    }

    #[test]
    fn a_mistake_is_named_with_what_it_takes() {
        for (text, expected) in [
            ("", "there is no fault \"\""),
            ("explode", "there is no fault \"explode\"; there are latency, status"),
            ("latency", "fault latency takes milliseconds, not \"\""),
            ("status=200", "takes a status from 400 to 599"),
            ("half=1", "takes no value"),
            ("lifetime=0", "at least 1 second"),
            ("status=500;rate=2", "rate of a fault takes a share from 0 to 1, not \"2\""),
            ("status=500;rate=NaN", "a share from 0 to 1"),
            ("status=500;on=all", "on of a fault takes exchange, run, mcp or api"),
            ("half;retry-after=1", "goes with status only"),
            ("half;until=1", "has no \"until\""),
        ] {
            let message = text.parse::<Fault>().unwrap_err();
            assert!(message.contains(expected), "{text}: {message}");
        }
    }

    #[test]
    fn a_fault_is_only_for_calls_it_can_meet() {
        let is_for = |text: &str, target| text.parse::<Fault>().unwrap().is_for(target);
        assert!(is_for("status=500", Target::Mcp) && is_for("status=500;on=api", Target::Api));
        assert!(!is_for("status=500;on=api", Target::Run) && !is_for("drop", Target::Api));
        assert!(is_for("lifetime=1", Target::Exchange) && !is_for("lifetime=1", Target::Run));
    }
}
