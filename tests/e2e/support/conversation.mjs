/** A conversation with a backend, as data that is the same wherever the same is said. */

/**
 * Says the same to every backend: all that a visitor's client asks for, and what has to be refused. It uses nothing but its
 * arguments and the platform, so that it runs in a page too.
 *
 * @param {{ base: string, apiKey: string, words: string[] }} backend
 */
export async function converse({ base, apiKey, words }) {
  /** @type {[string, unknown][]} */
  const heard = [];
  const seen = new Map();
  /** Ids, times and positions are each backend's own; that two of them are the same is not. */
  const plain = (text) =>
    text
      .replaceAll(/\b(thr|msg|run)_[\w.]+|urn:tambo:error-instance:[\w-]+/g, (id) => {
        if (!seen.has(id)) seen.set(id, `${id.startsWith("urn:") ? "instance" : id.slice(0, 3)} ${seen.size}`);
        return seen.get(id);
      })
      .replaceAll(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"time"')
      .replaceAll(/"timestamp":\d+/g, '"timestamp":0')
      .replaceAll(/"nextCursor":"[^"]+"/g, '"nextCursor":"…"');

  const send = async (method, path, { key = apiKey, body, bearer } = {}) => {
    const headers = { "content-type": "application/json", ...(key && { "x-api-key": key }) };
    if (bearer) headers.authorization = bearer;
    return fetch(base + path, { method, headers, body: body && JSON.stringify(body) });
  };
  /** The whole body, and whether it has come to its end. */
  const read = async (response) => {
    const decoder = new TextDecoder();
    let text = "";
    try {
      for (const reader = response.body?.getReader(); reader;) {
        const { done, value } = await reader.read();
        if (done) break;
        text += decoder.decode(value, { stream: true });
      }
      return text;
    } catch {
      return `${text}(broken)`;
    }
  };
  const ask = async (what, method, path, more) => {
    const response = await send(method, path, more);
    const type = response.headers.get("content-type")?.split(";")[0] ?? null;
    const text = await read(response);
    const lines = plain(text).split("\n\n");
    const parse = (line) => {
      try {
        return JSON.parse(line.replace(/^data: /, ""));
      } catch {
        return line;
      }
    };
    heard.push([what, { status: response.status, type, said: lines.map(parse) }]);
    return text;
  };
  const idIn = (text) => /"(?:threadId|id)":"(thr_[^"]+)"/.exec(text)?.[1] ?? "";
  const runIn = (text) => /"runId":"(run_[^"]+)"/.exec(text)?.[1] ?? "";
  const message = (text) => ({ role: "user", content: [{ type: "text", text }] });

  const threads = [];
  for (const word of words) {
    const thread = { userKey: "ann" };
    const text = await ask(`a new thread: ${word}`, "POST", "/v1/threads/runs", {
      body: { message: message(word), thread },
    });
    const [id, run] = [idIn(text), runIn(text)];
    threads.push(id);
    await ask(`${word}, as it is kept`, "GET", `/v1/threads/${id}?userKey=ann`);
    const next = { message: message("hello"), userKey: "ann", previousRunId: run };
    await ask(`after ${word}`, "POST", `/v1/threads/${id}/runs`, { body: next });
    await ask(`after ${word}, with an old run`, "POST", `/v1/threads/${id}/runs`, { body: next });
    await ask(`after ${word}, without a run`, "POST", `/v1/threads/${id}/runs`, {
      body: { ...next, previousRunId: undefined },
    });
  }
  const [id] = threads;
  const path = `/v1/threads/${id}`;
  await ask("the list", "GET", "/v1/threads?userKey=ann");
  const first = await ask("its first page", "GET", "/v1/threads?userKey=ann&limit=2");
  const cursor = encodeURIComponent(JSON.parse(first).nextCursor);
  await ask("its second page", "GET", `/v1/threads?userKey=ann&limit=2&cursor=${cursor}`);
  await ask("somebody else's list", "GET", "/v1/threads?userKey=bob");
  await ask("a new name", "PATCH", `${path}?userKey=ann`, { body: { name: "A name" } });
  await ask("metadata", "PATCH", `${path}?userKey=ann`, { body: { metadata: { a: 1 } } });

  const slow = await send("POST", "/v1/threads/runs", {
    body: { message: message("slow 60"), thread: { userKey: "ann" } },
  });
  const reader = slow.body?.getReader();
  let begun = "";
  while (reader && !begun.includes("TEXT_MESSAGE_CONTENT"))
    begun += new TextDecoder().decode((await reader.read()).value, { stream: true });
  const busy = `/v1/threads/${idIn(begun)}`;
  await ask("a second run", "POST", `${busy}/runs`, { body: { message: message("hello"), userKey: "ann" } });
  await ask("the thread meanwhile", "GET", `${busy}?userKey=ann`);
  await ask("cancelling it", "DELETE", `${busy}/runs/${runIn(begun)}?userKey=ann`);
  await ask("cancelling it again", "DELETE", `${busy}/runs/${runIn(begun)}?userKey=ann`);
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    rest += new TextDecoder().decode(value, { stream: true });
  }
  heard.push(["the end of a cancelled run", plain(rest.trim().split("\n\n").at(-1) ?? "")]);
  await ask("the thread afterwards", "GET", `${busy}?userKey=ann`);

  for (const [what, method, where, more] of [
    ["no key", "GET", "/v1/threads?userKey=ann", { key: "" }],
    ["another key", "GET", "/v1/threads?userKey=ann", { key: "tambo_other" }],
    ["a bearer", "GET", "/v1/threads", { bearer: "Bearer nonsense" }],
    ["nobody", "GET", "/v1/threads"],
    ["a blank name", "GET", "/v1/threads?userKey=%20"],
    ["somebody in another place", "POST", "/v1/threads/runs?userKey=ann", { body: { message: message("a") } }],
    ["a limit of 0", "GET", "/v1/threads?userKey=ann&limit=0"],
    ["a limit of 101", "GET", "/v1/threads?userKey=ann&limit=101"],
    ["a limit of words", "GET", "/v1/threads?userKey=ann&limit=few"],
    ["a bad cursor", "GET", "/v1/threads?userKey=ann&cursor=bad"],
    ["an unknown thread", "GET", "/v1/threads/thr_unknown.000000?userKey=ann"],
    ["somebody else's thread", "GET", `${path}?userKey=bob`],
    ["somebody else's name", "PATCH", `${path}?userKey=bob`, { body: { name: "b" } }],
    ["somebody else's run", "POST", `${path}/runs`, { body: { message: message("a"), userKey: "bob" } }],
    ["a name that is none", "PATCH", `${path}?userKey=ann`, { body: { name: 1, metadata: [] } }],
    ["no message", "POST", `${path}/runs`, { body: { userKey: "ann" } }],
    ["a message of nobody's", "POST", `${path}/runs`, { body: { userKey: "ann", message: { role: "assistant" } } }],
    ["an unknown run", "DELETE", `${path}/runs/run_unknown.000000?userKey=ann`],
    ["deleting somebody else's", "DELETE", `${path}?userKey=bob`],
    ["deleting", "DELETE", `${path}?userKey=ann`],
    ["deleting again", "DELETE", `${path}?userKey=ann`],
  ])
    await ask(what, method, where, more);
  return heard;
}
