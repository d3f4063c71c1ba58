/*
 * What a user pastes and what a host answers takes time in proportion to its length. This is measured, so that it is
 * no test of `npm test` but of `npm run bench:linear`.
 */
import { describe, it } from '@jest/globals'
import { expectLinear, hostileShapes, repeatedShapes } from '@obb/testing/linear'
import type { TransferKnobs } from '../../fake/transfer.js'
import { caseUnless } from '../case.js'
import { START } from '../bench.js'
import type { Subject } from '../subject.js'
import { words } from './fuzz.js'

export function describeLinear<Knobs extends TransferKnobs>({ adapter, platform }: Subject<Knobs>): void {
  describe(`${adapter.manifest.id} reads in time in proportion to the length`, () => {
    it('of a URL', () => {
      const firsts = platform.links.flatMap(({ spellings: [first] }) => first ?? [])
      const begins = [`https://${adapter.manifest.domains[0]}`, ...firsts]
      const prefixes = begins.flatMap((begin) => ['', '/', '?', '#'].map((part) => begin + part))
      expectLinear((text) => adapter.match(new URL(text)), hostileShapes(...prefixes))
    })

    const { explainDownload } = adapter
    const links = caseUnless(explainDownload === undefined && 'no direct links to explain')
    links('of an answer of a direct link', () => {
      for (const status of [200, 403]) {
        const read = (text: string): unknown =>
          explainDownload?.({ status, headers: {}, text, url: text, now: START })
        expectLinear(read, [...hostileShapes('<html>'), ...repeatedShapes(words(platform.table))])
      }
    })

    it.each(Object.entries(platform.fuzz))('of an answer: %s', (_, read) => {
      expectLinear((text) => read(text), hostileShapes('{"a":"', '<html>'))
    })
  })
}
