import { describe, expect, it } from '@jest/globals'
import type { ListedLink } from '@obb/contracts'
import { grouped, isHead, itemKey, packageSelection } from './packages.js'

const link = (linkId: string, name: string | null) =>
  ({ linkId, filename: linkId, package: name }) as ListedLink
const LINKS = [link('1', 'A'), link('2', null), link('3', 'B'), link('4', 'A')]
const shown = grouped(LINKS)

describe('links in packages', () => {
  it('stand together below their head, where the newest of them is', () => {
    expect(shown.map((item) => (isHead(item) ? `${item.package}:` : item.linkId))).toEqual([
      ...['A:', '1', '4', '2', 'B:', '3'],
    ])
  })

  it.each<[string[], (keys: Set<string>) => void, string[]]>([
    [[], (keys) => keys.add('package A'), ['1', '4']],
    [['1'], (keys) => keys.add('4'), ['1', '4']],
    [['1', '4'], (keys) => keys.delete('package A'), []],
    [['1', '4', '2'], (keys) => keys.delete('4'), ['1', '2']],
    [['1'], (keys) => shown.forEach((item) => keys.add(itemKey(item))), ['1', '2', '3', '4']],
  ])('are selected by it, all of them: %p', (before, change, after) => {
    let selected: ReadonlySet<string> = new Set(before)
    const selection = packageSelection(shown, selected, (next) => (selected = next))
    const keys = new Set(selection.selected)
    change(keys)
    selection.onChange(keys)
    expect([...selected].sort()).toEqual(after)
  })
})
