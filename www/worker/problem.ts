/** The error shapes of the service (contract, section 3). */

export class Problem extends Error {
  readonly status: number;
  readonly body: object;

  constructor(status: number, body: object) {
    super(`answered ${status}`);
    this.status = status;
    this.body = body;
  }
}

const reasons: Record<number, string> = { 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found" };

/** The framework's own shape. Several messages are what a validated body has wrong. */
export function problem(status: number, message: string | readonly string[]): Problem {
  return new Problem(status, { message, error: reasons[status], statusCode: status });
}

/** An API key that is missing or wrong, a thread that is not there, and somebody else's thread: all alike. */
export const forbidden = (): Problem => problem(403, "Forbidden resource");

/** A rule of the service's own. */
export function ruled(status: number, code: string, title: string, detail: string, more: object = {}): Problem {
  const instance = `urn:tambo:error-instance:${crypto.randomUUID()}`;
  return new Problem(status, { type: `urn:tambo:error:${code}`, title, status, detail, instance, ...more });
}
