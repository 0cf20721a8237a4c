/** The items in parts of at most `size`, in their order: for statements and messages of limited length. */
export function* parts<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}
