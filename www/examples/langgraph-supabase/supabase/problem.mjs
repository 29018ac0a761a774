/** What goes wrong, in both shapes that the service has for it. */

export class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} code as the service names it
   * @param {string} message
   * @param {object} [more] members beside
   */
  constructor(status, code, message, more = {}) {
    super(message);
    Object.assign(this, { status, code, more });
  }

  /** Clients that send a version get the newer shape. */
  body(isVersioned) {
    const { status, code, message, more } = this;
    return isVersioned ? { code, message, ...more } : { code: status, error_code: code, msg: message, ...more };
  }
}
