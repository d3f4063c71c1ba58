import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'

const MESSAGES = join(import.meta.dirname, '..', '..', 'messages')

describe('the texts of the portal', () => {
  const texts = (name: string) =>
    JSON.parse(readFileSync(join(MESSAGES, `${name}.json`), 'utf8')) as Record<string, unknown>
  const inputs = (text: unknown) => [...new Set(JSON.stringify(text).match(/\{\w+\}/g) ?? [])].sort()

  it.each(['', 'operator.'])('are there in both languages, with the same figures in them (%s)', (part) => {
    const english = texts(`${part}en`)
    const chinese = texts(`${part}zh-TW`)
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort())
    for (const [name, text] of Object.entries(english)) {
      expect([name, inputs(chinese[name])]).toEqual([name, inputs(text)])
    }
  })
})
