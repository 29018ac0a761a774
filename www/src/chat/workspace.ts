/** Everything of one person's that is on the page. It ends with their generation. */
import type { ChatBackend } from "../backends/backend";
import { Store } from "../demo/store";
import { ArchivedList } from "./archived";
import { Chat, type ChatHost } from "./chat";
import { lastChat, rememberLastChat } from "./last-chat";
import { Recovery } from "./recovery";
import type { ChatList, ChatThread } from "./threads";

export class Workspace extends Store<{ readonly open: Chat }> {
  readonly recovery: Recovery;
  /** Null where threads cannot be archived. */
  readonly archived: ArchivedList | null;
  readonly #list: ChatList;
  readonly #host: ChatHost;
  readonly #owner: string;
  /** Chats that were open keep their drafts, and their answers go on coming in out of sight. */
  #chats: readonly Chat[];
  readonly #offActivity: () => void;

  /** `owner` says whose it is, so that a reload opens nobody else's chat. */
  constructor(backend: ChatBackend, owner: string, list: ChatList) {
    const recovery = new Recovery(backend.client, () => this.#refresh());
    const host = { backend, recovery, onThread: (thread: ChatThread) => this.#put(thread) };
    const open = new Chat(host, lastChat(owner));
    super({ open });
    this.recovery = recovery;
    this.archived = backend.archive && new ArchivedList(backend.archive, recovery);
    this.#list = list;
    this.#host = host;
    this.#owner = owner;
    this.#chats = [open];
    recovery.start();
    document.addEventListener("visibilitychange", this.#onVisible);
    this.#offActivity = backend.client.onActivity(({ kind }) => {
      // Chats have come in that the list may have been too early for.
      if (kind === "claimed") this.#refresh();
    });
    this.#refresh();
  }

  stop(): void {
    document.removeEventListener("visibilitychange", this.#onVisible);
    this.#offActivity();
    this.recovery.stop();
    for (const chat of this.#chats) chat.close();
  }

  /** Loads the list of chats. What fails and may heal is tried again. */
  async loadThreads(): Promise<void> {
    await this.recovery.attempt("threads", this.#list.refresh);
  }

  newChat(): void {
    const { open } = this.state;
    // One that nobody has written in yet is new enough.
    if (open.isUntouched) return;
    this.#open(new Chat(this.#host, null));
  }

  openThread(id: string): void {
    const chat = this.#chats.find((chat) => chat.getSnapshot().threadId === id) ?? new Chat(this.#host, id);
    this.#open(chat);
    void chat.load();
  }

  /** Deletes a thread, and closes it if it is open. Rejects with what went wrong. */
  async delete(id: string): Promise<void> {
    await this.#list.remove(id);
    this.archived?.forget(id);
    this.#close(id);
  }

  /** Puts a thread out of the way, and closes it if it is open; or puts it back. Rejects with what went wrong. */
  async archive(id: string, archived: boolean): Promise<void> {
    if (!this.archived) return;
    this.#list.put(await this.archived.put(id, archived));
    if (archived) this.#close(id);
  }

  /** Shows older chats. */
  loadOlder(): void {
    void this.recovery.attempt("older threads", this.#list.loadMore);
  }

  #close(id: string): void {
    const isIt = (chat: Chat) => chat.getSnapshot().threadId === id;
    for (const chat of this.#chats.filter(isIt)) chat.close();
    this.#chats = this.#chats.filter((chat) => !isIt(chat));
    if (isIt(this.state.open)) this.#open(new Chat(this.#host, null));
  }

  #open(chat: Chat): void {
    if (!this.#chats.includes(chat)) this.#chats = [...this.#chats, chat];
    rememberLastChat(this.#owner, chat.getSnapshot().threadId);
    this.set({ open: chat });
  }

  #put(thread: ChatThread): void {
    this.#list.put(thread);
    if (this.state.open.getSnapshot().threadId === thread.id) rememberLastChat(this.#owner, thread.id);
  }

  #refresh(): void {
    void this.loadThreads();
    void this.state.open.load();
  }

  readonly #onVisible = (): void => {
    if (document.visibilityState === "visible") this.#refresh();
  };
}
