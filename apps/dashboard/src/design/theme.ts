import { useState } from 'react'

/** Light, dark, or the setting of the system. */
export const THEMES = ['auto', 'light', 'dark'] as const

export type Theme = (typeof THEMES)[number]

const STORED = 'zapfleet.theme'

function storedTheme(): Theme {
  const stored = localStorage.getItem(STORED)
  return THEMES.find((theme) => theme === stored) ?? 'auto'
}

/** Sets the theme of the page, which `tokens.css` reads. */
export function showTheme(theme: Theme = storedTheme()): void {
  if (theme === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

/** The theme and the function that sets it. */
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
