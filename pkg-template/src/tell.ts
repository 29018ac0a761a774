/** What the core is told, by number: the twin of `src/browser/tell.rs`, which says what each means. */
export const enum Tell {
  Start,
  Watch,
  SetCredential,
  Invalidate,
  SignOut,
  Dispose,
  Token,
  FreshToken,
  Ready,
  Headers,
  Call,
  Run,
  Fetch,
  Abandon,
  Answered,
  CouldNotAsk,
  Replied,
  Failed,
  Hidden,
  Visible,
  Focus,
  Online,
  PageShow,
  Heard,
  Timer,
}

/** Why there is no answer. */
export const enum Lost {
  Network,
  Offline,
  Timeout,
  Syntax,
  Shape,
  Idle,
  Interrupted,
}
