/** The look of the provider's pages: deliberately not the demo's, because they belong to somebody else. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #e9edf5; --card: #ffffff; --ink: #1a2233; --soft: #4d5a73; --line: #8793ab;
  --main: #28479b; --on-main: #ffffff; --problem: #a3162e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10141f; --card: #1a2030; --ink: #e8ecf6; --soft: #a9b4cb; --line: #6b7893;
    --main: #a9c0ff; --on-main: #0d1a3d; --problem: #ff9aa9;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: center; padding: 1rem;
  font: 1rem/1.55 system-ui, sans-serif; color: var(--ink); background: var(--ground);
}
main {
  width: 100%; max-width: 26rem; padding: 2rem; background: var(--card); border-radius: 1.25rem;
  box-shadow: 0 1px 2px #0a143026, 0 1rem 3rem #0a14301f;
}
.badge {
  display: inline-block; margin: 0 0 1.25rem; padding: .2rem .7rem; border: 1px solid var(--line); border-radius: 2rem;
  font-size: .8rem; color: var(--soft);
}
h1 { margin: 0 0 .5rem; font-size: 1.6rem; line-height: 1.2; letter-spacing: -.01em; }
p { margin: 0 0 1.25rem; color: var(--soft); }
label { display: block; margin-bottom: .35rem; font-weight: 600; }
input:not([type=hidden]) {
  width: 100%; min-height: 2.9rem; padding: .5rem .8rem; font: inherit; color: inherit; background: var(--card);
  border: 1px solid var(--line); border-radius: .7rem;
}
.problem { margin: .4rem 0 0; color: var(--problem); }
button, a.main {
  min-height: 2.9rem; padding: .5rem 1rem; font: inherit; font-weight: 600; color: var(--ink); cursor: pointer;
  background: transparent; border: 1px solid var(--line); border-radius: .7rem;
}
a.main { display: inline-grid; place-items: center; text-decoration: none; }
button.main, a.main { color: var(--on-main); background: var(--main); border-color: var(--main); }
form > button { width: 100%; margin-top: .9rem; }
.or { margin: 1.4rem 0 .6rem; text-align: center; font-size: .9rem; }
.people { display: grid; grid-template-columns: 1fr 1fr; gap: .7rem; }
.leave { border-color: transparent; color: var(--soft); font-weight: 400; text-decoration: underline; }
button:hover, a.main:hover { border-color: var(--ink); }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
`;
