// Writes documentation into the declarations of the API's procedures, because tsc drops comments from inferred types. The text
// of a procedure comes from `dist/procedures/*.d.ts` of the API, that of a field from the description in its zod schema.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from '@typescript/typescript6'

/** The text of `public-procedures.d.ts` in `dist` (the build of the API) with a comment on each procedure and field. */
export async function documentProcedures(dist) {
  const text = readFileSync(join(dist, 'public-procedures.d.ts'), 'utf8')
  const source = ts.createSourceFile('public.d.ts', text, ts.ScriptTarget.Latest, true)
  const comments = procedureComments(join(dist, 'procedures'))
  const schemas = await procedureSchemas(dist)
  /** @type {{ at: number, comment: string }[]} */
  const inserts = []
  const insert = (member, comment) =>
    inserts.push({ at: member.getStart(), comment: comment.replaceAll('*/', '*') })

  const describe = (type, schema) => {
    if (schema === undefined) return
    if (ts.isParenthesizedTypeNode(type)) return describe(type.type, schema)
    if (ts.isArrayTypeNode(type)) return describe(type.elementType, schema.items)
    if (ts.isUnionTypeNode(type)) {
      const literals = type.types.filter((one) => !isNullish(one))
      const objects = variantsOf(schema).filter((one) => one.type !== 'null')
      if (objects.length !== literals.length) return
      for (const [at, one] of literals.entries()) describe(one, objects[at])
      return
    }
    // A subscription wraps its output in AsyncIterable and TrackedData.
    if ((ts.isTypeReferenceNode(type) || ts.isImportTypeNode(type)) && type.typeArguments)
      return describe(type.typeArguments[0], schema)
    if (!ts.isTypeLiteralNode(type)) return
    for (const member of type.members) {
      const field = schema.properties?.[member.name.text]
      if (field === undefined) continue
      if (field.description !== undefined) insert(member, field.description)
      describe(member.type, field)
    }
  }

  const [statement] = source.statements.filter(ts.isVariableStatement)
  for (const noun of statement.declarationList.declarations[0].type.members)
    for (const verb of noun.type.members) {
      const path = `${noun.name.text}.${verb.name.text}`
      insert(verb, comments.get(path) ?? '')
      const [{ members }] = verb.type.typeArguments
      for (const member of members)
        if (member.name.text === 'input' || member.name.text === 'output')
          describe(member.type, schemas.get(path)?.[member.name.text])
    }

  return inserts
    .sort((a, b) => b.at - a.at)
    .reduce((done, { at, comment }) => {
      const indent = ' '.repeat(source.getLineAndCharacterOfPosition(at).character)
      return `${done.slice(0, at)}/** ${comment} */\n${indent}${done.slice(at)}`
    }, text)
}

/** The variants of a union; a union that may be null is one in another. */
function variantsOf(schema) {
  const variants = schema.oneOf ?? schema.anyOf
  return variants === undefined ? [schema] : variants.flatMap(variantsOf)
}

function isNullish(type) {
  return type.kind === ts.SyntaxKind.UndefinedKeyword || type.getText() === 'null'
}

/** The comment on each procedure, as one paragraph, by its path. */
function procedureComments(folder) {
  const found = new Map()
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.d.ts'))) {
    // `webhook-endpoint.d.ts` has the procedures of `webhookEndpoint`.
    const noun = file.slice(0, -'.d.ts'.length).replaceAll(/-(\w)/g, (_dash, letter) => letter.toUpperCase())
    const source = ts.createSourceFile(
      file,
      readFileSync(join(folder, file), 'utf8'),
      ts.ScriptTarget.Latest,
      true,
    )
    const visit = (node) => {
      const [comment] = ts.isPropertySignature(node) ? (node.jsDoc ?? []) : []
      if (comment !== undefined)
        found.set(
          `${noun}.${node.name.text}`,
          ts.getTextOfJSDocComment(comment.comment)?.replaceAll(/\s+/g, ' '),
        )
      ts.forEachChild(node, visit)
    }
    visit(source)
  }
  return found
}

/** The JSON schemas of inputs and outputs by the path of the procedure, as the API writes them. */
async function procedureSchemas(dist) {
  const { procedureSchemas: read } = await import(pathToFileURL(join(dist, 'procedure-contract.js')))
  return read()
}
