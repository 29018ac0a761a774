/** The backends that the page knows, by what people call them. */
export const backends = {
  tambo: "Tambo",
  "assistant-cloud": "Assistant Cloud",
} as const;

export type BackendName = keyof typeof backends;

export const backendNames = Object.keys(backends) as readonly BackendName[];
