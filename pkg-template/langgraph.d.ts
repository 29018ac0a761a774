/** LangGraph's own shapes, as its servers send and take them. Members of newer servers may come in addition. */

/** Somebody else's JSON. */
type Json = Readonly<Record<string, unknown>>;

// ---------------------------------------------------------------- threads

/** What a thread is doing: "interrupted" waits for `command.resume`, or was cancelled. */
export type LangGraphThreadStatus = "idle" | "busy" | "interrupted" | "error";

/** A thread. Ids are UUIDs of any version. */
export interface LangGraphThread {
  readonly thread_id: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly state_updated_at?: string;
  /** The app's and the server's own: `owner`, `graph_id`, `assistant_id`, and `title`, which is the lifted title. */
  readonly metadata: Json | null;
  readonly status: LangGraphThreadStatus;
  readonly config?: Json;
  /** The graph's state; null before the first run. */
  readonly values: Json | null;
  /** What is waited for, by task. */
  readonly interrupts?: Readonly<Record<string, readonly LangGraphInterrupt[]>>;
  readonly error?: unknown;
  /** What `extract` has asked for. */
  readonly extracted?: Json;
}

/** A question of the graph, answered by a run with `command: { resume }`. */
export interface LangGraphInterrupt {
  readonly id?: string;
  readonly value: unknown;
  readonly [field: string]: unknown;
}

/** What a list of threads can be asked for. It is sent as a search, newest first unless `sort_by` says otherwise. */
export interface LangGraphThreadQuery {
  /** Members that a thread's metadata has to have. */
  metadata?: Json;
  ids?: readonly string[];
  /** Members that its state has to have. */
  values?: Json;
  status?: LangGraphThreadStatus;
  /** Default 10. */
  limit?: number;
  /** How many come before. Default 0. */
  offset?: number;
  sort_by?: "thread_id" | "status" | "created_at" | "updated_at" | "state_updated_at";
  sort_order?: "asc" | "desc";
  /** Which members are sent. `thread_id`, `created_at`, `updated_at` and `metadata` have to be among them. */
  select?: readonly (keyof LangGraphThread)[];
  /** Names for paths into the state, such as `{ last: "values.messages[-1]" }`. */
  extract?: Readonly<Record<string, string>>;
}

/** What a thread is created with. */
export interface LangGraphThreadInit {
  /** An id of the app's own: a UUID. Without it the server makes one. */
  thread_id?: string;
  metadata?: Json;
  /** What to do if there is one with this id: `api/conflict` (default), or take it. That of somebody else is a conflict. */
  if_exists?: "raise" | "do_nothing";
  /** How long it is kept: minutes, or an object of the server's. */
  ttl?: number | Json;
  /** Updates to begin its state with. */
  supersteps?: readonly Json[];
}

/** What can be changed of a thread. Metadata is merged. */
export interface LangGraphThreadPatch {
  metadata?: Json;
  ttl?: number | Json;
}

/** A point in a thread's history. */
export interface LangGraphCheckpoint {
  readonly thread_id?: string;
  readonly checkpoint_ns?: string;
  readonly checkpoint_id?: string | null;
  readonly checkpoint_map?: Json | null;
}

/** A step that the graph is about to take, or has failed in. */
export interface LangGraphTask {
  readonly id: string;
  readonly name: string;
  readonly error?: unknown;
  readonly interrupts: readonly LangGraphInterrupt[];
  readonly checkpoint?: LangGraphCheckpoint | null;
  readonly state?: LangGraphThreadState | null;
  readonly result?: unknown;
}

/** The state of a thread at a checkpoint. An empty thread has no checkpoint yet. */
export interface LangGraphThreadState {
  /** The graph's own state. */
  readonly values: Json;
  /** The nodes that come next; none when the graph has finished. */
  readonly next: readonly string[];
  readonly tasks: readonly LangGraphTask[];
  readonly metadata: Json | null;
  readonly created_at: string | null;
  readonly checkpoint: LangGraphCheckpoint | null;
  readonly parent_checkpoint: LangGraphCheckpoint | null;
  readonly interrupts?: readonly LangGraphInterrupt[];
}

/** Which state of a thread. Without a checkpoint the present one. */
export interface LangGraphStateQuery {
  /** Whether tasks that are graphs have their own `state`. */
  subgraphs?: boolean;
  checkpoint?: LangGraphCheckpoint;
}

/** A change of a thread's state, as if a node had made it. With a checkpoint it forks the thread there. */
export interface LangGraphStateUpdate {
  values: Json | readonly Json[] | null;
  as_node?: string;
  checkpoint?: LangGraphCheckpoint;
  checkpoint_id?: string;
}

/** Which states of a thread, newest first. */
export interface LangGraphHistoryQuery {
  /** Default 10. */
  limit?: number;
  /** Only states before this one. */
  before?: LangGraphCheckpoint | Json;
  checkpoint?: LangGraphCheckpoint;
  metadata?: Json;
}

