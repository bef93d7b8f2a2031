// Light, dark, or as the system says; kept in this browser.

import { signal } from '@preact/signals'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const key = 'footfall.theme'

export const theme = signal<Theme>(stored())
/** Counts up whenever colours may have changed, by choice or by the system. */
export const paint = signal(0)

export function setTheme(chosen: Theme): void {
  theme.value = chosen
  remember(chosen)
  show()
}

export function nextTheme(): Theme {
  return themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'system'
}

export function startTheme(): void {
  show()
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => paint.value++)
}

function show(): void {
  if (theme.value === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme.value
  paint.value++
}

function stored(): Theme {
  try {
    return themes.find((candidate) => candidate === localStorage.getItem(key)) ?? 'system'
  } catch {
    // Storage may be forbidden: then the system decides.
    return 'system'
  }
}

function remember(chosen: Theme): void {
  try {
    localStorage.setItem(key, chosen)
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
