import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { homeError, makeHome } from './home.js'
import { lockHome } from './home-lock.js'
import { StartError } from './start-error.js'

let place: string
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'obb-home-'))
})
afterEach(() => rmSync(place, { recursive: true }))

/** told gives what the operator reads. */
function told(home: string, work: () => void): string {
  try {
    work()
  } catch (error) {
    const known = homeError(home, error)
    if (known instanceof StartError) return known.message
    throw error
  }
  throw new Error('it worked')
}

describe('the data directory', () => {
  it('is made with everything above it, and left as it is', () => {
    const home = join(place, 'a', 'b', 'c')
    makeHome(home)
    writeFileSync(join(home, 'kept'), '')
    makeHome(home)
    expect(statSync(join(home, 'kept')).isFile()).toBe(true)
  })

  it('is its owner’s alone when it is made, and keeps the rights that it has', () => {
    const home = join(place, 'a', 'home')
    makeHome(home)
    expect(statSync(home).mode & 0o777).toBe(0o700)
    chmodSync(home, 0o750)
    makeHome(home)
    expect(statSync(home).mode & 0o777).toBe(0o750)
  })

  it('may be a link to a directory', () => {
    mkdirSync(join(place, 'real'))
    symlinkSync(join(place, 'real'), join(place, 'link'))
    makeHome(join(place, 'link'))
  })

  it.each<[string, () => string, RegExp]>([
    ['that is a file', () => join(place, 'file'), /is a file|a file where a directory/],
    ['below a file', () => join(place, 'file', 'home'), /is a file/],
    ['whose path is too long', () => join(place, 'x'.repeat(300)), /too long/],
    ['that links to itself', () => join(place, 'loop'), /circles/],
    ...(existsSync('/proc/self')
      ? [['where nothing can be created', () => '/proc/nope/home', /nothing can be created/] as const]
      : []
    ).map((row) => [...row] as [string, () => string, RegExp]),
  ])('%s is told in one sentence that names OBB_HOME', (_name, pathOf, reason) => {
    writeFileSync(join(place, 'file'), '')
    symlinkSync(join(place, 'loop'), join(place, 'loop'))
    const home = pathOf()
    const text = told(home, () => {
      makeHome(home)
      lockHome(home)
    })
    expect(text).toContain(`OBB_HOME ${home} cannot be used`)
    expect(text).toMatch(reason)
    expect(text.split('\n')).toHaveLength(1)
  })

  it('in which a file cannot be written is told with that file', () => {
    mkdirSync(join(place, `lock.${process.pid}`))
    expect(told(place, () => lockHome(place))).toContain(join(place, `lock.${process.pid}`))
  })

  it('is not blamed for anything else', () => {
    const elsewhere = Object.assign(new Error('x'), { code: 'ENOENT', syscall: 'open', path: '/elsewhere' })
    const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED', syscall: 'connect' })
    const own = new TypeError('x')
    for (const error of [elsewhere, refused, own]) expect(homeError(place, error)).toBe(error)
  })
})
