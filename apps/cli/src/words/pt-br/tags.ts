/** Tags of numbers and the pools that they name, in every command. */
export const TAGS_PT_BR: Readonly<Record<string, string>> = {
  TAGS: 'ETIQUETAS',
  Tags: 'Etiquetas',
  'only those with one of these tags': 'só os que têm uma destas etiquetas',
  'only the numbers with this tag': 'só os números com esta etiqueta',
  'only the numbers with this tag may serve; the contact has a number in each pool':
    'só os números com esta etiqueta podem atender; o contato tem um número em cada pool',
  'the pools that it belongs to, separated by commas':
    'os pools de que ele faz parte, separados por vírgulas',
  'the pools that it belongs to, separated by commas, instead of those before; none: no pool':
    'os pools de que ele faz parte, separados por vírgulas, no lugar dos anteriores; none: nenhum pool',
  'it belongs to these pools as well': 'ele passa a fazer parte também destes pools',
  'it no longer belongs to these pools': 'ele deixa de fazer parte destes pools',
  'Expected a tag of 1 to {0} characters, without commas and line ends.':
    'Use uma etiqueta de 1 a {0} caracteres, sem vírgulas nem quebras de linha.',
  'Expected at least one tag.': 'Informe ao menos uma etiqueta.',
  'Expected at most {0} tags, received {1}.': 'Use no máximo {0} etiquetas; você informou {1}.',
  'No number has the tag "{0}".': 'Nenhum número tem a etiqueta "{0}".',
  'No number has a tag.': 'Nenhum número tem etiqueta.',
  'The tags are {0}.': 'As etiquetas são {0}.',
  'The tags are {0}, and {1} more.': 'As etiquetas são {0} e mais {1}.',
  'Give one to a number with: zapfleet instances update <name> --tags <tags>':
    'Dê uma a um número com: zapfleet instances update <nome> --tags <etiquetas>',
  'The pool {0} can take {1} new contacts today, {2} of them now.':
    'O pool {0} comporta {1} contatos novos hoje, {2} deles agora.',
  '--pool shows a pool, and a name one number: give one of the two.':
    '--pool mostra um pool, e um nome mostra um número: informe só um dos dois.',
  'Not in this pool: {0}.': 'Fora deste pool: {0}.',
  '  in the pool {0}': '  no pool {0}',
}
