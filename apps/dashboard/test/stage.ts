import { setTimeout as sleep } from 'node:timers/promises'
import axe from 'axe-core'
import {
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core'
import { expect } from 'vitest'
import { buildPage } from './build-page.ts'
import { startFleet, type TestFleet } from './fleet.ts'

/** A browser and a fleet, for one run of scenes. */
export type Stage = {
  fleet: TestFleet
  /** A new visitor: a tab with its own storage. In English, light, at 1440 px by default. */
  visit(how?: BrowserContextOptions): Promise<Page>
  /** Signs in with a key, and waits for the fleet and its notices. */
  enter(key: string, how?: BrowserContextOptions): Promise<Page>
  /** Every address that any page requested. */
  addresses: string[]
  /** Errors that pages logged or threw. Scenes in which the network fails remove theirs with `forgive`. */
  complaints: string[]
  forgive(pattern: RegExp): void
  /** Closes the pages of every visitor, which would slow down the next ones. */
  leave(): Promise<void>
  /** The address, the focus and the dialogs of every open page, for the log of a failed scene. */
  describePages(): Promise<string>
  close(): Promise<void>
}

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A page lives for seconds: to optimize its code costs more than it saves.
  '--js-flags=--no-opt',
  // A host that is no secure context, unlike 127.0.0.1.
  '--host-resolver-rules=MAP fleet.test 127.0.0.1',
]

/** Builds the page, starts a fleet and a browser. */
export async function openStage(executablePath: string): Promise<Stage> {
  buildPage()
  const [fleet, browser] = await Promise.all([startFleet(), chromium.launch({ executablePath, args: FLAGS })])
  const contexts: BrowserContext[] = []
  const addresses: string[] = []
  const complaints: string[] = []

  async function visit(how: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale: 'en-GB',
      colorScheme: 'light',
      // Without animations, elements are visible at once.
      reducedMotion: 'reduce',
      ...how,
    })
    contexts.push(context)
    context.setDefaultTimeout(60_000)
    const page = await context.newPage()
    page.on('request', (request) => addresses.push(request.url()))
    page.on('pageerror', (error) => complaints.push(`thrown: ${error.message}`))
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        complaints.push(`${message.text()} (${message.location().url})`)
    })
    await page.goto(fleet.url)
    return page
  }

  async function leave(): Promise<void> {
    await Promise.all(contexts.splice(0).map((context) => context.close()))
  }

  return {
    fleet,
    addresses,
    complaints,
    visit,
    async enter(key, how) {
      const page = await visit(how)
      const field = page.locator('input[type=password]')
      await field.fill(key)
      await field.press('Enter')
      await page.locator('.overview, .empty').first().waitFor()
      await noticesShown(page)
      return page
    },
    forgive(pattern) {
      const kept = complaints.filter((one) => !pattern.test(one))
      complaints.splice(0, complaints.length, ...kept)
    },
    leave,
    async describePages() {
      const pages = contexts.flatMap((context) => context.pages())
      const described = await Promise.all(pages.map(describePage))
      return [...described, ...complaints.map((one) => `  logged: ${one}`)].join('\n')
    },
    async close() {
      await leave()
      await browser.close()
      await fleet.close()
    },
  }
}

const DESCRIBED_WITHIN_MS = 10_000

async function describePage(page: Page): Promise<string> {
  const reading = page.evaluate(() =>
    [
      location.href,
      `focus: ${document.activeElement?.outerHTML.slice(0, 300)}`,
      ...[...document.querySelectorAll<HTMLElement>('[role=dialog], .note, .banner')].map(
        (one) => one.textContent,
      ),
    ].join('\n'),
  )
  // A page that crashed does not answer.
  const silence = sleep(DESCRIBED_WITHIN_MS, `${page.url()} does not answer`)
  return Promise.race([reading.catch(String), silence])
}

/** `expect` of something that becomes true later, on a machine that may be busy. */
export function eventually<Value>(look: () => Value | Promise<Value>) {
  return expect.poll(look, { timeout: 60_000, interval: 100 })
}

/** Notices come after the numbers and move all below them: a click meanwhile would press one place and release another. */
async function noticesShown(page: Page): Promise<void> {
  const areRead = (): boolean =>
    performance
      .getEntriesByType('resource')
      .some(
        (one) => one.name.includes('fleet.conditions') && (one as PerformanceResourceTiming).responseEnd > 0,
      )
  // The page of a key that may not read them has none.
  await page.waitForFunction(areRead, undefined, { timeout: 5_000 }).catch(() => {})
  await page.evaluate(() => new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown))))
}

/** The row of a number in the list. */
export function rowOf(page: Page, name: string): Locator {
  return page.locator(`.numbers-body [role=row][data-name="${name}"]`)
}

type Finding = { id: string; nodes: { html: string; failureSummary?: string }[] }

/**
 * Fails with the findings of axe on the present page. A note of high priority is hidden from screen readers until it has the focus: its text was
 * announced by a live region of the library when it came, which axe does not know.
 */
export async function expectAccessible(page: Page): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  const findings = (await page.evaluate(
    'axe.run({ exclude: [[\'.note[aria-hidden="true"]\']] }, { resultTypes: ["violations"] }).then(({ violations }) => violations)',
  )) as Finding[]
  const told = findings.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map((node) => `${node.html}\n${node.failureSummary ?? ''}`).join('\n')}`,
  )
  expect(told).toEqual([])
}
