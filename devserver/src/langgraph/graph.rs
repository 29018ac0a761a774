//! The graphs there are to run, and what the server tells of them.

use serde_json::{Value, json};

/// A graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Graph {
    /// One node that says back what it is told, and one for its tool.
    Agent,
    /// The other one inside of a node.
    Nested,
}

pub(super) const ALL: [Graph; 2] = [Graph::Agent, Graph::Nested];

/// The node that answers.
pub(super) const ECHO: &str = "echo";
/// The node that carries out tool calls.
pub(super) const TOOLS: &str = "tools";
/// The node that is a graph.
pub(super) const CHILD: &str = "child";

impl Graph {
    /// The graph that an `assistant_id` means: its name, or the id of the assistant that comes with it.
    pub(super) fn of_assistant(id: &str) -> Option<Self> {
        ALL.into_iter().find(|graph| graph.name() == id || graph.assistant() == id)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Nested => "nested",
        }
    }

    /// The id that every server derives from the graph's name (UUID version 5).
    pub(super) fn assistant(self) -> &'static str {
        match self {
            Self::Agent => "fe096781-5601-53d2-b2f6-0d3403f7e9ca",
            Self::Nested => "0813419b-f0e6-579e-bdee-18d9fdf48632",
        }
    }

    /// The node that comes first.
    pub(super) fn entry(self) -> &'static str {
        match self {
            Self::Agent => ECHO,
            Self::Nested => CHILD,
        }
    }

    /// Whether it has a node of that name.
    pub(super) fn has(self, node: &str) -> bool {
        match self {
            Self::Agent => matches!(node, ECHO | TOOLS),
            Self::Nested => node == CHILD,
        }
    }

    /// The assistant that comes with it.
    pub(super) fn shown(self, started: &str) -> Value {
        json!({
            "assistant_id": self.assistant(), "graph_id": self.name(), "config": {}, "context": {},
            "metadata": { "created_by": "system" }, "name": self.name(), "created_at": started,
            "updated_at": started, "version": 1, "description": null,
        })
    }

    /// The schemas of its input, output and state, which are one.
    pub(super) fn schemas(self) -> Value {
        let messages = json!({
            "type": "object", "title": "State", "required": ["messages"],
            "properties": { "messages": { "type": "array", "items": { "type": "object" }, "title": "Messages" } },
        });
        json!({
            "graph_id": self.name(), "input_schema": messages, "output_schema": messages, "state_schema": messages,
            "config_schema": {}, "context_schema": null,
        })
    }

    /// Its drawing.
    pub(super) fn drawn(self) -> Value {
        let node = |id: &str, kind: &str| json!({ "id": id, "type": kind, "data": id });
        let edge = |source: &str, target: &str| json!({ "source": source, "target": target });
        let (mut nodes, mut edges) =
            (vec![node("__start__", "schema")], vec![edge("__start__", self.entry())]);
        nodes.push(node(self.entry(), "runnable"));
        if self == Self::Agent {
            nodes.push(node(TOOLS, "runnable"));
            edges.extend([edge(ECHO, TOOLS), edge(TOOLS, ECHO)]);
        }
        nodes.push(node("__end__", "schema"));
        edges.push(edge(self.entry(), "__end__"));
        json!({ "nodes": nodes, "edges": edges })
    }
}
