import { describe, expect, it } from '@jest/globals'
import { summary } from './adapter-summary.mjs'
import { findFolder } from './adapter.mjs'
import { folderOf } from './new-adapter.mjs'
import { root } from './runtime.mjs'

const passed = (title: string) => ({ status: 'passed', title, fullName: title, failureMessages: [] })
const skipped = (title: string) => ({ ...passed(title), status: 'pending' })
const failed = (title: string, message: string) => ({
  ...passed(title),
  status: 'failed',
  failureMessages: [message],
})
const report = (...assertionResults: object[]) => ({
  testResults: [{ name: 'a.spec.ts', status: 'failed', message: '', assertionResults }],
})
const inSources = `${root}/packages/host-adapters/src/platforms/mega/mega.spec.ts`

describe('npm run adapter', () => {
  it('finds a platform however its name is written', () => {
    const folders = ['go-file', 'mega', 'one-fichier']
    expect(['GoFile', 'gofile', 'go-file', 'OneFichier'].map((name) => findFolder(name, folders))).toEqual([
      ...['go-file', 'go-file', 'go-file', 'one-fichier'],
    ])
    expect(() => findFolder('Nope', folders)).toThrow('there are go-file, mega, one-fichier')
  })

  it('tells failures with their reason and place, and why cases were skipped', () => {
    const stack = `\u001b[31mexpected 1\u001b[39m\n\n    at Object.it (${inSources}:12:3)\n    at node:internal`
    const cases = [passed('a'), skipped('b (skipped: no accounts)'), skipped('c (skipped: no accounts)')]
    const { text, passed: good } = summary(report(...cases, failed('Mega breaks', stack)))
    expect(good).toBe(false)
    expect(text.split('\n')).toEqual([
      '✗ Mega breaks',
      '    expected 1',
      '    at packages/host-adapters/src/platforms/mega/mega.spec.ts:12:3',
      '',
      '1 passed, 1 failed, 2 skipped (no accounts)',
    ])
  })

  it('stays on a screen however much fails, and says what it leaves out', () => {
    const long = Array.from({ length: 500 }, (_, at) => `line ${at}`).join('\n')
    const { text } = summary(report(...Array.from({ length: 90 }, (_, at) => failed(`case ${at}`, long))))
    expect(text.split('\n').length).toBeLessThan(70)
    expect(text).toContain('… and 84 more')
    expect(summary(report(failed('case', long))).text).toContain('    …')
  })

  it('fails when nothing ran', () => {
    expect(summary({ testResults: [] })).toEqual({ text: '0 passed, 0 failed, 0 skipped', passed: false })
    const broken = { name: inSources, status: 'failed', message: 'cannot be loaded', assertionResults: [] }
    expect(summary({ testResults: [broken] }).text).toContain('    cannot be loaded')
  })
})

it.each([
  ['OneFichier', 'one-fichier'],
  ['Keep2share', 'keep2share'],
  ['HotlinkCc', 'hotlink-cc'],
  ['Mega', 'mega'],
])('the folder of %s is %s', (id, folder) => {
  expect(folderOf(id)).toBe(folder)
})
