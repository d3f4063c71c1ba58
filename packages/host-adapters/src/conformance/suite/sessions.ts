import { describe, expect, it } from '@jest/globals'
import type { TransferKnobs } from '../../fake/transfer.js'
import { checksWithAccount } from '../../kit/manifest.js'
import { caseUnless } from '../case.js'
import type { PlatformConformance } from '../platform-conformance.js'
import type { Subject } from '../subject.js'

export function describeSessions<Knobs extends TransferKnobs>(subject: Subject<Knobs>): void {
  const { adapter, platform } = subject
  const { manifest } = adapter

  describe('credentials', () => {
    const accounts = caseUnless(!manifest.needsAccount && 'no accounts')
    accounts("that are missing are the configuration's fault", async () => {
      const account = { id: 'account-1', credentials: {} }
      expect((await subject.failure(subject.resolve({ account }))).kind).toBe('CONFIG')
      if (checksWithAccount(manifest)) {
        expect((await subject.failure(subject.check([subject.file], { account }))).kind).toBe('CONFIG')
      }
    })

    const anybody = caseUnless(checksWithAccount(manifest) && 'checks want an account')
    anybody('are not needed by a check that does without', async () => {
      const { account } = subject.bench.checkContext()
      expect([account, await subject.check()]).toMatchObject([undefined, [{ state: 'available' }]])
      expect(subject.logins()).toBe(0)
    })
  })

  const { operatorSession, sessions } = platform
  if (operatorSession !== undefined) return describeOperatorSession(subject, operatorSession)
  if (sessions === undefined) {
    it('has no session that the suite is not told of', async () => {
      await subject.check()
      await adapter.checkAccount?.(subject.bench.context())
      await subject.resolve()
      expect(subject.bench.session.token).toBeUndefined()
    })
    return
  }
  /** One call with the account's session. */
  const use = () =>
    checksWithAccount(manifest) ? subject.check() : adapter.checkAccount?.(subject.bench.context())
  const tenUses = () => Promise.all(Array.from({ length: 10 }, use))

  describe('sessions', () => {
    it('are shared by ten callers who log in once', async () => {
      await tenUses()
      expect(subject.logins()).toBe(1)
    })

    it('that the host forgets are healed by exactly one login for all callers', async () => {
      await use()
      sessions.forget(subject.bench.fake)
      await tenUses()
      expect(subject.logins()).toBe(2)
    })

    it('that run out between calls are healed too', async () => {
      sessions.limit(subject.bench.fake, 1)
      for (let calls = 1; calls <= 3; calls++) {
        expect(await use()).toBeDefined()
        expect(subject.logins()).toBe(calls)
      }
    })

    it('that the host never accepts end in ACCOUNT_INVALID after one more login', async () => {
      sessions.limit(subject.bench.fake, 0)
      expect((await subject.failure(use())).kind).toBe('ACCOUNT_INVALID')
      expect(subject.logins()).toBe(2)
    })
  })
}

function describeOperatorSession<Knobs extends TransferKnobs>(
  subject: Subject<Knobs>,
  { end, rotate }: NonNullable<PlatformConformance<Knobs>['operatorSession']>,
): void {
  const { adapter } = subject
  const account = () => adapter.checkAccount?.(subject.bench.context())

  describe("a browser session of the operator's", () => {
    it('is used as it was given, and kept', async () => {
      expect(await account()).toMatchObject({ premium: true })
      expect(subject.bench.session.token).toBeDefined()
      await subject.resolve()
    })

    it('goes on with the cookies that the site sets', async () => {
      rotate(subject.bench.fake)
      for (let pages = 0; pages < 3; pages++) expect(await account()).toMatchObject({ premium: true })
      await subject.resolve()
      expect(await account()).toMatchObject({ premium: true })
    })

    it('that has ended is for a person to renew, whoever asks', async () => {
      await account()
      end(subject.bench.fake)
      for (const work of [account(), subject.resolve()]) {
        const { humanAction, kind } = await subject.failure(work)
        expect([kind, humanAction?.url]).toEqual([
          'ACCOUNT_NEEDS_HUMAN',
          `https://${adapter.manifest.domains[0]}/`,
        ])
      }
    })

    it('is refused as configuration where its text is none', async () => {
      const { credentials } = subject.bench.fake
      const wrong = { id: 'account-1', credentials: { ...credentials, cookies: 'no cookies' } }
      expect((await subject.failure(subject.resolve({ account: wrong }))).kind).toBe('CONFIG')
    })
  })
}
