const PATHS = {
  check: 'M4.5 10.5 8 14l7.5-8',
  close: 'M5 5l10 10M15 5 5 15',
  plus: 'M10 4v12M4 10h12',
  search: 'M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12Zm4.3-1.7L17 17',
  chevron: 'M6 8l4 4 4-4',
  up: 'M10 16V4M5 9l5-5 5 5',
  down: 'M10 4v12M5 11l5 5 5-5',
  arrow: 'M4 10h12M11 5l5 5-5 5',
  back: 'M16 10H4M9 5l-5 5 5 5',
  pause: 'M7 4v12M13 4v12',
  play: 'M6 4l10 6-10 6V4Z',
  restart: 'M15.5 8A6 6 0 1 0 16 11M16 3v5h-5',
  out: 'M8 4H5a1 1 0 0 0-1 1v10a1 1 0 0 0 1 1h3M12 6l4 4-4 4M16 10H8',
  trash: 'M4 6h12M8 6V4h4v2M6 6l.7 10h6.6L14 6',
  qr: 'M3.5 3.5h5v5h-5zM11.5 3.5h5v5h-5zM3.5 11.5h5v5h-5zM11.5 11.5h2v2h-2zM15 15h1.5v1.5H15zM11.5 16.5h.01M16.5 11.5h.01',
  key: 'M12.5 11.5a4 4 0 1 0-3.6-2.2L3.5 14.7V17h2.3v-1.8h1.8v-1.8h1.8l1.2-1.2a4 4 0 0 0 1.9-.7ZM13.2 6.8h.01',
  person: 'M10 10a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4ZM4 16.5c.6-3 3-4.5 6-4.5s5.400 1.500 6 4.500',
  warn: 'M10 3.500 17.500 16.500h-15L10 3.500ZM10 8.500v3.500M10 14.300h.01',
  info: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 9.500V13M10 7h.01',
  clock: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 6v4l2.500 2',
  read: 'M1.500 10.500 5 14l7-8M9.500 13l1 1 7.500-8',
  send: 'M17 3 9 11M17 3l-5 14-3-6-6-3 14-5Z',
  connected: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM7 10.300l2.200 2.200L13.200 8',
  connecting: 'M10 3a7 7 0 0 1 7 7M10 17a7 7 0 0 1-7-7M14.900 14.900l.01.01M5.100 5.100l.01.01',
  disconnected: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM7 10h6',
  banned: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM5.200 5.200l9.600 9.600',
  unknown:
    'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM8 8.200a2 2 0 1 1 2.700 1.900c-.500.200-.700.500-.700 1.100M10 13.500h.01',
  bell: 'M10 3a4.500 4.500 0 0 0-4.500 4.500c0 4-1.500 5.500-1.500 5.500h12s-1.500-1.500-1.500-5.500A4.500 4.500 0 0 0 10 3ZM8.300 16a1.800 1.800 0 0 0 3.400 0',
  alarm: 'M6.500 2.500h7l4 4v7l-4 4h-7l-4-4v-7l4-4ZM10 6.500v4.500M10 13.500h.01',
  copy: 'M7 7h9.500v9.500H7zM4 13V4h9',
  sun: 'M10 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM10 2.500v1.500M10 16v1.500M2.500 10H4M16 10h1.500M4.700 4.700l1 1M14.300 14.300l1 1M15.300 4.700l-1 1M5.700 14.300l-1 1',
} as const

export type IconName = keyof typeof PATHS

/** A small picture beside a word, hidden from screen readers. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
