/** Assistant Cloud's own shapes, as the service sends and takes them. Timestamps are ISO 8601 strings. */

// ---------------------------------------------------------------- threads

/** A thread of a workspace. Another workspace's is as good as missing. */
export interface AssistantCloudThread {
  readonly id: string;
  readonly project_id: string;
  readonly workspace_id: string;
  readonly created_at: string;
  readonly updated_at: string;
  /** What lists are sorted by. */
  readonly last_message_at: string;
  /** Null until it is given one, or the service has found one. */
  readonly title: string | null;
  readonly is_archived: boolean;
  /** The app's own name for it. */
  readonly external_id: string | null;
  readonly metadata?: unknown;
}

/** What is answered when a thread has been made. */
export interface AssistantCloudThreadCreated {
  readonly thread_id: string;
}

/** Which threads are listed: those that are archived or those that are not, never both. */
export interface AssistantCloudThreadQuery {
  /** Default false. */
  is_archived?: boolean;
  /** 1 to 100, default 20. */
  limit?: number;
  /** The id after which the page begins. */
  after?: string;
  external_id?: string;
}

/** What a thread is made with. Members that the service does not know are refused. */
export interface AssistantCloudThreadInit {
  /** What lists are sorted by. Default now. */
  last_message_at?: Date | string;
  /** 1 to 255 characters. */
  title?: string;
  /** At most 16 strings, of at most 512 characters, under names of at most 64. */
  metadata?: Readonly<Record<string, string>> | null;
  /** The app's own name for it, 1 to 255 characters. */
  external_id?: string;
  /** Answers the thread of this `external_id` if there is one. Such a creation is repeated when its answer is lost. */
  upsert?: boolean;
}

/** What can be changed of a thread; what is absent stays. */
export interface AssistantCloudThreadPatch {
  /** 1 to 255 characters. */
  title?: string;
  last_message_at?: Date | string;
  /** Replaces; null clears. */
  metadata?: Readonly<Record<string, string>> | null;
  is_archived?: boolean;
}

// ---------------------------------------------------------------- messages

/** A message of a thread's tree. */
export interface AssistantCloudMessage {
  readonly id: string;
  /** The message that it answers or continues; null for a root. */
  readonly parent_id: string | null;
  /** 0 for a root, else one more than its parent's. */
  readonly height: number;
  readonly created_at: string;
  readonly updated_at: string;
  /** What `content` is written in, such as `"ai-sdk/v6"` or `"aui/v0"`. */
  readonly format: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly external_id?: string | null;
}

/** What is answered when a message has been made. */
export interface AssistantCloudMessageCreated {
  readonly message_id: string;
}

/** Which messages are listed. */
export interface AssistantCloudMessageQuery {
  /** Asks for this format. What the service cannot convert comes in its own. */
  format?: string;
  /** 1 to 200, default 200. */
  limit?: number;
  /** The id after which the page begins. */
  after?: string;
}

/** What a message is made with. */
export interface AssistantCloudMessageInit {
  /** The message that it answers or continues; null for a root. The service takes an id that is not its own for null. */
  parent_id: string | null;
  /** A label for what `content` is written in. */
  format: string;
  /** Kept as it is. A string member `role` is lifted out of it. */
  content: object;
  /** The app's own name for it: it is made once, however often this is sent, and sent again when the answer is lost. */
  external_id?: string;
  parent_external_id?: string;
}

/** What replaces a message's content. */
export interface AssistantCloudMessagePatch {
  content: object;
}

/** What the user thinks of a message. */
export interface AssistantCloudFeedback {
  type: "positive" | "negative";
  /** Left out where it is blank. */
  comment?: string;
}

/** What is kept of it: one per message and user. */
export interface AssistantCloudFeedbackKept {
  readonly feedback_id: string;
  readonly type: "positive" | "negative";
  readonly comment?: string | null;
}

// ---------------------------------------------------------------- runs, scores, events

/** What a message may be for a title to be found: a role, and parts with a type. */
export interface AssistantCloudTitleMessage {
  readonly role: string;
  readonly content: readonly { readonly type: string; readonly [field: string]: unknown }[];
}

