/** The app that the examples test. */
import { useState } from "react";
import { Authenticated, Unauthenticated, useClient, useThreads } from "threadpass/react";

export function App() {
  return (
    <>
      <Authenticated fallback={<p>One moment…</p>}>
        <Chat />
      </Authenticated>
      <Unauthenticated>
        <p>Please sign in.</p>
      </Unauthenticated>
    </>
  );
}

function Chat() {
  const client = useClient<"tambo" | "langgraph">();
  const { threads, refresh, remove, error } = useThreads();
  const [answer, setAnswer] = useState("");
  const ask = async () => {
    for await (const event of client.runs.stream(null, "Hello"))
      if (event.type === "TEXT_MESSAGE_CONTENT") setAnswer((text) => text + String(event.delta));
    await refresh();
  };
  return (
    <main>
      <button onClick={ask}>Say hello</button>
      <output>{answer}</output>
      {error && <p role="alert">{error.code}</p>}
      <ul>
        {threads.map((thread) => (
          <li key={thread.key}>
            {thread.title ?? "New chat"} <button onClick={() => remove(thread.id)}>Delete</button>
          </li>
        ))}
      </ul>
    </main>
  );
}
