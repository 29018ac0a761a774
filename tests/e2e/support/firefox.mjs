/** Firefox, over WebDriver BiDi. */
import puppeteer from "puppeteer-core";
import { patienceMs } from "./browser.mjs";

/** Nothing that Firefox looks up, fetches or tells by itself. */
const quiet = {
  "app.normandy.enabled": false,
  "app.update.disabledForTesting": true,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.systemAddon.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "http://127.0.0.1:9",
  "toolkit.telemetry.enabled": false,
};

export async function launchFirefox() {
  const executablePath = process.env.FIREFOX ?? "/usr/bin/firefox-esr";
  const browser = await puppeteer.launch({
    ...{ browser: "firefox", executablePath, headless: true, extraPrefsFirefox: quiet },
    ...{ timeout: patienceMs, protocolTimeout: 2 * patienceMs },
  });
  return browser;
}
