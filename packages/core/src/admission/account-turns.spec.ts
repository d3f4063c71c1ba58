import { describe, expect, it } from '@jest/globals'
import { AccountTurns } from './account-turns.js'

describe('admissions of one account', () => {
  it('happen one at a time and in order, those of another beside them', async () => {
    const turns = new AccountTurns()
    const log: string[] = []
    const opened: (() => void)[] = []
    const work = (name: string) => () => {
      log.push(`${name} begins`)
      return new Promise<string>((resolve) => opened.push(() => resolve(name)))
    }
    const [one, two, other] = [
      turns.take('a', work('one')),
      turns.take('a', work('two')),
      turns.take('b', work('other')),
    ]
    await Promise.resolve()
    expect(log).toEqual(['one begins', 'other begins'])
    opened[0]?.()
    expect(await one).toBe('one')
    expect(log).toEqual(['one begins', 'other begins', 'two begins'])
    for (const open of opened.slice(1)) open()
    expect(await Promise.all([two, other])).toEqual(['two', 'other'])
  })

  it('go on after one that failed', async () => {
    const turns = new AccountTurns()
    const failed = turns.take('a', () => Promise.reject(new Error('refused')))
    const next = turns.take('a', () => Promise.resolve('made'))
    await expect(failed).rejects.toThrow('refused')
    expect(await next).toBe('made')
    expect(await turns.take('a', () => Promise.resolve('later'))).toBe('later')
  })
})
