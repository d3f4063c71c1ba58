import { describe, expect, it } from '@jest/globals'
import type { TransferKnobs } from '../../fake/transfer.js'
import { caseUnless } from '../case.js'
import { download } from '../reference-download.js'
import { FILE, SIZE } from '../sample-file.js'
import type { Subject } from '../subject.js'

export function describePasswords<Knobs extends TransferKnobs>(subject: Subject<Knobs>): void {
  if (!subject.adapter.manifest.filePasswords) return

  describe('files with a password', () => {
    const told = caseUnless(subject.platform.quietPasswords && 'checks do not tell')
    told('are known as such, or want it, when they are checked', async () => {
      const ref = subject.bench.ref(subject.bench.fake.addFile({ ...FILE, password: 'sesame-word' }))
      subject.passwords.add('sesame-word').add('wrong-word')
      try {
        const [info] = await subject.check([ref])
        const error = info?.state === 'refused' ? info.error.kind : undefined
        expect([info?.state, error]).toEqual(
          error === undefined ? ['available', undefined] : ['refused', 'FILE_PASSWORD_REQUIRED'],
        )
        if (info?.state === 'available') expect(info.passwordProtected).toBe(true)
      } catch (error) {
        expect(error).toMatchObject({ kind: 'FILE_PASSWORD_REQUIRED' })
      }
      const opened = await subject.check([ref], { password: 'sesame-word' })
      expect(opened).toMatchObject([{ state: 'available' }])
    })

    it('are given to who knows it', async () => {
      subject.passwords.add('sesame-word').add('wrong-word')
      const ref = subject.bench.ref(subject.bench.fake.addFile({ ...FILE, password: 'sesame-word' }))
      expect((await subject.failure(subject.resolve({}, ref))).kind).toBe('FILE_PASSWORD_REQUIRED')
      const wrong = subject.resolve({ password: 'wrong-word' }, ref)
      expect((await subject.failure(wrong)).kind).toBe('FILE_PASSWORD_WRONG')
      const ctx = subject.bench.context({ password: 'sesame-word' })
      const source = await subject.resolve({ password: 'sesame-word' }, ref)
      expect(await download(subject.bench, source, ctx)).toHaveLength(SIZE)
    })
  })
}
