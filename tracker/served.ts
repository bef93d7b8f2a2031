// What the server says to the script of a site, as one text in it: the mode of its cookies, and whether the wishes of
// browsers are heeded (Do Not Track, Global Privacy Control). The build puts in what goes for sites with usual settings;
// the server puts another text in its place for the others: `none `, without the second word, where they are not.

/** `page`: the script keeps them; `server`: the collector does; `none`. */
type CookieMode = 'page' | 'server' | 'none'

declare const SERVED: string

/** Split, so that no compiler takes it for known. */
export const [cookieMode, wishes] = SERVED.split(' ') as [CookieMode, string]
