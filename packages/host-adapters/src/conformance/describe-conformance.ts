import { describe, expect, it } from '@jest/globals'
import type { TransferKnobs } from '../fake/transfer.js'
import { createRegistry } from '../kit/registry.js'
import { missing } from './missing.js'
import type { Subject } from './subject.js'
import { describeAbort } from './suite/abort.js'
import { describeAnswers } from './suite/answers.js'
import { describeCheck } from './suite/check.js'
import { describeDownload } from './suite/download.js'
import { describeFolders } from './suite/folders.js'
import { describeFuzz } from './suite/fuzz.js'
import { describeLinks } from './suite/links.js'
import { describePasswords } from './suite/passwords.js'
import { describeRefusals } from './suite/refusals.js'
import { describeSecrets } from './suite/secrets.js'
import { describeSessions } from './suite/sessions.js'

/**
 * What every platform owes the core, held against its stand-in over real sockets. An adapter is excused by what its
 * manifest and its sources declare, and by nothing else.
 */
export function describeConformance<Knobs extends TransferKnobs>(subject: Subject<Knobs>): void {
  const { adapter, others, platform } = subject
  describe(adapter.manifest.id, () => {
    it('is complete', () => {
      expect(missing(adapter, platform)).toEqual([])
    })

    it('is sound, and claims nothing of another', () => {
      expect(() => createRegistry([...others, adapter])).not.toThrow()
    })

    describeBehaviour(subject)
  })
}

/** The same without asking whether the folder is complete. */
export function describeBehaviour<Knobs extends TransferKnobs>(subject: Subject<Knobs>): void {
  describe('behaviour', () => {
    subject.everyTest()

    describeLinks(subject)
    describeCheck(subject)
    describeDownload(subject)
    describeAbort(subject)
    describeRefusals(subject)
    describeSessions(subject)
    describeAnswers(subject)
    describeFolders(subject)
    describePasswords(subject)
    describeFuzz(subject)
    describeSecrets(subject)
  })
}
