import { describe, expect, it } from '@jest/globals'
import { describeBehaviour } from './describe-conformance.js'
import { missing } from './missing.js'
import { Subject } from './subject.js'
import { conformance } from './template/conformance.js'
import { adapter } from './template/index.js'

const subject = await Subject.of(adapter, conformance)

describe('the template of adapters', () => {
  it('lacks the facts of a platform', () => {
    expect(missing(adapter, conformance)).toEqual([
      expect.stringContaining('manifest.domains'),
      expect.stringContaining('manifest.origins'),
      expect.stringContaining('manifest.facts'),
      expect.stringContaining('manifest.reviewed'),
      expect.stringContaining('conformance.links'),
      expect.stringContaining('conformance.foreign'),
    ])
  })

  describeBehaviour(subject)
})
