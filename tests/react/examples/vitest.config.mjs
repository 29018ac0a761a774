import { defineConfig } from "vitest/config";

export default defineConfig({
  root: import.meta.dirname,
  test: { include: ["*.vitest.tsx"], testTimeout: 60_000, fileParallelism: false, cache: false },
});
