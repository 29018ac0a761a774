/** What somebody does at the demo, by clicking and typing. */

export class Person {
  /** @param {import("playwright-core").Page} page */
  constructor(page) {
    this.page = page;
    this.name = page.getByTestId("user-name");
    this.composer = page.getByTestId("composer");
    this.answers = page.locator('[data-testid="message"][data-role="assistant"]');
    this.threads = page.getByTestId("thread-item");
    this.archivedThreads = page.getByTestId("archived-item");
    this.banner = page.getByTestId("banner");
    this.runError = page.getByTestId("run-error");
    this.startScreen = page.getByTestId("start-anonymous");
  }

  /** @param {string} demo the page's address */
  async open(demo) {
    await this.page.goto(demo);
  }

  /** Tries another backend, from the start or from the chats. */
  async choose(backend) {
    await this.page.getByText(backend, { exact: true }).click();
    await this.page.getByRole("radio", { name: backend, checked: true }).waitFor();
  }

  async startAnonymous() {
    await this.page.getByTestId("start-anonymous").click();
    await this.composer.waitFor();
  }

  /** Signs in at the provider, from the start or from the header. */
  async signIn(name) {
    await this.page.getByTestId("start-sign-in").click();
    await this.atProvider(name);
  }

  async switchTo(name) {
    await this.page.getByRole("button", { name: "Switch user" }).click();
    await this.atProvider(name);
  }

  /** Says who one is on the provider's page. */
  async atProvider(name) {
    await this.page.getByLabel("Your name").fill(name);
    await this.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await this.isHere(name);
  }

  async isHere(name) {
    await this.name.filter({ hasText: name }).waitFor();
    await this.isIdentified();
  }

  async isIdentified() {
    await this.page.locator('[data-testid="auth-status"][data-status="identified"]').waitFor();
  }

  /** Signs out here and at the provider, which sends one back. */
  async signOut(press = () => this.page.getByTestId("sign-out").click()) {
    const atProvider = this.page.waitForURL(({ pathname }) => pathname === "/session/end", { waitUntil: "commit" });
    await press();
    await atProvider;
    await this.startScreen.waitFor();
  }

  /** Leaves as an anonymous visitor. */
  async forgetMe() {
    await this.page.getByRole("button", { name: "Forget me" }).click();
    await this.startScreen.waitFor();
  }

  async send(text) {
    await this.composer.fill(text);
    await this.page.getByTestId("send").click();
  }

  /** Sends a message and waits until its answer has come in. */
  async ask(text, answer) {
    await this.send(text);
    await this.answers.filter({ hasText: answer }).last().waitFor();
    await this.isDone();
  }

  /** No answer is coming in. */
  async isDone() {
    await this.page.getByTestId("send").waitFor();
  }

  async newChat() {
    await this.page.getByTestId("new-chat").click();
    await this.page.getByRole("heading", { name: "What shall we try?" }).waitFor();
  }

  /** Presses a tool of a chat, which a mouse has to be at. */
  async press(tool, title) {
    await this.page.getByRole("button", { name: `${tool} ${title}` }).click();
  }

  async showArchived() {
    await this.page.getByTestId("archived").getByText("Archived", { exact: true }).click();
  }

  thread(title) {
    return this.threads.filter({ hasText: title });
  }

  async openThread(title) {
    await this.thread(title).locator(".thread-open").click();
  }
}
