// Why a request is answered 400: which parameter, and what is wrong with it. The value is not repeated.

export class Refusal extends Error {
  readonly parameter: string
  constructor(parameter: string, why: string) {
    super(`${parameter}: ${why}.`)
    this.name = 'Refusal'
    this.parameter = parameter
  }
}
