import { describe, expect, it } from '@jest/globals'
import type { TransferKnobs } from '../../fake/transfer.js'
import { ownsNoDomain } from '../../kit/manifest.js'
import { caseUnless } from '../case.js'
import type { Subject } from '../subject.js'

export function describeLinks<Knobs extends TransferKnobs>({
  adapter,
  others,
  platform,
}: Subject<Knobs>): void {
  const { manifest } = adapter
  const spellings = platform.links.flatMap((entry) => entry.spellings)
  const match = (link: string) => adapter.match(new URL(link))

  describe('links', () => {
    it('are claimed in every spelling, and all spellings are one file', () => {
      for (const entry of platform.links) {
        const refs = entry.spellings.map(match)
        expect(refs.map((ref) => ref?.kind)).toEqual(entry.spellings.map(() => entry.kind))
        expect(new Set(refs.map((ref) => ref?.fileId)).size).toBe(1)
        if (!manifest.keepsDomain) expect(new Set(refs.map((ref) => ref?.canonicalUrl)).size).toBe(1)
      }
    })

    const owner = caseUnless(ownsNoDomain(manifest) && 'no hostnames of its own')
    owner('on every domain of the manifest are among them', () => {
      const hostnames = spellings.map((link) => new URL(link).hostname)
      const owns = (domain: string) =>
        hostnames.some((name) => `.${name.replace(/\.$/, '')}`.endsWith(`.${domain}`))
      expect(manifest.domains.filter((domain) => !owns(domain))).toEqual([])
    })

    it('have a canonical URL that is itself a link of the same file', () => {
      for (const spelling of spellings) {
        const ref = match(spelling)
        const again = match(ref?.canonicalUrl ?? '')
        expect(again?.canonicalUrl).toBe(ref?.canonicalUrl)
        if (ref?.secret === undefined) expect(again?.fileId).toBe(ref?.fileId)
      }
    })

    it('of other kinds are left alone', () => {
      for (const foreign of platform.foreign) expect([foreign, match(foreign)]).toEqual([foreign, undefined])
    })

    caseUnless(manifest.catchAll && 'it takes what nobody else claims')(
      'are claimed by no other platform',
      () => {
        const specific = others.filter((other) => !other.manifest.catchAll)
        for (const spelling of spellings) {
          for (const other of specific) expect(other.match(new URL(spelling))).toBeUndefined()
        }
      },
    )
  })
}
