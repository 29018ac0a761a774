/** What runs in the page, bundled with one version of React. */
import { Profiler, StrictMode, createElement } from "react";
import { flushSync } from "react-dom";
import { createRoot, hydrateRoot } from "react-dom/client";

export * as React from "react";
export * as bindings from "threadpass/react";
export * as testing from "threadpass/testing";
export { createElement as h } from "react";
export { flushSync } from "react-dom";
export { Rows, Shell } from "./shell.mjs";

/**
 * Mounts what `view(props)` makes, and records every commit: what is on the page then, and what `note` adds.
 *
 * @param {(props: any) => import("react").ReactNode} view
 * @param {{ props?: object, strict?: boolean, note?: () => unknown, html?: string }} [options] `html` is hydrated
 */
export function mount(view, { props = {}, strict = false, note = () => ({}), html } = {}) {
  const place = document.body.appendChild(document.createElement("div"));
  const commits = [];
  const recovered = [];
  let last = props;
  const tree = () => {
    const profiled = createElement(
      Profiler,
      { id: "app", onRender: () => commits.push({ rows: rowsIn(place), text: place.textContent, ...note() }) },
      createElement(view, last),
    );
    return strict ? createElement(StrictMode, null, profiled) : profiled;
  };
  if (html) place.innerHTML = html;
  const options = { onRecoverableError: (error) => recovered.push(String(error)) };
  const root = html ? hydrateRoot(place, tree(), options) : createRoot(place, options);
  if (!html) flushSync(() => root.render(tree()));
  return {
    place,
    commits,
    recovered,
    rows: () => rowsIn(place),
    text: () => place.textContent,
    /** Renders again with other props. */
    update: (more) => {
      last = { ...last, ...more };
      flushSync(() => root.render(tree()));
    },
    unmount: () => {
      flushSync(() => root.unmount());
      place.remove();
    },
  };
}

const rowsIn = (place) => Array.from(place.querySelectorAll("li"), (row) => row.textContent);
