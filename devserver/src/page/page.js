const facts = JSON.parse(document.getElementById("facts").textContent);
const shownCalls = 50;
const everyMs = 1500;

const element = (id) => document.getElementById(id);

function cell(content, failed = false) {
  const td = document.createElement("td");
  td.append(content);
  if (failed) td.className = "failed";
  return td;
}

function code(text) {
  const code = document.createElement("code");
  code.textContent = text;
  return code;
}

function fill(id, rows) {
  const lines = rows.map((cells) => {
    const line = document.createElement("tr");
    line.append(...cells);
    return line;
  });
  element(id).replaceChildren(...lines);
}

async function control(method, route, body) {
  const headers = { "x-dev-key": facts.controlKey, "content-type": "application/json" };
  const response = await fetch(`/__dev/${route}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await response.text();
  const answer = text.startsWith("{") ? JSON.parse(text) : null;
  if (!response.ok) throw new Error(answer?.message ?? `${route} was answered ${response.status}`);
  return answer;
}

function tell(text, failed = false) {
  element("told").textContent = text;
  element("told").className = failed ? "failed" : "";
}

/** Does what a button is for, says that it was done or why not, and looks again. */
async function act(done, work) {
  try {
    await work();
    tell(done);
  } catch (error) {
    tell(error.message, true);
  }
  await look();
}

let faults = [];
let shownFaults = "";

function showFaults(report) {
  // The buttons are replaced only when there is something else to show: one that has the focus keeps it.
  const now = JSON.stringify(report);
  if (now === shownFaults) return;
  shownFaults = now;
  faults = report.map(({ fault }) => fault);
  const off = (index) => {
    const button = document.createElement("button");
    button.textContent = "Off";
    button.setAttribute("aria-label", `${faults[index]} off`);
    const others = faults.filter((_, other) => other !== index);
    button.onclick = () => act("It is off.", () => control("PUT", "faults", { faults: others }));
    return button;
  };
  fill(
    "faults",
    report.map(({ fault, hits }, index) => [cell(code(fault)), cell(String(hits)), cell(off(index))]),
  );
}

function showCalls(calls) {
  const last = calls.slice(-shownCalls).reverse();
  fill(
    "calls",
    last.map(({ time, method, path, status, user }) => [
      cell(new Date(time).toLocaleTimeString()),
      cell(`${method} ${path}`),
      cell(status === null ? "…" : String(status), status >= 400),
      cell(user ?? "–"),
    ]),
  );
}

function showKeys() {
  element("cloud-key").textContent = facts.assistantCloud.apiKey;
  fill(
    "projects",
    facts.projects.map(({ name, verification, apiKey }) => [cell(name), cell(verification), cell(code(apiKey))]),
  );
}

async function look() {
  try {
    const [{ calls }, report] = await Promise.all([control("GET", "calls"), control("GET", "faults")]);
    showCalls(calls);
    showFaults(report.faults);
  } catch (error) {
    tell(`The backend does not answer: ${error.message}`, true);
  }
}

element("url").textContent = facts.url;
element("cloud-url").textContent = facts.assistantCloud.baseUrl;
element("control-key").textContent = facts.controlKey;
for (const deviation of facts.deviations) {
  const item = document.createElement("li");
  item.textContent = `${deviation}.`;
  element("deviations").append(item);
}
showKeys();

element("add").onsubmit = (event) => {
  event.preventDefault();
  const field = element("fault");
  act("It is on.", async () => {
    await control("PUT", "faults", { faults: [...faults, field.value] });
    field.value = "";
  });
};
element("clear").onclick = () => act("No fault is on.", () => control("DELETE", "faults"));
element("revoke").onclick = () => act("Every session token issued so far is refused.", () => control("POST", "revoke"));
element("rotate").onclick = () =>
  act("Every API key is a new one.", async () => {
    const { apiKeys, assistantCloud } = await control("POST", "rotate-keys");
    for (const project of facts.projects) project.apiKey = apiKeys[project.name];
    facts.assistantCloud.apiKey = assistantCloud.apiKey;
    showKeys();
  });

await look();
setInterval(() => document.hidden || look(), everyMs);
