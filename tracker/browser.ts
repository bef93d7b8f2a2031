// The client hints that only a script gets: Windows 11, current macOS, Android's versions and models show nowhere
// else. Those that need not be asked for are in the headers.

declare global {
  interface Navigator {
    readonly userAgentData?: { getHighEntropyValues(hints: string[]): Promise<object> }
  }
}

/** As far as they are known by now. */
export let hints: object | undefined

/** Calls back when they are there, or there are none. */
export async function askForHints(then: (now: boolean) => void): Promise<void> {
  hints = await navigator.userAgentData?.getHighEntropyValues(['platformVersion', 'model', 'formFactors'])
  then(true)
}
