import { t } from '../language.ts'

/** A share (0 to 1) as a bar of `width` columns; above 1 it is full. */
export function bar(share: number, width: number): string {
  const filled = Math.round(Math.max(0, Math.min(1, share)) * width)
  return '█'.repeat(filled) + '░'.repeat(width - filled)
}

/** Figures as small columns, each as high as its share of the highest; 0 is the lowest column. */
export function sparkline(figures: readonly number[]): string {
  const most = Math.max(...figures, 1)
  return figures
    .map((figure) => (figure === 0 ? '▁' : '▂▃▄▅▆▇█'[Math.min(6, Math.floor((figure / most) * 7))]))
    .join('')
}

/** A share (0 to 1) in per cent, never rounded up to 100 or down to 0: 99.97 % is not all. */
export function percent(share: number): string {
  const value = share * 100
  if (value > 99.9 && value < 100) return '99.9 %'
  if (value > 0 && value < 0.1) return '0.1 %'
  return `${Math.round(value * 10) / 10} %`
}

/** "1 number", "2 numbers". */
export function numbers(figure: number): string {
  return figure === 1 ? t`${figure} number` : t`${figure} numbers`
}
