/** The recorded exchanges of the real backend, to be played again. */
import { readFile } from "node:fs/promises";

const captures = new URL("../../contracts/captures/tambo/", import.meta.url);

/**
 * @typedef {object} Recorded
 * @property {string} name
 * @property {{ method: string, path: string, body: any }} request
 * @property {{ status: number, type: string, body: string }} response
 */

/** The exchanges of one file, in their order. @param {string} file @returns {Promise<Recorded[]>} */
export async function recorded(file) {
  const text = await readFile(new URL(file, captures), "utf8");
  return text
    .split(/^### /m)
    .slice(1)
    .map((exchange) => {
      const [before, answer] = exchange.split("<<< RESPONSE\n");
      const [name, question] = before.split("\n\n>>> REQUEST\n");
      const [asked, ...sent] = question.split("\n\n");
      const [head, ...received] = answer.split("\n\n");
      const [method, path] = asked.split("\n")[0].split(" ");
      const body = sent.join("\n\n").trim();
      return {
        name,
        request: { method, path, body: body && JSON.parse(body) },
        response: {
          status: Number(head.split(" ")[1]),
          type: /^content-type: (.*)$/im.exec(head)?.[1] ?? "",
          body: received.join("\n\n").trimEnd() + "\n\n",
        },
      };
    });
}

/** A route that answers as it was recorded. @param {Recorded} exchange */
export const playing =
  ({ response }) =>
  ({ send }) =>
    send(response.status, response.type, response.body);
