// The reader's language, as the browser tells it.

import { formatFor } from './format.ts'

export const locale = navigator.language || 'en'
export const format = formatFor(locale)
