/** Literals in lower case of which every match holds one; undefined when nothing can be said. */
export function requiredLiterals(source: string): string[] | undefined
/** All the texts that an expression matches, in lower case; undefined when it is not so simple. */
export function textsOf(source: string): { texts: string[]; ends: boolean } | undefined
/** Expressions of which at least one matches where this one does, and none where it does not. */
export function partsOf(source: string): string[]
