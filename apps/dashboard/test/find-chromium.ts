import { accessSync, constants } from 'node:fs'

const USUAL_PLACES = [
  // Draws to memory alone, with two thirds of the processor time of the others.
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** The Chromium of this machine: that of CHROMIUM_PATH, else one of the usual places; null without any. */
export function findChromium(): string | null {
  const named = process.env.CHROMIUM_PATH
  return [...(named ? [named] : []), ...USUAL_PLACES].find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
