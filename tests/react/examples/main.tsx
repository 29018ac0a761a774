/** The app as a page. Who is signed in is in its URL, which is how this page is tested and no example. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ThreadpassProvider } from "threadpass/react";
import { App } from "./chat";

const token = new URLSearchParams(location.hash.slice(1)).get("token");

createRoot(document.body.appendChild(document.createElement("div"))).render(
  <StrictMode>
    <ThreadpassProvider backend="tambo" apiKey="tambo_fake" baseUrl="https://threadpass.test" userToken={() => token}>
      <App />
    </ThreadpassProvider>
  </StrictMode>,
);
