import { describe, expect, it } from '@jest/globals'
import { jsonText } from './json-text.js'

async function textOf(parts: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const part of parts) text += part
  return text
}

async function* pages(...given: readonly (readonly unknown[])[]): AsyncGenerator<readonly unknown[]> {
  yield* given
}

describe('the text of an object in parts', () => {
  it('is that of the object, wherever pages end', async () => {
    const text = await textOf(
      jsonText(
        { name: 'a "b"\n', none: null, list: [1] },
        { some: pages([1, 2], [], [{ x: '下載' }]), empty: pages(), hollow: pages([], []) },
      ),
    )
    expect(JSON.parse(text)).toEqual({
      ...{ name: 'a "b"\n', none: null, list: [1] },
      ...{ some: [1, 2, { x: '下載' }], empty: [], hollow: [] },
    })
  })

  it('asks for a page once the one before was taken', async () => {
    let read = 0
    async function* counted(): AsyncGenerator<readonly unknown[]> {
      while (read < 1_000) yield [++read]
    }
    const parts = jsonText({}, { all: counted() })
    for (let taken = 0; taken < 5; taken++) await parts.next()
    expect(read).toBe(3)
    await parts.return(undefined)
  })

  it('is no JSON where a page fails', async () => {
    async function* failing(): AsyncGenerator<readonly unknown[]> {
      yield [1]
      throw new Error('the database went away')
    }
    await expect(textOf(jsonText({}, { all: failing() }))).rejects.toThrow('the database went away')
  })
})
