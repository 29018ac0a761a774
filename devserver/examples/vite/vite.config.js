/**
 * Vite in front of the local backend, so that the page calls its own origin, as it may do in production:
 *
 *     createClient({ backend: "tambo", baseUrl: new URL("/tambo", location.href).href, apiKey, userToken });
 */
const target = process.env.THREADPASS_BACKEND ?? "http://127.0.0.1:8261";

export default {
  server: {
    proxy: {
      "/tambo": {
        target,
        changeOrigin: true,
        rewrite: (path) => path.slice("/tambo".length),
      },
    },
  },
};
