/** The WebAssembly as text: made by the build. */
export const text: string;
/** The bytes that have one character, by their character. */
export const order: string;
