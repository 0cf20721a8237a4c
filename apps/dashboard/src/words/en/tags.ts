/** Tags of numbers, and the pools that they name. */
export const tags = {
  tags: {
    label: 'Tags',
    hint: 'The pools that this number belongs to, such as vendas: a message with a pool is sent by its numbers alone. Press Enter or type a comma after each.',
    placeholder: 'Add a tag',
    ofOthers: 'Tags of other numbers',
    add: (tag: string) => `Add tag ${tag}`,
    remove: (tag: string) => `Remove tag ${tag}`,
    added: (tags: string) => `Added: ${tags}`,
    removed: (tag: string) => `Removed: ${tag}`,
    invalid: (tag: string) => `“${tag}” is no tag: use 1 to 50 characters.`,
    tooMany: (most: number, n: number) => `A number has at most ${most} tags; these are ${n}.`,
    filter: 'Filter by tag',
    all: 'All tags',
    one: (tag: string, n: string) => `${tag} (${n})`,
    only: (tag: string) => `Numbers with the tag ${tag}`,
    more: (n: string) => `+${n}`,
    show: (tag: string) => `Show numbers with the tag ${tag}`,
  },
}
