import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from '@typescript/typescript6'

const sources = fileURLToPath(new URL('../src', import.meta.url))

/** Every sentence that the sources hand to `t`, as the key of the dictionaries: `{0} is made`. */
export function sentences(): string[] {
  const found = new Set<string>()
  for (const name of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue
    const file = ts.createSourceFile(
      name,
      readFileSync(join(sources, name), 'utf8'),
      ts.ScriptTarget.Latest,
      true,
    )
    const visit = (node: ts.Node): void => {
      if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 't') found.add(keyOf(node.template))
      ts.forEachChild(node, visit)
    }
    visit(file)
  }
  return [...found].sort()
}

function keyOf(template: ts.TemplateLiteral): string {
  if (ts.isNoSubstitutionTemplateLiteral(template)) return template.text
  return template.templateSpans.reduce(
    (key, { literal }, at) => `${key}{${at}}${literal.text}`,
    template.head.text,
  )
}
