/** Who the visitor is: whoever is signed in, and else somebody without a name whose chats this browser keeps. */
import { createClient } from "threadpass";
import { idToken, isSignedIn } from "./sign-in.js";

const baseUrl = import.meta.env.VITE_ASSISTANT_CLOUD_URL;

/** Whether somebody has signed in. Their chats from before come with them. */
export const signedIn = await isSignedIn();

export const client = signedIn
  ? createClient({ backend: "assistant-cloud", baseUrl, authToken: idToken, claimAnonymous: true })
  : createClient({ backend: "assistant-cloud", baseUrl, anonymous: true });
