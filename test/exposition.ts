/** One line of metrics: its name, labels and value. */
export type Sample = { name: string; labels: Record<string, string>; value: number }

/**
 * Reads the text format of Prometheus (exposition format 0.0.4) and throws at any error: an unknown line, a sample
 * without its HELP and TYPE, an unknown type, a series twice, an invalid name.
 */
export function readExposition(text: string): Sample[] {
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  const types = new Map<string, string>()
  const helped = new Set<string>()
  const seen = new Set<string>()
  const samples: Sample[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    const help = /^# HELP ([a-zA-Z_:][\w:]*) (?:[^\\]|\\\\|\\n)+$/.exec(line)
    const type = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram|summary|untyped)$/.exec(line)
    if (help?.[1]) helped.add(help[1])
    else if (type?.[1]) {
      if (types.has(type[1])) throw new Error(`${type[1]} is declared twice`)
      types.set(type[1], type[2] ?? '')
    } else samples.push(readSample(line))
  }
  for (const { name, labels } of samples) {
    const family = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '')
    if (!types.has(family) || !helped.has(family)) throw new Error(`${name} has no HELP and TYPE`)
    const key = `${name}${JSON.stringify(Object.entries(labels).sort())}`
    if (seen.has(key)) throw new Error(`${key} is there twice`)
    seen.add(key)
  }
  return samples
}

function readSample(line: string): Sample {
  const found = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (NaN|[+-]Inf|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(line)
  if (!found) throw new Error(`this is no sample: ${line}`)
  const [, name = '', inside = '', value = ''] = found
  const labels: Record<string, string> = {}
  let rest = inside
  while (rest !== '') {
    const label = /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,|$)/.exec(rest)
    if (!label) throw new Error(`these are no labels: ${rest}`)
    const [whole, key = '', text = ''] = label
    labels[key] = text.replace(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped))
    rest = rest.slice(whole.length)
  }
  return { name, labels, value: Number(value.replace('Inf', 'Infinity')) }
}
