/*
 * Whatever a user pastes and whatever a host answers, nothing is thrown but a HostError. Answers are made of the real ones: fields swapped for anything, so that every reader is
 * reached deep inside. A failure prints its seed; FUZZ_SEED runs that one again.
 */
import fc from 'fast-check'
import { describe, expect, it } from '@jest/globals'
import type { DownloadAnswer } from '../../kit/adapter.js'
import { HostError } from '../../kit/errors.js'
import { fieldsSeen } from '../../fake/api-knobs.js'
import type { TransferKnobs } from '../../fake/transfer.js'
import type { RefusalRule } from '../../kit/refusal-rule.js'
import { caseUnless } from '../case.js'
import { START } from '../bench.js'
import { everythingAbout } from '../secrecy.js'
import type { Subject } from '../subject.js'
import { askEverything } from './answers.js'

/** RUNS: how many times as many as npm test makes, for nights. */
const RUNS = {
  numRuns: 300 * Number(process.env['RUNS'] ?? 1),
  ...(process.env['FUZZ_SEED'] && { seed: Number(process.env['FUZZ_SEED']) }),
}

const leaf = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(null, '', '0', -1, 1e300, 'inf', 'yes', '12.5 GB', '2030-01-01 00:00:00', [], {}),
)

export function describeFuzz<Knobs extends TransferKnobs>(subject: Subject<Knobs>): void {
  const { adapter, platform } = subject
  const spellings = platform.links.flatMap((entry) => entry.spellings)

  describe('fuzz', () => {
    it('any URL is matched or left alone', () => {
      const texts = fc.oneof(
        fc.webUrl({ withFragments: true, withQueryParameters: true }),
        fc
          .tuple(fc.constantFrom(...adapter.manifest.domains), fc.string({ unit: 'binary' }))
          .map(([host, rest]) => `https://${host}/${rest}`),
        fc
          .tuple(
            fc.constantFrom(...spellings),
            fc.nat(200),
            fc.nat(5),
            fc.string({ unit: 'binary', maxLength: 8 }),
          )
          .map(([link, at, cut, put]) => link.slice(0, at) + put + link.slice(at + cut)),
      )
      fc.assert(
        fc.property(texts, (text) => {
          if (!URL.canParse(text)) return
          const ref = adapter.match(new URL(text))
          if (ref === undefined) return
          expect(ref.fileId).not.toBe('')
          expect(URL.canParse(ref.canonicalUrl)).toBe(true)
        }),
        RUNS,
      )
    }, 120_000)

    const { explainDownload } = adapter
    const links = caseUnless(explainDownload === undefined && 'no direct links to explain')
    links(
      'any answer of a direct link means something or nothing',
      () => {
        const explained = (answer: Omit<DownloadAnswer, 'now'>): void => {
          const meaning = explainDownload?.({ ...answer, now: START })
          const sound =
            meaning === undefined || meaning === 'retry-without-range' || meaning instanceof HostError
          if (!sound) throw new Error(`means ${String(meaning)}`)
        }
        fc.assert(fc.property(downloadAnswers(platform.table), explained), RUNS)
      },
      120_000,
    )

    it.each(Object.entries(platform.fuzz))(
      'any answer is read or refused: %s',
      async (_, read) => {
        fc.assert(
          fc.property(await answerTexts(subject), statuses, (text, status) => {
            refusing(() => read(text, status))
          }),
          RUNS,
        )
      },
      120_000,
    )
  })
}

/** A refusal may come with any; most answers are good ones. */
const statuses = fc.oneof(
  { weight: 2, arbitrary: fc.constant(200) },
  fc.constantFrom(206, 400, 401, 402, 403, 404, 409, 416, 423, 429, 451, 500, 503),
)

/** With the words of the table in them. */
function downloadAnswers(table: readonly RefusalRule[]): fc.Arbitrary<Omit<DownloadAnswer, 'now'>> {
  const part = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.constantFrom('<html>', ...words(table)))
  const headers = [
    'retry-after',
    'content-type',
    'content-disposition',
    'location',
    'x-error',
    'x-mega-time-left',
  ]
  return fc.record({
    status: fc.oneof(
      fc.constantFrom(200, 206, 401, 403, 404, 416, 429, 503),
      fc.integer({ min: 100, max: 599 }),
    ),
    headers: fc.dictionary(fc.constantFrom(...headers), fc.string({ unit: 'binary' })),
    text: fc.array(part, { maxLength: 3 }).map((parts) => parts.join(' ')),
    url: fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.string({ unit: 'binary' })),
  })
}

/** Texts of any kind, and real answers with one or two fields that are something else. */
async function answerTexts<Knobs extends TransferKnobs>(
  subject: Subject<Knobs>,
): Promise<fc.Arbitrary<string>> {
  const texts = [fc.string({ unit: 'binary' }), fc.json(), fc.json().map((json) => `\uFEFF1${json}`)]
  if (!subject.traits.json) return fc.oneof(...texts)
  const { api } = subject
  await askEverything(subject)
  const fields = fieldsSeen(api)
  const bent = fc
    .array(fc.tuple(fc.constantFrom(...fields), leaf), { minLength: 1, maxLength: 2 })
    .map((changes) => {
      const [first] = changes
      const body: unknown = structuredClone(api.seen[first?.[0].call ?? ''])
      for (const [{ path }, value] of changes) putAt(body, path, value)
      return JSON.stringify(body)
    })
  return fc.oneof(...texts, bent, bent, bent)
}

function putAt(value: unknown, [key, ...rest]: readonly (string | number)[], put: unknown): void {
  if (typeof value !== 'object' || value === null || key === undefined) return
  const fields = value as Record<string | number, unknown>
  if (rest.length > 0) putAt(fields[key], rest, put)
  else fields[key] = structuredClone(put)
}

/** What the table looks for in answers, where it is plain text. */
export function words(table: readonly RefusalRule[]): string[] {
  return table.flatMap(({ text = [] }) => text.filter((part) => typeof part === 'string'))
}

function refusing(read: () => unknown): void {
  try {
    read()
  } catch (error) {
    if (!(error instanceof HostError)) throw new Error(`threw ${everythingAbout(error)}`, { cause: error })
  }
}