/** Tokens that a model has used. */
interface Usage {
  input_tokens?: number;
  output_tokens?: number;
  reasoning_tokens?: number;
  cached_input_tokens?: number;
}

/** A call of a tool within a report. Times are milliseconds since the run's start. */
export interface AssistantCloudToolCallReport {
  tool_name: string;
  tool_call_id: string;
  tool_args?: string;
  /** JSON text. */
  tool_result?: string;
  tool_source?: "mcp" | "frontend" | "backend";
  start_ms?: number;
  end_ms?: number;
  sampling_calls?: readonly (Usage & { model_id?: string; duration_ms?: number })[];
}

/** What a run of a model was like: for the service's statistics. Nothing is made of it here. */
export interface AssistantCloudRunReport extends Usage {
  thread_id: string;
  status: "completed" | "incomplete" | "error";
  outcome_type?: "aborted" | "disconnected" | "length" | "content_filter";
  message_id?: string;
  /** Milliseconds. */
  first_token_ms?: number;
  /** Milliseconds. */
  duration_ms?: number;
  release?: string;
  environment?: string;
  /** At most 20, of at most 64 characters. */
  tags?: readonly string[];
  provider?: string;
  provider_type?: string;
  /** 32 hexadecimal digits. */
  trace_id?: string;
  error_code?: string;
  error?: string;
  total_steps?: number;
  tool_calls?: readonly AssistantCloudToolCallReport[];
  steps?: readonly (Usage & {
    tool_calls?: readonly AssistantCloudToolCallReport[];
    start_ms?: number;
    end_ms?: number;
    finish_reason?: string;
  })[];
  model_id?: string;
  output_text?: string;
  metadata?: Readonly<Record<string, unknown>>;
}

/** A judgement of a thread, a run, or a message with its thread. */
export interface AssistantCloudScoreInit {
  /** 1 to 64 of letters, digits, `_`, `.` and `-`. */
  name: string;
  data_type: "numeric" | "categorical" | "boolean";
  value?: number | boolean;
  string_value?: string;
  comment?: string;
  thread_id?: string;
  message_id?: string;
  run_id?: string;
}

/** A judgement as it is kept: a boolean is 1 or 0. */
export interface AssistantCloudScore {
  readonly score_id: string;
  readonly name: string;
  readonly data_type: "numeric" | "categorical" | "boolean";
  readonly value: number | null;
  readonly string_value: string | null;
}

/** Something a user has done. */
export interface AssistantCloudEvent {
  kind:
    | "message_sent"
    | "message_edited"
    | "run_stopped"
    | "message_regenerated"
    | "message_copied"
    | "branch_switched"
    | "suggestions_shown"
    | "suggestion_clicked"
    | "attachment_added"
    | "attachment_failed"
    | "thread_switched"
    | "tool_approved"
    | "tool_rejected"
    | "speech_started"
    | "voice_started"
    | "error_shown";
  thread_id?: string;
  message_id?: string;
  run_id?: string;
  /** A whole number from 0 on. */
  value?: number;
  /** At most 1 024 bytes of JSON. */
  props?: Readonly<Record<string, string | number | boolean>>;
}

// ---------------------------------------------------------------- files

/** A file that is to be uploaded, of at most 25 MiB. */
export interface AssistantCloudUploadInit {
  filename: string;
  /** What the `PUT` then has to say. */
  content_type?: string;
  /** Bytes. */
  content_length?: number;
}

/** Where to `PUT` a file, for 15 minutes, without any header of ours. */
export interface AssistantCloudUpload {
  readonly success: boolean;
  readonly signedUrl: string;
  readonly expiresAt: string;
  /** What a message refers to the file by. */
  readonly publicUrl: string;
  readonly key?: string;
}

/** Where to get a file, for 15 minutes. */
export interface AssistantCloudDownload {
  readonly signedUrl: string;
  readonly expiresAt: string;
  readonly key: string;
}

/** A document whose pages become images: base64, or where it is. */
export type AssistantCloudPdf =
  { file_blob: string; file_url?: undefined } | { file_url: string; file_blob?: undefined };

/** The pages of a document. */
export interface AssistantCloudImages {
  readonly success: boolean;
  readonly urls: readonly string[];
  readonly message: string;
}
