// What an owner entered and cannot be taken: a stable code for programs, a sentence for people.

export type AdminErrorCode =
  | 'invalid_name'
  | 'invalid_email'
  | 'invalid_url'
  | 'invalid_timezone'
  | 'weak_password'
  | 'invalid_setting'
  | 'invalid_goal'
  | 'unknown_goal'
  | 'invalid_dimension'
  | 'unknown_dimension'
  | 'invalid_funnel'
  | 'too_many_expressions'
  | 'unknown_funnel'
  | 'invalid_segment'
  | 'unknown_segment'
  | 'segment_in_use'
  | 'unknown_site'
  | 'forbidden'
  | 'email_taken'
  | 'already_set_up'

export class AdminError extends Error {
  readonly code: AdminErrorCode
  constructor(code: AdminErrorCode, message: string) {
    super(message)
    this.name = 'AdminError'
    this.code = code
  }
}
