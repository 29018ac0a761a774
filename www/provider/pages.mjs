/** The provider's pages. They work offline and without scripts; the one on the way out submits itself where it can. */
import { createHash } from "node:crypto";
import { style } from "./style.mjs";

const submitItself = "document.forms[0].requestSubmit()";
const hashOf = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const policy = [
  "default-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "img-src data:",
  `style-src ${hashOf(style)}`,
  `script-src ${hashOf(submitItself)}`,
].join("; ");

function escape(text) {
  return String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function send(context, status, title, content) {
  context.status = status;
  context.type = "html";
  context.set("Content-Security-Policy", policy);
  context.set("Referrer-Policy", "no-referrer");
  context.body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<p class="badge">Demo identity provider</p>
${content}
</main>
</body>
</html>`;
}

/** Asks for a name. */
export function signInPage(context, { problem, known = "" }) {
  const hint = problem ? ' aria-invalid="true" aria-describedby="problem"' : "";
  send(
    context,
    problem ? 400 : 200,
    "Sign in",
    `<h1>Who are you today?</h1>
<p>This page stands in for a real sign&#8209;in, such as your company’s. It believes every name and asks for no password.</p>
<form method="post">
<label for="name">Your name</label>
<input id="name" name="name" autocomplete="nickname" maxlength="60" autofocus value="${escape(known)}"${hint}>
${problem ? `<p class="problem" id="problem" role="alert">${escape(problem)}</p>` : ""}
<button class="main" type="submit">Sign in</button>
</form>
<form method="post" aria-label="Sign in with one click">
<p class="or">or, with one click, as</p>
<div class="people">
<button name="name" value="Alice">Alice</button>
<button name="name" value="Bob">Bob</button>
</div>
<button class="leave" name="cancel" value="yes">Back without signing in</button>
</form>`,
  );
}

/** Sends the sign-out form of the library, which would otherwise be a question that was answered already. */
export function signOutPage(context, form) {
  const sure = form.replace("</form>", '<input type="hidden" name="logout" value="yes"></form>');
  send(
    context,
    200,
    "Signing out",
    `<h1>Signing out…</h1>
${sure}
<noscript><button class="main" type="submit" form="op.logoutForm">Sign out</button></noscript>
<script>${submitItself}</script>`,
  );
}

/** Says what went wrong, in the library's words, and leads back. */
export function errorPage(context, { error_description: description, error }, page) {
  send(
    context,
    context.status,
    "This did not work",
    `<h1>This did not work</h1>
<p>The provider says: ${escape(description ?? error)}.</p>
<p><a class="main" href="${escape(page.href)}">Back to the demo</a></p>`,
  );
}
