import { defineConfig } from "vite";

/** One classic script, which every browser with service workers takes, beside the page of the static demo. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  build: {
    outDir: "../dist-demo",
    emptyOutDir: false,
    lib: { entry: "worker.ts", formats: ["iife"], name: "worker", fileName: () => "worker.js" },
  },
});
