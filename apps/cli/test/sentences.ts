import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from '@typescript/typescript6'

const sources = fileURLToPath(new URL('../src', import.meta.url))

/** Every sentence that the sources pass to `t`, as the key of the dictionaries: `{0} is made`. */
export function sentences(): string[] {
  const found = new Set<string>()
  for (const file of filesOf(sources)) {
    const visit = (node: ts.Node): void => {
      if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 't') found.add(keyOf(node.template))
      ts.forEachChild(node, visit)
    }
    visit(file)
  }
  return [...found].sort()
}

/** Sentences that are shown without `t`, and so in English alone. */
export function untranslated(): string[] {
  const shows = new Set(['say', 'print', 'during', 'Refusal', 'confirmed'])
  return filesOf(sources).flatMap((file) => {
    const found: string[] = []
    const visit = (node: ts.Node): void => {
      if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && shows.has(calledIn(node)))
        for (const argument of node.arguments ?? [])
          if (
            ts.isStringLiteral(argument) &&
            argument.text.includes(' ') &&
            !argument.text.startsWith('zapfleet ')
          )
            found.push(`${file.fileName}: ${argument.text}`)
      ts.forEachChild(node, visit)
    }
    visit(file)
    return found
  })
}

function calledIn({ expression }: ts.CallExpression | ts.NewExpression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText()
}

function filesOf(folder: string): ts.SourceFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) =>
      ts.createSourceFile(name, readFileSync(join(folder, name), 'utf8'), ts.ScriptTarget.Latest, true),
    )
}

function keyOf(template: ts.TemplateLiteral): string {
  if (ts.isNoSubstitutionTemplateLiteral(template)) return template.text
  return template.templateSpans.reduce(
    (key, { literal }, at) => `${key}{${at}}${literal.text}`,
    template.head.text,
  )
}
