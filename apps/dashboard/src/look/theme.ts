import { useState } from 'react'

/** Light, dark, or what the system says. */
export const THEMES = ['auto', 'light', 'dark'] as const

export type Theme = (typeof THEMES)[number]

const STORED = 'zapfleet.theme'

function storedTheme(): Theme {
  const stored = localStorage.getItem(STORED)
  return THEMES.find((theme) => theme === stored) ?? 'auto'
}

/** Puts the page into its theme; `tokens.css` does the rest. */
export function showTheme(theme: Theme = storedTheme()): void {
  if (theme === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

/** The theme and its switch. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(storedTheme)
  return [
    theme,
    (chosen) => {
      localStorage.setItem(STORED, chosen)
      showTheme(chosen)
      setTheme(chosen)
    },
  ]
}
