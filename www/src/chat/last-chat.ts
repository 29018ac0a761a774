/** Which chat was open, so that a reload comes back to it. It belongs to one person and goes with them. */
const name = "threadpass-demo:last-chat";

export function rememberLastChat(owner: string, threadId: string | null): void {
  if (threadId) sessionStorage.setItem(name, JSON.stringify({ owner, threadId }));
  else forgetLastChat();
}

export function lastChat(owner: string): string | null {
  const stored = JSON.parse(sessionStorage.getItem(name) ?? "null") as { owner: string; threadId: string } | null;
  return stored?.owner === owner ? stored.threadId : null;
}

export function forgetLastChat(): void {
  sessionStorage.removeItem(name);
}
