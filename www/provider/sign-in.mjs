/** The two requests of the sign-in page: showing it and sending it. */
import { signInPage } from "./pages.mjs";
import { personNamed } from "./people.mjs";

const largest = 4096;

/** Koa middleware. */
export function signIn(provider) {
  return async (context, next) => {
    const [, uid] = /^\/sign-in\/([\w-]+)$/.exec(context.path) ?? [];
    if (!uid) return next();
    context.set("Cache-Control", "no-store");
    // Throws for a form that has been sent already or belongs to another browser; the error page says so.
    const { params } = await provider.interactionDetails(context.req, context.res);
    if (context.method !== "POST") return signInPage(context, { known: params.login_hint });
    const form = await formOf(context.req);
    const subject = personNamed(form.get("name") ?? "");
    if (!subject && !form.has("cancel")) return signInPage(context, { problem: "Please type a name, any name." });
    const result = form.has("cancel")
      ? { error: "access_denied", error_description: "the sign-in was left" }
      : { login: { accountId: subject } };
    context.redirect(await provider.interactionResult(context.req, context.res, result));
    context.status = 303;
  };
}

async function formOf(request) {
  let text = "";
  for await (const piece of request.setEncoding("utf8")) {
    text += piece;
    if (text.length > largest) break;
  }
  return new URLSearchParams(text);
}
