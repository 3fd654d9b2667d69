// What ends an exchange with an error of the contract.

/** `throw new Failure("unsupported", "…")` ends the exchange; `more` has the other fields of `error`. */
export class Failure extends Error {
  constructor(kind, message, more = {}) {
    super(message);
    this.error = { kind, message, ...more };
  }
}
