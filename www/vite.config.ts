import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { demoSettings } from "./demo-settings.mjs";

export default defineConfig({
  plugins: [react(), demoSettings()],
  server: { host: "127.0.0.1" },
});
