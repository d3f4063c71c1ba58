import { describe, expect, it } from '@jest/globals'
import type { LinkListAnswer, ListedLink } from '@obb/contracts'
import { patched } from './patched.js'

const link = (linkId: string, more: Partial<ListedLink> = {}) =>
  ({ linkId, filename: linkId, created_at: Number(linkId), state: 'pending', ...more }) as ListedLink
const page = (...links: ListedLink[]): LinkListAnswer => ({ links, next: null })
const PENDING = { state: 'pending' } as const

describe('a list with what came', () => {
  const four = link('4')
  const one = link('1')
  const data = { pages: [page(four, link('3')), page(link('2'), one)], pageParams: [undefined, 'x'] }
  const ids = ({ pages }: Pick<typeof data, 'pages'>) =>
    pages.map(({ links }) => links.map(({ linkId }) => linkId))

  it('is the same object where nothing of it changed', () => {
    expect(patched(data, [], PENDING)).toBe(data)
    expect(patched(data, [link('9', { state: 'done' })], PENDING)).toBe(data)
  })

  it('has all that did not change as it was', () => {
    const news = link('3', { filename: 'another name' })
    const next = patched(data, [news], PENDING)
    expect(next.pages[0]?.links).toEqual([four, news])
    expect(next.pages[0]?.links[0]).toBe(four)
    expect(next.pages[1]).toBe(data.pages[1])
    const grown = patched(data, [link('5')], PENDING)
    expect(ids(grown)).toEqual([
      ['5', '4', '3'],
      ['2', '1'],
    ])
    expect(grown.pages[1]).toBe(data.pages[1])
  })

  it('leaves an old one to its own page, which was not asked for yet', () => {
    const begun = { ...data, pages: [{ links: [four, link('3')], next: 'x' }] }
    expect(patched(begun, [link('1')], PENDING)).toBe(begun)
    expect(ids(patched(begun, [link('5'), link('1')], PENDING))).toEqual([['5', '4', '3']])
  })

  it('has out what belongs there no more, and in its place what was there', () => {
    const next = patched(data, [link('2', { state: 'done' }), link('1', { filename: 'x' })], PENDING)
    expect(ids(next)).toEqual([['4', '3'], ['1']])
  })
})
