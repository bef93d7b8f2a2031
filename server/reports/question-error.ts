// A question that cannot be answered as it was asked, with a code that the API passes on.

export type QuestionErrorCode =
  | 'invalid_period'
  | 'invalid_date'
  | 'invalid_by'
  | 'invalid_sort'
  | 'raw_data_gone'
  | 'invalid_compare'
  | 'invalid_row'
  | 'invalid_under'
  | 'invalid_folder'
  | 'invalid_segment'
  | 'invalid_filter'
  | 'unknown_segment'

export class QuestionError extends Error {
  readonly code: QuestionErrorCode
  constructor(code: QuestionErrorCode, message: string) {
    super(message)
    this.name = 'QuestionError'
    this.code = code
  }
}
