import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { readSettings } from "./demo/settings";
import { Site } from "./demo/site";
import { staticSettings } from "./static/settings";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/screens.css";
import "./styles/layout.css";
import "./styles/threads.css";
import "./styles/chat.css";
import "./styles/inspector.css";
import "./styles/network.css";
import { App } from "./ui/app";
import { Failure } from "./ui/failure";

const root = createRoot(document.getElementById("root")!);

try {
  const isStatic = import.meta.env.MODE === "static";
  const site = await Site.start(await (isStatic ? staticSettings() : readSettings()));
  root.render(
    <StrictMode>
      <App site={site} />
    </StrictMode>,
  );
} catch (error) {
  root.render(<Failure error={error} />);
}
