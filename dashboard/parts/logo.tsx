// The mark: two prints of a sole, one step after the other. The favicon is the same drawing.

export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" class="logo-ground" />
      <g class="logo-print">
        <path d="M11 6.2c2.7 0 4.3 2.3 4.1 5.2-.2 2.5-1 5.1-1.3 6.7H8.3C7.9 16.4 7 13.9 7 11.3c0-2.9 1.5-5.1 4-5.1z" />
        <path d="M8.7 19.8h4.9c-.1 2-.9 3.4-2.5 3.4-1.5 0-2.3-1.4-2.4-3.4z" />
      </g>
      <g class="logo-print logo-behind">
        <path d="M21.2 9.6c2.5 0 4 2.2 4 5.1 0 2.6-.9 5.1-1.3 6.8h-5.5c-.3-1.6-1.1-4.2-1.3-6.7-.2-2.9 1.4-5.2 4.1-5.2z" />
        <path d="M18.6 23.2h4.9c-.1 2-.9 3.4-2.4 3.4-1.6 0-2.4-1.4-2.5-3.4z" />
      </g>
    </svg>
  )
}

export function Wordmark() {
  return (
    <span class="wordmark">
      <Logo />
      <span>Footfall</span>
    </span>
  )
}
