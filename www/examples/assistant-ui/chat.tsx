/** The chat that is open. */
import { AuiIf, ComposerPrimitive, MessagePrimitive, ThreadPrimitive } from "@assistant-ui/react";

function Message({ role }: { role: string }) {
  return (
    <MessagePrimitive.Root className="message" data-role={role}>
      <MessagePrimitive.Parts />
      <MessagePrimitive.Error />
    </MessagePrimitive.Root>
  );
}

function Composer() {
  return (
    <ComposerPrimitive.Root className="composer">
      <ComposerPrimitive.Input aria-label="Message" placeholder="Say something" autoFocus rows={1} />
      <AuiIf condition={({ thread }) => thread.isRunning}>
        <ComposerPrimitive.Cancel>Stop</ComposerPrimitive.Cancel>
      </AuiIf>
      <AuiIf condition={({ thread }) => !thread.isRunning}>
        <ComposerPrimitive.Send className="primary">Send</ComposerPrimitive.Send>
      </AuiIf>
    </ComposerPrimitive.Root>
  );
}

export function Chat() {
  return (
    <main>
      <ThreadPrimitive.Root className="chat">
        <ThreadPrimitive.Viewport className="viewport">
          <ThreadPrimitive.Empty>
            <div className="empty">
              <h2>Say something</h2>
              <p>It is kept. Reload the page, or open it in another tab.</p>
            </div>
          </ThreadPrimitive.Empty>
          <ThreadPrimitive.Messages>{({ message }) => <Message role={message.role} />}</ThreadPrimitive.Messages>
        </ThreadPrimitive.Viewport>
        <Composer />
      </ThreadPrimitive.Root>
    </main>
  );
}
