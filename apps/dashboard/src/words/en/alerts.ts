/** The place of alerts. */
export const alerts = {
  title: 'Alerts',
  lead: (n: string) => `Open now: ${n}. The most urgent are first.`,
  reading: 'Reading the alerts…',
  failedTitle: 'The alerts could not be read',
  emptyTitle: 'No alert is open',
  emptyMore:
    'zapfleet checks numbers, delivery and Evolution all the time and opens an alert when something needs a person. An alert route sends it to your team in Slack, Telegram or by e-mail.',
  toRoutes: 'Alert routes in the settings',
  severity: { critical: 'Critical', warning: 'Warning', info: 'Information' },
  openFor: (time: string) => `open for ${time}`,
  sentBy: (names: string) => `Sent by: ${names}`,
  notSent: 'Sent by no alert route.',
  toNumber: (name: string) => `Open ${name}`,
  explains: (n: string) => `Explains more alerts: ${n}`,
  history: 'History',
  historyMore: 'Alerts that are over. They are kept for 400 days.',
  noHistory: 'No alert has ended yet.',
  lasted: (when: string, time: string) => `opened ${when}, lasted ${time}`,
  more: 'Show more',
}
