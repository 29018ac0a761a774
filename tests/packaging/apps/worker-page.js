const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
globalThis.answer = new Promise((resolve, reject) => {
  worker.addEventListener("message", ({ data }) => resolve(data));
  worker.addEventListener("error", reject);
});
worker.postMessage(new URL(location.href).searchParams.get("backend"));
