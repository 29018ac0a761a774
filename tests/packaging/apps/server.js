/** What an app's server does for a user: it keeps a chat, and makes a token for the user's page. */
import { createClient } from "threadpass";
import { openHistory } from "threadpass/assistant-cloud";

const [baseUrl, apiKey] = process.argv.slice(2);
const client = createClient({ backend: "assistant-cloud", baseUrl, apiKey, userId: "ada", workspaceId: "ada" });
const { id } = await client.threads.create({ title: "One" });
const message = { id: "local-1", role: "user", parts: [{ type: "text", text: "hello" }] };
await openHistory(client, id, { format: "ai-sdk/v6" }).append({ parentId: null, message });

const { token } = await client.auth.tokens.create();
const page = createClient({ backend: "assistant-cloud", baseUrl, authToken: () => token });
const { messages } = await openHistory(page, id, { format: "ai-sdk/v6" }).load();
const { user } = page.auth.getSnapshot();
for (const each of [client, page]) each.dispose();
console.log(JSON.stringify({ user: user.id, texts: messages.map(({ message }) => message.parts[0].text) }));
