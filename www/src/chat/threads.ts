/** The list of somebody's chats, as the rest of the page deals with it. */
import type { Thread } from "threadpass";
import type { ThreadsActions } from "threadpass/react";

export type ChatThread = Thread<"tambo">;

/** What is done with the list outside of components. */
export type ChatList = Pick<ThreadsActions<"tambo">, "refresh" | "loadMore" | "remove" | "put">;

export const pageSize = 20;

export const titleOf = (thread: ChatThread): string => thread.title ?? "Untitled chat";
