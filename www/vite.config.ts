import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { demoSettings } from "./demo-settings.mjs";
import { contentSecurity } from "./static-policy.mjs";

export default defineConfig(({ mode }) => {
  // From any folder of any static host.
  if (mode === "static")
    return { base: "./", plugins: [react(), contentSecurity()], build: { outDir: "dist-demo", emptyOutDir: true } };
  return { plugins: [react(), demoSettings()], server: { host: "127.0.0.1" } };
});
