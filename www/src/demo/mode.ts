/** Whether this tab has chosen to stay anonymous. Kept so that a reload stays; another tab chooses for itself. */
const name = "threadpass-demo:anonymous";

export const anonymousMode = {
  get: () => sessionStorage.getItem(name) !== null,
  set: () => sessionStorage.setItem(name, "yes"),
  clear: () => sessionStorage.removeItem(name),
};
