/** A chat by the AI SDK's hook, with our identity. */
import { useChat } from "@ai-sdk/react";
import { DefaultChatTransport } from "ai";
import { createRoot } from "react-dom/client";
import { createClient } from "threadpass";

const baseUrl = location.origin;
const client = createClient({ backend: "tambo", apiKey: "x", baseUrl, userToken: () => "subject" });
const transport = new DefaultChatTransport({ api: `${baseUrl}/api/chat`, fetch: client.fetch });

function Chat() {
  const { messages, sendMessage, status, error } = useChat({ transport });
  return (
    <main>
      <button onClick={() => sendMessage({ text: "hello" })}>Send</button>
      <output data-status={status}>{error?.message}</output>
      {messages.map(({ id, role, parts }) => (
        <p key={id} data-role={role}>
          {parts.map((part) => (part.type === "text" ? part.text : ""))}
        </p>
      ))}
    </main>
  );
}

createRoot(document.body.appendChild(document.createElement("div"))).render(<Chat />);
