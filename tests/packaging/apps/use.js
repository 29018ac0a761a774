/** What every consumer does: sign in, list, and say which version it has. */
export async function use({ createClient, version }, baseUrl) {
  const client = createClient({ backend: "tambo", apiKey: "tambo_x", baseUrl, userToken: () => "subject" });
  try {
    const token = await client.auth.getToken();
    const titles = [];
    for await (const { title } of client.threads.list()) titles.push(title);
    return { token, titles, version: version().threadpass };
  } catch ({ name, code, message }) {
    return { error: { name, code, message } };
  } finally {
    client.dispose();
  }
}
