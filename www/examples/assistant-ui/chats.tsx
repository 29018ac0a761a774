/** The list of chats: new ones, those that there are, and the archived ones. */
import { AuiIf, ThreadListItemPrimitive, ThreadListPrimitive } from "@assistant-ui/react";

const untitled = "New chat";

function Active() {
  return (
    <ThreadListItemPrimitive.Root className="item">
      <ThreadListItemPrimitive.Trigger className="open">
        <ThreadListItemPrimitive.Title fallback={untitled} />
      </ThreadListItemPrimitive.Trigger>
      <ThreadListItemPrimitive.Archive className="quiet">Archive</ThreadListItemPrimitive.Archive>
    </ThreadListItemPrimitive.Root>
  );
}

function Archived() {
  return (
    <ThreadListItemPrimitive.Root className="item">
      <ThreadListItemPrimitive.Trigger className="open">
        <ThreadListItemPrimitive.Title fallback={untitled} />
      </ThreadListItemPrimitive.Trigger>
      <ThreadListItemPrimitive.Unarchive className="quiet">Restore</ThreadListItemPrimitive.Unarchive>
      <ThreadListItemPrimitive.Delete className="quiet">Delete</ThreadListItemPrimitive.Delete>
    </ThreadListItemPrimitive.Root>
  );
}

export function Chats() {
  return (
    <nav aria-label="Chats">
      <ThreadListPrimitive.Root className="chats">
        <ThreadListPrimitive.New className="primary">New chat</ThreadListPrimitive.New>
        <section aria-label="Your chats">
          <ThreadListPrimitive.Items>{() => <Active />}</ThreadListPrimitive.Items>
        </section>
        <AuiIf condition={({ threads }) => threads.archivedThreadIds.length > 0}>
          <details>
            <summary>Archived</summary>
            <ThreadListPrimitive.Items archived>{() => <Archived />}</ThreadListPrimitive.Items>
          </details>
        </AuiIf>
        <ThreadListPrimitive.LoadMore className="quiet">More</ThreadListPrimitive.LoadMore>
      </ThreadListPrimitive.Root>
    </nav>
  );
}
