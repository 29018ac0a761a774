"use client";

import { useEffect } from "react";
import * as threadpass from "threadpass/url";
import { answer } from "../../page.js";

export default function Page() {
  useEffect(() => answer(threadpass), []);
  return null;
}