// ---------------------------------------------------------------- runs

/** What a run is doing. `"success"` may have ended in an interrupt, which the thread says; `"interrupted"` was cancelled. */
export type LangGraphRunStatus = "pending" | "running" | "error" | "success" | "timeout" | "interrupted";

/** A run. `kwargs` holds the authenticated user: do not log it. */
export interface LangGraphRun {
  readonly run_id: string;
  readonly thread_id: string;
  readonly assistant_id: string;
  readonly status: LangGraphRunStatus;
  readonly metadata: Json;
  readonly kwargs?: Json;
  readonly created_at: string;
  readonly updated_at: string;
  readonly multitask_strategy: "reject" | "interrupt" | "rollback" | "enqueue" | null;
}

/** What a stream says of a run. */
export type LangGraphStreamMode =
  "values" | "updates" | "messages" | "messages-tuple" | "custom" | "events" | "debug" | "tasks" | "checkpoints";

/** The body of a run. */
export interface LangGraphRunInput {
  /** The name of a graph, or the id of an assistant. Default: the client's `assistantId`. */
  assistant_id?: string;
  /** What the graph is given, such as `{ messages: [{ role: "user", content: "Hello" }] }`. */
  input?: unknown;
  /** How to go on after an interrupt: `{ resume: answer }`. */
  command?: { resume?: unknown; update?: unknown; goto?: unknown };
  config?: Json;
  context?: unknown;
  metadata?: Json;
  stream_mode?: LangGraphStreamMode | readonly LangGraphStreamMode[];
  /** Whether events of graphs within the graph are sent, too. */
  stream_subgraphs?: boolean;
  /** Whether the server keeps the events, so that a lost connection loses none. */
  stream_resumable?: boolean;
  /** What the server does when the connection is lost. */
  on_disconnect?: "cancel" | "continue";
  /** What to do while another run of the thread is under way. `"reject"` is `api/conflict`. */
  multitask_strategy?: "reject" | "interrupt" | "rollback" | "enqueue";
  if_not_exists?: "create" | "reject";
  interrupt_before?: "*" | readonly string[];
  interrupt_after?: "*" | readonly string[];
  checkpoint?: LangGraphCheckpoint;
  checkpoint_id?: string;
  durability?: "sync" | "async" | "exit";
  after_seconds?: number;
  webhook?: string;
  feedback_keys?: readonly string[];
  on_completion?: "delete" | "keep";
}

/** What a list of runs can be asked for. */
export interface LangGraphRunQuery {
  /** Default 10. */
  limit?: number;
  offset?: number;
  status?: LangGraphRunStatus;
}

/** How a run is cancelled. */
export interface LangGraphCancelOptions {
  /** Answer only when the run is over. */
  wait?: boolean;
  /** `"interrupt"` (default) keeps what it has done, `"rollback"` deletes the run and its checkpoints. */
  action?: "interrupt" | "rollback";
}

// ---------------------------------------------------------------- assistants

/** An assistant: a graph with a configuration. */
export interface LangGraphAssistant {
  readonly assistant_id: string;
  readonly graph_id: string;
  readonly name?: string;
  readonly description?: string | null;
  readonly config: Json;
  readonly context?: Json;
  readonly metadata: Json | null;
  readonly version?: number;
  readonly created_at: string;
  readonly updated_at: string;
}

/** What a search for assistants can be asked for. */
export interface LangGraphAssistantQuery {
  graph_id?: string;
  name?: string;
  metadata?: Json;
  /** Default 10. */
  limit?: number;
  offset?: number;
  sort_by?: "assistant_id" | "graph_id" | "name" | "created_at" | "updated_at";
  sort_order?: "asc" | "desc";
}

/** The JSON Schemas of an assistant's graph; null where it has none. */
export interface LangGraphSchemas {
  readonly graph_id: string;
  readonly input_schema?: Json | null;
  readonly output_schema?: Json | null;
  readonly state_schema?: Json | null;
  readonly config_schema?: Json | null;
  readonly context_schema?: Json | null;
}

// ---------------------------------------------------------------- store

/** Something in the store. */
export interface LangGraphItem {
  readonly namespace: readonly string[];
  readonly key: string;
  readonly value: Json;
  readonly created_at: string;
  readonly updated_at: string;
  /** How well it fits `query`. */
  readonly score?: number | null;
}

/** What a search in the store can be asked for. */
export interface LangGraphItemQuery {
  /** Members that a value has to have. */
  filter?: Json;
  /** Default 10. */
  limit?: number;
  offset?: number;
  /** What it should be about, where the store has an index for that. */
  query?: string;
}

/** Which namespaces. */
export interface LangGraphNamespaceQuery {
  prefix?: readonly string[];
  suffix?: readonly string[];
  /** Longer ones are cut to so many labels. */
  max_depth?: number;
  /** Default 100. */
  limit?: number;
  offset?: number;
}
