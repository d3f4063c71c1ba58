import { describe, expect, it } from '@jest/globals'
import type { TransferKnobs } from '../../fake/transfer.js'
import { everythingAbout } from '../secrecy.js'
import { caseUnless } from '../case.js'
import type { Subject } from '../subject.js'

/** Runs last: it looks at all errors of the suite. */
export function describeSecrets<Knobs extends TransferKnobs>(subject: Subject<Knobs>): void {
  const { adapter, platform } = subject

  describe('secrets', () => {
    const { secretLink } = platform
    caseUnless(secretLink === undefined && 'links hold no secrets')(
      'of a link are kept apart and appear in no error',
      async () => {
        const { link, secrets } = secretLink?.(subject.link) ?? { link: subject.link, secrets: [] }
        const ref = subject.bench.ref(link)
        for (const secret of secrets) expect(ref.canonicalUrl).not.toContain(secret)
        if (platform.tooManyRequests !== undefined) subject.answerAll({ status: 503, body: '' })
        await subject.unlessRefused(subject.check([ref]))
        await subject.bench.fake.close()
        await subject.unlessRefused(subject.resolve({}, ref))
        for (const secret of secrets) subject.secrets.add(secret)
      },
    )

    it('appear in no error when the host is away', async () => {
      await subject.bench.fake.close()
      expect((await subject.failure(subject.check())).kind).toBe('HOST_TEMP')
      if (subject.traits.resolveAsks)
        expect((await subject.failure(subject.resolve())).kind).toBe('HOST_TEMP')
    })

    const ofApi = caseUnless(!subject.traits.api && 'no JSON API')
    ofApi('appear in no error that quotes the host, who repeats all that was sent to it', async () => {
      const secrets = [...subject.secrets].join(' ')
      for (const body of [
        secrets,
        { status: 418, error: secrets, message: secrets, details: secrets, msg: secrets },
      ]) {
        subject.answerAll({ status: 418, body })
        await subject.outcome(subject.check())
        await subject.outcome(subject.resolve())
        await subject.outcome(adapter.checkAccount?.(subject.bench.context()))
      }
    })

    it('appear in none of the errors of this suite', () => {
      expect(subject.errors.length).toBeGreaterThan(platform.refusals.length / 2)
      const texts = subject.errors.map(everythingAbout)
      const secrets = [...subject.secrets, ...subject.passwords]
      expect(secrets.filter((secret) => texts.some((text) => text.includes(secret)))).toEqual([])
    })
  })
}
