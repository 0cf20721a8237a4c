/** What `make` returns for a name, made at its first use and kept. For names of which there are few. */
export function madeOnce<Made>(make: () => Made): (name: string) => Made {
  const made = new Map<string, Made>()
  return (name) => {
    const known = made.get(name)
    if (known !== undefined) return known
    const created = make()
    made.set(name, created)
    return created
  }
}
