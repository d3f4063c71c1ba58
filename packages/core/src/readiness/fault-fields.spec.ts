import { describe, expect, it } from '@jest/globals'
import { QueueError } from '../queue/index.js'
import { DATABASE_ACTION, QUEUE_ACTION, actionFields, faultFields } from './index.js'

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })

describe('a failure in the log', () => {
  it.each([
    ['the database is away', refused, DATABASE_ACTION],
    [
      'the queue is away',
      new QueueError('UNAVAILABLE', 'waking a worker failed', { cause: refused }),
      QUEUE_ACTION,
    ],
  ])('says what to do: %s', (_what, error, action) => {
    expect(faultFields(error)).toEqual({ err: error.message, action })
    expect(actionFields(error)).toEqual({ action })
  })

  it.each([
    ['a fetcher that failed', new QueueError('FAILED', 'inspect failed: no'), 'inspect failed: no'],
    ['a mistake of ours', new TypeError('x is undefined'), 'x is undefined'],
    ['what is no error', 'no', 'no'],
  ])('says only why: %s', (_what, error, err) => {
    expect(faultFields(error)).toEqual({ err })
  })

  it('has a reason for a refusal by several addresses, whose error has no message', () => {
    const error = Object.assign(new AggregateError([refused, refused]), { code: 'ECONNREFUSED' })
    expect(faultFields(error)).toEqual({ err: 'ECONNREFUSED', action: DATABASE_ACTION })
  })
})
