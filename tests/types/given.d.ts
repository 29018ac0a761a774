/** What the examples of the types take as given. */
import type { AuthClient } from "@supabase/auth-js";
import type { Client } from "threadpass";

declare global {
  const client: Client<"tambo">;
  const cloud: Client<"assistant-cloud">;
  const file: File;
  const threadId: string;
  const messageId: string;
  const provider: {
    getIdToken(forceRefresh: boolean): Promise<string | null>;
    onUserChanged(listener: () => void): () => void;
  };
  const supabase: { auth: InstanceType<typeof AuthClient> };
  function show(text: string): void;
}
