import { describe, expect, it } from '@jest/globals'
import { foundCommands, placeOf, stepped } from './commands.js'

const command = (label: string, kind = 'Page') => ({ id: label, label, kind, run: () => undefined })
const ALL = [
  command('Download settings'),
  command('Downloads'),
  command('Files'),
  command('Dark', 'Appearance'),
]
const labels = (words: string) => foundCommands(ALL, words).map(({ label }) => label)

describe('foundCommands', () => {
  it('finds by words of name and kind, the beginning of the name first', () => {
    expect(labels('')).toHaveLength(4)
    expect(labels('file')).toEqual(['Files'])
    expect(labels('appearance dark')).toEqual(['Dark'])
    expect(labels('d')).toEqual(['Download settings', 'Downloads', 'Dark'])
    expect(labels('nothing')).toEqual([])
  })
})

describe('stepped', () => {
  it('goes round, and leaves other keys alone', () => {
    expect([stepped('ArrowDown', 2, 3), stepped('ArrowUp', 0, 3)]).toEqual([0, 2])
    expect([stepped('PageDown', 0, 3), stepped('PageUp', 2, 3)]).toEqual([2, 0])
    expect([stepped('a', 0, 3), stepped('ArrowDown', 0, 0)]).toEqual([undefined, undefined])
  })
})

describe('placeOf', () => {
  it.each([
    ['done', { to: '/files', search: { search: 'x', link: '1' } }],
    ['pending', { to: '/downloads', search: { search: 'x', link: '1' } }],
    ['ended', { to: '/downloads', search: { state: 'ended', search: 'x', link: '1' } }],
  ] as const)('shows a link that is %s', (state, place) => {
    expect(placeOf({ linkId: '1', state }, 'x')).toEqual(place)
  })
})
