import ts from '@typescript/typescript6'

/** The members of a package's declarations that its users see, as paths: `FleetClientOptions.url`, `instance.list.input.status`. */
export type Members = { documented: string[]; undocumented: string[] }

/** Every exported declaration with its members, and every procedure with its fields, by whether an editor shows documentation for it. */
export function membersOf(declarations: string): Members {
  const source = ts.createSourceFile('index.d.ts', declarations, ts.ScriptTarget.Latest, true)
  const members: Members = { documented: [], undocumented: [] }
  const exported = source.statements
    .filter(ts.isExportDeclaration)
    .flatMap(({ exportClause }) =>
      exportClause && ts.isNamedExports(exportClause)
        ? exportClause.elements.map((one) => one.name.text)
        : [],
    )

  const note = (path: string, node: ts.Node): void => {
    const text = ts
      .getJSDocCommentsAndTags(node)
      .map((one) => ts.getTextOfJSDocComment(one.comment) ?? '')
      .join('')
    members[text.trim() === '' ? 'undocumented' : 'documented'].push(path)
  }
  const visit = (path: string, node: ts.Node): void => {
    ts.forEachChild(node, (child) => {
      if (!isMember(child)) return visit(path, child)
      const name = `${path}.${child.name.getText()}`
      note(name, child)
      visit(name, child)
    })
  }
  for (const statement of source.statements) {
    const declared = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.map((one) => one.name.getText())
      : [(statement as ts.DeclarationStatement).name?.getText() ?? '']
    for (const name of declared) {
      if (name === 'procedures') visitProcedures(statement)
      if (!exported.includes(name)) continue
      note(name, statement)
      // The text of a function documents its parameters.
      if (!ts.isFunctionDeclaration(statement) && name !== 'FleetRouter') visit(name, statement)
    }
  }

  function visitProcedures(statement: ts.Node): void {
    const of = (node: ts.Node, depth: number, path: string): void =>
      ts.forEachChild(node, (child) => {
        if (!isMember(child)) return of(child, depth, path)
        const name = child.name.getText()
        const own = path === '' ? name : `${path}.${name}`
        // Nouns and tRPC's own members of a procedure are not written by callers.
        const isTrpcs = depth === 2
        if (isTrpcs && name !== 'input' && name !== 'output') return
        if (depth > 0 && !isTrpcs) note(own, child)
        of(child, depth + 1, own)
      })
    of(statement, 0, '')
  }
  return members
}

function isMember(node: ts.Node): node is ts.PropertySignature | ts.MethodSignature | ts.PropertyDeclaration {
  if (ts.isPropertyDeclaration(node))
    return !node.modifiers?.some((one) => one.kind === ts.SyntaxKind.PrivateKeyword)
  return ts.isPropertySignature(node) || ts.isMethodSignature(node)
}
