/// <reference types="vite/client" />

interface ImportMetaEnv {
  readonly VITE_ASSISTANT_CLOUD_URL: string;
  readonly VITE_ISSUER: string;
  readonly VITE_CLIENT_ID: string;
}
