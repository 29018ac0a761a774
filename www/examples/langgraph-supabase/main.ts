/** The page: whoever is signed in with Supabase chats with a LangGraph server, and sees their own chats and no others. */
import { AuthClient } from "@supabase/auth-js";
import { type RunEvent, createClient } from "threadpass";
import { fromSupabase } from "threadpass/providers";

const { VITE_SUPABASE_URL, VITE_SUPABASE_KEY, VITE_LANGGRAPH_URL } = import.meta.env;

const supabase = {
  auth: new AuthClient({ url: `${VITE_SUPABASE_URL}/auth/v1`, headers: { apikey: VITE_SUPABASE_KEY } }),
};
const client = createClient({
  backend: "langgraph",
  baseUrl: VITE_LANGGRAPH_URL,
  assistantId: "agent",
  authToken: fromSupabase(supabase),
});

const find = <T extends HTMLElement = HTMLElement>(id: string) => document.getElementById(id) as T;
const [signIn, approval, say] = ["sign-in", "approval", "say"].map((id) => find<HTMLFormElement>(id)) as [
  HTMLFormElement,
  HTMLFormElement,
  HTMLFormElement,
];
const field = (form: HTMLFormElement, name: string) => form.elements.namedItem(name) as HTMLInputElement;

/** The thread that is shown; null until there is one. */
let thread: string | null = null;

async function trying(work: () => Promise<unknown>) {
  find("error").textContent = "";
  await work().catch((error: Error) => (find("error").textContent = error.message));
}

function line(role: string, text: string): HTMLElement {
  const item = document.createElement("li");
  item.className = role;
  item.textContent = text;
  find("messages").append(item);
  return item;
}

async function listThreads() {
  const { items } = await client.threads.list({ limit: 20, sort_by: "updated_at", sort_order: "desc" });
  const rows = items.map(({ id, title, createdAt }) => {
    const button = document.createElement("button");
    button.textContent = title ?? new Date(createdAt).toLocaleString();
    button.onclick = () => trying(() => show(id));
    const item = document.createElement("li");
    item.append(button);
    return item;
  });
  find("threads").replaceChildren(...rows);
}

async function show(id: string | null) {
  thread = id;
  find("messages").replaceChildren();
  approval.hidden = true;
  if (!id) return;
  const { values, interrupts } = await client.threads.state(id);
  const { messages = [] } = (values ?? {}) as { messages?: { type: string; content: string }[] };
  ask(interrupts?.[0]?.value);
  for (const { type, content } of messages) line(type === "human" ? "user" : "assistant", content);
}

/** Runs the graph and writes down what it says as it says it. A new chat is called by its first message. */
async function run(input: string | { command: { resume: string } }) {
  thread ??= (await client.threads.create({ metadata: { title: String(input) } })).id;
  const run = client.runs.stream(thread, input);
  const lines = new Map<unknown, HTMLElement>();
  find("stop").hidden = false;
  find("stop").onclick = () => trying(() => run.cancel());
  try {
    for await (const event of run) {
      if (event.type === "TEXT_MESSAGE_CONTENT") {
        if (!lines.has(event.messageId)) lines.set(event.messageId, line("assistant", ""));
        lines.get(event.messageId)!.append(event.delta);
      }
      if (event.type === "RUN_ERROR") line("assistant", event.message);
      if (event.type === "RUN_FINISHED") ask(asked(event));
    }
  } finally {
    find("stop").hidden = true;
  }
  await listThreads();
}

/** What a run that has ended wants to know. */
function asked({ outcome }: Extract<RunEvent, { type: "RUN_FINISHED" }>): unknown {
  const { interrupts } = (outcome ?? {}) as { interrupts?: { metadata: { value: unknown } }[] };
  return interrupts?.[0]?.metadata.value;
}

/** Shows what the graph wants to know before it goes on, if it does. */
function ask(value: unknown) {
  approval.hidden = !value;
  if (value) find("question").textContent = (value as { question: string }).question;
}

signIn.onsubmit = (event) => {
  event.preventDefault();
  const how = (event.submitter as HTMLButtonElement).value;
  const credentials = { email: field(signIn, "email").value, password: field(signIn, "password").value };
  return trying(async () => {
    const { data, error } =
      how === "up" ? await supabase.auth.signUp(credentials) : await supabase.auth.signInWithPassword(credentials);
    if (error) throw error;
    if (!data.session) find("error").textContent = "Open the link that was sent to you, then sign in.";
  });
};
say.onsubmit = (event) => {
  event.preventDefault();
  const text = field(say, "text").value;
  say.reset();
  line("user", text);
  return trying(() => run(text));
};
approval.onsubmit = (event) => {
  event.preventDefault();
  const resume = field(approval, "answer").value;
  approval.hidden = true;
  approval.reset();
  return trying(() => run({ command: { resume } }));
};
find("new").onclick = () => trying(() => show(null));
find("sign-out").onclick = () => trying(() => supabase.auth.signOut());

/** Nothing else is to be done when somebody signs in or out: the client hears of it from Supabase. */
let generation: number | null = null;
client.auth.onChange((state) => {
  const isIn = state.status === "identified";
  find("status").textContent = isIn ? `Signed in as ${state.user?.email}` : state.status;
  signIn.hidden = state.status !== "unauthenticated";
  find("chat").hidden = !isIn;
  if (!isIn || state.generation === generation) return;
  generation = state.generation;
  // Of whoever was here before, nothing is left on the page.
  find("threads").replaceChildren();
  void trying(async () => {
    await show(null);
    await listThreads();
  });
});
