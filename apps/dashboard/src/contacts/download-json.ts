/** Makes the browser save a value as a file of JSON. */
export function downloadJson(name: string, value: unknown): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // A browser that shows a dialog first still reads the file.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
