import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type DemoSize = 'small' | 'large'

/** The state of a demo in its data folder: the numbers that it made, and whether it has made all those of its size. */
export type Marker = { made: string[]; complete: boolean; size: DemoSize }

/** Reads it; a small demo without numbers where there is none. */
export function readMarker(dataDir: string): Marker {
  const none: Marker = { made: [], complete: false, size: 'small' }
  try {
    return { ...none, ...(JSON.parse(readFileSync(fileIn(dataDir), 'utf8')) as Partial<Marker>) }
  } catch {
    return none
  }
}

export function writeMarker(dataDir: string, marker: Marker): void {
  const file = fileIn(dataDir)
  writeFileSync(`${file}.new`, JSON.stringify(marker))
  renameSync(`${file}.new`, file)
}

const fileIn = (dataDir: string): string => join(dataDir, 'demo.json')
