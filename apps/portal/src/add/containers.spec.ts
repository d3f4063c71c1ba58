import { describe, expect, it } from '@jest/globals'
import { readContainers } from './containers.js'

const file = (name: string, text: string) => new File([text], name)
/** A server that refuses one of them, and finds several files in another. */
const refusal = new Error('no NZB')
const upload = async ({ name }: File) => {
  if (name.startsWith('bad')) throw refusal
  return name.startsWith('several') ? 'usenet://nzb/1' : undefined
}

describe('files that hold links', () => {
  it('are read each by itself: one that is refused is told by its name, and keeps no other', async () => {
    const files = [
      file('good.nzb', ''),
      file('bad.nzb', ''),
      file('several.nzb.gz', ''),
      file('links.txt', 'https://a.test/1 and https://a.test/2'),
      file('none.txt', 'nothing'),
      file('x.dlc', 'https://a.test/3'),
      file('also-good.nzb', ''),
    ]
    expect(await readContainers(files, upload)).toEqual({
      added: 2,
      links: ['usenet://nzb/1', 'https://a.test/1', 'https://a.test/2'],
      unread: ['none.txt', 'x.dlc'],
      failed: [{ name: 'bad.nzb', error: refusal }],
    })
  })

  it('are told by name where the browser cannot read them', async () => {
    const gone = Object.assign(file('gone.txt', 'https://a.test/1'), {
      text: () => Promise.reject(refusal),
    })
    expect(await readContainers([gone, file('links.txt', 'https://a.test/2')], upload)).toMatchObject({
      links: ['https://a.test/2'],
      failed: [{ name: 'gone.txt', error: refusal }],
    })
  })
})
