/**
 * A fenced block of a document. `how`: the text of a comment `<!-- run … -->` right before it; null if the block is not run.
 * `line`: the line of its first fence.
 */
export type Block = { language: string; text: string; how: string | null; line: number }

/** Returns the fenced blocks of a Markdown document in their order, also those inside lists. */
export function readBlocks(markdown: string): Block[] {
  const lines = markdown.split('\n')
  const blocks: Block[] = []
  let open: (Block & { indent: string; fence: string }) | null = null
  lines.forEach((text, index) => {
    const fence = /^(\s*)(`{3,})(\S*)\s*$/.exec(text)
    if (open === null) {
      if (fence === null) return
      const how = /<!-- (run\b[^>]*?) -->\s*$/.exec(lines[index - 1] ?? '')?.[1] ?? null
      const [, indent = '', marks = '', language = ''] = fence
      open = { language, text: '', how, line: index + 1, indent, fence: marks }
    } else if (fence !== null && fence[2] === open.fence && fence[3] === '') {
      const { indent: _indent, fence: _fence, ...block } = open
      blocks.push(block)
      open = null
    } else {
      open.text += `${text.startsWith(open.indent) ? text.slice(open.indent.length) : text}\n`
    }
  })
  if (open !== null) throw new Error('a fenced block of the document is never closed')
  return blocks
}
