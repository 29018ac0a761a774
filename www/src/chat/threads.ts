/** The list of somebody's chats, as the rest of the page deals with it. */
import type { Thread } from "threadpass";
import type { ThreadsActions } from "threadpass/react";
import type { BackendName } from "../backends/names";

export type ChatThread = Thread<BackendName>;

/** What is done with the list outside of components. */
export type ChatList = Pick<ThreadsActions<BackendName>, "refresh" | "loadMore" | "remove" | "put">;

export const pageSize = 20;

const titleLength = 60;

export const titleOf = (thread: ChatThread): string => thread.title ?? "Untitled chat";

/** What a chat is called that begins with this. */
export function titleFrom(text: string): string {
  const [line = text] = text.split("\n");
  return line.length > titleLength ? `${line.slice(0, titleLength - 1).trimEnd()}…` : line;
}
